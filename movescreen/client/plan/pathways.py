"""What pathways bring to a plan: the exercises of the present step first, and the chain of reasons behind them.

The chain goes complaint, finding, hypothesis, the cheapest test that would settle it or speak against it, exercise, expected change.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from movescreen.catalog.care_schema import HandTestSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_library import NormLibrary
from movescreen.catalog.pathway_schema import ExpectedSpec
from movescreen.client.intake.words import decapitalize, event_words
from movescreen.client.person import Person
from movescreen.client.plan.model import PlanPathway, PlanStep, StepState
from movescreen.client.rules.conditions import check_any
from movescreen.client.rules.gates import FLARE_FROM, STALE_AFTER, GateResult, GateState, name_gate
from movescreen.client.rules.readiness import Readiness
from movescreen.client.visits.hand_tests import detectable_change
from movescreen.client.visits.scores import describe_last_pain, recent_pain
from movescreen.client.visits.visit import Visit
from movescreen.errors import QuestionsOpen
from movescreen.statistics import mdc_of_sem

#: Findings that are told of one pathway; more do not fit a line.
MOST_FOUND = 3


def find_complaints(readiness: Sequence[Readiness]) -> tuple[Readiness, ...]:
    """Return the pathways that begin with a complaint, the closed ones among them."""
    return tuple(each for each in readiness if each.spec.hypothesis and not each.withheld)


def settle_old_answers(readiness: Sequence[Readiness], person: Person, visits: Sequence[Visit]) -> list[Readiness]:
    """Return the pathways without those whose questions about health are old and whose complaint is over: no pain now, none in the week.

    Raises
    ------
    QuestionsOpen
        When such a complaint still hurts, or may not be hurried: nothing is planned on answers that say nothing about today. After a
        flare the plan itself asks again, and loads nothing before.
    """
    day = person.intake.day if person.intake else person.today
    if person.today - day <= STALE_AFTER:
        return list(readiness)
    told = recent_pain(person, visits)
    last = [score for score in told if score.day == max(each.day for each in told)]
    # a word on now alone says nothing of the days between
    over = any(score.question in ("pain_week", "pain_next_day") for score in last) and not any(
        score.value for score in last
    )
    kept = []
    for each in readiness:
        shut = bool(each.spec.hypothesis) and each.door is not None and each.door.state is GateState.NOT_KNOWN
        slow = each.spec.stops_running or each.spec.keeps_to_step
        if shut and over and not slow:
            kept.append(replace(each, door=None, steps=(), doubts=(), withheld="nothing hurts any more"))
        elif shut and max((score.value for score in told), default=0) < FLARE_FROM:
            raise QuestionsOpen(
                f"the plan waits until the questions about health are asked again: the answers of {day} are older than eight weeks, and "
                f"{decapitalize(each.spec.title)} is planned on what holds today",
                "ask them, which takes about four minutes, and note the conversation with 'movescreen intake add'; then make the plan",
            )
        else:
            kept.append(each)
    return kept


def find_wanted(
    readiness: Sequence[Readiness], catalog: ClientCatalog, provisional: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Readiness]:
    """Return the exercises of the steps at which a person stands, in their order, each with its pathway; before them what is provisional."""
    wanted: dict[str, Readiness] = {}
    for each in find_complaints(readiness):
        step = each.training
        ahead = {name for later in each.steps[each.position :] for name in later.spec.provisional} & set(provisional)
        for name in (*sorted(ahead), *step.spec.exercises, *step.spec.later) if step else ():
            if name in catalog.exercises:
                wanted.setdefault(name, each)
    return wanted


def find_waiting(
    readiness: Sequence[Readiness], provisional: Mapping[str, str] = MappingProxyType({}), *, later: bool = True
) -> dict[str, str]:
    """Return the exercises that wait for a later step, each with why; behind a closed door for all but the first one.

    Parameters
    ----------
    provisional
        What may begin all the same, unless the present step rules it out.
    later
        With those that belong to later steps, which movescreen does not choose and a trainer may; otherwise only what no plan holds.
    """
    waiting: dict[str, str] = {}
    for each in find_complaints(readiness):
        steps, at = each.spec.steps, min(each.position, len(each.steps) - 1)
        names = list(steps[at].not_yet)
        if later and each.spec.keeps_to_step:
            names += [name for name in list_later(each) if name not in provisional]
        why = f"not yet: {decapitalize(each.spec.title)}, {decapitalize(steps[at].title)}"
        waiting |= dict.fromkeys((name for name in names if name not in _opened(each, at)), why)
    return waiting


def _opened(standing: Readiness, at: int) -> frozenset[str]:
    """Return what the gates that are met open at a step, whatever else of it is not."""
    step = standing.steps[at]
    after = set(step.spec.but_after)
    met = {gate.spec.id for gate in step.gates if gate.state is GateState.MET}
    return frozenset(step.spec.but) if standing.open and after and after <= met else frozenset()


def list_of_pathways(readiness: Sequence[Readiness]) -> frozenset[str]:
    """Return the exercises of the steps of complaints to which somebody has come; those ahead are none of them."""
    steps = (step for each in find_complaints(readiness) for step in each.spec.steps[: each.position + 1])
    return frozenset(name for step in steps for name in (*step.exercises, *step.later))


def list_later(standing: Readiness) -> list[str]:
    """Return the exercises of a complaint that belong to none but its later steps."""
    steps, at = standing.spec.steps, min(standing.position, len(standing.spec.steps) - 1)
    come_to = {name for step in steps[: at + 1] for name in (*step.exercises, *step.later)}
    return [n for step in steps[at + 1 :] for n in (*step.exercises, *step.later) if n not in come_to]


def find_missing_tests(readiness: Sequence[Readiness]) -> dict[str, str]:
    """Return the tests and questionnaires for which the present steps of complaints wait, each with why."""
    wanted: dict[str, str] = {}
    for each in find_complaints(readiness):
        for gate in each.missing if each.open else ():
            if gate.spec.test:
                wanted.setdefault(gate.spec.test, f"The next step waits for it: {decapitalize(each.spec.title)}.")
    return wanted


def find_side(standing: Readiness) -> str:
    """Return the side that a complaint is on; empty when it is on both, in the middle, or not known."""
    sides = {event.side for event in standing.events if event.side}
    return sides.pop() if len(sides) == 1 and sides <= {"left", "right"} else ""


def tell_pathways(
    person: Person, readiness: Sequence[Readiness], chosen: Mapping[str, str], visits: Sequence[Visit],
    catalog: ClientCatalog, norms: NormLibrary,
) -> tuple[PlanPathway, ...]:  # fmt: skip
    """Return each complaint's chain of reasons.

    Parameters
    ----------
    chosen
        Exercise of the plan -> id of the pathway from which it comes.
    """
    last_pain = describe_last_pain(person, visits)
    return tuple(
        _tell(
            person,
            each,
            last_pain,
            [name for name, pathway in chosen.items() if pathway == each.spec.id],
            visits,
            catalog,
            norms,
        )
        for each in find_complaints(readiness)
    )


def _tell(
    person: Person, standing: Readiness, last_pain: str, exercises: Sequence[str], visits: Sequence[Visit], catalog: ClientCatalog,
    norms: NormLibrary,
) -> PlanPathway:  # fmt: skip
    spec, step, test = standing.spec, standing.here or standing.training, standing.next_test
    return PlanPathway.model_validate({
        "pathway": spec.id, "title": spec.title, "refused": standing.refused, "steps": list_steps(standing),
        "step": step.spec.title if step else "", "step_plain": step.spec.plain if step else "",
        "waits": step.withheld if step else "", "complaint": _complaint(standing, last_pain), "found": _found(standing, catalog),
        "hypothesis": spec.hypothesis, "plain": spec.plain, "against": _against(standing, person, catalog),
        "next_test": tell_test(test) if test else "", "next_again": bool(test and test.spec.test and not test.never), "missing": tuple(_tell_gate(gate, catalog) for gate in standing.missing),
        "exercises": tuple(catalog.exercises[name].title for name in exercises),
        "expected": tuple(_expect(each, visits, catalog, norms) for each in spec.expected) if standing.open else (),
        "note": spec.note, "evidence": spec.evidence, "source": spec.source.citation, "source_verified": spec.source.verified,
    })  # fmt: skip


def list_steps(standing: Readiness) -> tuple[PlanStep, ...]:
    """Return the steps as a line: passed, here, ahead, or waiting for a ban to end."""
    at = standing.position if standing.open else -1
    steps = []
    for i, step in enumerate(standing.steps):
        state: StepState = "waits" if step.withheld else "here" if i == at else "passed" if i < at else "ahead"
        steps.append(PlanStep(title=step.spec.title, plain=step.spec.plain, state=state))
    return tuple(steps)


def _tell_gate(gate: GateResult, catalog: ClientCatalog) -> str:
    """Return a gate that is not met or not known, with what was seen."""
    return f"{name_gate(gate, catalog)}: {'not met' if gate.state is GateState.NOT_MET else 'not known'}, {gate.text}"


def tell_test(gate: GateResult) -> str:
    """Return what would settle a gate, and what it takes: ``single-leg heel raises on both sides (about 4 minutes)``.

    What was measured already comes with why it is taken again, and when.
    """
    words = f"{gate.spec.to_measure} (about {event_words(gate.minutes, 'minute')})"
    if gate.near:
        return f"{words}: the last value is within its error of what it takes, so measure again"
    if gate.state is GateState.NOT_MET and gate.spec.kind != "flags":
        due = f"in {event_words(gate.again_in, 'week')}" if gate.again_in else "now"
        return f"{words}, again {due}: the last result does not yet reach what the next step asks for"
    return words


def explain(chain: PlanPathway) -> str:
    """Return why an exercise of a pathway is in a plan; the chain of reasons behind it is told once, with the pathway."""
    return f"{chain.title}, the present step: {decapitalize(chain.step_plain).rstrip('.')}."


def tell_chain(chain: PlanPathway) -> str:
    """Return a chain of reasons in one line, in everybody's words."""
    parts = [chain.complaint, chain.found, chain.plain.rstrip(".")]
    parts += [f"what would settle it: {chain.next_test}"] if chain.next_test else []
    parts += [f"step: {decapitalize(chain.step)}"] if chain.step else []
    parts += [f"to expect: {decapitalize(chain.expected[0])}"] if chain.expected else []
    return " \N{RIGHTWARDS ARROW} ".join(parts) + "."


