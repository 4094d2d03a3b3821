"""The ten-minute list: the few cheapest tests that would settle the next step, in their order, and what may begin before they are done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from movescreen.catalog.care_schema import HandTestSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.exercise_schema import NeedSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.model import PlanTest
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.gates import GateResult, GateState, name_gate
from movescreen.client.rules.readiness import Readiness
from movescreen.words.sentences import join_words

#: What the tests of a list may take together, in minutes.
MOST_MINUTES = 10


def list_tests(readiness: Sequence[Readiness], without: Collection[str] = ()) -> tuple[PlanTest, ...]:
    """Return what to test in the next ten minutes: what was not done, nothing that is banned or belongs to a later step, and none of ``without``.

    Where somebody stands comes first, then what speaks against the hypothesis; of these the cheapest. A jump is asked for only when
    nothing else of the step is open, and what was measured too near to its limit belongs to another day.
    """
    listed: dict[str, PlanTest] = {}
    left = MOST_MINUTES
    for each, gate in _in_order(readiness):
        name = gate.spec.test or gate.spec.id
        if name not in listed and name not in without and gate.minutes <= left:
            settles = (
                f"{decapitalize(each.spec.title)}: {decapitalize(each.here.spec.title)}"
                if each.here
                else each.spec.title
            )
            listed[name] = PlanTest(test=gate.spec.to_measure, minutes=gate.minutes, settles=settles)
            left -= gate.minutes
    return tuple(listed.values())


def list_for_needs(tests: Iterable[tuple[NeedSpec, HandTestSpec]]) -> tuple[PlanTest, ...]:
    """Return what would tell whether a plan is rightly for its needs, one test for each as far as they fit, without jumps."""
    listed: list[PlanTest] = []
    for need, spec in tests:
        told = any(each.settles == decapitalize(need.title) for each in listed)
        if not spec.impact and not told and sum(each.minutes for each in listed) + spec.minutes <= MOST_MINUTES:
            listed.append(
                PlanTest(test=decapitalize(spec.title), minutes=spec.minutes, settles=decapitalize(need.title))
            )
    return tuple(listed)


def _in_order(readiness: Sequence[Readiness]) -> Iterator[tuple[Readiness, GateResult]]:
    # a complaint goes before what is everybody's
    mine = sorted((each for each in readiness if not each.withheld), key=lambda each: not each.spec.hypothesis)
    for each in mine:
        for rank in range(3):
            for gate in sorted(_of_rank(each, rank), key=lambda gate: gate.minutes):
                yield each, gate


def _of_rank(each: Readiness, rank: int) -> list[GateResult]:
    if each.refused or not each.open:
        unknown = each.door is not None and each.door.state is GateState.NOT_KNOWN and not each.refused
        return [each.door] if unknown and rank == 0 and each.door is not None else []
    missing, against = (
        [gate for gate in gates if gate.state is GateState.NOT_KNOWN and _is_test(gate) and not gate.near]
        for gates in (each.missing, each.doubts)
    )
    calm = [gate for gate in missing if not gate.impact]
    later = {gate.spec.id for step in each.steps[each.position + 1 :] for gate in step.gates}
    return (
        calm,
        [gate for gate in against if not gate.impact and gate.spec.id not in later],
        [] if calm else [gate for gate in missing if gate.impact],
    )[rank]


def _is_test(gate: GateResult) -> bool:
    return bool(gate.spec.test or gate.spec.checks)


def find_provisional(person: Person, readiness: Sequence[Readiness], catalog: ClientCatalog) -> Mapping[str, str]:
    """Return the exercises that may begin before the tests of the present step are done, each with the tests until which it is so.

    Only what nobody has ever tested makes room, never a test that was not enough or is old, and never what is safety: questions about
    health, time, pain, and the first steps after an operation, a bone stress injury or a birth, for which the catalog names none.
    """
    found: dict[str, str] = {}
    for each in readiness:
        if each.position + 1 >= len(each.steps) or each.here is None:
            continue
        following = each.steps[each.position + 1]
        may_wait = all(_may_wait(gate, each) for gate in each.missing)
        if following.withheld or not following.spec.provisional or not may_wait:
            continue
        tests = [name_gate(gate, catalog).partition(",")[0] for gate in each.missing if _is_test(gate)]
        words = join_words(dict.fromkeys(map(decapitalize, tests)))
        with_ = following.spec.provisional_with
        if with_ and not check_any(with_, person).holds:
            continue
        found |= dict.fromkeys((name for name in following.spec.provisional if name in catalog.exercises), words)
    return found


def _may_wait(gate: GateResult, each: Readiness) -> bool:
    untested = gate.state is GateState.NOT_KNOWN and gate.never
    if gate.spec.kind == "pain_next_day":
        # who has no complaint has no morning to tell of
        return untested and not each.spec.hypothesis
    return untested and (_is_test(gate) or gate.spec.domain == "confidence")
