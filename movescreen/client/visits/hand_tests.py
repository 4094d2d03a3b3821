"""Values of tests, taken by hand or by the camera, against the norms that bear the comparison, and one side against the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from movescreen.catalog.care_schema import HandTestSpec
from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_compare import NormComparison, NormLabel, compare_to_norm
from movescreen.catalog.norms_library import NormLibrary
from movescreen.catalog.norms_schema import MeanNorm, MeasurementErrorNorm, NormRow
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.visits.visit import HandMeasurement, Visit
from movescreen.display import unit_after
from movescreen.errors import InputError
from movescreen.statistics import Sides, mdc_of_sem

#: What is said when no norm bears the comparison.
NO_NORM = "no checked norm for this test, age and sex"


@dataclass(frozen=True, kw_only=True)
class DetectableChange:
    """The smallest change that is no chance, with where that is known from.

    Attributes
    ----------
    value
        In the test's unit; NaN when nobody has looked, or nobody checked what was published.
    sem
        Standard error of measurement behind it, in the test's unit.
    source
        Citation; empty without a value.
    """

    value: float = math.nan
    sem: float = math.nan
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class HandReading:
    """A value taken by hand, judged.

    Attributes
    ----------
    comparison
        Against a norm for people of this age and sex; None when there is none that can be used, then ``reason`` says so.
    note
        What was noted with it; that the camera took it.
    """

    spec: HandTestSpec
    side: str
    value: float
    comparison: NormComparison | None = None
    reason: str = ""
    note: str = ""

    @property
    def limited(self) -> bool:
        """Whether it lies beyond the outer limit, or the bar of a source, on the side that deserves a remark."""
        beyond = (NormLabel.LIMITED, NormLabel.HIGH, NormLabel.BEYOND)
        return self.comparison is not None and self.comparison.label in beyond


@dataclass(frozen=True, kw_only=True)
class SideDifference(Sides):
    """Left against right, in the test's unit.

    Attributes
    ----------
    change
        Where ``detectable`` comes from.
    """

    spec: HandTestSpec
    change: DetectableChange

    @property
    def worse(self) -> str:
        """The side that does less; empty when they are equal."""
        if self.spec.concern == "low":
            return self.lower
        return {"left": "right", "right": "left"}.get(self.lower, "")


def judge_measurement(
    measurement: HandMeasurement,
    person: Person,
    catalog: ClientCatalog,
    norms: NormLibrary,
    *,
    divisor: float | None = None,
) -> HandReading:
    """Hold a value against the most specific checked norm that bears it; a norm that nobody checked is never used.

    The person's age and sex decide which norms count. Without an age none does; without a sex only those about everybody.

    Parameters
    ----------
    divisor
        Value of the test of whose percentages the norm is made (``norm_divided_by``); None when it was not measured.
    """
    spec = catalog.hand_test(measurement.test)
    reading = HandReading(spec=spec, side=measurement.side, value=measurement.value, note=measurement.note)
    if not spec.quantity:
        return replace(reading, reason="no norm is known for this test")
    if spec.norm_divided_by and divisor is None:
        of = catalog.hand_test(spec.norm_divided_by).title
        return replace(
            reading, reason=f"the norms are in percent of another test, which was not measured: {decapitalize(of)}"
        )
    value = measurement.value * 100 / divisor if spec.norm_divided_by and divisor else measurement.value
    reasons = []
    for row, age in _norms_for(spec, person, norms):
        try:
            made = compare_to_norm(
                value, row, method=spec.method, age=age, sex=person.sex or None,
                quantity=norms.quantities[row.quantity],
            )  # fmt: skip
        except InputError as error:
            reasons.append(_why_not(row, error))
            continue
        return replace(reading, comparison=made)
    return replace(reading, reason=f"{NO_NORM}: {reasons[0]}" if reasons else NO_NORM)


def _norms_for(spec: HandTestSpec, person: Person, norms: NormLibrary) -> Iterator[tuple[NormRow, int | None]]:
    """Yield norms with the age to compare by: those for the age, then those without a stated age that the test names for it."""
    if person.age is None:
        return
    sex = person.sex or None
    for row in norms.find(spec.quantity, person.age, sex, spec.method):
        if row.ours != "other" and (sex is not None or row.sex == "any"):
            yield row, person.age
    named = {use.norm: use.ages for use in spec.norms_without_age}
    for row in norms.find(spec.quantity, None, sex, spec.method):
        low, high = named.get(row.id, (1, 0))
        if row.ours != "other" and low <= person.age <= high and (sex is not None or row.sex == "any"):
            yield row, None


def _why_not(row: NormRow, error: InputError) -> str:
    if isinstance(row, MeanNorm) and row.sd is None:
        middle = f"the {row.statistic} of {row.who} is {row.mean:g}{unit_after(row.unit)} ({row.source().citation})"
        return f"{middle}, and without a spread it cannot say what is typical. {row.match_words}".rstrip()
    return error.message


def judge_visit(visit: Visit, person: Person, catalog: ClientCatalog, norms: NormLibrary) -> tuple[HandReading, ...]:
    """Return the latest value of every test and side of a visit, judged, in the order of the catalog."""
    latest = {(m.test, m.side): m for m in visit.values}
    order = list(catalog.hand_tests)

    def divisor(test: str) -> float | None:
        named = catalog.hand_test(test).norm_divided_by
        return max(visit.measured(named).values(), default=None) if named else None

    return tuple(
        judge_measurement(m, person, catalog, norms, divisor=divisor(m.test))
        for m in sorted(latest.values(), key=lambda m: (order.index(m.test), m.side))
    )


def compare_test_sides(visit: Visit, test: str, catalog: ClientCatalog, norms: NormLibrary) -> SideDifference | None:
    """Return left against right; None when one of them was not measured."""
    spec, values = catalog.hand_test(test), visit.measured(test)
    if not {"left", "right"} <= set(values):
        return None
    change = _side_change(spec, norms)
    return SideDifference(spec=spec, left=values["left"], right=values["right"], detectable=change.value, change=change)


def compare_all_sides(visit: Visit, catalog: ClientCatalog, norms: NormLibrary) -> tuple[SideDifference, ...]:
    """Return left against right for every test of a visit that has both."""
    tests = [name for name, spec in catalog.hand_tests.items() if spec.sided]
    found = (compare_test_sides(visit, name, catalog, norms) for name in tests)
    return tuple(difference for difference in found if difference is not None)


def detectable_change(spec: HandTestSpec, norms: NormLibrary) -> DetectableChange:
    """Return the smallest change of a test between two visits that is no chance, from checked sources only.

    Where several sources state one, the largest counts; healthy people's before patients'.
    """
    known = spec.error
    if known is not None and known.source.verified in ("paper", "secondary"):
        return DetectableChange(value=mdc_of_sem(known.size), sem=known.size, source=known.source.citation)
    quantity = spec.error_quantity or spec.quantity
    return _pick_change(quantity, spec.method, norms) if quantity else DetectableChange()


def _side_change(spec: HandTestSpec, norms: NormLibrary) -> DetectableChange:
    """A difference of two sides: its own published error where there is one, else that of a change."""
    if spec.quantity == "weight_bearing_lunge_distance":
        return _pick_change("weight_bearing_lunge_side_difference", spec.method, norms)
    return detectable_change(spec, norms)


def _pick_change(quantity: str, method: str, norms: NormLibrary) -> DetectableChange:
    found = [row for row in norms.find_errors(quantity, method) if row.ours != "other"]
    rows = [row for row in found if isinstance(row, MeasurementErrorNorm)]
    for group in ([r for r in rows if r.healthy], rows):
        if known := [row for row in group if row.sem or row.mdc95]:
            row = max(known, key=lambda row: row.largest[1])
            sem, change = row.largest
            return DetectableChange(value=change, sem=sem, source=row.source().citation)
    return DetectableChange()
