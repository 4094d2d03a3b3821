"""The four verdicts of a check in words."""

from __future__ import annotations

from dataclasses import dataclass

from movescreen.model import Status


@dataclass(frozen=True)
class StatusWords:
    """A verdict in words: ``label`` on its own, ``meaning`` as an explanation."""

    label: str
    meaning: str


STATUS_WORDS: dict[Status, StatusWords] = {
    Status.FLAGGED: StatusWords("Stood out", "The value passed its limit clearly, and in enough repetitions to count."),
    Status.BORDERLINE: StatusWords(
        "Close to the limit", "Too near the limit to call either way, or past it in a few repetitions only."
    ),
    Status.CLEAR: StatusWords("Within the limit", "It was looked for, could be seen, and stayed on the usual side."),
    Status.NOT_ASSESSED: StatusWords(
        "Not assessed", "It could not be judged from this clip. That says nothing about whether it is there."
    ),
}
