"""Which exercises: those of the present steps, then those that serve most, as far as nothing bars them and they fit the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from movescreen.catalog.care_schema import ProfileSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import (
    STAGES,
    USUAL_PAIN_LIMIT,
    PostpartumCondition,
    PregnantCondition,
    Stage,
)
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.fitting import (
    SMALL,
    Measured,
    asks_too_little,
    asks_too_much,
    climb,
    descend,
    easier_forms,
    find_demand,
    find_double,
    find_easier,
    find_harder,
    is_active,
    is_below_sport,
    is_done_anyway,
    is_outgrown,
    lacks_gear,
    lacks_range,
    lacks_stance,
    lifts,
)
from movescreen.client.plan.limits import Limit
from movescreen.client.plan.model import LeftOut, Plan, PlanPainRule
from movescreen.client.plan.needs import HINT, WeighedNeed
from movescreen.client.plan.pain_gate import QUIET_FROM, PainGate, talk_first_words
from movescreen.client.plan.parts import Parts, join_places, overlap
from movescreen.client.plan.pathways import list_later
from movescreen.client.plan.starting import Kept
from movescreen.client.rules.conditions import check_any, find_healing, heals
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.movement_pain import StandingPain

MOST: dict[Stage, int] = {"warm_up": 2, "mobility": 1, "activation": 2, "integration": 2, "load": 2, "speed": 1}
#: Exercises of a plan at most; and after one of whose sessions less than this share was done.
MOST_IN_ALL, MOST_WHEN_MISSED, MISSED_BELOW = 7, 5, 0.7
#: Confidence, 0 to 10, up to which who does no sport begins with as few (a choice).
UNSURE_TO = 6
#: Exercises that a plan has before it takes one away that trains what another one does.
ENOUGH = 4
#: Needs of a plan from which on it has one exercise for each before it has two for one.
_SEVERAL = 3
#: Weeks after a birth in which everything begins with a set less.
FEWER_AFTER_BIRTH = 12
#: A pregnancy and the half year after it, in which nobody's sport says how heavy to lift (a choice).
_NEAR_BIRTH = (PregnantCondition(kind="pregnant"), PostpartumCondition(kind="postpartum", below_weeks=26))
#: Pain, 0 to 10, that keeps nobody from what they do anyway (a choice).
_ACHE = 1
#: Share of a need's weight that an exercise is worth which another one serves better.
_BESIDE = 0.34
#: What makes warm in general.
WARM = "whole_body_warm_up"
#: Where a sore spot may be a bone that gives in: there nothing is opened by what tests show.
_BONES: Parts = frozenset({"groin", "hip", "thigh", "pelvis", "shin", "foot"})
#: Around the title of what takes the place of an exercise that does the same.
_ROOM, _SAME = "makes room for ", ", which does the same"
#: Exercises that one pathway brings, by the number of pathways that do.
MOST_OF_PATHWAY = {1: 4, 2: 3}


@dataclass
class Draft:
    """A plan being made."""

    person: Person
    catalog: ClientCatalog
    profiles: Sequence[ProfileSpec]
    limits: Sequence[Limit]
    gate: PainGate
    no_impact: str
    hurting: Mapping[str, StandingPain]
    cared_out: Mapping[str, str] = field(default_factory=dict)
    only: frozenset[str] | None = None
    why_only: str = ""
    needs: Sequence[WeighedNeed] = ()
    last: Plan | None = None
    kept: Mapping[str, Kept] = field(default_factory=dict)
    gone: tuple[LeftOut, ...] = ()
    trained: bool = False
    flared: bool = False
    most: int = MOST_IN_ALL
    missed: bool = False
    measured: Measured = field(default_factory=dict)
    quiet: bool = False
    choosing: bool = True
    goes_on: bool = False
    asked: Mapping[str, Readiness] = field(default_factory=dict)
    wanted: Mapping[str, Readiness] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)
    of_pathways: frozenset[str] = frozenset()
    provisional: Mapping[str, str] = field(default_factory=dict)
    pain_rules: tuple[PlanPainRule, ...] = ()
    chosen: list[tuple[ExerciseSpec, WeighedNeed | None]] = field(default_factory=list)
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    goal_forms: list[str] = field(default_factory=list)
    doubts: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    @property
    def latest(self) -> Stage:
        """The last stage of the plan, whatever an exercise loads."""
        ends = [limit.stage for limit in self.limits if limit.parts is None]
        return min(ends, key=STAGES.index, default="speed")

    def limit(self, spec: ExerciseSpec, *, weighted: bool = False) -> Limit | None:
        """Return the strictest limit that an exercise goes beyond; None when it goes beyond none.

        Parameters
        ----------
        weighted
            Ask for the exercise with a weight, also where it has none.

        Notes
        -----
        For pain, health and a clinician's word any weight is load, whatever the stage of the exercise; what a step of a pathway names is
        the step's own affair. Where nothing but the worst of a week speaks against weight, who has shown in a test that the easier form
        asks too little does the next one with the own weight, unless tissue heals: what it may hurt then the exercise says itself.
        """
        parts = self.gate.loaded[spec.id]
        # what is merely not tested yet does not stand against what is provisional
        held = (each for each in self.limits if not (each.kind == "gates" and spec.id in self.provisional))
        heavy = weighted or spec.weighted
        beyond = (each for each in held if _asks(spec, each, heavy=heavy) > STAGES.index(each.stage))
        if not heavy and spec.stage == "load" and self.is_shown(spec) and not heals(self.person):
            beyond = (
                each
                for each in beyond
                if not (each.stage == "integration" and each.of_sport and not overlap(each.parts, _BONES))
            )
        return min(
            (each for each in beyond if each.parts is None or overlap(each.parts, parts)),
            key=lambda each: STAGES.index(each.stage),
            default=None,
        )

    def is_shown(self, spec: ExerciseSpec) -> bool:
        """Tell whether a test shows that an easier form of an exercise asks for too little."""
        return any(is_outgrown(each, self.measured) for each in descend(spec, self.catalog))

    def calm(self, spec: ExerciseSpec) -> bool:
        """Tell whether nothing that an exercise loads hurts more than it may, as far as that was told."""
        return self.quiet or (bool(self.gate.sores) and self.gate.too_much(spec.id) is None)

    def does_anyway(self, spec: ExerciseSpec) -> bool:
        """Tell whether somebody does as much as an exercise anyway, as told, or by their sport while next to nothing hurts and nothing heals."""
        above = (each for each in climb(spec, self.catalog) if spec.pattern and each.pattern == spec.pattern)
        ladder = [each for each in (spec, *above) if each.too_easy_with]
        if not ladder or spec.stage == "warm_up":
            return False
        runs = self.goes_on and self.person.intake is not None and "running" in self.person.intake.sports
        hurts = not runs and any(score.value > _ACHE for score in self.gate.scores)
        held = hurts or not self.calm(spec) or self.is_fresh(spec) or check_any(_NEAR_BIRTH, self.person).holds
        return any(is_done_anyway(each, self.person, quiet=not held) for each in ladder)

    def lifts(self, spec: ExerciseSpec) -> bool:
        """Tell whether who trains with weights does an exercise at the usual ones: nothing that it loads is sore or heals, no child is near."""
        parts = self.gate.loaded[spec.id]
        sore = any(s.score.value > USUAL_PAIN_LIMIT and overlap(s.parts, parts) for s in self.gate.sores)
        held = sore or self.takes_a_set(spec) or self.is_fresh(spec) or check_any(_NEAR_BIRTH, self.person).holds
        return lifts(self.person) and self.calm(spec) and not held and self.limit(spec, weighted=True) is None

    def is_fresh(self, spec: ExerciseSpec, *, unless: Sequence[Stage] = ()) -> bool:
        """Tell whether an exercise loads what may still heal, unless somebody in charge allowed one of some stages after the operation."""
        places = find_healing(self.person, unless=unless)
        return bool(places) and overlap(join_places(places), self.gate.loaded[spec.id])

    def takes_a_set(self, spec: ExerciseSpec) -> bool:
        """Tell whether an exercise begins with a set less."""
        return self.after_birth or spec.id in self.provisional or self.gate.takes_a_set(spec.id)

    def allows(self, hurt: StandingPain, spec: ExerciseSpec | None = None) -> bool:
        """Tell whether the rule of a part's own allows as much pain as a movement brought, for what its pathway brings, and nothing fast."""
        rule, score = self.gate.rules.get(hurt.pain.place or ""), hurt.pain.score
        slow = spec is None or (spec.id in self.of_pathways and not spec.impact and spec.stage != "speed")
        return slow and rule is not None and rule.limit is not None and score is not None and score <= rule.limit

    @property
    def keys(self) -> frozenset[str]:
        """Exercises that its needs cannot do without."""
        return frozenset(name for need in self.needs for name in (need.spec.begins_with, *need.spec.goes_with))

    @property
    def weighty(self) -> int:
        """How many needs more than a hint speaks for."""
        return sum(need.weight > HINT for need in self.needs)

    @property
    def sore(self) -> Mapping[str, int]:
        """What hurts, and how much now."""
        pains = (self.person.intake.pains if self.person.intake else None) or ()
        ordered = sorted(pains, key=lambda pain: pain.now)
        return {pain.place: pain.now for pain in ordered if pain.now or pain.week}

    @property
    def after_birth(self) -> bool:
        """Whether a birth is so recent that everything begins with a set less."""
        weeks = self.person.weeks_postpartum
        return weeks is not None and weeks < FEWER_AFTER_BIRTH


