"""One case in the languages of those who look after the person: SOAP note, letter, note for the coach.

No sheet holds a picture: consent covers keeping them on this computer, not handing them on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from movescreen.catalog.client_schema import STAGES, Stage
from movescreen.client.intake.words import ALLOWED_WORDS, decapitalize, injury_words, operation_words, place_words
from movescreen.client.plan.changes import group_left_out
from movescreen.client.plan.model import Plan, PlanNeed
from movescreen.client.plan.sheet import merge_sport, tell_pain
from movescreen.client.rules.red_flags import find_day_told
from movescreen.model import Finding, Status
from movescreen.report.formats.sheet import Block, Sheet, render_sheet, sheet_text
from movescreen.report.formats.together import write_together
from movescreen.report.pages.plan import STAGE_TITLES
from movescreen.report.pages.visit import VisitReport
from movescreen.report.sections import case as pieces
from movescreen.report.sections.observations import observation_title
from movescreen.report.sections.person import day_words
from movescreen.report.sections.ranking import top_priorities
from movescreen.report.sections.safety import help_lines
from movescreen.words.numbers_and_units import number_word, plural
from movescreen.words.sentences import sentence

Reader = Literal["soap", "doctor", "coach"]
READERS: tuple[Reader, ...] = get_args(Reader)
#: So many reasons for a need are told in a note.
REASONS = 3
#: Training that needs no word about health to be named: the stages from here on are squats, lunges, weights, jumps.
_PUBLIC_FROM: Stage = "integration"
_NO_DIAGNOSIS = "A trainer's screening makes no diagnosis: findings occur together with the history, and a video cannot show a cause."


@dataclass(frozen=True)
class Writing:
    """What the trainer adds to a sheet.

    Attributes
    ----------
    by, to
        Who writes, and to whom; empty leaves a line to fill in by hand, or names the kind of clinician.
    ask
        What is asked of the reader, in the trainer's words, before what follows from the records.
    """

    by: str = ""
    to: str = ""
    ask: str = ""


def make_sheet(case: pieces.Case, reader: Reader, writing: Writing = Writing()) -> Sheet:
    """Return the sheet for a reader."""
    return {"soap": _soap, "doctor": _doctor, "coach": _coach}[reader](case, writing)


def write_sheets(case: pieces.Case, readers: Sequence[Reader], writing: Writing, out_dir: Path) -> list[Path]:
    """Write each sheet as a page and as text; all of them, or none."""
    sheets = [make_sheet(case, reader, writing) for reader in readers]
    ways = {"html": render_sheet, "txt": sheet_text}
    contents = {f"{sheet.stem}.{ending}": way(sheet) for sheet in sheets for ending, way in ways.items()}
    write_together(out_dir, contents, last=f"{sheets[-1].stem}.txt")
    return [out_dir / name for name in contents]


def _head(case: pieces.Case, writing: Writing) -> list[tuple[str, str]]:
    report = case.visit
    guardian = case.intake.consent.guardian if case.intake and case.intake.consent else ""
    return [
        ("Born", str(case.born or "")), ("Sex", case.person.sex), ("Guardian", guardian), ("Written", day_words(case.day)),
        ("Visit", day_words(report.visit.day) if report else "none"),
        ("Intake", day_words(case.intake.day) if case.intake else "none"), ("From", writing.by),
    ]  # fmt: skip


def _warning(case: pieces.Case) -> list[str]:
    return [pieces.flag_words(flag) for flag in case.review.stopping]


def _soap(case: pieces.Case, writing: Writing) -> Sheet:
    return Sheet(
        stem="soap_note",
        title="SOAP note",
        label=case.head.label,
        facts=_head(case, writing),
        headline="",
        warning_title="A red flag is open: the screening waits.",
        warning=_warning(case),
        sections=[
            ("S: subjective", _subjective(case)),
            ("O: objective", _objective(case)),
            ("A: assessment", _assessment(case)),
            ("P: plan", _plan(case)),
        ],
        foot=[_NO_DIAGNOSIS, "Kept on this computer only. No picture is in this note."],
    )


def _subjective(case: pieces.Case) -> list[Block]:
    return [
        Block("Complaint", pieces.complaint_lines(case), lead_in=pieces.told_on(case)),
        Block("History", pieces.history_lines(case)),
        Block("Medicine, activity, goal", pieces.everyday_lines(case)),
        Block("Health, as asked", pieces.health_lines(case)),
        Block("Words that asked for attention", pieces.words_lines(case)),
        pieces.notes_block(case),
    ]


def _objective(case: pieces.Case) -> list[Block]:
    report = case.visit
    seen = pieces.trainer_block(case.seen, report.visit.day if report else None)
    if report is None:
        return [Block("", ["nothing was screened or measured yet"]), seen]
    return [
        Block(
            "Recorded",
            pieces.clip_lines(report.visit.clips, report.names.movements) or ["no clip belongs to this visit"],
            lead_in=_visit_words(case),
        ),
        pieces.camera_block(report),
        pieces.within_block(report),
        pieces.measures_block(report),
        pieces.hand_block(report),
        seen
        if seen.rows
        else Block("Seen and felt by the trainer", ["no palpation, special test or observation was noted"]),
        Block("Could not be assessed", pieces.unseen_lines(report)),
    ]


def _visit_words(case: pieces.Case) -> str:
    if case.visit is None:
        return ""
    earlier = f", before the red flag was named; {_since_flag(case)}" if case.review.stopping else ""
    return f"On {day_words(case.visit.visit.day)}{earlier}."


def _flag_day(case: pieces.Case) -> date:
    """Return the first day on which a red flag was told that stops now."""
    if (intake := case.intake) is None:
        return case.day
    return min((find_day_told(flag, intake) for flag in case.review.stopping), default=intake.day)


def _since_flag(case: pieces.Case) -> str:
    """Return whether anything was screened since: what was is not shown."""
    since = [visit.day for visit in case.visits if visit.clips and visit.day >= _flag_day(case)]
    return f"a screening of {day_words(since[-1])} is not shown here" if since else "no screening was made since"


def _assessment(case: pieces.Case) -> list[Block]:
    report = case.visit
    needs = case.plan.needs if case.plan and not case.plan_waits else ()
    said = {sentence(link.text) for link in report.links} if report else set()
    aims = [f"{need.title}: {need.because}. From: {_reasons(need, said)}" for need in needs]
    mind = [pieces.flag_words(flag) for flag in case.review.raised if not flag.stops]
    return [
        Block("In the light of the history", pieces.history_links(report) if report else [], lead_in=_NO_DIAGNOSIS),
        Block("Beyond norm or error", pieces.beyond_lines(report) if report else []),
        Block("Trainer and camera", pieces.differing_lines(case.seen)),
        Block("Hurts", [f"{each.words}: not loaded until asked again or cleared" for each in case.standing]),
        Block("To mind", mind),
        Block("Since earlier visits", [case.changes] if case.changes else []),
        Block("What training will try, in order of weight", aims),
        Block("Open", pieces.open_questions(case)),
    ]


def _reasons(need: PlanNeed, said: set[str]) -> str:
    """Return the first things that speak for a need, without what the note says already."""
    listed = [reason for reason in map(sentence, need.reasons) if reason not in said]
    more = len(listed) - REASONS
    return " ".join([*listed[:REASONS], *([f"{number_word(more).capitalize()} more in the plan."] if more > 0 else [])])


def _plan(case: pieces.Case) -> list[Block]:
    plan, report = case.plan, case.visit
    worth = Block("Worth adding", _worth_adding(report) if report else [])
    if case.plan_waits:
        waits = "no training plan is shown or made until what is open was looked at"
        return [Block("Training", [waits]), Block("Refer", _warning(case)), worth]
    if plan is None:
        return [Block("Training", ["no plan was made yet"]), worth]
    rows = [[e.title, STAGE_TITLES[e.stage], e.dose_words, e.side] for e in plan.exercises]
    made = f"Plan of {day_words(plan.day)}{', changed by the trainer' if plan.edited else ''}."
    return [
        Block.table("Training", ["Exercise", "Stage", "How much", "Side"], rows, made, always=3),
        Block("Gets help at", help_lines(plan.urgent)),
        Block("Pain in training", [tell_pain(plan)]),
        Block("Stops at", ["; ".join(plan.stops)] if plan.stops else []),
        Block("Left out, and why", [f"{titles}: {reason}" for titles, reason in group_left_out(plan.left_out)]),
        Block("Note on the plan", [plan.note] if plan.note else []),
        worth,
        Block("Look again", [f"{day_words(plan.retest_on)}; the whole plan, with its cautions, is a page of its own"]),
    ]


def _worth_adding(report: VisitReport) -> list[str]:
    """Return tests and recordings that were not made yet, each once."""
    made = {reading.spec.id for reading in report.readings}
    wanted = [
        what
        for each in report.added
        for what in [*(report.names.test(name) for name in each.spec.tests if name not in made), *each.spec.recordings]
    ]
    return ["; ".join(dict.fromkeys(wanted))] if wanted else []


def _doctor(case: pieces.Case, writing: Writing) -> Sheet:
    stopping, report = case.review.stopping, case.visit
    to = writing.to or (stopping[0].spec.refer_to if stopping else "doctor or physical therapist")
    measured = "What was seen and measured"
    if stopping and report:
        measured = f"What was seen and measured earlier, on {day_words(report.visit.day)}"
    return Sheet(
        stem="referral_letter",
        title="Referral",
        label=case.head.label,
        facts=[("To", to), *_head(case, writing)],
        headline=_letter_opening(case),
        warning_title=f"Red flag, told on {day_words(_flag_day(case))}. {sentence(_since_flag(case))}" if stopping else "",
        warning=_warning(case),
        sections=[
            ("What is asked of you", [Block("", _asks(case, writing))]),
            ("What was told", [
                Block("Complaint", pieces.complaint_lines(case), lead_in=pieces.told_on(case)),
                Block("History", pieces.history_lines(case)), Block("Medicine, activity, goal", pieces.everyday_lines(case)),
                pieces.notes_block(case),
            ]),
            ("What was asked, and the answers", [Block("", pieces.health_lines(case)), Block("Words that asked for attention", pieces.words_lines(case))]),
            (measured, _letter_findings(case)),
            ("Training now", [Block("", _training_now(case))]),
            ("What is not known", [Block("", _unknown(case))]),
            ("Sent by", [] if writing.by else [Block("", blanks=["Name, role, telephone"])]),
            ("Reply", [Block(
                "", boxes=[*ALLOWED_WORDS.values(), "no training for now"],
                blanks=["Not allowed, or to be avoided", "Phase of the protocol, or next appointment", "Name, role, day"],
                lead_in="Training is allowed up to:",
            )]),
        ],
        foot=[
            _NO_DIAGNOSIS,
            "Written for the client, or whoever agrees for them, to hand on. No picture is in this letter.",
        ],
    )  # fmt: skip


def _letter_opening(case: pieces.Case) -> str:
    who = case.head.words or "age and sex not known"
    why = (
        "comes to you because of a red flag that was named before training" if case.review.stopping
        else f"comes to you because a movement hurt: {'; '.join(s.words for s in case.standing)}" if case.standing
        else "trains with me. No question about health was asked" if case.intake is None
        else "trains with me. Not every question about health was asked" if case.review.open_questions
        else "trains with me. No red flag that stops training is open"
    )  # fmt: skip
    return sentence(f"{case.head.label}, {who}, {why}")


def _asks(case: pieces.Case, writing: Writing) -> list[str]:
    asks = [writing.ask] if writing.ask else []
    asks += [f"please look at this before any training: {flag.spec.reason}" for flag in case.review.stopping]
    asks += [f"please look at this before it is loaded again: {each.words}" for each in case.standing]
    asks += [
        f"please look at this: {observation_title(each.observation)}, {each.observation.result_words}, on {day_words(each.day)}"
        for each in case.seen
        if each.observation.what == "special_test" and each.observation.verdict == "positive"
    ]
    open_words = [f for f in case.review.raised if not f.stops and f.clearance is None]
    asks += [f"please say what this means for training: {flag.spec.reason}" for flag in open_words]
    asks += ["is there a reason against the training that is described here?"] if not asks and case.plan else []
    asks += ["is there a reason against training, and how should it begin?"] if not asks else []
    return [*asks, "please say how far training is allowed, and what is to be avoided: the slip at the end is enough"]


def _letter_findings(case: pieces.Case) -> list[Block]:
    report = case.visit
    seen = pieces.trainer_block(case.seen, report.visit.day if report else None)
    if report is None:
        return [Block("", ["nothing was screened or measured before"]), seen]
    recorded = pieces.clip_lines(report.visit.clips, report.names.movements)
    within = sum(f.status is Status.CLEAR for f in report.visit.findings)
    also = [f"{number_word(within)} other check{'s were' if within > 1 else ' was'} within the limit"] if within else []
    return [
        Block("Recorded", recorded), pieces.camera_block(report), Block("", also), pieces.measures_block(report), pieces.hand_block(report), seen,
        Block("In the light of the history", [f"{link.finding.title or link.finding.check_id}: {link.text}" for link in report.links]),
        Block("Since earlier visits", [case.changes] if case.changes else []),
    ]  # fmt: skip


def _training_now(case: pieces.Case) -> list[str]:
    plan = case.plan
    if case.plan_waits:
        return ["none from the trainer: the plan waits"]
    if plan is None or not plan.exercises:
        return ["no plan was made yet"]
    listed = "; ".join(e.title for e in plan.exercises)
    return [f"up to {ALLOWED_WORDS[_last_stage(case)]}, since {day_words(plan.day)}: {listed}"]


def _unknown(case: pieces.Case) -> list[str]:
    lines = pieces.open_questions(case)
    if not any(each.observation.what != "observation" for each in case.seen):
        lines.append("no palpation and no special test was noted by the trainer")
    lines += pieces.unseen_lines(case.visit) if case.visit else []
    lines.append("no imaging and no report of a clinician is among the trainer's records, beyond what is named above")
    return [
        *lines,
        "a video shows how somebody moved on one day, not which tissue is the reason, nor strength, nor what will happen",
    ]


def _coach(case: pieces.Case, writing: Writing) -> Sheet:
    waits = case.plan_waits or bool(case.review.stopping)
    agreed = bool(case.intake and case.intake.consent and case.intake.consent.coach)
    can, not_yet = ([], []) if waits else (_can_do(case, agreed), _not_yet(case, agreed))
    if waits:
        can = [Block("", ["for now nothing from the trainer's program"])]
        not_yet = [
            Block(
                "", ["training, until a new note comes; the reason is between the client and those who look after them"]
            )
        ]
    plan = case.plan
    again = (
        [f"a new look is planned for {day_words(plan.retest_on)}; ask for a new note then"]
        if plan and not waits
        else []
    )
    return Sheet(
        stem="coach_note",
        title="Note for the coach",
        label=case.head.label,
        facts=[("Written", day_words(case.day)), ("From", writing.by), ("To", writing.to), ("Valid until", day_words(plan.retest_on) if plan and not waits else "")],
        headline=_coach_headline(case, waits),
        sections=[
            ("Can do", can),
            ("Not yet", not_yet),
            ("Watch for", [Block("", [*([] if waits else _watch(case)), _pain_words(plan, agreed and not waits), _ALARM])]),
            ("Where it hurts, as the client agreed to tell", [Block("", _where(case))] if agreed and not waits else []),
            ("Next", [Block("", [*again, *([writing.ask] if writing.ask else [])])]),
        ],
        foot=[
            "This note says how to train, and nothing about illness: it is not a diagnosis and no clearance by a doctor.",
            "The client agreed that you are told where it hurts and what was injured." if agreed
            else "Nothing about health is in this note: the client has not agreed to that.",
        ],
    )  # fmt: skip


#: What a stage that is still to come means for a coach.
_NOT_YET: dict[Stage, str] = {"speed": "jumping, sprinting and turning at full effort"}
_NO_PAIN = "pain that comes up while training, or is worse the next morning: stop that exercise and tell the trainer"
_ALARM = "chest pain, dizziness or breathlessness that does not pass: stop at once and get help"


def _said_to_coach(words: str) -> str:
    """Return what the client's sheet says to the client, as said of them."""
    return words.replace("your ", "their ")


