"""What is known about a person's case, as blocks for notes and letters: told, asked, measured, seen, not known.

Nothing is added to the records: what was not asked says so, and what was not measured is listed as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from movescreen.catalog.client_schema import Stage
from movescreen.client.intake.model import Intake
from movescreen.client.intake.words import cleared_words, injury_words, operation_words, pain_words
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from movescreen.client.rules.red_flags import RedFlag, RedFlagReview, name_flag, seen_words
from movescreen.client.visits.hand_tests import HandReading
from movescreen.client.visits.movement_pain import StandingPain
from movescreen.client.visits.observation import SeenByBoth
from movescreen.client.visits.visit import BY_CAMERA, ClipRecord, Visit
from movescreen.model import Finding, Status
from movescreen.report.formats.sheet import Block
from movescreen.report.pages.visit import VisitReport, side_words
from movescreen.report.sections.findings import status_label
from movescreen.report.sections.observations import COLUMNS, observation_rows
from movescreen.report.sections.person import PersonHead, day_words, notes_element, reading_words, value_words
from movescreen.report.sections.ranking import not_assessed_by_reason, ordered_findings
from movescreen.words.findings import finding_title, format_limit, format_measured, reps_short
from movescreen.words.numbers_and_units import DASH, plural
from movescreen.words.sentences import join_words, sentence

#: So many of the latest notes are told in a note or letter.
LATEST_NOTES = 6


@dataclass(frozen=True)
class Case:
    """Everything that notes and letters about a person are made from, on a day.

    Attributes
    ----------
    person
        With the latest intake by that day.
    visit
        The newest visit with something measured or screened; while a red flag stops the screening, the newest one before the flag was
        raised. None when there is none.
    seen
        What the trainer saw and felt on the day of ``visit`` and since.
    standing
        Movements that hurt and were not asked about again.
    changes
        What changed from earlier visits, in a sentence or two; empty for a first visit.
    plan, plan_waits
        The plan in force, as it may be shown; whether something keeps it back.
    impact_ban
        Why the person does not run or jump now; empty when nothing bans it.
    questions, shorts
        Red flag -> its question, word for word and in a few words.
    stages
        Exercise -> its stage in a plan.
    unread, read
        What was typed with a danger word that the trainer has to read, and what was read: a line each.
    """

    head: PersonHead
    born: int | None
    day: date
    person: Person
    review: RedFlagReview
    visits: Sequence[Visit] = ()
    visit: VisitReport | None = None
    seen: Sequence[SeenByBoth] = ()
    standing: Sequence[StandingPain] = ()
    changes: str = ""
    plan: Plan | None = None
    plan_waits: bool = False
    impact_ban: str = ""
    questions: Mapping[str, str] = field(default_factory=dict)
    shorts: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    unread: Sequence[str] = ()
    read: Sequence[str] = ()

    @property
    def intake(self) -> Intake | None:
        """The latest conversation."""
        return self.person.intake


def told_on(case: Case) -> str:
    """Return ``Told on 2 March 2026.``, or that nobody asked."""
    return f"Told on {day_words(case.intake.day)}." if case.intake else "There is no intake: nobody asked."


def complaint_lines(case: Case) -> list[str]:
    """Return where it hurts, since when and with what; or that there is none, or that nobody asked."""
    intake = case.intake
    if intake is None or intake.pains is None:
        return ["pain was not asked"]
    lines = [
        pain_words(pain, None if intake.day == case.day else intake.day) + (f", since {pain.since}" if pain.since else "")
        for pain in intake.pains
    ]  # fmt: skip
    return [*(lines or ["no pain now or in the week before"]), *(standing.words for standing in case.standing)]


def history_lines(case: Case) -> list[str]:
    """Return injuries, operations and births; or that there are none, or that nobody asked."""
    intake = case.intake
    if intake is None:
        return ["injuries and operations were not asked"]
    lines = _told_or_not(intake.injuries, injury_words, "injury", "injuries")
    for operation in intake.operations or ():
        said = cleared_words(operation)
        lines.append(f"{operation_words(operation)}{f'; {said}' if said else ''}")
    if not intake.operations:
        lines += _told_or_not(intake.operations, operation_words, "operation", "operations")
    return lines + _birth_lines(case, intake)


def _told_or_not(told: Sequence[object] | None, words: object, one: str, many: str) -> list[str]:
    if told is None:
        return [f"{many} were not asked"]
    return [words(each) for each in told] if told else [f"no {one} was named"]  # type: ignore[operator]


def _birth_lines(case: Case, intake: Intake) -> list[str]:
    if case.person.sex == "male":
        return []
    week, since = case.person.pregnancy_week, case.person.weeks_postpartum
    lines = [f"pregnant{f', week {week}' if week else ', the week is not known'}"] if intake.pregnant else []
    lines += [f"gave birth {since} weeks ago"] if since is not None else []
    lines += ["pregnancy was not asked"] if intake.pregnant is None else []
    lines += ["a birth in the last two years was not asked"] if since is None and not intake.asked_birth else []
    none = intake.pregnant is False and since is None and intake.asked_birth
    return ["not pregnant, no birth in the last two years"] if none else lines


#: What is known of medicine that nobody named.
_NO_MEDICINE = {
    False: "no medicine in the last three months", True: "takes medicine, which was not named",
    None: "no medicine was named, and whether any is taken was not asked",
}  # fmt: skip


def everyday_lines(case: Case) -> list[str]:
    """Return medicine, activities, goal and confidence, as far as they were told."""
    intake = case.intake
    if intake is None:
        return []
    lines = [f"medicine: {intake.medication}" if intake.medication else _NO_MEDICINE[intake.takes_medicine]]
    does = join_words(sport.replace("_", " ") for sport in intake.sports)
    lines += [f"does: {does}"] if does else ["what they do was not asked"]
    well = join_words(each.replace("_", " ") for each in intake.goes_well or ())
    lines += [f"goes well now, without pain then and the next day: {well}"] if well else []
    ticked = ", ".join(goal.replace("_", " ") for goal in intake.goals)
    goals = "; ".join(part for part in (intake.goal_words, ticked) if part)
    lines += [f"goal: {goals}"] if goals else ["the goal was not asked"]
    lines += [f"sits {intake.sitting_hours:g} hours a day"] if intake.sitting_hours is not None else []
    lines += [f"sure to do the goal's movement: {intake.confidence} of 10"] if intake.confidence is not None else []
    said = " ".join(map(sentence, lines))
    return [said, *([f"note: {intake.note}"] if intake.note else [])]


def health_lines(case: Case) -> list[str]:
    """Return the questions about health: answered with yes (word for word), with no, and those that nobody asked."""
    intake = case.intake
    if intake is None:
        return ["no question about health was asked"]
    yes = [flag for flag in case.questions if case.person.answer(flag)]
    no = [flag for flag in intake.symptoms if case.person.answer(flag) is False]
    read = {flag: each.on for flag, each in case.person.read_as.items()}
    lines = [
        f"YES to: {_question(case, flag)} ({day_words(max(intake.day, read.get(flag, intake.day)))}){_cleared(case, flag)}"
        for flag in yes
    ]
    earlier = [f for f in case.review.raised if f.told_on is not None]
    lines += [
        f"YES earlier, on {day_words(f.told_on)}, not cleared since: {_question(case, f.spec.id)}" for f in earlier
    ]
    lines += [flag_words(f) for f in case.review.raised if not f.spec.question]
    lines += [f"NO ({day_words(intake.day)}) to: {'; '.join(_short(case, flag) for flag in no)}"] if no else []
    return [*lines, *open_questions(case)]


def _short(case: Case, flag: str) -> str:
    return case.shorts.get(flag) or flag.replace("_", " ")


def _question(case: Case, flag: str) -> str:
    return case.questions.get(flag, flag.replace("_", " ")).rstrip(".?")


def _cleared(case: Case, flag: str) -> str:
    word = case.person.clearance(flag)
    return f". {seen_words(word)}" if word else ""


def open_questions(case: Case) -> list[str]:
    """Return, in one line, what belongs to the person and nobody asked, or whose answer is too old; empty when nothing is open."""
    if case.intake is None:
        return ["no question about health was asked"]
    waiting = [_short(case, spec.id) for spec in case.review.open_questions]
    return [f"NOT ASKED, or more than a year ago: {'; '.join(waiting)}"] if waiting else []


def flag_words(flag: RedFlag) -> str:
    """Return the reason of a red flag with the facts behind it, and what a clinician said about it."""
    facts = f" ({'; '.join(event.words for event in flag.events)})" if flag.events else ""
    if flag.clearance:
        return f"{name_flag(flag.spec)}{facts}. {seen_words(flag.clearance)}"
    return f"{flag.spec.reason.rstrip('.')}{facts}. Refer to {flag.spec.refer_to}"


def notes_block(case: Case) -> Block:
    """Return how it went: the latest notes."""
    element = notes_element(case.visits)
    if element is None:
        return Block()
    columns, rows = element.data["columns"], element.data["rows"][-LATEST_NOTES:]
    return Block.table("How it went", columns, rows, "0 none, 10 worst.", empty=DASH)


def words_lines(case: Case) -> list[str]:
    """Return what was typed: what the trainer made of it, and what nobody has read yet."""
    return [*case.read, *(f"typed, and not asked about yet: {line}" for line in case.unread)]


def clip_lines(clips: Sequence[ClipRecord], movement: Mapping[str, str]) -> list[str]:
    """Return what was recorded, from where, and what was told about the recording."""
    lines = []
    for clip in clips:
        setup = clip.setup
        turn = f", turned {setup.yaw_deg:.0f}°" if setup.yaw_deg is not None else ""
        near = f", {setup.near_side} side to the camera" if setup.near_side else ""
        mind = f". Mind: {' '.join(sentence(notice) for notice in clip.notices)}" if clip.notices else ""
        title = movement.get(setup.movement, setup.movement.replace("_", " "))
        lines.append(f"{title}, {view_phrase(setup.view)}{near}{turn}: {plural(clip.reps, 'repetition')}{mind}")
    return lines


def view_phrase(view: str) -> str:
    """Return ``from the side``."""
    return {"front": "from the front", "side": "from the side", "back": "from behind", "oblique": "at an angle"}.get(view, "view unclear")  # fmt: skip


def view_of(finding: Finding, clips: Sequence[ClipRecord]) -> str:
    """Return from where a finding was seen: the recorded views that its check can be made from, or those that there were."""
    there = list(dict.fromkeys(c.setup.view for c in clips if c.setup.movement == finding.movement))
    fitting = [view for view in there if view in finding.views] or there
    return join_words(map(view_phrase, fitting), "or")


def camera_block(report: VisitReport) -> Block:
    """Return the camera's checks that stood out or came close as a table: value with error, limit, repetitions, view."""
    clips, findings = report.visit.clips, ordered_findings(report.visit.findings)
    rows = [
        [
            _named(f, report), format_measured(f), format_limit(f), status_label(f), reps_short(f), view_of(f, clips).replace("from the ", ""),
        ]
        for f in findings
        if f.status in (Status.FLAGGED, Status.BORDERLINE)
    ]  # fmt: skip
    none = ["nothing stood out in what could be seen"] if findings and not rows else []
    columns = ["By the camera", "Measured", "Stands out", "Result", "Seen in", "View"]
    lead_in = "Medians over the repetitions, ± the expected error (one standard deviation)."
    return Block("Measured by the camera", none, columns, rows, lead_in)