def _asks(spec: ExerciseSpec, limit: Limit, *, heavy: bool) -> int:
    """Return the place of the stage for which an exercise counts before a limit."""
    stage = STAGES.index(spec.stage)
    return max(stage, STAGES.index("load")) if heavy and limit.kind in ("pain", "health") else stage


def choose_exercises(draft: Draft, add_goal: Callable[[], None] = lambda: None) -> None:
    """Choose the exercises: those of the present steps, then what serves most, kept to what fits a person and a page."""
    sure = draft.person.intake.confidence if draft.person.intake else None
    if draft.last is None and sure is not None and sure <= UNSURE_TO and not is_active(draft.person):
        draft.most = MOST_WHEN_MISSED
    _ask_pathways(draft)
    for stage in STAGES:
        _choose(draft, stage)
    _make_room(draft)
    _serve_everything(draft)
    add_goal()
    _keep_to_measure(draft)
    _walk_once(draft)
    if adds_nothing(draft):
        draft.chosen = [pair for pair in draft.chosen if pair[0].stage == "warm_up" or pair[0].id in draft.kept]
    _list_what_hurts(draft)


def _walk_once(draft: Draft) -> None:
    """Let a warm-up go that is what another exercise of the plan does for longer."""
    chosen = [spec for spec, _ in draft.chosen]
    for spec in [each for each in chosen if each.stage == "warm_up"]:
        after = next(climb(spec, draft.catalog), None)
        others = [each for each in chosen if each is not spec]
        longer = [each for each in others if after is not None and after.pattern and each.pattern == after.pattern]
        if longer:
            let_go(draft, spec, f"{decapitalize(longer[0].title)}, which does it for longer, is in the plan already")


