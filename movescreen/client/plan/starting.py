"""What becomes of each exercise of the last plan: up, the same, back, or gone, and why, in a sentence.

More pain and fewer sessions never give more: every fact that was told can only hold an exercise or take it back, and only all of them
together let it go up by one step. What nobody told holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Literal

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.dosing import MORE_WEIGHT, Dose, can_repeat, easier_dose, heavy_dose, list_doses
from movescreen.client.plan.fitting import descend
from movescreen.client.plan.model import ChangeKind, LeftOut, Plan, PlannedExercise
from movescreen.client.plan.since import Seen, Told
from movescreen.words.sentences import join_words

#: Pain, 0 to 10, up to which an exercise may go up; what the printed rule of every plan says.
UP_TO = 2
#: The worst of a week that holds nothing back whose training and mornings were within the rule: the pain-monitoring model calls it safe.
SAFE_TO = 3
#: Pain during training, and the morning after it, that takes an exercise one step back. The pain-monitoring model calls 5 the most
#: that is acceptable (see :func:`movescreen.client.plan.pain_gate.open_pain_gate`); a choice no looser than it.
BACK_FROM_DURING, BACK_FROM_NEXT_DAY = 6, 5
#: Share of the planned sessions, and their number, that an exercise needs to go up: three of four, and two that felt right; a choice.
ENOUGH_SHARE, ENOUGH_SESSIONS = 0.75, 2
#: Share of the sessions of what may skip its steps because it was too easy: all but one of ten (a choice).
EASY_SHARE = 0.9
#: Exercises that go up in one plan: one thing at a time, and when pain comes it is known from what.
MOST_UP = 2
#: And when all of it was too easy, and nothing hurt.
MOST_UP_EASY = 4
#: Effort, 0 to 10, up to which an exercise that nothing hurts with is too easy: it goes to its harder form in one step (a choice).
TOO_EASY_TO = 4
#: Effort, 0 to 10, up to which sessions that were noted speak for a small step, however many more nobody noted (a choice).
HALF = 5
#: Confidence below which, and effort from which on, nothing gets harder, 0 to 10; a choice.
SURE_FROM, VERY_HARD_FROM = 5, 9

_Verdict = Literal["up", "hold", "back"]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An exercise that a plan takes over from the last one, or puts in the place of one of it.

    Attributes
    ----------
    dose
        What it asks for now, before a set is taken away.
    step, fewer
        As in :class:`movescreen.client.plan.model.PlannedExercise`.
    because
        What says so, without an end.
    before
        As it stood in the last plan.
    """

    spec: ExerciseSpec
    dose: Dose
    step: int | None
    fewer: bool
    change: ChangeKind
    because: str
    before: PlannedExercise

    @property
    def instead_of(self) -> str:
        """The exercise whose place it took; empty when it is the same one."""
        return "" if self.spec.id == self.before.exercise else self.before.exercise


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What decides about the exercises of a last plan.

    Attributes
    ----------
    told
        About each of its exercises.
    seen
        Need -> what changed beyond its error.
    needs
        What the new plan is for.
    why_not
        Tells why an exercise has no place now; empty when it may have one.
    takes_a_set
        Tells whether an exercise has a set less now.
    tolerance
        Tells the pain during an exercise, and the next morning, with which it may go up.
    free
        The same, were there no pain: how many exercises go up is decided there, so that pain in one part speeds up no other; None here.
    untested
        Exercises that are done provisionally, each with the tests before which none gets harder.
    wanted
        Exercises of the steps at which the person stands.
    closes_gap, done_anyway
        Tell whether an exercise is for what was measured to be short; whether the person does as much anyway.
    too_easy
        Tells whether an exercise asks for too little.
    tired
        The last two sessions were hard or hurt, so that nothing goes up.
    doubts
        What speaks against more load, whatever was ticked, for the rest of a sentence; empty for nothing.
    shown
        Tells the dose that a test of the exercise itself shows since, where that is less than before; None otherwise.
    measured
        Tells the dose that such a test shows since, whatever it was before; None without one.
    """

    last: Plan
    catalog: ClientCatalog
    told: Mapping[str, Told]
    seen: Mapping[str, tuple[Seen, ...]]
    needs: Sequence[str]
    why_not: Callable[[ExerciseSpec], str]
    takes_a_set: Callable[[ExerciseSpec], bool]
    tolerance: Callable[[str], tuple[int, int]] = lambda name: (UP_TO, UP_TO)
    free: Ground | None = None
    untested: Mapping[str, str] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()
    closes_gap: Callable[[ExerciseSpec], bool] = lambda spec: False
    done_anyway: Callable[[ExerciseSpec], bool] = lambda spec: False
    too_easy: Callable[[ExerciseSpec], bool] = lambda spec: False
    tired: bool = False
    doubts: str = ""
    shown: Callable[[ExerciseSpec], Dose | None] = lambda spec: None
    measured: Callable[[ExerciseSpec], Dose | None] = lambda spec: None


def start_from(ground: Ground) -> tuple[tuple[Kept, ...], tuple[LeftOut, ...]]:
    """Return what stays of a last plan, in its order, and what goes, with why."""
    kept: dict[str, Kept] = {}
    gone: list[LeftOut] = []
    names = {e.exercise for e in ground.last.exercises}
    for before in ground.last.exercises:
        found = _follow(ground, before, names | set(kept))
        if isinstance(found, Kept):
            kept[found.spec.id] = found
        else:
            gone.append(LeftOut(exercise=before.exercise, title=before.title, reason=found))
    first = (
        None
        if ground.free is None
        else {each.before.exercise for each in start_from(ground.free)[0] if each.change == "up"}
    )
    if any(judge(each, (), ground.tolerance(name))[0] == "back" for name, each in ground.told.items()):
        # after a session that hurt too much nothing gets harder, whatever it loads
        first = set()
    if ground.tired:
        first = set()
    return _one_thing_at_a_time(ground, tuple(kept.values()), first), tuple(gone)


def _one_thing_at_a_time(ground: Ground, kept: tuple[Kept, ...], first: set[str] | None) -> tuple[Kept, ...]:
    """Return what stays, of which no more than a few go up: those of the present steps first, of these only the ``first`` where it is told."""
    # what a test of it shows is done already, and is no step up
    ups = [each for each in kept if each.change == "up" and not (each.step is None and ground.measured(each.spec))]
    easy = all(_was_too_easy(ground.told[each.before.exercise], ENOUGH_SHARE) for each in ups)
    goals = {form.exercise for form in ground.last.goal_forms}
    # of a step, and of what was too easy, the heavy goes first: that is what treats, and what makes strong; then the goal
    ups.sort(
        key=lambda each: (
            each.spec.id not in ground.wanted,
            not ground.closes_gap(each.spec),
            each.before.exercise not in goals,
            -STAGES.index(each.spec.stage) * (easy or each.spec.id in ground.wanted),
        )
    )
    go = [each for each in ups if first is None or each.before.exercise in first][: MOST_UP_EASY if easy else MOST_UP]
    if len(go) == len(ups):
        return kept
    names = join_words(decapitalize(each.spec.title) for each in go)
    held = {each.spec.id for each in ups if each not in go}
    why = (
        f"one thing at a time: {names} go up first"
        if go
        else "the last two sessions were hard or hurt"
        if ground.tired
        else "first what hurt has to be calm"
    )
    return tuple(
        _stay(ground, each.before, ground.catalog.exercises[each.before.exercise], why, set())
        if each.spec.id in held
        else each
        for each in kept
    )


def _follow(ground: Ground, before: PlannedExercise, taken: set[str]) -> Kept | str:
    """Return what an exercise becomes, or why it goes."""
    spec = ground.catalog.exercises.get(before.exercise)
    if spec is None:
        return "the catalog does not have it any more"
    barred = ground.why_not(spec)
    over = _why_over(ground, before, spec)
    if barred:
        # what merely comes later has an easier exercise in its place; what is not for this person now, or has done its work, goes
        easier = _next_free(ground, spec, taken) if barred.startswith("later") and not over else None
        if easier is None:
            return barred.removeprefix("later: ")
        return _replace(ground, before, easier, "back", barred.removeprefix("later: "))
    if over:
        return over
    if ground.done_anyway(spec):
        return "you do as much of it anyway"
    if spec.stage == "warm_up":
        return _keep(ground, before, spec, _dose_of(before), _place(before, spec), "hold", "stays as it is")
    if tests := ground.untested.get(spec.id):
        return _stay(ground, before, spec, f"until {tests} was tested", taken)
    shown = ground.shown(spec)
    if shown is not None and not shown.covers(_dose_of(before)):
        less = _less(shown, _dose_of(before))
        return _keep(ground, before, spec, less, None, "back", "the test of it shows less than the last plan asked for")
    verdict, why = judge(ground.told[before.exercise], _seen_for(ground, spec), ground.tolerance(before.exercise))
    if verdict == "up" and ground.doubts:
        return _stay(ground, before, spec, f"{why}, but {ground.doubts}", taken)
    return {"up": _go_up, "hold": _stay, "back": _go_back}[verdict](ground, before, spec, why, taken)


def judge(told: Told, seen: Sequence[Seen] = (), upto: tuple[int, int] = (UP_TO, UP_TO)) -> tuple[_Verdict, str]:
    """Return whether an exercise goes up, stays or goes back, and what says so.

    Parameters
    ----------
    upto
        Pain during it, and the next morning, with which it may go up.
    """
    back = _pains(told, BACK_FROM_DURING, BACK_FROM_NEXT_DAY)
    if back:
        return "back", join_words(back)
    if told == Told():
        worse = [each.words for each in seen if not each.better]
        return "hold", join_words(["how it went was not told since", *worse])
    against = [*_against_pain(told, upto), *_against_the_rest(told, seen)]
    if against:
        # two reasons are enough to read
        return "hold", join_words(against[:2])
    speaks = [f"pain {told.next_day} of 10 the next morning", told.sessions.words if told.sessions else ""]
    return "up", ", ".join([*speaks, *(each.words for each in seen if each.better)][:3])


def _pains(told: Told, during: int, next_day: int) -> list[str]:
    found = [(told.next_day, next_day, "the next morning"), (told.during, during, "during training")]
    return [f"pain {score} of 10 {words}" for score, limit, words in found if score is not None and score >= limit]


def _against_pain(told: Told, upto: tuple[int, int]) -> list[str]:
    """Return what about pain keeps an exercise from going up; what was not told keeps it, too."""
    if sore := _pains(told, upto[0] + 1, upto[1] + 1):
        return sore
    if told.elsewhere is not None and not _is_safe(told):
        return [told.elsewhere.words]
    if told.stale is not None:
        return [f"the last word on pain is of {told.stale} and counts as not asked"]
    if told.next_day is None:
        return ["pain was not told since" if told.during is None else "the next morning was not told since"]
    return []


def _is_safe(told: Told) -> bool:
    """Whether what hurts is no more than the worst of a week, safe by the pain-monitoring model, and training and its mornings told less."""
    worst = told.elsewhere
    week = worst is not None and worst.question == "pain_week" and worst.value <= SAFE_TO
    return week and told.during is not None and told.next_day is not None


def _is_easy_as_noted(told: Told) -> bool:
    """Whether several sessions were noted, it was done in each of them, and it was no more than half of what somebody has."""
    noted = told.sessions is not None and told.sessions.noted and told.sessions.done >= ENOUGH_SESSIONS
    return noted and told.effort is not None and told.effort <= HALF


def _against_the_rest(told: Told, seen: Sequence[Seen]) -> list[str]:
    out = []
    if told.sessions is None:
        out.append("sessions were not told since")
    elif _is_easy_as_noted(told):
        pass
    elif told.sessions.share < ENOUGH_SHARE or told.sessions.done < ENOUGH_SESSIONS:
        out.append(told.sessions.words)
    elif told.sessions.told_share < ENOUGH_SHARE:
        out.append(f"{told.sessions.words} told, and nothing of about {told.sessions.untold} more")
    if told.effort is not None and told.effort >= VERY_HARD_FROM:
        out.append(f"it felt very hard ({told.effort} of 10)")
    if told.confidence is not None and told.confidence < SURE_FROM:
        out.append(f"confidence {told.confidence} of 10")
    return out + [each.words for each in seen if not each.better]


# --- the steps -----------------------------------------------------------------------------


def _stay(ground: Ground, before: PlannedExercise, spec: ExerciseSpec, why: str, taken: set[str]) -> Kept:
    dose, step = _dose_of(before), _place(before, spec)
    return _keep(ground, before, spec, dose, step, "hold", f"{why}: the same again")


def _go_up(ground: Ground, before: PlannedExercise, spec: ExerciseSpec, why: str, taken: set[str]) -> Kept | str:
    doses, step, dose = list_doses(spec), _place(before, spec), _dose_of(before)
    harder = ground.catalog.exercises.get(spec.progress)
    if ground.too_easy(spec) and harder is not None and harder.id not in taken and not ground.why_not(harder):
        return _replace(ground, before, harder, "up", f"{why}, and tests show more")
    whole = spec.starts_from is not None and spec.starts_from.share == 1
    more = ground.measured(spec) if whole else None
    if more is not None and more.covers(dose) and not dose.covers(more):
        return _keep(ground, before, spec, more, None, "up", f"{why}, and the test of it shows as much")
    if step is None and replace(dose, words="") == heavy_dose(spec) != doses[0]:
        return _keep(ground, before, spec, replace(dose, words=MORE_WEIGHT), None, "up", why)
    if _was_too_easy(ground.told[before.exercise]) and (jump := _jump(ground, before, spec, why, taken)):
        return jump
    if before.fewer and not ground.takes_a_set(spec) and step is not None:
        # the set that was taken away comes back first
        return _keep(ground, before, spec, dose, step, "up", why, fewer=False)
    following = _step_above(doses, dose) if step is None else step + 1
    if following < len(doses):
        return _keep(ground, before, spec, doses[following], following, "up", why)
    if can_repeat(doses[-1]):
        return _keep(ground, before, spec, doses[-1], len(doses) - 1, "up", why)
    if harder is not None and harder.id in taken:
        return f"{why}: {decapitalize(harder.title)}, which comes next, is in the plan already"
    if harder is not None and not set(harder.serves) & set(ground.needs):
        harder = None
    if harder is not None and not ground.why_not(harder):
        return _replace(ground, before, harder, "up", why)
    waits = f"; {decapitalize(harder.title)} has to wait" if harder is not None else ", nothing harder follows"
    return _keep(ground, before, spec, dose, step, "hold", f"{why}: the same again{waits}")


def _was_too_easy(told: Told, share: float = EASY_SHARE) -> bool:
    """Whether such a share of the sessions was done, nothing hurt then or the morning after, and it felt easy."""
    whole = told.sessions is not None and told.sessions.share >= share and told.sessions.told_share >= ENOUGH_SHARE
    easy = told.easy or (told.effort is not None and told.effort <= TOO_EASY_TO)
    return whole and easy and not told.during and not told.next_day


def _jump(ground: Ground, before: PlannedExercise, spec: ExerciseSpec, why: str, taken: set[str]) -> Kept | None:
    """Return what takes the place of what was too easy: the harder exercise, else the harder form or more weight; None for neither."""
    told = ground.told[before.exercise]
    why = f"{why}, and it was too easy{'' if told.effort is None else f' (effort {told.effort} of 10)'}"
    harder = ground.catalog.exercises.get(spec.progress)
    if (
        harder is not None
        and harder.id not in taken
        and set(harder.serves) & set(ground.needs)
        and not ground.why_not(harder)
    ):
        return _replace(ground, before, harder, "up", why)
    doses = list_doses(spec)
    at = _place(before, spec)
    ahead = [i for i, dose in enumerate(doses) if dose.words and (at is None or i > at)]
    return _keep(ground, before, spec, doses[ahead[0]], ahead[0], "up", why) if ahead else None


def _go_back(ground: Ground, before: PlannedExercise, spec: ExerciseSpec, why: str, taken: set[str]) -> Kept | str:
    step, dose = _place(before, spec), _dose_of(before)
    below = _step_below(list_doses(spec), dose) if step is None else step - 1
    if below >= 0:
        return _keep(ground, before, spec, list_doses(spec)[below], below, "back", why)
    easier = _next_free(ground, spec, taken)
    if easier is not None:
        return _replace(ground, before, easier, "back", why)
    if step == -1:
        return f"{why}, in its easier form, too: talk about it before it comes back"
    return _keep(ground, before, spec, _less(easier_dose(spec), dose), -1, "back", why)


def _less(dose: Dose, than: Dose) -> Dose:
    """Return a dose of which no number is higher than in another one."""
    least = {k: min(v, other) if (v := dose.numbers[k]) and other else v for k, other in than.numbers.items()}
    return Dose(least["sets"] or 1, least["reps"], least["hold_s"], least["duration_s"], dose.words)


def _next_free(ground: Ground, spec: ExerciseSpec, taken: set[str]) -> ExerciseSpec | None:
    """Return the next exercise down the ladder that the person may do and the plan does not have; None at its end."""
    free = takewhile(lambda each: each.id not in taken, descend(spec, ground.catalog))
    return next((each for each in free if not ground.why_not(each) and set(each.serves) & set(ground.needs)), None)


def _keep(
    ground: Ground, before: PlannedExercise, spec: ExerciseSpec, dose: Dose, step: int | None, change: ChangeKind, why: str,
    *, fewer: bool | None = None,
) -> Kept:  # fmt: skip
    less = ground.takes_a_set(spec) or before.fewer if fewer is None else fewer
    return Kept(spec=spec, dose=dose, step=step, fewer=less, change=change, because=why, before=before)


def _replace(ground: Ground, before: PlannedExercise, spec: ExerciseSpec, change: ChangeKind, why: str) -> Kept:
    # what a test of it shows is where somebody begins
    shown = ground.measured(spec) if change == "up" else None
    dose, step = shown or list_doses(spec)[0], None if shown else 0
    return Kept(
        spec=spec, dose=dose, step=step, fewer=ground.takes_a_set(spec), change=change, because=why, before=before
    )


# --- where it stood ------------------------------------------------------------------------


def _dose_of(before: PlannedExercise) -> Dose:
    """Return the dose of the last plan, with the set that was taken away."""
    sets = before.sets + 1 if before.fewer else before.sets
    return Dose(sets, before.reps, before.hold_s, before.duration_s, before.extra)


def _place(before: PlannedExercise, spec: ExerciseSpec) -> int | None:
    """Return the step at which a dose stands; None for one that the catalog does not have, because the trainer set it."""
    doses, dose = list_doses(spec), _dose_of(before)
    if before.step == -1:
        return -1
    if before.step is not None and before.step < len(doses) and doses[before.step] == dose:
        return before.step
    # a plan of before knows no steps
    return next((i for i, each in enumerate(doses) if each == dose), None)


def _step_above(doses: Sequence[Dose], dose: Dose) -> int:
    """Return the first step that asks for more than a dose in something and for less in nothing; their number when none does."""
    return next((i for i, each in enumerate(doses) if each.covers(dose) and not dose.covers(each)), len(doses))


def _step_below(doses: Sequence[Dose], dose: Dose) -> int:
    """Return the last step that asks for less than a dose in something and for more in nothing; -1 when none does."""
    below = [i for i, each in enumerate(doses) if dose.covers(each) and not each.covers(dose) and not each.words]
    return below[-1] if below else -1


# --- what it is for ------------------------------------------------------------------------


def _seen_for(ground: Ground, spec: ExerciseSpec) -> list[Seen]:
    """Return what changed for the needs that an exercise serves in this plan."""
    return [each for need in spec.serves if need in ground.needs for each in ground.seen.get(need, ())]


def _why_over(ground: Ground, before: PlannedExercise, spec: ExerciseSpec) -> str:
    """Return why an exercise has done its work; empty while the plan is for something that it serves."""
    if set(spec.serves) & set(ground.needs) or spec.id in ground.wanted or before.chosen_by == "trainer":
        return ""
    was = {need.need: need.title for need in ground.last.needs if need.need in spec.serves}
    better = [each.words for need in was for each in ground.seen.get(need, ()) if each.better]
    if better:
        return f"{better[0]}, more than the error: it has done its work"
    names = join_words(decapitalize(title) for title in was.values())
    return f"the plan is not for {names} any more" if names else "the plan has no need for it any more"
