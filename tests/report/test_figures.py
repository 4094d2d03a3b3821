"""Charts, gauges, and the order in which things are said."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.model import ClipResult, Finding, Status
from movescreen.report.figures.curves import MAX_FIGURES, _thin_out, chart_svg, choose_charts, line_of
from movescreen.report.figures.gauges import LEFT, RIGHT, gauge_svg
from movescreen.report.sections.ranking import not_assessed_by_reason, ordered_findings, top_matters
from movescreen.words.findings import reps_text
from tests.support.results import as_movement, front_squat, make_finding, make_series, side_squat


def finding_of(result: ClipResult, check_id: str) -> Finding:
    return next(f for f in result.findings if f.check_id == check_id)


def uncatalogued(result: ClipResult) -> ClipResult:
    """Return the result as one of a movement that no catalogue knows, so that none says which signals matter."""
    return as_movement(result, "handstand")


def test_charts_start_with_what_stood_out() -> None:
    keys = [chart.key for chart in choose_charts(uncatalogued(side_squat()))]
    assert keys[:4] == ["trunk_shank_difference", "heel_rise", "knee_flexion", "trunk_inclination"]
    assert len(keys) == MAX_FIGURES


def test_charts_then_follow_the_key_signals_of_the_catalogue() -> None:
    result = side_squat()
    keys = [chart.key for chart in choose_charts(result)]
    wanted = [
        k for k in load_catalog().movement("squat").key_signals if k not in ("trunk_shank_difference", "heel_rise")
    ]
    assert keys[:2] == ["trunk_shank_difference", "heel_rise"]
    assert keys[2:4] == [k for k in wanted if result.series.has(k) or result.series.has(f"{k}_right")][:2]


def test_only_measured_signals_are_drawn() -> None:
    result = side_squat()
    for chart in choose_charts(result):
        assert all(result.series.has(curve.spec.name) for curve in chart.curves)
    sides = {chart.key: [c.spec.side for c in chart.curves] for chart in choose_charts(result)}
    assert sides["knee_flexion"] == ["left", "right"]
    assert sides["heel_rise"] == ["right"]


def test_sides_differ_by_dashes_when_both_are_drawn() -> None:
    charts = {chart.key: chart for chart in choose_charts(side_squat())}
    left, right = (line_of(curve, charts["knee_flexion"]) for curve in charts["knee_flexion"].curves)
    assert left.dashes == ()
    assert right.dashes != ()
    assert left.colour != right.colour
    assert line_of(charts["heel_rise"].curves[0], charts["heel_rise"]).dashes == ()


def test_chart_shows_limit_repetitions_and_error() -> None:
    result = side_squat()
    chart = choose_charts(result)[0]
    svg = chart_svg(chart, result)
    assert re.findall(r">(limit [^<]*)<", svg) == ["limit 20°"]
    assert [n for n in re.findall(r"<text[^>]*>(\d)</text>", svg) if n in "123"] == ["1", "2", "3"]
    assert "FillBetween" in svg or "PolyCollection" in svg
    assert "± 3°" in chart.caption.replace("\N{NO-BREAK SPACE}", " ")
    assert "limit 20°" in chart.caption


def test_chart_without_known_error_or_limit_draws_neither() -> None:
    result = side_squat()
    chart = next(c for c in choose_charts(result) if c.key == "trunk_inclination")
    bare = replace(
        chart, curves=tuple(replace(curve, error=np.full_like(curve.error, np.nan)) for curve in chart.curves)
    )
    assert "limit" not in chart_svg(bare, result)
    assert len(chart_svg(bare, result)) < len(chart_svg(chart, result))


def test_the_shaded_error_is_that_of_every_frame() -> None:
    result = side_squat()
    values = result.series.values["trunk_inclination"]
    growing = {"trunk_inclination": 2.0 + np.abs(np.nan_to_num(values)) / 10.0}
    result = replace(result, series=replace(result.series, errors=growing))
    charts = {c.key: c for c in choose_charts(result)}
    np.testing.assert_array_equal(charts["trunk_inclination"].curves[0].error, growing["trunk_inclination"])
    assert re.search(r"measurement error, ±.2° to \d+°", charts["trunk_inclination"].caption)
    assert "measurement error" not in charts["knee_flexion"].caption  # nobody knows it


def test_chart_is_a_clean_element() -> None:
    result = side_squat()
    first, second = (chart_svg(chart, result) for chart in choose_charts(result)[:2])
    assert first.startswith('<svg class="chart" role="img" aria-label="')
    for text in ("<?xml", "<!DOCTYPE", "xmlns", "<metadata", "http"):
        assert text not in first
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (first, second)]
    assert ids[0].isdisjoint(ids[1])
    assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', first)) != set()
    used = {a or b for a, b in re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', first)}
    assert used <= ids[0]


def test_same_result_gives_the_same_drawing() -> None:
    result = side_squat()
    chart = choose_charts(result)[0]
    assert chart_svg(chart, result) == chart_svg(chart, result)


@pytest.mark.parametrize("reps", [3, 150])
def test_charts_stay_small(reps: int) -> None:
    result = side_squat(reps)
    assert all(len(chart_svg(chart, result)) < 200_000 for chart in choose_charts(result))


def test_chart_of_a_single_frame() -> None:
    one = make_series(np.array([5.0]), {"trunk_inclination": np.array([3.0])})
    result = replace(uncatalogued(side_squat(0)), series=one)
    (chart,) = choose_charts(result)
    assert "3°" in chart.caption
    assert chart_svg(chart, result).startswith("<svg")


def test_limit_of_one_side_says_so_beside_the_other_side() -> None:
    result = side_squat()
    knee = next(c for c in choose_charts(result) if c.key == "knee_flexion")
    assert list(knee.limits.values()) == ["limit 90°, right"]
    heel = next(c for c in choose_charts(result) if c.key == "heel_rise")
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in heel.limits.values()] == ["limit 5 %"]


def test_limit_on_both_sides_of_zero_is_drawn_twice() -> None:
    result = front_squat()
    chart = next(c for c in choose_charts(result) if c.key == "lateral_shift")
    assert list(chart.limits) == [10.0, -10.0]
    assert re.findall(r">limit (−?)10", chart_svg(chart, result)) == ["", "−"]


def test_thinned_curve_keeps_peaks_and_gaps() -> None:
    values = np.zeros(20_000)
    values[[777, 15_001]] = 100.0, -50.0
    values[5_000:6_000] = np.nan
    kept = _thin_out(values)
    assert len(kept) <= 700
    assert {777, 15_001} <= set(kept)
    assert np.isnan(values[kept]).sum() > 10
    assert np.all(np.diff(kept) > 0)


def test_gap_is_not_bridged() -> None:
    result = side_squat(1)
    chart = next(c for c in choose_charts(result) if c.key == "trunk_inclination")
    bare = replace(
        chart, curves=tuple(replace(curve, error=np.full_like(curve.error, np.nan)) for curve in chart.curves)
    )
    svg = chart_svg(bare, result)
    curve = max(re.findall(r'<path d="([^"]+)"', svg), key=len)
    assert curve.count("M") == 2  # before and after the missing frames


def limits_of(result: ClipResult) -> dict[str, list[float]]:
    return {chart.key: list(chart.limits) for chart in choose_charts(result, most=99) if chart.limits}


def test_a_limit_is_drawn_on_the_signal_that_its_finding_names() -> None:
    assert limits_of(side_squat()) == {
        "trunk_shank_difference": [20.0], "heel_rise": [5.0], "knee_flexion": [90.0], "shank_inclination": [20.0],
    }  # fmt: skip
    assert limits_of(front_squat()) == {"knee_ankle_separation_ratio": [0.8], "lateral_shift": [10.0, -10.0]}


def test_how_far_sides_or_repetitions_differ_has_no_limit_on_a_curve() -> None:
    result = front_squat()
    shift = finding_of(result, "weight_shift")
    for statistic in ("difference", "spread", "excursion", ""):
        told = replace(result, findings=(replace(shift, statistic=statistic),))
        assert limits_of(told) == {}, statistic
    assert limits_of(replace(result, findings=(replace(shift, signal=""),))) == {}
    assert limits_of(replace(result, findings=(make_finding("weight_shift", Status.NOT_ASSESSED),))) == {}


def test_the_limit_of_the_right_leg_lies_on_the_other_side_of_a_signal_that_grows_to_the_left() -> None:
    result = front_squat()
    shift = replace(finding_of(result, "weight_shift"), two_sided=False)
    right = replace(shift, side="right", positive_side="right")
    (chart,) = (c for c in choose_charts(replace(result, findings=(right,))) if c.limits)
    assert (list(chart.limits), chart.beyond) == ([-10.0], ((-10.0, "below"),))


def dots(svg: str) -> dict[str, tuple[float, bool]]:
    """Return repetition -> (x, filled)."""
    found = re.findall(r'<g class="(g-dot[^"]*)"><circle cx="([\d.]+)"[^>]*/><text[^>]*>(\d+)</text>', svg)
    return {rep: (float(x), "g-beyond" in kind) for kind, x, rep in found}


def test_gauge_places_every_repetition_against_the_limit() -> None:
    svg = gauge_svg(finding_of(side_squat(), "excessive_trunk_lean"))
    limit = float(re.search(r'class="g-limit" x1="([\d.]+)"', svg).group(1))  # type: ignore[union-attr]
    found = dots(svg)
    assert {rep: filled for rep, (_, filled) in found.items()} == {"1": True, "2": False, "3": True}
    assert found["2"][0] < limit < found["1"][0] == found["3"][0]
    zone = re.search(r'class="g-zone" x="([\d.]+)"[^>]*width="([\d.]+)"', svg)
    assert zone is not None
    assert float(zone[1]) == limit
    assert float(zone[1]) + float(zone[2]) == pytest.approx(RIGHT)


def test_gauge_shades_the_low_side_for_limits_from_below() -> None:
    svg = gauge_svg(finding_of(front_squat(), "knee_valgus"))
    zone = re.search(r'class="g-zone" x="([\d.]+)"[^>]*width="([\d.]+)"', svg)
    assert zone is not None
    assert float(zone[1]) == LEFT
    assert all(x < LEFT + float(zone[2]) for x, _ in dots(svg).values())


def test_gauge_of_a_value_whose_sign_does_not_matter_has_two_zones() -> None:
    finding = make_finding(
        "shift", Status.FLAGGED, [-14.0, -12.0], 10.0, unit="pct", reps_affected=(1, 2), two_sided=True
    )
    svg = gauge_svg(finding).replace("\N{NO-BREAK SPACE}", " ")
    zones = [tuple(map(float, z)) for z in re.findall(r'class="g-zone" x="([\d.]+)"[^>]*width="([\d.]+)"', svg)]
    assert len(zones) == 2
    assert zones[0][0] == LEFT
    assert all(x < LEFT + zones[0][1] for x, _ in dots(svg).values())
    assert re.findall(r">(limit [^<]*)<", svg) == ["limit −10 %", "limit 10 %"]
    assert "stands out beyond ±10 %" in svg


def test_leaning_the_other_way_weighs_as_much() -> None:
    left, right = (
        make_finding("weight_shift", Status.FLAGGED, [v] * 3, 10.0, unit="pct", reps_affected=(1, 2, 3))
        for v in (15.0, -25.0)
    )
    result = side_squat(findings=(left, right))
    assert [f.value for f in ordered_findings(result.findings)] == [-25.0, 15.0]


def test_value_of_all_repetitions_together_has_no_dots() -> None:
    spread = make_finding("tempo", Status.FLAGGED, [30.0], 20.0, unit="pct", reps_seen=5, reps_affected=(1, 2, 3, 4, 5))
    whole = replace(spread, evidence=(replace(spread.evidence[0], rep=0),))
    assert "<circle" not in gauge_svg(whole)
    assert reps_text(whole).replace("\N{NO-BREAK SPACE}", " ") == "judged over 5 repetitions together"


def test_gauge_says_it_in_words() -> None:
    svg = gauge_svg(finding_of(side_squat(), "excessive_trunk_lean")).replace("\N{NO-BREAK SPACE}", " ")
    assert "<title>Median 28° ± 3°, stands out above 20°. 3 repetitions between 19° and 28°.</title>" in svg


def test_gauge_needs_a_value_and_a_limit() -> None:
    assert gauge_svg(finding_of(side_squat(), "knee_valgus")) == ""
    assert gauge_svg(make_finding("x", Status.CLEAR, [1.0])) == ""


def test_gauge_of_one_value_at_its_limit_and_of_many() -> None:
    assert "g-median" in gauge_svg(make_finding("x", Status.BORDERLINE, [5.0], 5.0, error=0.0))
    many = gauge_svg(make_finding("x", Status.FLAGGED, list(np.linspace(1, 9, 30)), 5.0))
    assert many.count("<circle") == 30
    assert many.count('class="g-dot g-beyond"') == 15
    assert "<text" in many  # the limit's label
    assert dots(many) == {}  # too many to number


def test_what_weighs_more_comes_first() -> None:
    order = [
        make_finding("far", Status.FLAGGED, [40.0] * 4, 20.0, severity=3),
        make_finding("often", Status.FLAGGED, [30.0] * 4, 20.0),
        make_finding("seldom", Status.FLAGGED, [30.0, 30.0, 30.0, 1.0], 20.0),
        make_finding("near", Status.BORDERLINE, [21.0] * 4, 20.0),
        make_finding("fine", Status.CLEAR, [1.0] * 4, 20.0),
        make_finding("unseen", Status.NOT_ASSESSED),
    ]
    result = side_squat(findings=tuple(reversed(order)))
    assert [f.check_id for f in ordered_findings(result.findings)] == [
        "far",
        "often",
        "seldom",
        "near",
        "fine",
        "unseen",
    ]
    assert [m.lead.check_id for m in top_matters(result.findings)] == ["far", "often", "seldom"]


def test_both_sides_of_a_check_are_one_matter() -> None:
    findings = (
        make_finding("heel_rise", Status.BORDERLINE, [6.0], 5.0, side="left"),
        make_finding("heel_rise", Status.FLAGGED, [16.0], 5.0, side="right"),
        make_finding("lean", Status.FLAGGED, [30.0], 29.0),
    )
    matters = top_matters(findings)
    assert [[(f.check_id, f.side) for f in m.findings] for m in matters] == [
        [("heel_rise", "right"), ("heel_rise", "left")],
        [("lean", "")],
    ]


def test_unseen_checks_are_grouped_by_reason() -> None:
    groups = not_assessed_by_reason(side_squat().findings)
    assert {reason: [f.check_id for f in found] for reason, found in groups.items()} == {
        "needs a front view": ["knee_valgus", "weight_shift", "pelvic_drop", "lateral_trunk_lean"],
        "the far leg is hidden behind the near one": ["asymmetry"],
    }