def _ask_pathways(draft: Draft) -> None:
    """Decide which exercises the present steps bring: their own ones first, in the form that nothing bars and that asks enough."""
    asked: dict[str, Readiness] = {}
    standings = {each.spec.id: each for each in draft.wanted.values()}
    most = MOST_OF_PATHWAY.get(len(standings), 2)
    for standing in standings.values():
        step = standing.training.spec if standing.training else None
        keys = set(step.exercises) if step else set()
        taken: list[ExerciseSpec] = []
        # what the step is about comes before what it has besides; of these, what nothing stands in for
        for name in [n for n, each in draft.wanted.items() if each is standing]:
            spec = draft.catalog.exercises[name]
            found = _find_form(draft, spec, stand_in=name in keys)
            if found is None or found.id in asked or _is_passed(draft, found):
                continue
            if draft.does_anyway(found):
                continue
            if is_outgrown(spec, draft.measured):
                # what a test shows to be too easy makes way for what the step brings of the same anyway
                others = (draft.catalog.exercises[key] for key in keys if key in draft.catalog.exercises)
                if find_double(found, [e for e in others if e is not spec and not why_not(draft, e)]):
                    continue
            doubles = sum(bool(found.pattern) and each.pattern == found.pattern for each in taken)
            # what begins before its test stands for the easier one of its kind
            begun = {each.pattern for each in taken if each.id in draft.provisional}
            own = name in draft.provisional or (name in keys and found is spec and found.pattern not in begun)
            if len(taken) < most and doubles < (2 if own else 1):
                taken.append(found)
                asked[found.id] = standing
    draft.asked = asked
    draft.wanted = {**draft.wanted, **asked}


def _find_form(draft: Draft, spec: ExerciseSpec, *, stand_in: bool) -> ExerciseSpec | None:
    """Return an exercise of a step, or the form of it that fits: an easier one where it is barred, a harder one where it is too easy."""
    if reason := why_not(draft, spec):
        draft.left_out.setdefault(spec.id, LeftOut(exercise=spec.id, title=spec.title, reason=reason))
        return find_easier(spec, draft.catalog, lambda each: why_not(draft, each)) if stand_in else None
    harder = find_harder(spec, draft.catalog, lambda each: why_not(draft, each))
    # who hurts there goes no faster than the steps, unless a test shows more and nothing heals
    shown = is_outgrown(spec, draft.measured) and not heals(draft.person)
    go_on = harder is not None and (shown or harder.id in draft.wanted or draft.gate.too_much(harder.id) is None)
    other = _find_other(draft, spec) if not go_on and (shown or (stand_in and is_too_easy(draft, spec))) else None
    if other is not None and (shown or (other.stage == spec.stage == "integration" and not other.weighted)):
        return other
    # what a sport asks for takes nobody on to a later step, but for the weights of who lifts and is well
    later = harder is not None and spec.id in draft.wanted and harder.id in list_later(draft.wanted[spec.id])
    lifted = harder is not None and harder.stage == "load" and draft.lifts(harder)
    return harder if go_on and is_too_easy(draft, spec, by_sport=lifted or not later) else spec


