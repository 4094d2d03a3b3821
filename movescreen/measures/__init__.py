"""Power and balance: what jumps, chair stands and one-leg stances give beside their angles, each with its error."""

from movescreen.measures import chair, jump, stance  # noqa: F401  they register their measures
from movescreen.measures.measuring import measure_clip
from movescreen.measures.recording import MEASURES, Recording

__all__ = ["MEASURES", "Recording", "measure_clip"]
