"""How much of an exercise: the doses that it grows through, and how hard a set is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from movescreen.catalog.client_schema import Stage
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.catalog.schema import SourceSpec
from movescreen.client.intake.words import decapitalize, event_words
from movescreen.client.plan.fitting import Measured

#: Good repetitions left at the end of a set, where the exercise does not say it. More is left of what is new and small.
RESERVE: Mapping[Stage, int] = {"activation": 4, "integration": 3, "load": 3}
RESERVE_SOURCE = SourceSpec(
    citation="How hard is told by repetitions left in reserve (Helms ER et al. Strength Cond J 2016;38(4):42-49)",
    verified="paper",
    note="read in its abstract; how many are left at which stage is movescreen's own choice",
)
#: Weight, once the repetitions are there.
MORE_WEIGHT = "with 2 to 10 percent more weight than last time"
GROWTH_SOURCE = SourceSpec(
    citation="2 to 10 percent more weight when one or two repetitions more than asked for succeed (ACSM position stand. Med Sci Sports Exerc 2009;41:687-708)",
    verified="paper",
    note="read in its abstract; that repetitions and seconds grow by about a quarter is movescreen's own choice",
)
#: How heavy an exercise begins for whom it is new, where its catalog says ``{weight}``.
_NEW = "Begin with a weight with which 15 good repetitions would work; from the third session on the one that fits the effort."
#: Of a share of what succeeds once: what is left of it after n repetitions (Epley's estimate, 1 + n/30; a usual formula, from memory).
_EPLEY = 30
#: By how much repetitions, holds and seconds grow in a step, how often, and the most there is.
_GROWTH, _STEPS, _MOST_REPS, _MOST_HOLD_S, _MOST_SECONDS = 1.25, 2, 30, 60, 120
#: Rest between two sets, s, where the exercise does not say it: a choice of movescreen, longer for what is heavy or fast.
_REST_S: Mapping[Stage, int] = {"activation": 30, "integration": 60, "load": 120, "speed": 120}
_WORDS: Mapping[Stage, str] = {
    "warm_up": "Easy: whole sentences while moving.",
    "mobility": "To a clear stretch, not into pain.",
    "speed": "Fresh: end the set before it gets slower or louder.",
}


@dataclass(frozen=True)
class Dose:
    """How much is done in one session.

    Attributes
    ----------
    words
        What is asked for beside the numbers; empty for nothing.
    """

    sets: int
    reps: int | None
    hold_s: int | None
    duration_s: int | None
    words: str = ""

    @property
    def numbers(self) -> dict[str, int | None]:
        """Return the numbers by the names that an exercise of a plan has for them."""
        return {"sets": self.sets, "reps": self.reps, "hold_s": self.hold_s, "duration_s": self.duration_s}

    def covers(self, other: Dose) -> bool:
        """Whether no number of another dose is higher."""
        return all((self.numbers[key] or 0) >= (value or 0) for key, value in other.numbers.items())


def list_doses(spec: ExerciseSpec) -> tuple[Dose, ...]:
    """Return the doses of an exercise, from its first one on, each asking for more than the one before.

    Where the catalog names no ``steps``: warm-ups do not grow; what makes room goes on to its harder form; of all else repetitions, holds
    or seconds grow by about a quarter, twice, then the harder form is done with the first numbers, and what is heavy gets heavier.
    """
    dose = spec.dose
    first = Dose(dose.sets, dose.reps, dose.hold_s, dose.duration_s)
    if spec.steps:
        doses = [first]
        for step in spec.steps:
            # words stand for what is asked for until others take their place
            doses.append(replace(doses[-1], **step.numbers, words=step.words or doses[-1].words))
        return tuple(doses)
    if spec.stage == "warm_up":
        return (first,)
    doses = [first]
    for _ in range(_STEPS if spec.stage != "mobility" else 0):
        if (more := _grow(doses[-1])) != doses[-1]:
            doses.append(more)
    doses.append(replace(first, words=f"in the harder form: {_first_clause(spec.harder)}"))
    if spec.stage == "load":
        doses.append(replace(first, words=MORE_WEIGHT))
    return tuple(doses)


def start_dose(spec: ExerciseSpec, measured: Measured, *, weights: bool = False) -> Dose | None:
    """Return the dose that a measurement of the exercise itself tells to begin with; None without one.

    Where ``weights`` are allowed, who could do more repetitions than it ever asks for begins with its harder form.
    """
    start = spec.starts_from
    values = measured.get(start.test, {}) if start else {}
    if start is None or not ("" in values or {"left", "right"} <= set(values)):
        return None
    shown = int(min(values.values()) * start.share * (start.unit_s or 1))
    amount = max(start.least, min(start.most, shown))
    first, *more = list_doses(spec)
    if start.unit_s is None:
        harder = (dose for dose in more if dose.words and weights and shown >= start.most and spec.stage == "load")
        return next(harder, replace(first, reps=amount))
    step = 5 if amount < 120 else 60
    return replace(first, duration_s=max(start.least, step * int(amount / step)))


def easier_dose(spec: ExerciseSpec) -> Dose:
    """Return what comes below the first dose: a set less of the easier form."""
    dose = spec.dose
    words = f"in the easier form: {_first_clause(spec.easier)}"
    return Dose(max(1, dose.sets - 1), dose.reps, dose.hold_s, dose.duration_s, words)


def can_repeat(dose: Dose) -> bool:
    """Whether the last step may be taken again and again: a weight that grows, whatever it is."""
    return dose.words == MORE_WEIGHT


def effort_words(spec: ExerciseSpec) -> str:
    """Return how hard a set is, in a sentence; see :data:`RESERVE_SOURCE`."""
    if spec.effort:
        return spec.effort
    if spec.reserve is None and spec.stage in _WORDS:
        return _WORDS[spec.stage]
    left = _reserve(spec)
    if spec.dose.reps is None or spec.dose.hold_s is not None:
        return f"About {10 - left} of 10, 10 being all you have."
    return f"Leave about {event_words(left, 'good repetition')} in reserve ({10 - left} of 10)."


def load_words(spec: ExerciseSpec, *, trained: bool = False) -> str:
    """Return how heavy to begin, in sentences; empty for what has no load.

    Parameters
    ----------
    trained
        Somebody trains with weights, and nothing keeps them from it here: they begin at the effort of the exercise, and not below it.
    """
    new = spec.load.replace("{weight}", _NEW)
    if not trained:
        return new
    dose = heavy_dose(spec)
    if dose.reps is None or dose.hold_s or not spec.load.startswith(("{weight}", "Your own weight; from")):
        # what is light for most people says nothing to them
        return f"{new.partition(':')[0].rstrip('.')}." if new else new
    until = dose.reps + _reserve(spec)
    fits = f"weight with which {until} good repetitions would work; each session the one that fits the effort."
    if not is_lift(spec):
        return f"A {fits}"
    percent = 5 * int(100 / (1 + until / _EPLEY) / 5)
    return f"About {percent} percent of what you can lift once, a {fits}"


def is_lift(spec: ExerciseSpec) -> bool:
    """Tell whether an exercise is a lift with both legs or arms whose weight is only limited by strength."""
    return spec.load == "{weight}" and spec.stage == "load" and not spec.dose.per_side


def heavy_dose(spec: ExerciseSpec) -> Dose:
    """Return the first dose for who trains with weights: of a lift a set more of five, which asks for more weight (a choice)."""
    first = list_doses(spec)[0]
    return replace(first, sets=first.sets + 1, reps=min(first.reps or 5, 5)) if is_lift(spec) else first


def _reserve(spec: ExerciseSpec) -> int:
    return RESERVE.get(spec.stage, 3) if spec.reserve is None else spec.reserve


def rest_words(spec: ExerciseSpec) -> str:
    """Return how long to rest between two sets, in a sentence; empty where there is nothing to rest between, or no need to."""
    rest = _REST_S.get(spec.stage, 0) if spec.rest_s is None else spec.rest_s
    if not rest or (spec.dose.sets == 1 and spec.rest_s is None):
        return ""
    amount = f"{rest} s" if rest < 60 else f"{rest / 60:g} min"
    return f"{amount} {'between two' if spec.dose.sets == 1 else 'between sets'}."


def _grow(dose: Dose) -> Dose:
    """Return a quarter more of what is counted, timed or held once."""
    if dose.reps is None:
        seconds = dose.duration_s or 0
        return replace(dose, duration_s=max(seconds, min(_MOST_SECONDS, 5 * round(seconds * _GROWTH / 5))))
    if dose.reps == 1 and dose.hold_s is not None:
        hold = dose.hold_s
        return replace(dose, hold_s=max(hold, min(_MOST_HOLD_S, 5 * round(hold * _GROWTH / 5))))
    return replace(dose, reps=max(dose.reps, min(_MOST_REPS, max(dose.reps + 1, int(dose.reps * _GROWTH)))))


def _first_clause(text: str) -> str:
    return decapitalize(text.partition(";")[0].rstrip(". "))
