"""An exercise as it stands in a plan: with its dose, its reason, when to stop, and the easier and the harder form."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from functools import partial
from itertools import takewhile

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import STAGES, Stage
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.changes import change_words
from movescreen.client.plan.choosing import (
    Draft,
    why_not,
)
from movescreen.client.plan.clearance import NOT_HARDER, keep_to_words
from movescreen.client.plan.dosing import effort_words, heavy_dose, list_doses, load_words, rest_words, start_dose
from movescreen.client.plan.fitting import tell_gear
from movescreen.client.plan.foreign_words import drop_foreign
from movescreen.client.plan.model import (
    PlannedExercise,
    PlanNeed,
    PlanPainRule,
)
from movescreen.client.plan.needs import WeighedNeed
from movescreen.client.plan.pain_rules import tell_feel, tell_stop
from movescreen.client.plan.parts import find_parts, overlap
from movescreen.client.plan.pathways import (
    find_side,
)
from movescreen.client.plan.safety import compare, find_known
from movescreen.client.plan.sheet import FEWER
from movescreen.client.plan.starting import Kept
from movescreen.words.sentences import sentence

_WHY_HERE: dict[Stage, str] = {
    "warm_up": "First, so that the rest is done warm.",
    "mobility": "Before the strength part: room first, so that the next exercises can use it.",
    "activation": "Next: small and precise, for the parts that hold the position.",
    "integration": "Then the whole movement, slowly, with what was just practiced.",
    "load": "After control: weight makes it last.",
    "speed": "Last, when slow and heavy are quiet: speed asks for everything before it.",
}


def _take_over(planned: PlannedExercise, kept: Kept) -> PlannedExercise:
    """Return an exercise with the dose that follows from the last plan; what the trainer changed in it stays changed."""
    before = kept.before
    own: dict[str, object] = {}
    if before.chosen_by == "trainer" and not kept.instead_of:
        own = {
            k: getattr(before, k)
            for k in ("how", "pace", "effort", "feel", "side", "per_side", "per_week", "chosen_by")
        }
        own |= {} if planned.why else {"why": before.why}
    dose = {**kept.dose.numbers, "extra": kept.dose.words, "step": kept.step}
    return planned.model_copy(update={**own, **dose, "change": kept.change, "instead_of": kept.instead_of})


def _because(planned: PlannedExercise, kept: Kept) -> str:
    if kept.change == "hold":
        return sentence(kept.because) + (" One set fewer for now." if planned.set_less else "")
    if kept.instead_of:
        instead = f"In the place of {decapitalize(kept.before.title)}: {planned.amount_words}."
        return f"{sentence(kept.because)} {instead}"
    return sentence(f"{kept.because}: {change_words(kept.before.amount_words, planned)}")


def to_need(need: WeighedNeed, waits: str) -> PlanNeed:
    """Return a need as it stands in a plan; ``waits`` says why no exercise is chosen for it first."""
    spec = need.spec
    return PlanNeed(
        need=spec.id, title=spec.title, because=spec.because, reasons=need.reasons, weight=need.weight,
        evidence=spec.evidence, source=spec.source.citation, source_verified=spec.source.verified, waits=waits,
    )  # fmt: skip


def to_exercise(draft: Draft, spec: ExerciseSpec, need: WeighedNeed | None, from_pathway: str) -> PlannedExercise:
    """Return a chosen exercise with its dose, after the last plan or a measurement of it, within what clinicians said.

    ``from_pathway`` says why it is there.
    """
    planned = _to_exercise(draft, spec, need, from_pathway)
    loaded = draft.gate.loaded[spec.id]
    return keep_to_words(planned, spec, draft.person, knee=loaded is None or "knee" in loaded)


def _to_exercise(draft: Draft, spec: ExerciseSpec, need: WeighedNeed | None, from_pathway: str) -> PlannedExercise:
    sore = find_side(draft.wanted[spec.id]) if spec.id in draft.wanted else ""
    side = (sore or (need.side if need else "")) if spec.dose.per_side else ""
    ladder = [draft.catalog.exercises[name] for name in (spec.progress, spec.regress) if name]
    # what has no place now is not named as the next one either
    barred = {other.id for other in ladder if why_not(draft, other)}
    kept = draft.kept.get(spec.id)
    why = from_pathway or (_why(spec, need, draft.needs) if need else kept.before.why if kept else "")
    waits = partial(_waits_harder, draft, spec)
    planned = plan_exercise(
        spec, draft.catalog, side=side, why=why, barred=barred, waits=waits, pain=draft.pain_rules
    )  # fmt: skip
    how, stop = (drop_foreign(text, draft.person, draft.catalog) for text in (planned.how, planned.stop))
    weaker = side and need is not None and need.side == side and need.tests and not draft.takes_a_set(spec)
    how += f" One set more on the {side}." if weaker else ""
    stop = compare(stop, find_known(draft.person, draft.catalog))
    # what is heavy for somebody is braced for
    stop = stop.replace("; breath held", "") if draft.lifts(spec) else stop
    told = {
        "aim": need.spec.title if need and spec.stage != "warm_up" else "",
        "until": draft.provisional.get(spec.id, ""),
        "how": how,
        "stop": stop,
        "equipment": tell_gear(spec, draft.person),
        "load": load_words(spec, trained=draft.lifts(spec)),
    }
    planned = planned.model_copy(update=told)
    planned = _take_over(planned, kept) if kept else _start_where_measured(draft, spec, planned)
    fewer = kept.fewer if kept else draft.takes_a_set(spec) and not _keeps_two_sets(draft, spec)
    if fewer and planned.sets > 1 and not spec.never_fewer:
        less = kept is not None and kept.change == "hold" and not kept.before.fewer
        planned = planned.model_copy(update={"sets": planned.sets - 1, "fewer": True, "set_less": less})
    if kept:
        was = "" if kept.change == "hold" else kept.before.amount_words
        told = {"because": _because(planned, kept), "reason": sentence(kept.because), "was": was}
        return planned.model_copy(update=told)
    if draft.last is None or need is None:
        return planned
    before = next((each for each in draft.last.exercises if each.exercise == spec.id), None)
    if before is None:
        return planned.model_copy(update={"change": "new", "because": f"New, for {decapitalize(need.spec.title)}."})
    return _come_back(planned, before, f"Stays, for {decapitalize(need.spec.title)}.")


def _come_back(planned: PlannedExercise, before: PlannedExercise, because: str) -> PlannedExercise:
    """Return an exercise that went and is there for another reason: with its dose of before, or a set less where one is taken now."""
    dose = {key: getattr(before, key) for key in ("sets", "reps", "hold_s", "duration_s", "extra", "step", "fewer")}
    if planned.fewer and not before.fewer and before.sets > 1:
        dose |= {"sets": before.sets - 1, "fewer": True}
    return planned.model_copy(update={**dose, "change": "hold", "because": because})


def _start_where_measured(draft: Draft, spec: ExerciseSpec, planned: PlannedExercise) -> PlannedExercise:
    """Return a new exercise with the dose that a measurement of it tells, unless something takes a set from it anyway."""
    dose = start_dose(spec, draft.measured, weights=draft.limit(spec, weighted=True) is None)
    dose = heavy_dose(spec) if dose is None and draft.lifts(spec) else dose
    doses = list_doses(spec)
    # a test of what goes without more pain, all of which counts, holds also where a part is sore
    whole = spec.starts_from is not None and spec.starts_from.share == 1
    if dose is None or (draft.takes_a_set(spec) and not whole and not doses[0].covers(dose)):
        return planned
    at_step = doses.index(dose) if dose in doses else None
    return planned.model_copy(update={**dose.numbers, "extra": dose.words, "step": at_step})


def _keeps_two_sets(draft: Draft, spec: ExerciseSpec) -> bool:
    """Whether an exercise of the present step keeps its two sets: pain is known, and within the rule of what it loads."""
    calm = bool(draft.gate.sores) and draft.gate.too_much(spec.id) is None
    return spec.dose.sets <= 2 and spec.id in draft.asked and calm and not draft.after_birth


def plan_exercise(
    spec: ExerciseSpec,
    catalog: ClientCatalog,
    *,
    why: str,
    side: str = "",
    by_trainer: bool = False,
    barred: Set[str] = frozenset(),
    waits: Callable[[str], bool] = lambda _: False,
    pain: Sequence[PlanPainRule] = (),
) -> PlannedExercise:
    """Return an exercise of the catalog as it stands in a plan.

    Parameters
    ----------
    catalog
        Knows the next exercise of the ladder, up and down.
    side
        The side to begin with; empty for none.
    barred
        Exercises that are not named as the next one, up or down.
    waits
        Whether a way to make it harder, in words, has no place now: it is not named either, nor what comes after it.
    pain
        The client's rules of pain, by which it says what a tendon may feel.
    """
    ways = spec.harder.rstrip(".").split("; ")
    free = list(takewhile(lambda way: not waits(way), ways))
    up = spec.progress if len(free) == len(ways) else ""
    heavy = bool(_WEIGHT.search(spec.easier.lower())) and waits(spec.easier)
    harder, easier = (
        f"{text} Then: {decapitalize(catalog.exercises[name].title)}." if name and name not in barred else text
        for text, name in ((f"{'; '.join(free)}.", up), (_EASIER if heavy else spec.easier, spec.regress))
    )
    if not free or (spec.progress in barred and _names_one_leg(spec.harder, catalog.exercises[spec.progress])):
        harder = NOT_HARDER
    first = f" Begin with the {side} side." if side else ""
    dose = spec.dose
    return PlannedExercise.model_validate({
        "exercise": spec.id, "title": spec.title, "stage": spec.stage, "side": side, "why": why,
        "why_here": _WHY_HERE[spec.stage], "how": spec.how + first, "sets": dose.sets, "reps": dose.reps,
        "hold_s": dose.hold_s, "duration_s": dose.duration_s, "per_side": dose.per_side, "per_week": dose.per_week,
        "pace": spec.pace, "effort": effort_words(spec), "rest": rest_words(spec), "load": load_words(spec), "step": 0, "feel": tell_feel(spec.feel, find_parts(spec, catalog), pain), "stop": tell_stop(spec.stop), "harder": harder,
        "easier": easier, "equipment": spec.equipment, "evidence": spec.evidence, "source": spec.source.citation,
        "source_verified": spec.source.verified, "chosen_by": "trainer" if by_trainer else "movescreen",
    })  # fmt: skip


#: The easier form where the usual one asks for a weight that waits.
_EASIER = FEWER


#: Words by which a way to make something harder asks for a weight, is fast, or asks one leg for the work of two.
_WEIGHT = re.compile(r"heavier|(?<!most of the )(?<!less )weight(?! on the (?:hands|sore side))")


_FAST, _ONE_LEG = re.compile(r"fast|quick|jump|hop|run"), re.compile(r"one leg|leg alone|on that leg")


def _waits_harder(draft: Draft, spec: ExerciseSpec, way: str) -> bool:
    """Whether a way to make an exercise harder belongs to what a person may not do yet."""
    told = way.lower()
    if _WEIGHT.search(told) and not spec.weighted and draft.limit(spec, weighted=True):
        return True
    parts = draft.gate.loaded[spec.id]
    held = [each for each in draft.limits if each.parts is None or overlap(each.parts, parts)]
    early = [each for each in held if STAGES.index(each.stage) < STAGES.index("load")]
    if _FAST.search(told):
        return bool(early or draft.no_impact)
    return bool(_ONE_LEG.search(told)) and any(each.kind in ("pain", "steps") for each in early)


def _names_one_leg(text: str, harder: ExerciseSpec) -> bool:
    """Whether a way to make something harder is what the harder exercise is: one leg, or a weight."""
    told = text.lower()
    return "one leg" in told or "that leg alone" in told or ("weight" in told and harder.stage == "load")


def _why(spec: ExerciseSpec, need: WeighedNeed, needs: Sequence[WeighedNeed]) -> str:
    if spec.stage == "warm_up":
        return f"Warms up for the rest; chosen for: {decapitalize(need.spec.title)}."
    others = [decapitalize(n.spec.title) for n in needs if n.spec.id in spec.serves and n is not need]
    more = f" Also for {' and '.join(others)}." if others else ""
    return f"For {decapitalize(need.spec.title)}.{more}"
