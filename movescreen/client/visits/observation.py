"""What the trainer saw and felt: free in its words, structured enough to stand beside the camera's value.

It informs whoever reads it. No rule takes anything back because of it: a negative test opens nothing that a question, a finding or a
clinician's word keeps shut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from movescreen.client.intake.model import Frozen, Note, Score, Side
from movescreen.model import Finding, Status, camera_of

What = Literal["observation", "palpation", "special_test"]
WHATS: tuple[What, ...] = get_args(What)
#: Results that are understood; any others are words.
RESULTS = ("positive", "negative", "unclear")


class Observation(Frozen):
    """One thing that the trainer saw, felt with the hands, or tested.

    Attributes
    ----------
    name
        What was looked at, in the trainer's words, such as "feet turn out" or "squeeze test".
    result
        ``positive``, ``negative``, ``unclear``, or words. Empty for something that was seen, or a place that was pressed and hurt.
    painful
        0 to 10; None when it was not asked.
    """

    what: What = "observation"
    name: Annotated[str, Field(min_length=2, max_length=120)]
    side: Side = ""
    result: Annotated[str, Field(max_length=200)] = ""
    painful: Score | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _says_something(self) -> Observation:
        if self.what == "special_test" and not self.result:
            raise ValueError("a special test needs its result: positive, negative, unclear, or words")
        if self.what == "palpation" and not self.result and self.painful is None:
            raise ValueError("say what was felt, or how painful it was, 0 to 10")
        return self

    @property
    def verdict(self) -> str:
        """``positive``, ``negative`` or ``unclear``; empty when it is in other words. What was simply observed is positive."""
        if not self.result:
            return "positive" if self.what == "observation" else ""
        said = self.result.casefold()
        return said if said in RESULTS else ""

    @property
    def result_words(self) -> str:
        """Return ``positive, 4 of 10 painful``."""
        said = self.result or ("seen" if self.what == "observation" else "")
        pain = "" if self.painful is None else "not painful" if self.painful == 0 else f"pain {self.painful} of 10"
        return ", ".join(part for part in (said, pain) if part)

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that was typed; what was looked at and its result in one, because they belong together."""
        return tuple(text for text in (f"{self.name} {self.result}".strip(), self.note) if text)


@dataclass(frozen=True)
class SeenByBoth:
    """An observation beside the findings of the camera about the same thing.

    Attributes
    ----------
    findings
        Those with the same name on the same side; empty when the camera looks at nothing of that name.
    """

    day: date
    observation: Observation
    findings: tuple[Finding, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether trainer and camera say the opposite of each other."""
        seen = {f.status for f in self.findings} & {Status.FLAGGED, Status.CLEAR}
        against = {"positive": {Status.CLEAR}, "negative": {Status.FLAGGED}}.get(self.observation.verdict, set())
        return bool(against) and seen == against


def pair_with_camera(
    day: date, observations: Iterable[Observation], findings: Sequence[Finding]
) -> tuple[SeenByBoth, ...]:
    """Return observations of a day, each with the camera's findings of that day about the same thing."""
    measured = tuple(map(camera_of, findings))
    return tuple(SeenByBoth(day, each, tuple(f for f in measured if is_about(each, f))) for each in observations)


def is_about(observation: Observation, finding: Finding) -> bool:
    """Return whether a finding bears the name of an observation, on the same side or where one of them names no side."""
    if _plain(observation.name) not in (_plain(finding.title), _plain(finding.check_id)):
        return False
    return observation.side in ("", "both") or finding.seen_side in ("", observation.side)


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