def _pain_words(plan: Plan | None, told: bool) -> str:
    """Return the plan's rule of pain where the coach may know it (``told``), else the strictest."""
    return tell_pain(plan) if plan and told else _NO_PAIN


def _coach_headline(case: pieces.Case, waits: bool) -> str:
    if waits:
        return "Please pause the program: somebody looks at something first."
    if case.plan is None:
        return "There is no plan yet, so this note cannot say how far training goes."
    return (
        ""
        if not case.plan.exercises
        else f"Fine now, up to: {ALLOWED_WORDS[_last_stage(case)]}. Nothing above that yet{_beside(case.plan)}."
    )


def _beside(plan: Plan) -> str:
    goes_on = any(each.goes_on for each in plan.activities)
    return ", beside what goes on as before (below)" if goes_on else ""


def _last_stage(case: pieces.Case) -> Stage:
    return (
        max((e.stage for e in case.plan.exercises), key=STAGES.index)
        if case.plan and case.plan.exercises
        else STAGES[0]
    )


def _is_public(case: pieces.Case, stage: Stage | None) -> bool:
    return stage is not None and STAGES.index(stage) >= STAGES.index(_PUBLIC_FROM)


def _can_do(case: pieces.Case, agreed: bool) -> list[Block]:
    plan = case.plan
    if plan is None:
        return []
    shown = [e for e in plan.exercises if agreed or _is_public(case, e.stage)]
    more = len(plan.exercises) - len(shown)
    rows = [[e.title, e.dose_words, e.stop if agreed else ""] for e in shown]
    also = (
        [f"{plural(more, 'lighter exercise', 'lighter exercises')} of the plan, which the client knows"] if more else []
    )
    also += (
        [f"In sport: {_said_to_coach(decapitalize(rule.may))}"] if agreed and (rule := merge_sport(plan)).may else []
    )
    goes_on = dict.fromkeys(each.goes_on for each in plan.activities if each.goes_on)
    also += [f"{words}, as much as now, while it stays without pain then and the next day" for words in goes_on]
    return [Block.table("", ["Exercise", "How much", "Stop at"], rows, always=2), Block("", also)]


