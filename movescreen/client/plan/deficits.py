"""What was measured and is short of what it takes: trained by an exercise of the plan, or told with why it is not yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from movescreen.catalog.care_schema import HandTestSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.choosing import Draft, why_not
from movescreen.client.plan.needs import find_observed, is_uneven
from movescreen.client.rules.gates import GateState
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.hand_tests import HandReading, SideDifference
from movescreen.client.visits.observation import Observation


def find_deficits(
    readings: Iterable[HandReading], differences: Iterable[SideDifference], readiness: Iterable[Readiness], catalog: ClientCatalog
) -> dict[str, str]:  # fmt: skip
    """Return test -> what was seen, for each test by hand that is limited, uneven beyond its error, or less than a gate takes.

    Questionnaires and jumps are no deficits: what they tell is asked for by the steps of the pathways.
    """
    found: dict[str, str] = {}
    for reading in readings:
        if reading.limited and reading.comparison is not None:
            found.setdefault(reading.spec.id, f"{reading.side} {reading.value:.3g} {reading.spec.unit}".strip())
    for each in differences:
        if is_uneven(each):
            found.setdefault(each.spec.id, f"{each.worse} {abs(each.difference):.3g} {each.spec.unit} behind")
    for standing in readiness:
        for gate in standing.gates if standing.spec.hypothesis and not standing.withheld else ():
            if gate.state is GateState.NOT_MET and gate.spec.test:
                found.setdefault(gate.spec.test, gate.text)
    return {name: text for name, text in found.items() if _is_trainable(catalog.hand_tests[name])}


def _is_trainable(spec: HandTestSpec) -> bool:
    return spec.questionnaire is None and not spec.impact and not spec.activities


def tell_untrained(draft: Draft, deficits: Mapping[str, str]) -> list[str]:
    """Return a sentence for each deficit that no exercise of a plan is for, with why not yet."""
    chosen = [spec for spec, _ in draft.chosen if spec.stage != "warm_up"]
    told = []
    for name, text in deficits.items():
        fitting = list(_serving(name, draft.catalog))
        if not fitting or any(spec in chosen for spec in fitting):
            continue
        why = _why_not_yet(draft, fitting)
        title = decapitalize(draft.catalog.hand_tests[name].title)
        told.append(f"Measured, and not trained yet: {title} ({text}). {why}")
    return told


def tell_unheard(draft: Draft, observations: Sequence[Observation]) -> list[str]:
    """Return a sentence for each thing that the trainer saw for which a plan has nothing, with why not yet."""
    chosen = {spec.serves[0] for spec, _ in draft.chosen if spec.stage != "warm_up"}
    told = []
    for need in (each for each in draft.catalog.needs.values() if each.id not in chosen):
        fitting = [e for e in draft.catalog.exercises.values() if e.serves[0] == need.id and e.stage != "warm_up"]
        for each in find_observed(need, observations) if fitting else ():
            told.append(f"Seen, and not trained yet: {each.texts[0]}. {_why_not_yet(draft, fitting)}")
    return told


def _serving(test: str, catalog: ClientCatalog) -> Iterable[ExerciseSpec]:
    """Yield what trains a test directly; where nothing is said to, what is first for a need that the test speaks for."""
    direct = [spec for spec in catalog.exercises.values() if test in spec.trains]
    needs = {need.id for need in catalog.needs.values() if test in need.tests}
    serving = [e for e in catalog.exercises.values() if e.serves[0] in needs and e.stage != "warm_up"]
    # what everybody may get is named before what only some steps bring
    return direct or sorted(serving, key=lambda spec: spec.special)


def _why_not_yet(draft: Draft, fitting: Sequence[ExerciseSpec]) -> str:
    reasons = [(spec, why_not(draft, spec)) for spec in fitting]
    free = next((spec for spec, reason in reasons if not reason), None)
    if free is not None and len(draft.chosen) < draft.most:
        return f"{free.title} would train it, and comes next: other things weigh more today."
    if free is not None:
        return f"{free.title} would train it; it waits for a place, because {draft.most} exercises at once are enough."
    spec, reason = reasons[0]
    return f"{spec.title} waits: {reason.removeprefix('later: ').removeprefix('not now: ')}."
