"""The act of screening: the only way in for command line, batch, live and web.

Whoever screens opens a :class:`Screening`. It asks for red flags, reads consent to pictures, age and sex, makes the tasks that
analyze clips and recordings, and at the end merges, writes and keeps.
"""

from movescreen.app.records import Records
from movescreen.app.screening import FinishedScreening, Screening
from movescreen.app.tasks import ClipTask, RecordingTask, attempt

__all__ = ["ClipTask", "FinishedScreening", "RecordingTask", "Records", "Screening", "attempt"]
