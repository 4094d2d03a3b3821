"""Power and balance: what jumps, chair stands and one-leg stances give beside their angles, each with its error."""

from movescreen.measures import chair, jump, stance  # noqa: F401  they register their measures
from movescreen.measures.jump import doubt_recording
from movescreen.measures.measuring import measure_clip
from movescreen.measures.recording import MEASURES, MeasureContext

__all__ = ["MEASURES", "MeasureContext", "doubt_recording", "measure_clip"]