def _not_yet(case: pieces.Case, agreed: bool) -> list[Block]:
    plan = case.plan
    if plan is None:
        return []
    last = STAGES.index(_last_stage(case))
    # as on the client's sheet, where the coach may know it
    lines = [_said_to_coach(rule.wait)] if agreed and (rule := merge_sport(plan)).wait else []
    lines += [_NOT_YET.get(stage, ALLOWED_WORDS[stage]) for stage in STAGES[last + 1 :]]
    lines += ["running, jumping and turning of any kind"] if case.impact_ban else []
    names = case.visit.names if case.visit else None
    lines += [
        f"loading the {names.movement(each.pain.movement).lower() if names else each.pain.movement.replace('_', ' ')}"
        for each in case.standing
    ]
    lines += [left.title for left in plan.left_out if _is_public(case, case.stages.get(left.exercise))]
    return [Block("", list(dict.fromkeys(lines)) or ["nothing is held back by this plan"])]


def _watch(case: pieces.Case) -> list[str]:
    report = case.visit
    if report is None:
        return []
    hurt = {each.pain.movement for each in case.standing}
    lines = [
        _cue(matter.findings) for matter in top_priorities(f for f in report.visit.findings if f.movement not in hurt)
    ]
    return lines + [
        f"{observation_title(each.observation)}, seen by the trainer"
        for each in case.seen
        if each.findings and each.observation.what == "observation" and each.observation.verdict == "positive"
    ]


def _cue(findings: Sequence[Finding]) -> str:
    seen = " ".join(sentence(f.message or f.title) for f in findings)
    cue = findings[0].cue
    return f"{seen} Say: “{cue.rstrip('.')}”" if cue else seen


def _where(case: pieces.Case) -> list[str]:
    intake = case.intake
    if intake is None:
        return []
    lines = [
        f"{place_words(pain.place, pain.side)}, {pain.week} of 10 at worst in the week before {day_words(intake.day)}"
        for pain in intake.pains or ()
    ]
    lines += [injury_words(injury) for injury in intake.injuries or ()]
    return lines + [operation_words(operation) for operation in intake.operations or ()] or ["nothing was named"]
