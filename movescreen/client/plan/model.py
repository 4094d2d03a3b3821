"""A plan as it is stored, printed and edited."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from movescreen.catalog.client_schema import Call, Stage, Strength, Topic
from movescreen.catalog.safety_schema import ClauseSpec
from movescreen.client.intake.model import Frozen, Note, Side

#: 0 is Monday.
Weekday = Annotated[int, Field(ge=0, le=6)]
#: What became of an exercise since the plan before: more, the same, less, or it was not in it.
ChangeKind = Literal["", "up", "hold", "back", "new"]
#: What pages say to it.
CHANGE_WORDS: dict[ChangeKind, str] = {"up": "up", "hold": "the same", "back": "back", "new": "new"}


class PlanNeed(Frozen):
    """What the plan is for, and what speaks for it.

    Attributes
    ----------
    reasons
        Findings, tests, history and goals, in words.
    weight
        By which the needs were ordered; higher first.
    waits
        Why no exercise of the plan is chosen for it first; empty when one is.
    """

    need: str
    title: str
    because: str
    reasons: tuple[str, ...]
    weight: int
    evidence: Strength
    source: str
    source_verified: str
    waits: str = ""


class PlannedExercise(Frozen):
    """One exercise of a plan, complete: it can be read without the catalog.

    Attributes
    ----------
    why, why_here
        Why this exercise, and why at this place.
    pace, effort, rest, load
        Tempo of a repetition, how hard a set is, how long to rest between two, and how heavy to begin; the last two may be empty.
    chosen_by
        ``movescreen``, or ``trainer`` when somebody added or changed it.
    step
        Where the dose stands among those that the catalog has for it, 0 the first, -1 its easier form; None when the trainer set the
        dose, and in plans of before.
    fewer, set_less
        Whether it has a set less than its step, and whether that is new in this plan.
    extra
        What the dose asks for beside its numbers.
    change, because
        What became of it since the plan that this one started from, and why, with the dose; empty in a first plan.
    until
        The tests before which it is done provisionally; empty when it is not.
    reason, was
        Why alone, and the dose of before; empty where there is none.
    instead_of
        The easier or harder exercise whose place it took.
    aim
        Title of the need that it was chosen for; empty for what only warms up, and for what a trainer added.
    """

    exercise: str
    title: str
    stage: Stage
    side: Side = ""
    why: Note
    why_here: Note
    how: Note
    sets: Annotated[int, Field(ge=1, le=10)]
    reps: Annotated[int, Field(ge=1, le=60)] | None = None
    hold_s: Annotated[int, Field(ge=1, le=300)] | None = None
    duration_s: Annotated[int, Field(ge=5, le=3600)] | None = None
    per_side: bool = False
    per_week: Annotated[int, Field(ge=1, le=14)]
    pace: Note
    effort: Note = ""
    rest: Note = ""
    load: Note = ""
    feel: Note
    stop: Note
    harder: Note
    easier: Note
    equipment: str = "none"
    evidence: Strength = "opinion"
    source: Note = ""
    source_verified: str = ""
    chosen_by: Literal["movescreen", "trainer"] = "movescreen"
    step: Annotated[int, Field(ge=-1, le=50)] | None = None
    fewer: bool = False
    set_less: bool = False
    extra: Note = ""
    change: ChangeKind = ""
    because: Note = ""
    reason: Note = ""
    was: Note = ""
    instead_of: str = ""
    until: Note = ""
    aim: str = ""

    @property
    def amount_words(self) -> str:
        """Return ``3 sets of 8, held 5 s, with a weight``: one session's work, without sides."""
        amount = f"{self.reps}" if self.reps is not None else seconds_words(self.duration_s or 0)
        sets = f"{self.sets} set{'s' * (self.sets > 1)} of {amount}" if self.sets > 1 or self.reps else amount
        parts = [sets]
        parts += [f"held {self.hold_s} s"] if self.hold_s else []
        parts += [self.extra] if self.extra else []
        return ", ".join(parts)

    @property
    def dose_words(self) -> str:
        """Return ``3 sets of 8 on each side, held 5 s, 3 times a week``."""
        first, *more = self.amount_words.split(", ", 1)
        parts = [first + (" on each side" if self.per_side else ""), *more]
        parts += [
            "every day"
            if self.per_week == 7
            else "once a week"
            if self.per_week == 1
            else f"{self.per_week} times a week"
        ]
        return ", ".join(parts)


#: Where a step of a pathway stands: behind the person, theirs now, still ahead, or waiting for a ban to end.
StepState = Literal["passed", "here", "ahead", "waits"]


class PlanStep(Frozen):
    """One step of a pathway, for the trainer and in everybody's words."""

    title: str
    plain: str
    state: StepState