def within_block(report: VisitReport) -> Block:
    """Return the camera's checks within their limit, in one line: value with error, and view."""
    listed = [
        f"{_named(f, report)} {format_measured(f)} ({view_of(f, report.visit.clips)})"
        for f in ordered_findings(report.visit.findings)
        if f.status is Status.CLEAR
    ]
    return Block("Within the limit", ["; ".join(listed)] if listed else [])


def measures_block(report: VisitReport) -> Block:
    """Return power and balance by the camera, with errors and views."""
    rows = [
        [
            report.names.reading(r.signal, r.side),
            reading_words(r),
            plural(max(1, len(r.reps)), "attempt"), join_words(dict.fromkeys(view_phrase(c.setup.view) for c in clips)),
        ]
        for clips, r in report.visit.measures
    ]  # fmt: skip
    return Block("Power and balance by the camera", (), ["What", "Value", "From", "View"], rows)


def hand_block(report: VisitReport) -> Block:
    """Return values taken by hand, a row a test: both sides, side against side, and the norm where one can be used."""
    by_hand = [r for r in report.readings if r.note != BY_CAMERA]
    against = {d.spec.id: side_words(d).partition(": ")[2] for d in report.differences}
    rows = []
    for spec in dict.fromkeys(r.spec.id for r in by_hand):
        found = [r for r in by_hand if r.spec.id == spec]
        values = ", ".join(f"{r.side} {value_words(r.value, r.spec.unit)}".strip() for r in found)
        rows.append([found[0].spec.title, values, sentence(against.get(spec, "")), _norm_words(found)])
    columns = ["Test", "Value", "Side against side", "Against the norm"]
    return Block.table("Measured by hand", columns, rows, always=2)


