"""Readiness: pathways from a complaint to sport or daily life, step by step; each gate of a step is met, not met or not known.

A pathway is for whom its conditions hold, and opens past its own red flags only. A person stands at the first step of which not
every gate is met. Nobody is ever simply "cleared" here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_library import NormLibrary
from movescreen.catalog.pathway_schema import PathwaySpec, StepSpec
from movescreen.client.person import Person
from movescreen.client.rules.conditions import Event, check_any
from movescreen.client.rules.gates import TOLD_EACH_TIME, GateResult, GateState, Inputs, judge_gate
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.visits.visit import Visit

#: A complaint that was told keeps its pathway for so long, so that who is better goes on to its end (a choice).
KEEPS_OPEN = timedelta(weeks=26)


@dataclass(frozen=True)
class StepStanding:
    """One step of a pathway.

    Attributes
    ----------
    withheld
        Why it is not for this person now, who then has no gates in it; empty when it may be.
    """

    spec: StepSpec
    gates: tuple[GateResult, ...]
    withheld: str = ""

    @property
    def passed(self) -> bool:
        """Whether every gate of it is met."""
        return not self.withheld and all(gate.state is GateState.MET for gate in self.gates)

    @property
    def waits_for_error_alone(self) -> bool:
        """Whether nothing but values within their error keeps it from being passed, which hold back what is fast and no more."""
        open_ = [gate for gate in self.gates if gate.state is not GateState.MET]
        return not self.withheld and bool(open_) and all(gate.waits_for_error_alone for gate in open_)

    @property
    def risky(self) -> bool:
        """Whether it leads to jumps or speed."""
        return self.spec.impact or self.spec.speed


@dataclass(frozen=True)
class Readiness:
    """Where a person stands on a pathway.

    Attributes
    ----------
    events
        What makes it theirs; empty for the pathway of everybody.
    door
        The gate of its red flags.
    steps
        In order; those behind a closed door, and those towards a banned jump, have no gates.
    doubts
        The gates that would speak against the hypothesis, in the order of the catalog.
    withheld
        Why none of it is shown to this person, who then has no gates in it; empty when it is shown.
    """

    spec: PathwaySpec
    events: tuple[Event, ...] = ()
    door: GateResult | None = None
    steps: tuple[StepStanding, ...] = ()
    doubts: tuple[GateResult, ...] = ()
    withheld: str = ""

    @property
    def placed_gates(self) -> tuple[tuple[GateResult, str], ...]:
        """Every gate that is shown, each once, with the id of its first step, which is empty for the door.

        Behind the door of a complaint that is not open nothing is shown that reads like progress.
        """
        placed = {self.door.spec.id: (self.door, "")} if self.door else {}
        for step in () if self.spec.hypothesis and not self.open else self.steps:
            for gate in step.gates:
                placed.setdefault(gate.spec.id, (gate, step.spec.id))
        return tuple(placed.values())

    @property
    def gates(self) -> tuple[GateResult, ...]:
        """Every gate that is shown, each once: the door, then step by step."""
        return tuple(gate for gate, _ in self.placed_gates)

    @property
    def refused(self) -> str:
        """Why nobody goes in now: a red flag that is open; empty when there is none."""
        return self.door.text if self.door is not None and self.door.state is GateState.NOT_MET else ""

    @property
    def open(self) -> bool:
        """Whether the person goes on this pathway now: asked, and no red flag open."""
        return not self.withheld and self.door is not None and self.door.state is GateState.MET

    @property
    def position(self) -> int:
        """Number of steps that are passed, from the first one on: nothing is passed over what is not, or behind a closed door.

        A step that waits for nothing but values within their error lets the next one begin, unless that is fast or a jump, or what heals
        here may not be hurried: a torn muscle, a bone.
        """
        if not self.open:
            return 0
        strict = self.spec.stops_running and self.spec.keeps_to_step
        for i, step in enumerate(self.steps):
            slow = not strict and i + 1 < len(self.steps) and not self.steps[i + 1].risky
            if not step.passed and not (step.waits_for_error_alone and slow):
                return i
            if not slow and not all(each.passed for each in self.steps[:i]):
                return i
        return len(self.steps)

    @property
    def here(self) -> StepStanding | None:
        """The step at which the person stands; None behind a closed door, and when every step is passed."""
        return self.steps[self.position] if self.open and self.position < len(self.steps) else None

    @property
    def training(self) -> StepStanding | None:
        """The step whose exercises a plan begins with: the one before where a ban holds the person; the last when all are passed."""
        upto = self.steps[: self.position + 1] if self.open else ()
        return next((step for step in reversed(upto) if not step.withheld), None)

    @property
    def missing(self) -> tuple[GateResult, ...]:
        """The gates of the present step that are not met or not known; the door when that is not."""
        if self.door is not None and self.door.state is not GateState.MET:
            return (self.door,)
        # what was passed over within its error is still asked for
        upto = self.steps[: self.position + 1] if self.here else ()
        gates = {gate.spec.id: gate for step in reversed(upto) for gate in step.gates}
        return tuple(gate for gate in gates.values() if gate.state is not GateState.MET)

    @property
    def next_test(self) -> GateResult | None:
        """The cheapest gate that would settle something now; None when nothing is open.

        First what was not measured of the present step, then what would speak against the hypothesis and was not, then what is within its
        error of the limit, then what was not met, to be looked at again. What is met is not asked for, nor is what the person tells at
        every session as long as a test is open. No test comes before its step, a jump is asked for only when nothing else of the step is
        open, and time needs no test.
        """
        if self.door is not None and self.door.state is not GateState.MET:
            return self.door if self.door.state is GateState.NOT_KNOWN else None
        if not self.open:
            return None
        come_to = {gate.spec.id for step in self.steps[: self.position + 1] for gate in step.gates}
        against = [
            gate
            for gate in self.doubts
            if gate.state is GateState.NOT_KNOWN
            and not gate.near
            and (gate.spec.id in come_to or gate.spec.clock == "confidence")
        ]
        # weeks of training pass, they are nothing to be tested
        unknown = [g for g in self.missing if g.state is GateState.NOT_KNOWN and g.spec.kind != "weeks_of_training"]
        open_, near = ([g for g in unknown if g.near is close] for close in (False, True))
        failed = [gate for gate in self.missing if gate.state is GateState.NOT_MET and gate.spec.clock != "time"]
        again = [gate for gate in failed if gate.spec.kind not in TOLD_EACH_TIME]
        for found in (
            [g for g in open_ if not g.impact],
            against,
            [g for g in near if not g.impact],
            [g for g in again if not g.impact],
            open_,
            near,
            again,
            failed,
        ):
            if found:
                return min(found, key=lambda gate: (gate.again_in, gate.minutes))
        return None

    def count(self, state: GateState) -> int:
        """Return how many gates stand there."""
        return sum(gate.state is state for gate in self.gates)

    @property
    def met(self) -> frozenset[str]:
        """Ids of the gates that are met."""
        return frozenset(gate.spec.id for gate in self.gates if gate.state is GateState.MET)

    @property
    def to_measure(self) -> tuple[str, ...]:
        """What is still to be measured, in the order of the gates."""
        return tuple(dict.fromkeys(g.spec.to_measure for g in self.gates if g.state is GateState.NOT_KNOWN))

    @property
    def headline(self) -> str:
        """Where the person stands, how many gates stand where, and what that means: never more than it does."""
        if self.withheld:
            return f"not shown: {self.withheld}."
        if self.refused:
            return f"not open: {self.refused}"
        if self.spec.hypothesis and not self.open and self.door is not None:
            return f"not open: {self.door.text}."
        met, failed, open_ = (self.count(s) for s in (GateState.MET, GateState.NOT_MET, GateState.NOT_KNOWN))
        counts = f"{self._place}{met} of {len(self.gates)} gates met, {failed} not met, {open_} not known"
        if failed:
            missing = "what is missing says nothing yet; " if open_ else ""
            return f"{counts}: {missing}the gates that are not met come first."
        if open_:
            return f"{counts}: what is missing says nothing yet, so the next step waits until it is measured."
        if any(step.withheld for step in self.steps):
            return f"{counts}: the steps after it wait, {next(s.withheld for s in self.steps if s.withheld)}."
        return f"{counts}: a stepwise start towards {self.spec.towards} can be talked about. Gates do not predict injuries."

    @property
    def _place(self) -> str:
        if len(self.steps) < 2 or not self.spec.when:
            return ""
        if self.here is None:
            return "every step passed; " if self.open else "not open before the questions about red flags are asked; "
        return f"step {self.position + 1} of {len(self.steps)}, {self.here.spec.title}; "


def assess_readiness(
    person: Person, visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary
) -> tuple[Readiness, ...]:
    """Return where a person stands on every pathway that is theirs, complaints first.

    Parameters
    ----------
    person
        On the day for which the question is asked; what is older than eight weeks by then, pain than 14 days, is not known.
    visits
        The oldest first.
    """
    inputs = Inputs(person, visits, catalog, norms)
    ban = find_impact_ban(person, catalog)
    judged: dict[str, GateResult] = {}

    def judge(name: str) -> GateResult:
        if name not in judged:
            judged[name] = judge_gate(catalog.gates[name], inputs)
        return judged[name]

    found = []
    for spec in catalog.pathways.values():
        events = _find_events(spec, person)
        if spec.when and not events:
            continue
        if ban and spec.impact:
            found.append(Readiness(spec, events, withheld=ban))
            continue
        door = judge(spec.door)
        shut = door.state is GateState.NOT_MET
        steps = tuple(_stand(step, "" if shut else ban, judge, shut=shut) for step in spec.steps)
        doubts = () if shut else tuple(judge(doubt.gate) for doubt in spec.doubts)
        found.append(Readiness(spec, events, door, steps, doubts))
    return tuple(found)


def _stand(step: StepSpec, ban: str, judge: Callable[[str], GateResult], *, shut: bool) -> StepStanding:
    if shut:
        return StepStanding(step, (), "a red flag is open")
    return StepStanding(step, (), ban) if ban and step.impact else StepStanding(step, tuple(map(judge, step.gates)))


def _find_events(spec: PathwaySpec, person: Person) -> tuple[Event, ...]:
    """Return what makes a pathway a person's, told in the latest conversation or, when it was told before, in the last half year."""
    told = [intake for intake in person.told if intake.day <= person.today and person.today - intake.day <= KEEPS_OPEN]
    asked = [
        person,
        *(replace(person, intake=intake) for intake in sorted(told, key=lambda each: each.day, reverse=True)),
    ]
    for each in asked:
        if check_any(spec.unless, each).holds:
            return ()
        if events := check_any(spec.when, each).events:
            return tuple(dict.fromkeys(events))
    return ()
