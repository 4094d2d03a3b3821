"""The goal in small form: one exercise of a plan that is a first piece of what the client wants to do again, or what it waits for.

What is wanted is read from the activities that the client rated, then from the goal in their own words, then, for who wants less pain,
from what brings the pain on, and last from the ticks. Of the pieces of a goal the smallest counts that nothing bars and that is not too
easy; when the plan holds one already, for whatever reason, that is the one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, OperationCondition
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.catalog.goal_schema import GoalFormSpec, GoalSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.choosing import (
    Draft,
    adds_nothing,
    find_room,
    is_too_easy,
    let_go,
    why_not,
)
from movescreen.client.plan.fitting import asks_too_much, find_double, is_below_sport
from movescreen.client.plan.model import PlanGoal
from movescreen.client.plan.needs import WeighedNeed
from movescreen.client.plan.pathways import list_later
from movescreen.client.rules.conditions import check_any
from movescreen.client.visits.activities import last_activities
from movescreen.client.visits.scores import PainScore
from movescreen.client.visits.visit import Visit
from movescreen.client.words import find_phrases
from movescreen.words.sentences import sentence

#: Pain anywhere, 0 to 10, from which on nobody is called fit for more, and from which on a piece is a small exercise.
LIGHT_FROM, SMALL_FROM = 3, 6
#: What the client rates as high as this, 0 to 10, is hardly a goal any more (a choice).
NEARLY = 8
#: Goals of which a plan holds a piece at once.
MOST_GOALS = 2
#: Age from which hops lead to no goal of who runs and jumps in no sport (a choice).
NO_HOPS_FROM = 70


def find_goals(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> tuple[GoalSpec, ...]:
    """Return what a person wants to do again, the first wish first; empty when nothing was told that the catalog knows."""
    found: dict[str, GoalSpec] = {}
    for text in _told(person, visits, catalog):
        found |= {each.id: each for each in read_goals(text, catalog.goals)}
    if not found and person.intake is not None and "less_pain" in person.intake.goals:
        # what brings the pain on tells the goal only of who named none
        for pain in person.intake.pains or ():
            found |= {each.id: each for each in read_goals(pain.with_movement, catalog.goals)}
    return tuple(found.values()) or _ticked(person, catalog.goals)


def read_goals(text: str, goals: Mapping[str, GoalSpec]) -> list[GoalSpec]:
    """Return the goals whose words are in a text and not denied, in the order of the words."""
    places: dict[str, tuple[int, int]] = {}
    for order, goal in enumerate(goals.values()):
        phrases = [each.words for each in find_phrases(text, goal.words, goal.unless) if not each.denied]
        if phrases:
            # a text between the words of a phrase may be punctuated otherwise: its first word tells where it stands
            places[goal.id] = (min(text.casefold().find(words.partition(" ")[0]) for words in phrases), order)
    ordered = sorted(places, key=lambda name: places[name], reverse=True)
    # of two at one place the first one counts
    return [goals[name] for _, name in sorted({places[name][0]: name for name in ordered}.items())]


def _told(person: Person, visits: Sequence[Visit], catalog: ClientCatalog) -> Iterator[str]:
    """Yield the texts in which a client says what to do again, the most telling first."""
    for test in (spec.id for spec in catalog.hand_tests.values() if spec.activities):
        rated = last_activities(visits, test)
        yield from sorted((words for words in rated if rated[words] < NEARLY), key=lambda words: rated[words])
    if person.intake is None:
        return
    yield person.intake.goal_words


def _ticked(person: Person, goals: Mapping[str, GoalSpec]) -> tuple[GoalSpec, ...]:
    intake = person.intake
    if intake is None or not intake.goals:
        return ()
    for tick in intake.goals:
        for goal in goals.values():
            sport = tick == "return_to_sport" and set(intake.sports) & set(goal.sports)
            sore = tick == "less_pain" and {pain.place for pain in intake.pains or ()} & set(goal.places)
            if sport or sore:
                return (goal,)
        # who goes back to a sport, or wants less pain somewhere, is served above; this is for everybody else
        plain = [goal for goal in goals.values() if tick in goal.goals]
        if plain:
            return (plain[-1] if tick == "return_to_sport" else plain[0],)
    return ()


def add_goal_form(
    draft: Draft, goals: Sequence[GoalSpec], worst: PainScore | None, *, goes_on: bool = False
) -> tuple[PlanGoal, ...]:
    """Put a piece of each of the first goals that have one into a draft; return these, with the goals of which every piece waits.

    Parameters
    ----------
    worst
        The worst pain that counts, wherever it is; None when nobody asked.
    goes_on
        Nothing keeps the client from the sport that they do today.
    """
    told: list[PlanGoal] = []
    for goal in goals:
        form = _pick(draft, goal, worst, goes_on=goes_on)
        if isinstance(form, str):
            told.append(PlanGoal(to=goal.to, words=form))
            continue
        spec = draft.catalog.exercises[form.exercise]
        if spec.id in draft.goal_forms:
            continue
        if all(each.id != spec.id for each, _ in draft.chosen):
            draft.chosen.append((spec, WeighedNeed.of_pathway(draft.catalog.needs[spec.serves[0]])))
        draft.goal_forms.append(spec.id)
        names = [each.exercise for each in _forms_for(draft, goal)]
        later = (name for name in names[names.index(spec.id) + 1 :] if name not in draft.cared_out)
        ahead = tuple(draft.catalog.exercises[name].title for name in later)
        words = sentence(f"First piece of your goal, to {goal.to}: {form.why}")
        told.append(PlanGoal(to=goal.to, exercise=spec.id, words=words, ahead=ahead))
        if len(draft.goal_forms) == MOST_GOALS:
            break
    # after what a complaint asks for, what matters most comes first of its kind, while somebody is fresh
    first = () if draft.asked else draft.goal_forms
    draft.chosen.sort(key=lambda pair: (STAGES.index(pair[0].stage), pair[0].id not in first))
    return tuple(told)


def _pick(draft: Draft, goal: GoalSpec, worst: PainScore | None, *, goes_on: bool) -> GoalFormSpec | str:
    """Return the piece of a goal for a draft, after making room for it; or why the first one waits."""
    known = {spec.id for spec, _ in draft.chosen}
    forms = _forms_for(draft, goal)
    specs = {form.exercise: draft.catalog.exercises[form.exercise] for form in forms}
    reasons = {name: _why_waits(draft, spec) or _why_sore(spec, worst) for name, spec in specs.items()}
    reasons |= {name: "a test comes first" for name, spec in specs.items() if asks_too_much(spec, draft.measured)}
    free = [form for form in forms if not reasons[form.exercise]]
    # what a test has shown is the greatest piece of today
    shown = [form for form in free if specs[form.exercise].too_hard_below][-1:]
    if there := [form for form in shown or free if form.exercise in known]:
        # the largest that stays in the plan whatever becomes of the rest, else the smallest
        return next((f for f in reversed(there) if f.exercise in {*draft.asked, *draft.kept}), there[0])
    # what is far below what somebody does anyway is no piece of it
    asks = [f for f in forms if not _too_easy(draft, f, calm=_is_calm(f, draft, worst, goes_on=goes_on))]
    fitting, held = [f for f in asks if f in free], [f for f in forms if f not in free]
    if not fitting and held:
        spec = specs[next((f for f in asks if f in held), held[0]).exercise]
        tell = _comes_next if free and goes_on else _waits
        return tell(goal, spec, reasons[spec.id])
    fitting = fitting or free[-1:]
    others = [spec for spec, _ in draft.chosen]
    fitting = shown or fitting
    form = next((each for each in fitting if find_double(specs[each.exercise], others) is None), fitting[0])
    spec = specs[form.exercise]
    room = find_room(draft, spec)
    if room is None:
        return _waits(goal, spec, f"{draft.most} exercises at once are enough")
    for each in room:
        let_go(draft, each, f"makes room for {decapitalize(spec.title)}, a first piece of the goal")
    return form


def _forms_for(draft: Draft, goal: GoalSpec) -> Sequence[GoalFormSpec]:
    """Return the pieces of a goal for a person: hops and quick drops lead nobody to it who falls, or is old and does no such sport."""
    person, exercises = draft.person, draft.catalog.exercises
    sports = set(person.intake.sports) if person.intake else set()
    old = person.age is not None and person.age >= NO_HOPS_FROM and not sports & {"running", "jumping_and_turning"}
    falls = any(profile.no_impact_while and "balance" in profile.needs for profile in draft.profiles)
    if not (old or falls):
        return goal.forms
    calm = [f for f in goal.forms if not (exercises[f.exercise].impact or exercises[f.exercise].pattern == "drop")]
    return calm or goal.forms[:1]


def _why_waits(draft: Draft, spec: ExerciseSpec) -> str:
    if draft.last is not None and spec.id in draft.last.taken_out:
        return "taken out by the trainer"
    if adds_nothing(draft):
        return "nothing new comes in after a session that hurt too much"
    later = next((each for each in draft.wanted.values() if spec.id in list_later(each)), None)
    if later is not None and spec.id not in draft.provisional:
        return f"it belongs to a later step after {decapitalize(later.spec.title)}"
    return why_not(draft, spec)


def _why_sore(spec: ExerciseSpec, worst: PainScore | None) -> str:
    """Return why pain anywhere keeps a piece out: it is new, and nobody tells yet which part it will ask."""
    if worst is None or worst.value < SMALL_FROM or STAGES.index(spec.stage) <= STAGES.index("activation"):
        return ""
    return worst.words


def _comes_next(goal: GoalSpec, spec: ExerciseSpec, reason: str) -> str:
    reason = reason.removeprefix("later: ").removeprefix("not now: ")
    now = f"To {goal.to}: what you do of it now goes on as this page allows"
    return sentence(f"{now}; {decapitalize(spec.title)} comes next, and waits: {reason}")


def _waits(goal: GoalSpec, spec: ExerciseSpec, reason: str) -> str:
    reason = reason.removeprefix("later: ").removeprefix("not now: ").replace(", answered with yes", "")
    return sentence(
        f"To {goal.to}: {decapitalize(spec.title)} would be the first piece; as an exercise it waits: {reason}"
    )


def _is_calm(form: GoalFormSpec, draft: Draft, worst: PainScore | None, *, goes_on: bool) -> bool:
    """Whether a sport of today tells what is too easy: unless it hurts; of walking, unless it hurts much or an operation was of late."""
    if worst is None:
        return False
    operated = check_any((OperationCondition(kind="operation", within_weeks=26),), draft.person).holds
    walks = draft.catalog.exercises[form.exercise].pattern == "walk" and not operated
    return worst.value < (SMALL_FROM if walks or goes_on else LIGHT_FROM)


def _too_easy(draft: Draft, form: GoalFormSpec, *, calm: bool) -> bool:
    spec = draft.catalog.exercises[form.exercise]
    # who is a little sore is not sent back to what is far below what they do anyway
    below = (
        is_below_sport(spec, draft.person, draft.measured, draft.catalog)
        or check_any(spec.too_easy_with, draft.person).holds
    )
    return is_too_easy(draft, spec) or bool(calm and below)
