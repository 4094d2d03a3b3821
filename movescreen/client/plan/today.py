"""What the plan hears of today: what goes well already, what to do in the first days of an injury, and what the client asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import GoesWell, Topic
from movescreen.catalog.safety_schema import ActivitySpec, ClauseSpec, StepActivitySpec
from movescreen.client.dates import days_since
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.goals import read_goals
from movescreen.client.plan.limits import list_words_on_operations
from movescreen.client.plan.model import PlanActivity, PlanGoal
from movescreen.client.rules.clearance_words import WEIGHT as _WEIGHT
from movescreen.client.rules.conditions import check_any, find_injuries
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.scores import PAIN_COUNTS_FOR
from movescreen.words.sentences import join_words

#: Days after an injury in which a step says what to do now (a choice: until its first week is over).
FIRST_DAYS = 7
#: So much of the client's words is repeated.
_MOST_LETTERS = 100
#: What goes well -> its words, what forbids it altogether, and what waits in the place of that.
_WORDS: Mapping[GoesWell, tuple[str, Topic, ClauseSpec]] = {
    "easy_runs": ("easy runs on the flat", "run", ClauseSpec(words="running more, faster or longer than now", about=("run",))),
    "team_training": ("light team training", "team", ClauseSpec(words="more PE and team training than now", about=("run", "team"))),
}  # fmt: skip
_AS_LONG_AS = "as much as you do now, as long as there is no more pain, swelling or giving way, then and the next day"


def list_what_goes_well(person: Person) -> tuple[GoesWell, ...] | None:
    """Return what somebody does now without trouble; None when nobody asked, or so long ago that pain of that day would not count."""
    intake = person.intake
    if intake is None or person.today - intake.day > PAIN_COUNTS_FOR:
        return None
    return intake.goes_well


def hear(line: PlanActivity, person: Person, held: str) -> PlanActivity:
    """Return what may be done at a step, with what goes well already: as much as now, or why it waits all the same (``held``)."""
    told = [
        each for each in list_what_goes_well(person) or () if any(_WORDS[each][1] in wait.bars for wait in line.waits)
    ]
    if not told:
        return line
    names = join_words(_WORDS[each][0] for each in told)
    if held:
        return line.model_copy(
            update={"note": f"You told that {names} go well: these wait all the same, because {held}."}
        )
    instead = {topic: clause for _, topic, clause in (_WORDS[each] for each in told)}
    waits = dict.fromkeys(next((instead[t] for t in each.bars if t in instead), each) for each in line.waits)
    may = f"{line.may}; go on with {names}, {_AS_LONG_AS}"
    asks = tuple(dict.fromkeys((*line.asks, *(topic for each in told for topic in _WORDS[each][2].about))))
    return line.model_copy(update={"may": may, "asks": asks, "waits": tuple(waits), "goes_on": names})


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


def answer_question(
    person: Person,
    forms: Sequence[PlanGoal],
    said: Sequence[PlanActivity],
    catalog: ClientCatalog,
    way: Callable[[Topic], str],
    *,
    may_run: bool,
    named: bool,
) -> PlanActivity | None:
    """Return an answer to what the client asked for in their own words, with the piece of it that the plan holds; None where there is none.

    Parameters
    ----------
    forms
        What became of each goal in this plan.
    said
        What the plan says already of what may be done and waits.
    way
        Topic -> with which step of a complaint it begins; empty where no step says.
    may_run
        Nothing bans running or holds it until tests are passed.
    named
        The client named a day, which is answered by itself.
    """
    asked = person.intake.goal_words.strip() if person.intake else ""
    by_words = {form.to: form for form in forms}
    found = [(goal, by_words[goal.to]) for goal in read_goals(asked, catalog.goals) if goal.to in by_words]
    if not found:
        return None
    goal, form = next((pair for pair in found if pair[1].exercise), found[0])
    held = not may_run or any("run" in wait.bars for each in said for wait in each.waits)
    about = cut_words(asked)
    asks: tuple[Topic, ...] = ("move", "run") if goal.before_impact else ()
    if not form.exercise:
        # where a day is answered, or the steps of a complaint say when it begins, that is the answer
        steps = (
            ""
            if named
            else next(filter(None, (way(topic) for wait in goal.before_impact for topic in wait.about)), form.words)
        )
        return PlanActivity(about=about, kind="asked", may="" if held else goal.may_easily, asks=asks, note=steps)
    spec = catalog.exercises[form.exercise]
    ahead = ", then ".join(decapitalize(title) for title in form.ahead[:3])
    weight = _WEIGHT.search(asked)
    after = f"; after it{f', up to your {weight[0]}' if weight else ''}: {ahead}" if ahead else ""
    piece = f"It begins here with: {decapitalize(spec.title)}{after}."
    hushed = check_any(goal.may_not_with, person).holds is True
    line = PlanActivity(
        about=about, kind="asked", may="" if hushed else goal.may, asks=asks, waits=goal.wait, note=piece
    )
    if spec.impact or not goal.before_impact:
        return line
    easily = {"may": goal.may_easily, "waits": goal.wait_easily}
    now = easily if goal.may_easily and not held else {"may": "", "asks": (), "waits": goal.before_impact}
    return line.model_copy(update=now)


def cut_words(asked: str) -> str:
    """Return the client's own words, as long as a page repeats them."""
    return f"{asked[:_MOST_LETTERS]}{'…' if len(asked) > _MOST_LETTERS else ''}"
