"""What the trainer says of a finding, in words."""

from __future__ import annotations

from movescreen.model import JudgedFinding, Judgement, Status, Verdict
from movescreen.words.findings import format_measured
from movescreen.words.numbers_and_units import DASH, date_words
from movescreen.words.statuses import STATUS_WORDS

#: A verdict as a choice and in sentences.
VERDICT_WORDS: dict[Verdict, str] = {
    "confirmed": "as the camera says", "not_there": "not there", "there": "there", "comment": "seen myself",
}  # fmt: skip


#: The same to choose from.
VERDICT_CHOICES: dict[Verdict, str] = VERDICT_WORDS | {"comment": "only a comment"}


def judgement_words(judgement: Judgement) -> str:
    """Return ``Trainer: not there — the shoe tips``."""
    reason = f" — {judgement.reason}" if judgement.reason else ""
    return f"Trainer: {VERDICT_WORDS[judgement.verdict]}{reason}"


def signature(judgement: Judgement) -> str:
    """Return who said it and when: ``MK, 27 November 2026``."""
    return ", ".join(part for part in (judgement.by, date_words(judgement.at[:10])) if part)


def camera_words(finding: JudgedFinding) -> str:
    """Return what the camera says of it: ``Camera: stood out, 0.70 ± 0.08``."""
    camera = finding.camera
    label = STATUS_WORDS[camera.status].label.lower()
    measured = format_measured(camera)
    value = camera.reason if camera.status is Status.NOT_ASSESSED else "" if measured == DASH else measured
    return f"Camera: {label}, {value}" if value else f"Camera: {label}"