def _norm_words(readings: Sequence[HandReading]) -> str:
    """Return what norms say about the sides of a test; that there is none, when there is none for any."""
    compared = [r for r in readings if r.comparison]
    if not compared:
        return sentence(readings[0].reason)
    return " ".join(
        sentence(f"{r.side}: {r.comparison.text.partition(': ')[2]}".removeprefix(": "))
        for r in compared
        if r.comparison
    )


def trainer_block(seen: Sequence[SeenByBoth], visit_day: date | None) -> Block:
    """Return what the trainer saw and felt, beside the camera; with the day where it is another than the visit's."""
    rows = observation_rows(seen)
    for row, each in zip(rows, seen, strict=True):
        if each.day != visit_day:
            row[0] = f"{row[0]} ({day_words(each.day)})"
    return Block("Seen and felt by the trainer", (), COLUMNS, rows)


def unseen_lines(report: VisitReport) -> list[str]:
    """Return what the clips could not show, by reason."""
    groups = not_assessed_by_reason(report.visit.findings)
    return [
        f"not assessed ({reason}): {join_words(dict.fromkeys(_named(f, report) for f in found))}"
        for reason, found in groups.items()
    ]


def _named(finding: Finding, report: VisitReport) -> str:
    """Return the title of a finding, with its movement where the visit has several."""
    several = len({f.movement for f in report.visit.findings}) > 1
    return finding_title(finding) + (f" ({report.names.movement(finding.movement).lower()})" if several else "")