def adds_nothing(draft: Draft) -> bool:
    """Whether nothing new comes in: what there is goes a step back first, as long as any of it is left."""
    return draft.flared and any(spec.stage != "warm_up" and spec.id in draft.kept for spec, _ in draft.chosen)


def is_too_easy(draft: Draft, spec: ExerciseSpec, *, by_sport: bool = True) -> bool:
    """Whether an exercise asks for too little, and a harder form of it may take its place; ``by_sport`` also for less than a sport does."""
    seen = any(need.seen and need.spec.id in spec.serves for need in draft.needs)
    # a sport of today says what is too easy, as far as what the exercise loads is no sorer than it may be
    calm = draft.calm(spec) or (draft.goes_on and spec.pattern == "walk")
    little = asks_too_little(spec, draft.person, draft.measured, quiet=calm, seen=seen)
    harder = find_harder(spec, draft.catalog, lambda each: why_not(draft, each))
    if harder is not None and (little or _is_light(draft, spec, harder)):
        return True
    below = by_sport and not seen and draft.choosing and _is_below_sport(draft, spec)
    if harder is not None and below and find_demand(harder) > max(find_demand(spec), SMALL):
        return True
    # where its own ladder is barred, another exercise that asks more for the same takes its place
    return (little or below) and spec.stage in ("activation", "integration") and _find_other(draft, spec) is not None


