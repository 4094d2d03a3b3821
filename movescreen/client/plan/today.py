"""What the plan hears of today: what somebody does and wants, what of it goes well, and what to do in the first days of an injury."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import GoesWell, Sport, Topic
from movescreen.catalog.safety_schema import ActivitySpec, ClauseSpec, StepActivitySpec
from movescreen.client.dates import days_since
from movescreen.client.person import Person
from movescreen.client.plan.goals import read_goals
from movescreen.client.plan.limits import list_words_on_operations
from movescreen.client.plan.model import PlanActivity
from movescreen.client.rules.conditions import find_injuries
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.scores import PAIN_COUNTS_FOR
from movescreen.words.sentences import join_words

#: Days after an injury in which a step says what to do now (a choice: until its first week is over).
FIRST_DAYS = 7
#: What a sport takes, beside getting about; a sport that is not named may take anything.
_OF_SPORT: Mapping[Sport, tuple[Topic, ...]] = {
    "none": (), "walking": (), "cycling_or_swimming": (), "running": ("run",), "strength": ("weights",),
    "jumping_and_turning": ("run", "jump", "team", "turn"), "other": ("run", "jump", "team", "turn", "weights"),
}  # fmt: skip
#: And what a goal that was ticked takes.
_OF_TICK: Mapping[str, tuple[Topic, ...]] = {
    "run": ("run",),
    "jump_and_turn": ("run", "jump", "team", "turn"),
    "lift": ("weights",),
}
#: What goes well -> its words, what forbids it altogether, and what waits in the place of that.
_WORDS: Mapping[GoesWell, tuple[str, Topic, ClauseSpec]] = {
    "easy_runs": ("easy runs on the flat", "run", ClauseSpec(words="running more, faster or longer than now", about=("run",))),
    "team_training": ("light team training", "team", ClauseSpec(words="more PE and team training than now", about=("run", "team"))),
}  # fmt: skip
_AS_LONG_AS = "as much as you do now, as long as there is no more pain, swelling or giving way, then and the next day"


def list_topics(person: Person, catalog: ClientCatalog) -> frozenset[Topic]:
    """Return what a person's sports and goals take, beside getting about; everything of who was not asked."""
    intake = person.intake
    if intake is None or not (intake.sports or intake.goals or intake.goal_words):
        return frozenset(Topic.__args__)  # type: ignore[attr-defined]
    told = [topic for sport in intake.sports for topic in _OF_SPORT[sport]]
    told += [topic for tick in intake.goals for topic in _OF_TICK.get(tick, ())]
    told += [topic for goal in read_goals(intake.goal_words, catalog.goals) for topic in goal.topics]
    return frozenset(told) - {"move"}


def keep_to_life(line: PlanActivity, topics: frozenset[Topic], *, sore: bool) -> PlanActivity:
    """Return a line without what concerns nothing that somebody does or wants.

    And without what they may do, unless it hurts (``sore``), or something of theirs waits or is begun again.
    """
    waits = tuple(each for each in line.waits if not each.about or set(each.about) & topics)
    bound = sore or any(each.bars or not each.about for each in waits) or set(line.asks) & topics
    told = {"waits": waits} | ({} if bound or line.goes_on else {"may": "", "asks": ()})
    # of a line of which nothing is left there is nothing to say
    return line.model_copy(update=told | ({} if waits or bound or line.goes_on else {"note": ""}))


def list_what_goes_well(person: Person) -> tuple[GoesWell, ...] | None:
    """Return what somebody does now without trouble; None when nobody asked, or so long ago that pain of that day would not count."""
    intake = person.intake
    if intake is None or person.today - intake.day > PAIN_COUNTS_FOR:
        return None
    return intake.goes_well


def hear(line: PlanActivity, person: Person, held: str) -> PlanActivity:
    """Return what may be done at a step, with what goes well already: as much as now, or why it waits all the same (``held``)."""
    mine = [_WORDS[each] for each in list_what_goes_well(person) or ()]
    barred = {topic for wait in line.waits for topic in wait.bars}
    if held:
        names = join_words(name for name, topic, _ in mine if topic in barred)
        note = f"You told that {names} go well: these wait all the same, because {held}."
        return line.model_copy(update={"note": note}) if names else line
    if not mine:
        return line
    names, instead = join_words(name for name, _, _ in mine), {topic: clause for _, topic, clause in mine}
    waits = dict.fromkeys(next((instead[t] for t in each.bars if t in instead), each) for each in line.waits)
    asks = dict.fromkeys((*line.asks, *(topic for _, _, clause in mine for topic in clause.about)))
    may = f"go on with {names}, {_AS_LONG_AS}"
    return line.model_copy(update={"may": may, "asks": tuple(asks), "waits": tuple(waits), "goes_on": names})


def why_held(
    standings: Sequence[Readiness], person: Person, catalog: ClientCatalog, *, early: str, no_impact: bool
) -> str:
    """Return what holds for anybody's sport of now, whatever goes well, as the rest of "because"; empty when nothing does.

    Parameters
    ----------
    standings
        Every pathway of theirs: what one of them holds no other one lets go on.
    early
        Why pain or health ends a plan before weights, or that nobody asked about pain; empty where neither does.
    no_impact
        Something bans running and jumping.

    Notes
    -----
    A clinician's word, a ban, a closed door, the time that tissue takes, pain, and a pathway on which nobody runs before its tests go
    before what somebody says of themselves; capacity that was merely not tested does not.
    """
    shown = [each for each in standings if not each.withheld]
    fresh = [
        gate for each in shown for gate in each.missing if gate.spec.kind.startswith(("weeks_after", "months_after"))
    ]
    injuries = (person.intake.injuries if person.intake else None) or ()
    words = [word for _, word in list_words_on_operations(person, catalog)]
    reasons = (
        (any(not each.open for each in shown), "the questions about health come first"),
        (no_impact, "running and jumping are banned for now"),
        (any(word is None or word.stage != "speed" for word in words), "nobody in charge has allowed it after the operation"),
        (any(each.spec.stops_running for each in shown), "its tests come before it"),
        (bool(fresh), "it is too soon after the injury"),
        (any(each.gives_way for each in injuries), "the joint gives way"),
        (bool(early), early),
    )  # fmt: skip
    return next((why for holds, why in reasons if holds), "")


def tell_first_days(activity: ActivitySpec | None, standing: Readiness, person: Person) -> str:
    """Return what to do in the first days after an injury whose day is known; empty later, and where the step says nothing of them."""
    if not isinstance(activity, StepActivitySpec) or not activity.now:
        return ""
    injuries = [i for each in standing.spec.when if each.kind == "injury" for i in find_injuries(each, person)]
    # of a month or a year the day may be long ago
    days = [days_since(each.when, person.today) for each in injuries if len(each.when) == len("2026-03-02")]
    return activity.now if min(days, default=FIRST_DAYS) < FIRST_DAYS else ""
