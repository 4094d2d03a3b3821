"""Power and balance: what jumps, chair stands and one-leg stances give beside their angles, each with its error."""

from movescreen.measures.measuring import MEASURES, measure_clip
from movescreen.measures.recording import Recording

__all__ = ["MEASURES", "Recording", "measure_clip"]