class PlanPathway(Frozen):
    """The chain of reasons behind the exercises of a complaint.

    Attributes
    ----------
    refused
        The red flag that keeps the pathway closed; empty when none does.
    step, step_plain
        Where the client stands.
    waits
        The ban that keeps them from that step; empty when none does.
    next_again
        Whether the next test is one that was taken already.
    complaint, found, hypothesis, plain, against, next_test
        From what hurts to what is likely, what would speak against it, and the cheapest test that would settle it.
    missing
        What the step still takes.
    exercises
        Titles of those in the plan.
    expected
        What should have changed by when, and by how much to be more than chance.
    """

    pathway: str
    title: str
    refused: Note = ""
    steps: tuple[PlanStep, ...] = ()
    step: str = ""
    step_plain: str = ""
    waits: Note = ""
    complaint: Note
    found: Note
    hypothesis: Note
    plain: Note
    against: Note = ""
    next_test: Note = ""
    next_again: bool = False
    missing: tuple[str, ...] = ()
    exercises: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    note: Note = ""
    evidence: Strength
    source: str
    source_verified: str


class PlanPainRule(Frozen):
    """How much pain training may bring: of 10, or not more than usual (None); of a part, or of the whole body (empty).

    Attributes
    ----------
    next_morning, at_rest
        What is allowed then, where that is told apart.
    """

    place: str = ""
    limit: Annotated[int, Field(ge=0, le=5)] | None = None
    next_morning: Annotated[int, Field(ge=0, le=5)] | None = None
    at_rest: Annotated[int, Field(ge=0, le=5)] | None = None


class PlanHelp(Frozen):
    """Signs at which the client calls for help, and whom.

    Attributes
    ----------
    own
        Those of ``signs`` that are there for what this client has or is; the others are for everybody.
    """

    call: Call
    signs: tuple[str, ...]
    own: tuple[str, ...] = ()


#: What a line on activities comes from.
ActivityKind = Literal["", "said", "operation", "step", "profile", "ban"]


class PlanActivity(Frozen):
    """What the client may do beside the exercises, and what waits, in their words; each may be empty.

    Attributes
    ----------
    now
        What to do in the first days of an injury.
    goes_on
        What of today's sport goes on as much as now; it is a part of ``may``.
    asks
        What ``may`` takes.
    said
        What a clinician said, word for word, with who and when.
    until
        The tests for which ``wait`` waits.
    note
        What else is said to it, in sentences; of a question its first piece in this plan.
    """

    about: Note
    kind: ActivityKind = ""
    said: Annotated[str, Field(max_length=3000)] = ""
    now: Note = ""
    goes_on: Note = ""
    may: Note = ""
    asks: tuple[Topic, ...] = ()
    waits: tuple[ClauseSpec, ...] = ()
    until: tuple[str, ...] = ()
    note: Note = ""

    @model_validator(mode="before")
    @classmethod
    def _reads_words(cls, told: Any) -> Any:
        """Read what waits as words alone, as plans of before have it."""
        if not isinstance(told, dict) or "wait" not in told:
            return told
        words = told["wait"]
        return {key: each for key, each in told.items() if key != "wait"} | {
            "waits": [{"words": words}] if words else []
        }

    @property
    def wait(self) -> str:
        """What waits, in words."""
        return ", ".join(each.words for each in self.waits)


class PlanQuestion(Frozen):
    """What the client asked, or wants by a day that they named, as typed, and the trainer's answer, by whom and when; empty while it waits.

    Attributes
    ----------
    talk
        The trainer is asked what a talk about pain brought; that is no part of the client's page.
    """

    asked: Note
    wish: bool = False
    talk: bool = False
    answer: Note = ""
    by: str = ""
    on: date | None = None


class PlanTest(Frozen):
    """A test that would settle the next step, what it takes in minutes, and which step that is."""

    test: Note
    minutes: Annotated[int, Field(ge=1, le=60)]
    settles: Note


class PlanGoal(Frozen):
    """What the client wants to do again, in its small form.

    Attributes
    ----------
    to
        What follows "to", such as ``carry things``.
    exercise
        The one that is a first piece of it; empty while none may be done.
    words
        Why it is the step to the goal, or which one waits, and for what.
    ahead
        Titles of the pieces that come after it.
    """

    to: Note
    exercise: str = ""
    words: Note
    ahead: tuple[str, ...] = ()


class LeftOut(Frozen):
    """An exercise that would have fitted, and why it is not in the plan."""

    exercise: str
    title: str
    reason: str


class TrainingDay(Frozen):
    """One day of the week, and what is done on it.

    Attributes
    ----------
    weekday
        0 is Monday.
    exercises
        Their names, in order.
    """

    weekday: Weekday
    exercises: tuple[str, ...]