def _complaint(standing: Readiness, last_pain: str) -> str:
    words = ", ".join(event.words for event in standing.events)
    since = f"; pain told last: {last_pain}" if last_pain else ""
    return f"{words[:1].upper()}{words[1:]}{since}"


def _found(standing: Readiness, catalog: ClientCatalog) -> str:
    """Return what was measured and is not met, what speaks for the hypothesis first; time is nothing that is found."""
    gates = {gate.spec.id: gate for gate in (*standing.doubts, *(standing.here.gates if standing.here else ()))}
    failed = [
        g for g in gates.values() if g.state is GateState.NOT_MET and g.spec.clock != "time" and g.spec.kind != "flags"
    ]
    if failed:
        return "; ".join(f"{decapitalize(name_gate(gate, catalog))}: {gate.text}" for gate in failed[:MOST_FOUND])
    measured = any(gate.state is GateState.MET for gate in standing.doubts)
    return "nothing that was measured is below its limit" if measured else "its own tests were not done yet"


def _against(standing: Readiness, person: Person, catalog: ClientCatalog) -> str:
    """Return what speaks against the hypothesis now, and what would; nothing beside an injury or operation that is known."""
    known = [condition for condition in standing.spec.when if condition.kind in ("injury", "operation")]
    if check_any(known, person).holds:
        return ""
    doubts = list(zip(standing.doubts, standing.spec.doubts, strict=True)) if standing.doubts else []
    met = [
        f"{decapitalize(name_gate(gate, catalog))} ({gate.text}) makes it less likely: {doubt.otherwise}"
        for gate, doubt in doubts
        if gate.state is GateState.MET
    ]
    if met:
        return "; ".join(met)
    open_ = [(gate, doubt) for gate, doubt in doubts if gate.state is GateState.NOT_KNOWN]
    if not open_:
        return ""
    gate, doubt = min(open_, key=lambda pair: pair[0].minutes)
    return f"{gate.spec.title} would speak against it, if met: {doubt.otherwise}"


