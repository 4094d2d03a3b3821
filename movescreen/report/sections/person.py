"""Pieces that the pages about a person share: who, what was told, what stays to be measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from movescreen._version import __version__
from movescreen.catalog.client_schema import Strength
from movescreen.catalog.schema import SourceSpec
from movescreen.client.intake.model import Intake
from movescreen.client.intake.words import cleared_words, injury_words, operation_words, pain_words
from movescreen.client.visits.visit import Reading, SessionNote, Visit
from movescreen.kinematics.signals import title_of_signal
from movescreen.model import Source
from movescreen.report.sections.element import Element, masthead_element, table_element
from movescreen.words.findings import source_text
from movescreen.words.numbers_and_units import DASH, date_words, format_value
from movescreen.words.sentences import sentence, title_of

#: How well something is supported, in words.
EVIDENCE_WORDS: dict[Strength, str] = {
    "strong": "well supported", "moderate": "some support from studies", "weak": "weak support", "opinion": "practice, not studies",
}  # fmt: skip
_WORDS = {
    "descent_s": "Time down", "ascent_s": "Time up", "hesitations": "Hesitations in a repetition",
    "knee_wobbles": "Knee wobbles in a repetition",
}  # fmt: skip


@dataclass(frozen=True)
class PersonHead:
    """Who a page is about."""

    label: str
    age: int | None = None
    sex: str = ""

    @property
    def words(self) -> str:
        """Age and sex, as far as known."""
        years = f"about {self.age} years" if self.age is not None else ""
        return ", ".join(part for part in (years, self.sex) if part)


@dataclass(frozen=True)
class Names:
    """What things are called in the pages about a person; whoever gathers a page takes them from the catalog.

    Attributes
    ----------
    movements, measures, tests
        Name of a movement, of a measure, of a manual test -> its title.
    units
        Name of a manual test -> its unit.
    """

    movements: Mapping[str, str] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    tests: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)

    def reading(self, signal: str, side: str = "") -> str:
        """Return the everyday name of a signal or measure, with its side."""
        title = _WORDS.get(signal) or self.measures.get(signal) or title_of_signal(signal)
        return f"{title}, {side}" if side else title

    def movement(self, name: str) -> str:
        """Return the title of a movement."""
        return self.movements.get(name) or title_of(name)

    def test(self, name: str) -> str:
        """Return the title of a manual test."""
        return self.tests.get(name) or title_of(name)


def head_element(title: str, head: PersonHead, facts: Iterable[tuple[str, str]]) -> Element:
    """Return the top of a page: its title, who, and when."""
    return masthead_element(title, head.label, [("Known", head.words), *facts])


def notes_element(visits: Sequence[Visit]) -> Element | None:
    """Return how it went, a row a note; None without notes."""
    rows = [
        [
            day_words(visit.day), *(_score(x) for x in (n.pain_now, n.pain_week, n.pain_during, n.pain_next_day, n.confidence)),
            _sessions(n.sessions_done, n.sessions_planned), _told_words(n),
        ]
        for visit in visits
        for n in visit.notes
        if n != SessionNote(observations=n.observations)
    ]  # fmt: skip
    columns = ["Day", "Pain now", "Worst of the week", "During training", "Day after", "Confidence", "Sessions", "Note"]
    lead_in = "Pain and confidence from 0 to 10, as reported. Their measurement error is not known here, so no verdict is given."
    return table_element("notes", "Pain, confidence and training", columns, rows, lead_in)


def _told_words(note: SessionNote) -> str:
    """Return the words of a note, after how hard it was and how each exercise went."""
    parts = [f"effort {note.effort} of 10"] if note.effort is not None else []
    for each in note.exercises:
        told = {True: ["done"], False: ["left out"], None: []}[each.done]
        scores = (("pain during", each.pain_during), ("next morning", each.pain_next_day), ("effort", each.effort))
        told += [f"{words} {score}" for words, score in scores if score is not None]
        parts.append(f"{each.exercise.replace('_', ' ')} {', '.join(told)}".rstrip())
    said = sentence("; ".join(parts)) if parts else ""
    return " ".join(filter(None, (said, note.made, note.text)))


def _score(value: int | None) -> str:
    return DASH if value is None else str(value)


def _sessions(done: int | None, planned: int | None) -> str:
    return DASH if done is None else f"{done} of {planned}" if planned else str(done)


def provenance_element(rows: Iterable[tuple[str, str]], *, filmed: bool = True) -> Element:
    """Return what made the page, and that nothing left the machine.

    Parameters
    ----------
    filmed
        Whether a video stands behind it.
    """
    said = [("Software", software()), *rows, ("Kept", "on this computer only")]
    data = {"rows": [(n, v, False) for n, v in said if v], "unfilmed": not filmed}
    return Element("provenance", "", "provenance.html.jinja", data, place="footer")


def reading_words(reading: Reading) -> str:
    """Return ``31 cm ± 2 cm`` of a number of power or balance; ``at least`` before a lower bound."""
    value = value_words(reading.value, reading.unit)
    error = value_words(reading.error if reading.error is not None else math.nan, reading.unit)
    return f"at least {value}" if reading.at_least else f"{value} ± {error}"


def software() -> str:
    """Return name and version."""
    return f"movescreen {__version__}"


def intake_summary(intake: Intake) -> list[str]:
    """Return the intake, one line an answer."""
    lines = [pain_words(pain) for pain in intake.pains or ()]
    lines += ["no pain"] if intake.pains == () else []
    lines += [injury_words(injury) for injury in intake.injuries or ()]
    for operation in intake.operations or ():
        said = cleared_words(operation)
        lines.append(f"{operation_words(operation)}{f'; {said}' if said else ''}")
    week = f", week {intake.pregnancy_week}" if intake.pregnancy_week else ""
    lines += [f"pregnant{week}"] if intake.pregnant else []
    lines += [f"gave birth {intake.weeks_postpartum} weeks before"] if intake.weeks_postpartum is not None else []
    lines += [f"sits {intake.sitting_hours:g} hours a day"] if intake.sitting_hours is not None else []
    lines += [f"does: {', '.join(s.replace('_', ' ') for s in intake.sports)}"] if intake.sports else []
    if intake.goes_well is not None:
        lines.append(f"goes well now: {', '.join(g.replace('_', ' ') for g in intake.goes_well) or 'none of it'}")
    if intake.equipment is not None:
        lines.append(f"trains with: {', '.join(intake.equipment) or 'what is at home'}")
    lines += [f"medicine: {intake.medication}"] if intake.medication else []
    lines += ["no medicine in the last three months"] if intake.takes_medicine is False else []
    ticked = ", ".join(goal.replace("_", " ") for goal in intake.goals)
    goals = "; ".join(part for part in (intake.goal_words, ticked) if part)
    lines += [f"goal: {goals}"] if goals else []
    lines += [f"confidence in it: {intake.confidence} of 10"] if intake.confidence is not None else []
    yes = ", ".join(flag.replace("_", " ") for flag, holds in intake.symptoms.items() if holds)
    said = f"yes to {yes}" if yes else "no to all"
    lines += [f"asked {len(intake.symptoms)} questions about health and red flags: {said}"] if intake.symptoms else []
    return lines


def value_words(value: float, unit: str, *, signed: bool = False) -> str:
    """Return a value with the digits that its unit deserves in a comparison: one more than on its own, none for counts."""
    digits = {"reps": 0, "ratio": 2, "score": 0, "count": 0}.get(unit, 1)
    if unit == "s" and abs(value) < 2:
        digits = 2  # what is that quick differs in the hundredths
    text = format_value(value, "" if unit == "count" else unit, digits)
    return f"+{text}" if signed and value > 0 else text


def support_words(citation: str, verified: str) -> str:
    """Return what a teaching rests on; our own words stand as they are, and an unchecked number is no citation."""
    return citation.rstrip(".") if verified.endswith("_tolerance") else source_text(Source(citation, verified))


def spec_source(spec: SourceSpec) -> str:
    """Return where something comes from, with its note; an unchecked number is never dressed up as a citation."""
    text = source_text(Source(spec.citation, spec.verified, spec.note))
    return " ".join(map(sentence, filter(None, (text, spec.note))))


def day_words(day: date | None) -> str:
    """Return ``12 March 2026``; a dash for no day."""
    return date_words(day.isoformat()) if day is not None else DASH