def _is_below_sport(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether a sport asks for more than an exercise: not of a part that heals, beside much pain, nor where a need cannot do without it."""
    much = any(score.value >= QUIET_FROM for score in draft.gate.scores)
    held = much or spec.id in draft.keys or draft.is_fresh(spec, unless=("load", "speed"))
    return not held and is_below_sport(spec, draft.person, draft.measured, draft.catalog)


def _is_light(draft: Draft, spec: ExerciseSpec, harder: ExerciseSpec) -> bool:
    """Whether an exercise with a weight is a light form of one that who trains with weights does on both legs."""
    heavy = harder.stage == spec.stage == "load" and harder.pattern == spec.pattern and not harder.dose.per_side
    return bool(heavy and spec.pattern and spec.weighted and not spec.special) and draft.lifts(harder)


def _find_other(draft: Draft, spec: ExerciseSpec) -> ExerciseSpec | None:
    """Return an exercise that asks more for what another one serves first, and that nothing bars; None when there is none."""
    least = max(find_demand(spec), SMALL)
    among = (e for e in draft.catalog.exercises.values() if e.serves[0] == spec.serves[0] and find_demand(e) > least)
    fitting = (e for e in among if not e.special and e.stage != "speed" and not asks_too_much(e, draft.measured))
    return next((each for each in fitting if not why_not(draft, each)), None)


def _choose(draft: Draft, stage: Stage) -> None:
    """Add the exercises of a stage that serve most, each for a need that no other one of the stage serves yet."""
    there = [spec for spec, _ in draft.chosen if spec.stage == stage]
    picked = _choose_from_pathways(draft, stage)
    taken = {spec.id for spec, _ in picked}
    candidates = [s for s in _choices(draft) if s.stage == stage and s.id not in taken and not _is_passed(draft, s)]
    if stage == "warm_up":
        # a second warm-up prepares a joint; who has a step to take has that for it
        there = [spec for spec in there if spec.pattern == WARM or not draft.asked]
        candidates = [spec for spec in candidates if spec.pattern == WARM or not draft.asked]
    else:
        aims = {need.spec.id for need in draft.needs}
        ahead = STAGES.index(stage) > STAGES.index(draft.latest)
        candidates = [spec for spec in candidates if spec.serves[0] in aims or stage == "speed" or ahead]
    served = (
        {need for spec in (*there, *(spec for spec, _ in picked)) for need in spec.serves}
        if stage != "warm_up"
        else set()
    )
    most = MOST[stage]
    while len(picked) + len(there) < most:
        others = [spec for spec, _ in (*draft.chosen, *picked)]
        others += [draft.catalog.exercises[name] for name in draft.asked]
        if stage in ("mobility", "activation", "integration") and draft.weighty + len(draft.asked) >= ENOUGH:
            # who has much to train trains each thing once
            led = {spec.serves[0] for spec in others if spec.stage != "warm_up"}
            candidates = [spec for spec in candidates if spec.serves[0] not in led]
        scored = [(_score(spec, draft, served), spec) for spec in candidates if find_double(spec, others) is None]
        # of equals one's own before the packaged ones, then in the order of the files, where easier ones stand first
        own = draft.catalog.own_exercises
        # and what uses the gear that there is before what needs none
        gear = set((draft.person.intake.equipment if draft.person.intake else None) or ())
        ranked = sorted(
            ((s, spec) for s, spec in scored if s > 0),
            key=lambda pair: (-pair[0], pair[1].id not in own, not gear & set(pair[1].gear)),
        )
        ranked = [(score, spec) for score, spec in ranked if why_not(draft, spec) or not is_too_easy(draft, spec)]
        open_ = {spec.id for _, spec in ranked if not why_not(draft, spec)}
        ranked = [(score, spec) for score, spec in ranked if stage != "load" or not _has_easier(draft, spec, open_)]
        best = next((spec for _, spec in ranked if not why_not(draft, spec)), None)
        for _, spec in ranked:
            if spec is best:
                break
            reason = why_not(draft, spec)
            # one example says enough of what comes later; what is not fitting for this person is all listed
            if not reason.startswith(("later", "not now")) or not any(
                left.reason == reason for left in draft.left_out.values()
            ):
                draft.left_out.setdefault(spec.id, LeftOut(exercise=spec.id, title=spec.title, reason=reason))
        if best is None:
            break
        need = max((n for n in draft.needs if n.spec.id in best.serves and n.spec.id not in served), key=fit(best))
        picked.append((best, need))
        # warm-ups may serve the same need: one makes warm, the next one prepares a joint
        served |= set(best.serves) if stage != "warm_up" else set()
        candidates.remove(best)
    order = list(draft.catalog.exercises)
    if stage == "warm_up":
        picked.sort(key=lambda pair: order.index(pair[0].id))
    draft.chosen += picked


def _choose_from_pathways(draft: Draft, stage: Stage) -> list[tuple[ExerciseSpec, WeighedNeed]]:
    """Return the exercises of a stage that the steps bring at which the person stands."""
    there = {spec.id for spec, _ in draft.chosen}
    picked: list[tuple[ExerciseSpec, WeighedNeed]] = []
    for spec in (draft.catalog.exercises[name] for name in draft.asked if name not in there):
        if spec.stage == stage:
            fitting = [need for need in draft.needs if need.spec.id in spec.serves]
            best = max(fitting, key=fit(spec), default=None)
            picked.append((spec, best or WeighedNeed.of_pathway(draft.catalog.needs[spec.serves[0]])))
    return picked


def _make_room(draft: Draft) -> None:
    """Let go what the last plan had, and what does the same as an exercise of the steps at which the person stands now."""
    for name, kept in draft.kept.items():
        others = [spec for spec, _ in draft.chosen]
        double = find_double(kept.spec, [spec for spec in others if spec.id in draft.asked])
        full = len(draft.chosen) > draft.most
        if double is not None and full and name not in draft.asked and kept.before.chosen_by != "trainer":
            let_go(draft, kept.spec, f"{_ROOM}{decapitalize(double.title)}{_SAME}")


def let_go(draft: Draft, spec: ExerciseSpec, reason: str) -> None:
    """Take an exercise out of the plan; of one of the last plan say why."""
    draft.chosen = [pair for pair in draft.chosen if pair[0].id != spec.id]
    if spec.id in draft.kept:
        left = draft.kept[spec.id].before
        draft.gone += (LeftOut(exercise=left.exercise, title=left.title, reason=reason),)


def _keep_to_measure(draft: Draft) -> None:
    """Take out what is too much for one person and a page: first what trains what others do, then what is for the lightest need."""
    # who has one thing to train trains it in more than one way
    while len(draft.chosen) > ENOUGH and draft.weighty >= _SEVERAL and (twice := _find_twice(draft)):
        let_go(draft, min(twice, key=lambda spec: _rank(draft, spec)), "another exercise trains it")
    while len(draft.chosen) > draft.most and let_weakest_go(draft, f"{draft.most} exercises at once are enough"):
        pass


def let_weakest_go(draft: Draft, reason: str, *, least: int = 0, new: bool = False) -> bool:
    """Let go what weighs least, as long as more than ``least`` exercises are left; tell whether anything went.

    Parameters
    ----------
    new
        Only what is new, and no step brings.

    Notes
    -----
    What a step brings, what the last plan had and what was measured to be shortest goes last, and never the trainer's own, a piece of a
    goal and what makes warm.
    """
    free = [spec for spec, _ in draft.chosen if not (_is_own(draft, spec) or _leads_first(draft, spec))]
    gaps = [spec.id for spec in free if _closes_gap(draft, spec)]
    shortest = next((need.spec.id for need in draft.needs if need.tests), "")
    first = {name for name in gaps if shortest in draft.catalog.exercises[name].serves}
    steps, kept = set(draft.asked), set(draft.kept)
    held = (steps | kept | set(gaps), steps | kept | first, kept | first, steps | first, set[str]())
    for names in held[:2] if new else held:
        spare = [spec for spec in free if spec.id not in names]
        if spare and len(draft.chosen) > least:
            let_go(draft, min(spare, key=lambda spec: _rank(draft, spec)), reason)
            return True
    return False


def find_room(draft: Draft, spec: ExerciseSpec) -> tuple[ExerciseSpec, ...] | None:
    """Return what has to go for an exercise more; None where nothing may, so that there is no room."""
    double = find_double(spec, [each for each, _ in draft.chosen])
    spare = [each for each, _ in draft.chosen if not _is_own(draft, each)]
    if double in spare and double.id not in {*draft.asked, *draft.kept}:
        return (double,)
    # what may go makes way when everything is chosen
    return () if len(draft.chosen) - len(spare) < draft.most else None


def _find_twice(draft: Draft) -> list[ExerciseSpec]:
    """Return the new exercises beside the steps that are for what another one is for, and that train no test of their own."""
    tests = {test for need in draft.needs for test in need.tests}
    # a movement that stood out is practiced before it is loaded
    seen = {need.spec.id for need in draft.needs if need.seen}
    trained = [spec for spec, _ in draft.chosen if spec.stage != "warm_up"]
    return [
        spec
        for spec in trained
        if spec.id not in {*draft.asked, *draft.kept, *draft.keys, *draft.goal_forms} and not tests & set(spec.trains) and spec.serves[0] not in seen
        and any(other is not spec and other.serves[0] == spec.serves[0] for other in trained)
    ]  # fmt: skip


def _is_own(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether the trainer put an exercise there, it is the one that makes warm, or a piece of a goal."""
    by_trainer = spec.id in draft.kept and draft.kept[spec.id].before.chosen_by == "trainer"
    return by_trainer or spec.pattern == WARM or spec.id in draft.goal_forms


def _closes_gap(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise is the only one of the plan for what was measured to be short."""
    others = [each for each, _ in draft.chosen if each is not spec and each.stage != "warm_up"]
    tests = {test for need in draft.needs if need.spec.id in spec.serves for test in need.tests}
    if direct := tests & set(spec.trains):
        return not all(any(test in each.trains for each in others) for test in direct)
    mine = any(need.tests and need.spec.id == spec.serves[0] for need in draft.needs)
    return mine and not any(each.serves[0] == spec.serves[0] for each in others)


def _leads_first(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise is the last one of the plan for what weighs most."""
    first = draft.needs[0].spec.id if draft.weighty else ""
    return (
        spec.serves[0] == first
        and sum(each.serves[0] == first for each, _ in draft.chosen if each.stage != "warm_up") == 1
    )


def _rank(draft: Draft, spec: ExerciseSpec) -> tuple[float, ...]:
    """Return how much an exercise is worth its place, the least first."""
    # of needs of one weight the one that was measured, then the first one
    weight = {n.spec.id: n.weight + 0.5 * bool(n.tests) - 0.01 * i for i, n in enumerate(draft.needs)}
    others = [each for each, _ in draft.chosen if each.id != spec.id and each.stage != "warm_up"]
    alone = spec.stage != "warm_up" and not any(each.serves[0] == spec.serves[0] for each in others)
    alone |= spec.id in {need.spec.begins_with for need in draft.needs} or _closes_gap(draft, spec)
    # what is fast is chosen only for who wants it and whose gates are met
    for_need = weight.get(spec.serves[0], spec.stage == "speed") * (spec.stage != "warm_up")
    asked = -list(draft.asked).index(spec.id) if spec.id in draft.asked else 0
    worth = for_need if alone else for_need * _BESIDE
    return (asked, worth, STAGES.index(spec.stage), spec.id in draft.kept)


def _choices(draft: Draft) -> list[ExerciseSpec]:
    """Return the exercises that a plan chooses from, in the order of the files: what the last plan had is decided already."""
    known = {e.exercise for e in draft.last.exercises} | set(draft.last.taken_out) if draft.last else set()
    known |= {spec.id for spec, _ in draft.chosen}
    exercises = (e for e in draft.catalog.exercises.values() if e.id not in known)
    return [
        e
        for e in exercises
        if (not e.special or (draft.only and e.id in draft.only))
        and not asks_too_much(e, draft.measured)
        and not (e.stage in ("integration", "load") and is_outgrown(e, draft.measured))
        and not draft.does_anyway(e)
    ]


def _is_passed(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise lies below one on its ladder that is taken over from the last plan."""
    return any(each.id in draft.kept for each in climb(spec, draft.catalog))


def _serve_everything(draft: Draft) -> None:
    """Add one exercise for each need that none serves first, and for each test behind it that none trains, at its place."""
    for need in draft.needs:
        leads = [spec for spec, _ in draft.chosen if spec.stage != "warm_up" and spec.serves[0] == need.spec.id]
        fitting = [
            spec
            for stage in ("activation", "integration", "mobility", "load", "speed")
            for spec in _choices(draft)
            if spec.stage == stage and spec.serves[0] == need.spec.id and _fits(draft, spec)
        ]
        key = draft.catalog.exercises.get(need.spec.begins_with)
        if key is not None and key not in leads and key in fitting:
            leads.append(key)
            draft.chosen.append((key, need))
        there = [spec for spec, _ in draft.chosen]
        goes_with = [draft.catalog.exercises[name] for name in need.spec.goes_with]
        beside = next((each for each in goes_with if each in there or _fits(draft, each)), None)
        if beside is not None and beside not in there:
            leads.append(beside)
            draft.chosen.append((beside, need))
        if fitting and not leads:
            leads.append(max(fitting, key=lambda spec: bool(need.tests & set(spec.trains))))
            draft.chosen.append((leads[0], need))
        for test in sorted(need.tests):
            among = [e for e in draft.catalog.exercises.values() if test in e.trains]
            # what only some steps bring comes in where nothing else may train what was measured
            among.sort(key=lambda e: e.special)
            direct = [e for e in (*fitting, *among) if e in among and e not in leads and _may_join(draft, e)]
            if direct and not any(test in spec.trains for spec in leads):
                leads.append(direct[0])
                draft.chosen.append((direct[0], need))
    draft.chosen.sort(key=lambda pair: STAGES.index(pair[0].stage))


def _may_join(draft: Draft, spec: ExerciseSpec) -> bool:
    known = {e.exercise for e in draft.last.exercises} | set(draft.last.taken_out) if draft.last else set()
    return spec.id not in known and _fits(draft, spec)


def _fits(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise may be added to what is chosen."""
    there = [each for each, _ in draft.chosen]
    return (
        spec not in there
        and not why_not(draft, spec)
        and not is_too_easy(draft, spec)
        and find_double(spec, there) is None
    )


def why_waits(draft: Draft, need: WeighedNeed) -> str:
    """Return why no exercise is chosen for a need first; empty when one is."""
    trained = [spec for spec, _ in draft.chosen if spec.stage != "warm_up"]
    key = need.spec.begins_with
    # what was measured is the aim: only what trains it counts, as far as anything is known to
    direct = [spec for spec in draft.catalog.exercises.values() if need.tests & set(spec.trains)]
    if any(spec.id == key if key else spec.serves[0] == need.spec.id for spec in trained) and (
        not direct or need.seen or any(spec in trained for spec in direct)
    ):
        return ""
    if direct and not need.seen and (reason := why_not(draft, direct[0])):
        return reason.removeprefix("later: ")
    along = [spec for spec in trained if need.spec.id in spec.serves]
    if along:
        return f"it is trained along with {decapitalize(along[0].title)}"
    if adds_nothing(draft):
        return "nothing new comes in after a session that hurt too much"
    leads = [spec for spec in draft.catalog.exercises.values() if spec.serves[0] == need.spec.id and not spec.special]
    if leads and all(draft.does_anyway(spec) for spec in leads):
        return "you do as much of it anyway"
    reasons = [why_not(draft, spec) for spec in leads if spec.stage != "warm_up"]
    if reasons and all(reasons):
        return reasons[0].removeprefix("later: ")
    return f"{draft.most} exercises at once are enough"


def _list_what_hurts(draft: Draft) -> None:
    """List every exercise for one of the needs that is left out because its movement hurt, ahead of the rest."""
    served = {need.spec.id for need in draft.needs}
    fitting = [spec for spec in draft.catalog.exercises.values() if served & set(spec.serves)]
    hurting = {
        spec.id: LeftOut(exercise=spec.id, title=spec.title, reason=why)
        for spec in fitting
        if (why := _why_it_hurts(draft, spec))
    }
    draft.left_out = hurting | {name: left for name, left in draft.left_out.items() if name not in hurting}


def fit(spec: ExerciseSpec) -> Callable[[WeighedNeed], float]:
    """Return how well an exercise serves a need: in full the one it serves best, further ones by a third."""
    return lambda need: need.weight * (1.0 if spec.serves[0] == need.spec.id else _BESIDE)


def _score(spec: ExerciseSpec, draft: Draft, served: set[str]) -> float:
    """Return how much an exercise serves what the plan is for; a need that no exercise serves best yet counts double."""
    leads = {chosen.serves[0] for chosen, _ in draft.chosen if chosen.stage != "warm_up"}
    needs = [need for need in draft.needs if need.spec.id in spec.serves and need.spec.id not in served]
    value_to = fit(spec)
    direct = {need.spec.id: 1.5 for need in needs if need.tests & set(spec.trains)}
    return sum(value_to(need) * (1.0 if need.spec.id in leads else 2.0) * direct.get(need.spec.id, 1) for need in needs)


def why_not(draft: Draft, spec: ExerciseSpec) -> str:
    """Return why an exercise has no place in this plan now; empty when it may have one."""
    if hurts := _why_it_hurts(draft, spec):
        return hurts
    if limit := draft.limit(spec):
        return f"later: {limit.why}"
    if holds := _why_held_back(draft, spec):
        return holds
    if spec.impact and draft.no_impact:
        return draft.no_impact
    if lacks := lacks_gear(spec, draft.person) or _is_for_others(draft, spec):
        return lacks
    if waits := draft.waiting.get(spec.id) or _wait_of_easier(draft, spec):
        return waits
    if spec.id in draft.cared_out:
        return draft.cared_out[spec.id]
    if draft.only is not None and spec.id not in draft.only:
        return f"not now: {draft.why_only}"
    if short := lacks_range(spec, draft.person, draft.measured):
        return short
    answer = check_any(draft.gate.own_bars(spec, in_pathway=spec.id in draft.of_pathways), draft.person)
    if answer.holds:
        return f"not with {', '.join(event.words for event in answer.events)}"
    if answer.holds is None and spec.impact:
        return "nobody asked about what would speak against it"
    return ""


def _is_for_others(draft: Draft, spec: ExerciseSpec) -> str:
    elsewhere = draft.choosing and spec.only_with and check_any(spec.only_with, draft.person).holds is False
    return "not now: it is for another part of the body" if elsewhere else ""


def _why_held_back(draft: Draft, spec: ExerciseSpec) -> str:
    """Return why an exercise waits for a talk, for a stance that is held, or because words and tests speak against more; else nothing."""
    talk = talk_first_words(draft.gate.scores).removeprefix("Talk first: ").partition(". ")[0]
    loads = draft.gate.known is not None and draft.gate.loads_sore(spec.id)
    if talk and loads and spec.stage not in ("warm_up", "mobility"):
        return f"not before you talked about it: {decapitalize(talk)}"
    if unsteady := lacks_stance(spec, draft.person, draft.measured, draft.catalog, draft.told):
        return unsteady
    first = draft.doubts[0] if draft.doubts else "first what was planned gets done" if draft.missed else ""
    return f"later: {first}" if first and _asks_more(draft, spec) else ""


def _asks_more(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise that the last plan did not have is heavy or fast, or a harder form of one that it had."""
    had = {each.exercise for each in draft.last.exercises} if draft.last else set()
    if spec.id in had:
        return False
    above = (
        each.id
        for name in had
        if name in draft.catalog.exercises
        for each in climb(draft.catalog.exercises[name], draft.catalog)
    )
    return spec.weighted or spec.impact or spec.stage in ("load", "speed") or spec.id in above


def _wait_of_easier(draft: Draft, spec: ExerciseSpec) -> str:
    """Return why an easier form of an exercise has to wait, which then waits itself; empty when none does."""
    if spec.id in draft.wanted:
        return ""
    return next((draft.waiting[e.id] for e in easier_forms(spec, draft.catalog) if e.id in draft.waiting), "")


def _has_easier(draft: Draft, spec: ExerciseSpec, among: Set[str]) -> bool:
    """Whether one of some exercises is an easier form of the same; for who does no sport, also whether one for the same that leads to it asks enough."""
    easier = any(each.id in among for each in easier_forms(spec, draft.catalog))
    if easier or is_active(draft.person):
        return easier
    below = (e for e in draft.catalog.exercises.values() if e.stage == "integration" and e.serves[0] == spec.serves[0])
    leading = (each for each in below if not each.special and spec in climb(each, draft.catalog))
    return any(not why_not(draft, each) and not is_too_easy(draft, each) for each in leading)


def _why_it_hurts(draft: Draft, spec: ExerciseSpec) -> str:
    """Return which movement hurt that an exercise repeats or loads; empty when none did."""
    pains = [
        draft.hurting[name].words
        for name in spec.movements
        if name in draft.hurting and not draft.allows(draft.hurting[name], spec)
    ]
    return (
        f"{', '.join(pains)}: not before a later screening without pain there, or a clinician's word" if pains else ""
    )