def _expect(expected: ExpectedSpec, visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary) -> str:
    """Return by when a test should have changed, and by how much to be beyond its error."""
    spec = catalog.hand_test(expected.test)
    size, guessed = _smallest_change(spec, catalog, norms)
    last = next((visit.measured(spec.id) for visit in reversed(visits) if visit.measured(spec.id)), {})
    now = ", ".join(f"{side} {value:.3g}".strip() for side, value in sorted(last.items()))
    unit = "points" if spec.unit == "score" else spec.unit
    since = f" from {now} {unit}" if now else ""
    by_then = f"{spec.title}{since}, in {event_words(expected.weeks, 'week')}"
    if math.isnan(size):
        return f"{by_then}: its error is not known, so no change can be told from chance"
    steps = math.ceil(size) if spec.unit in ("reps", "score") and spec.high > 10 else size
    more = "more" if spec.concern == "low" else "less"
    guess = ", by movescreen's own guess of the error" if guessed else ""
    noticed = f"; people notice {asked.important:g}" if (asked := spec.questionnaire) and asked.important else ""
    return f"{by_then}: {steps:.2g} {unit} {more} is more than chance explains{guess}{noticed}"


def _smallest_change(spec: HandTestSpec, catalog: ClientCatalog, norms: NormLibrary) -> tuple[float, bool]:
    """Return the smallest change that is no chance, and whether the error behind it is only a guess."""
    known = detectable_change(spec, norms)
    if math.isfinite(known.value):
        return known.value, False
    errors = [
        error
        for gate in catalog.gates.values()
        if gate.test == spec.id
        for error in ((gate.floor.error if gate.floor else None), gate.error if gate.kind == "test" else None)
        if error is not None and error.unit == spec.unit
    ]
    if not errors:
        return math.nan, False
    widest = max(errors, key=lambda error: error.size)
    return mdc_of_sem(widest.size), widest.source.verified == "own_tolerance"