def history_links(report: VisitReport) -> list[str]:
    """Return findings that stood out, each with what the history has that goes with it, or that it has nothing."""
    lines = []
    for finding in ordered_findings(report.visit.findings):
        if finding.status not in (Status.FLAGGED, Status.BORDERLINE):
            continue
        goes = [link.text for link in report.links if link.finding == finding]
        seen = (finding.message or finding_title(finding)).rstrip(".")
        lines.append(f"{seen}. {' '.join(goes) if goes else 'Nothing in the history that is known goes with it.'}")
    return lines


def beyond_lines(report: VisitReport) -> list[str]:
    """Return tests beyond the norm's outer limit, and differences of the sides beyond the error."""
    lines = [
        f"{r.spec.title}{', ' + r.side if r.side else ''}: {value_words(r.value, r.spec.unit)}, {r.comparison.text.partition(': ')[2]}"
        for r in report.readings
        if r.limited and r.comparison
    ]
    return lines + [
        f"{d.spec.title}: {d.worse} {value_words(abs(d.difference), d.spec.unit)} behind, more than chance explains"
        for d in report.differences
        if d.beyond_error
    ]


def differing_lines(seen: Sequence[SeenByBoth]) -> list[str]:
    """Return where trainer and camera say the opposite."""
    return [
        f"trainer and camera differ on “{each.observation.name}”: {each.observation.result_words} by the trainer; neither is taken to be right"
        for each in seen
        if each.differs
    ]