class LighterWeek(Frozen):
    """A week with less in it.

    Attributes
    ----------
    begins
        Its first day.
    why, how
        The reason, and what is done less of.
    """

    begins: date
    why: Note
    how: Note


class Plan(Frozen):
    """A plan.

    Attributes
    ----------
    version
        Of the shape of this record; those of 1 know nothing of the plan before, nor of days.
    based_on
        Day of the visit whose findings it is made from; None when there was none.
    profiles
        Titles of the care profiles that hold.
    pathways
        The chain of reasons of each complaint.
    goal_forms
        The small form of the goal, and before it goals of which none may be done yet.
    rules, stops
        How to go on from session to session; when to stop, whatever the exercise.
    urgent
        When the client calls for help, and whom; it comes before ``stops``, which is for the trainer.
    general
        The signs of ``urgent`` that are for everybody, in a sentence.
    activities, advice
        What the client may do and what waits; what keeps them safe.
    asked
        Who asked about health, when, and what was told; no claim that nothing is wrong.
    pain_rules, pain_rule
        Where more or less pain is allowed than ``USUAL_PAIN_LIMIT``; the one rule of the page, in words.
    questions
        What the client asked, with the trainer's answers.
    complaints
        Where it hurts, in words.
    age
        In years, on the day of the plan; None when it is not known.
    cautions
        What the trainer has to mind.
    edited
        Whether a trainer changed it.
    catalog_sha256
        The files about the person that it was made with.
    started_from
        Day of the plan that it started from; None for a first one.
    measured
        What tests show since that plan, in sentences: better, worse, and no more than their error.
    gone
        What was in that plan and is not in this one, with why.
    taken_out
        Exercises that the trainer took out; plans that start from this one leave them out, too.
    days
        Days of the week on which the person can train; empty when nobody named any.
    week, week_notes
        What is done on which day, and what could not be placed as it should.
    lighter, building_since
        The next lighter week, and since when the weeks have been full ones.
    tests
        What to test in the next ten minutes, in this order.
    holds
        What keeps it from going further, in sentences.
    retest_why
        Why it is looked at again on that day.
    filmed
        Whether a recording was among what it is made from; plans of before do not tell.
    """

    version: Literal[1, 2] = 2
    day: date
    retest_on: date
    based_on: date | None = None
    headline: Note
    goals: Note = ""
    profiles: tuple[str, ...] = ()
    needs: tuple[PlanNeed, ...] = ()
    exercises: tuple[PlannedExercise, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    pathways: tuple[PlanPathway, ...] = ()
    goal_forms: tuple[PlanGoal, ...] = ()
    rules: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    urgent: tuple[PlanHelp, ...] = ()
    general: Note = ""
    activities: tuple[PlanActivity, ...] = ()
    advice: tuple[str, ...] = ()
    asked: Note = ""
    pain_rules: tuple[PlanPainRule, ...] = ()
    pain_rule: Note = ""
    questions: tuple[PlanQuestion, ...] = ()
    complaints: tuple[str, ...] = ()
    age: int | None = None
    cautions: tuple[str, ...] = ()
    edited: bool = False
    note: Note = ""
    catalog_sha256: str = ""
    started_from: date | None = None
    measured: tuple[str, ...] = ()
    gone: tuple[LeftOut, ...] = ()
    taken_out: tuple[str, ...] = ()
    days: tuple[Weekday, ...] = ()
    week: tuple[TrainingDay, ...] = ()
    week_notes: tuple[str, ...] = ()
    lighter: LighterWeek | None = None
    building_since: date | None = None
    filmed: bool = True
    tests: tuple[PlanTest, ...] = ()
    retest_why: Note = ""
    holds: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _reads_older(cls, told: Any) -> Any:
        """Read a plan of before, which answered questions by itself: those answers are dropped, and what was asked waits for the trainer."""
        if not isinstance(told, dict) or not {"answers", "answered"} & set(told):
            return told
        lines = [each for each in told.get("activities", ()) if each.get("kind") != "asked"]
        asked = [{"asked": each} if isinstance(each, str) else each for each in told.get("questions", ())]
        asked += [{"asked": each["about"]} for each in told.get("answered", ())]
        kept = {key: each for key, each in told.items() if key not in ("answers", "answered")}
        return kept | {"questions": asked, "activities": lines}

    @property
    def waiting(self) -> tuple[PlanQuestion, ...]:
        """The questions that the trainer has not answered."""
        return tuple(each for each in self.questions if not each.answer)

    @property
    def changed(self) -> bool:
        """Whether anything is not as in the plan that it started from."""
        return bool(self.gone) or any(e.set_less or e.change not in ("", "hold") for e in self.exercises)


def seconds_words(seconds: int) -> str:
    """Return ``45 s`` or ``10 min``."""
    return f"{seconds // 60} min" if seconds >= 60 and seconds % 60 == 0 else f"{seconds} s"
