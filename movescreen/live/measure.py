"""Repetitions, readings and provisional findings of one recording while it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from movescreen.catalog import Catalog
from movescreen.catalog.protocol_schema import CueSpec, PartSpec
from movescreen.kinematics import SIGNALS, CausalSignals, StandingReference, describe_causal_filter
from movescreen.live.sight import Observation
from movescreen.model import Finding, FloatArray, KinematicSeries, Repetition, Status, read_statistic
from movescreen.pipeline import known_correction, known_errors
from movescreen.repetitions import assign_sides, make_counter
from movescreen.screening import ScreeningContext, screen_clip


@dataclass(frozen=True)
class Reading:
    """A number to show.

    Attributes
    ----------
    value, unit
        NaN when it cannot be seen now.
    last
        At the deepest point of the last repetition; NaN before the first.
    """

    label: str
    value: float
    unit: str
    last: float = float("nan")


@dataclass(frozen=True)
class Cue:
    """Something that was seen in some repetitions."""

    spec: CueSpec
    reps: tuple[int, ...]


class LiveMeasurement:
    """Feed it what the camera sees of one part; it counts, measures and screens as far as the recording goes.

    The segmenter, the signals, their correction and the checks are those of :mod:`movescreen.pipeline`; only the filter is causal.

    Parameters
    ----------
    raw
        Leave readings uncorrected.
    """

    def __init__(self, part: PartSpec, reference: StandingReference, catalog: Catalog, *, raw: bool = False) -> None:
        self.part = part
        self.reps: list[Repetition] = []
        self.findings: tuple[Finding, ...] = ()
        self._catalog, self._raw = catalog, raw
        self._spec = catalog.movement(part.movement)
        self._counter = make_counter(self._spec)
        self._angles = [(angle, self._with_side(angle.signal, reference)) for angle in part.angles]
        names = [*self._spec.reps.drivers, *(n for _, n in self._angles), *self._check_signals()]
        self._signals = CausalSignals(reference, names, None if raw else known_correction(catalog))
        self._times: list[float] = []
        self._rows: list[dict[str, float]] = []
        self._start_s: float | None = None
        self._at_turn: dict[str, float] = {}

    @property
    def last_end_s(self) -> float | None:
        """When the last complete repetition ended, in the time of the sights; None before the first."""
        return self.reps[-1].end_s + (self._start_s or 0.0) if self.reps else None

    @property
    def under_way(self) -> bool:
        """True while a repetition is being done."""
        return self._counter.under_way

    def push(self, sight: Observation) -> bool:
        """Take one sight; return whether a repetition was completed by it."""
        if self._start_s is None:
            self._start_s = sight.time_s
        time_s = sight.time_s - self._start_s
        image, world = sight.points()
        row = self._signals.push(time_s, image, world, sight.lifts)
        self._times.append(time_s)
        self._rows.append(row)
        done = self._counter.push(time_s, row)
        if done and self.part.side:
            drivers = {name: self._column(name) for name in self._spec.reps.drivers}
            done = assign_sides(self._spec, done, np.array(self._times), drivers, self.part.side)
        self.reps += [replace(rep, number=len(self.reps) + i) for i, rep in enumerate(done, start=1)]
        if done:
            self.findings = self._screen()
            times = np.array(self._times)
            self._at_turn = {n: read_statistic("turn", done[-1], times, self._column(n)) for _, n in self._angles}
        return bool(done)

    def readings(self) -> tuple[Reading, ...]:
        """Return the angles to show now."""
        row = self._rows[-1] if self._rows else {}
        specs, nan = SIGNALS, float("nan")
        return tuple(
            Reading(angle.label, row.get(name, nan), specs[name].spec.unit, self._at_turn.get(name, nan))
            for angle, name in self._angles
        )

    def cues(self) -> tuple[Cue, ...]:
        """Return what stood out so far, in the order of the protocol."""
        found = []
        for spec in self.part.cues:
            reps = sorted({rep for f in self.findings if f.check_id == spec.check for rep in self._beyond(f)})
            if reps:
                found.append(Cue(spec, tuple(reps)))
        return tuple(found)

    def _beyond(self, finding: Finding) -> Iterable[int]:
        """Return the repetitions in which a finding's limit was passed by more than the error, as the rule for the status asks."""
        if finding.status not in (Status.FLAGGED, Status.BORDERLINE):
            return
        size = abs if finding.two_sided else float
        for e in finding.evidence:
            over = (size(e.value) - e.limit) * (-1.0 if finding.direction == "below" else 1.0)
            if e.rep and over > np.nan_to_num(e.measurement_error):
                yield e.rep

    def _screen(self) -> tuple[Finding, ...]:
        names = self._signals.names
        values = {n: self._column(n) for n in names}
        series = KinematicSeries(
            np.array(self._times),
            values,
            {n: np.isfinite(v) for n, v in values.items()},
            {n: item.spec for n, item in SIGNALS.items()},
            np.arange(len(self._times), dtype=np.int64),
            describe_causal_filter(),
        )
        view = self._signals.reference.view
        error_of = known_errors(self._catalog, self._spec.name, raw=self._raw)
        errors = {name: error_of(name, view, seen, None) for name, seen in values.items()}
        return screen_clip(ScreeningContext(self._spec, replace(series, errors=errors), tuple(self.reps), view))

    def _column(self, name: str) -> FloatArray:
        return np.array([row.get(name, np.nan) for row in self._rows])

    def _check_signals(self) -> list[str]:
        stems = dict.fromkeys(c.signal for c in self._spec.checks if c.signal)
        return [n for n in SIGNALS for stem in stems if n in (stem, f"{stem}_left", f"{stem}_right")]

    def _with_side(self, stem: str, reference: StandingReference) -> str:
        if stem in SIGNALS:
            return stem
        return f"{stem}_{self.part.side or reference.view.near_side or 'left'}"
