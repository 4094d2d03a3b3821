"""Norms: what the files say, what is refused, and what a comparison may claim."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from movescreen.catalog.norms_compare import NormLabel, compare_to_norm
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.catalog.norms_schema import (
    AgreementNorm,
    MeanNorm,
    MeasurementErrorNorm,
    Method,
    NormRow,
    PercentileNorm,
    RangeNorm,
    Verified,
)
from movescreen.errors import CatalogError, InputError, UnknownNameError

QUANTITIES = """
[hip_flexion_rom]
title = "Hip flexion"
unit = "deg"
concern = "low"
definition = "Thigh towards the belly."

[knee_inward]
title = "Knee inward"
unit = "deg"
concern = "high"
definition = "Larger is more inward."
"""

GOOD = """
title = "A study"
defaults.quantity = "hip_flexion_rom"
defaults.unit = "deg"
defaults.method = "passive_goniometer"
defaults.population = "100 adults"
defaults.citation = "Somebody, 2020"
defaults.verified = "paper"
norms = [
  { id = "mean", sex = "female", age = [20, 39], mean = 120, sd = 10 },
  { id = "wide", age = [18, 90], mean = 115, sd = 12 },
  { id = "ageless", mean = 118, sd = 11 },
  { id = "ci_only", sex = "male", age = [20, 39], mean = 118, ci95 = [116, 120] },
  { id = "table", sex = "male", kind = "percentiles", percentiles = { 5 = 100, 25 = 110, 50 = 120, 75 = 130, 95 = 130}},
  { id = "cut", kind = "cut", method = "active_goniometer", typical = 110, flag = 100 },
  { id = "inward", quantity = "knee_inward", mean = 8, sd = 5, note = "x", comparable_methods = ["pose_network"] },
  { id = "inward_cut", kind = "cut", quantity = "knee_inward", typical = 10, flag = 15, method = "video_2d" },
  { id = "inward_pain", healthy = false, quantity = "knee_inward", mean = 17, sd = 5, method = "video_2d" },
  { id = "memory", sex = "female", age = [20, 39], mean = 121, sd = 10, verified = "unverified" },
  { id = "error", kind = "measurement_error", sem = [2, 3], mdc95 = [6, 8] },
]
"""


@pytest.fixture
def library(tmp_path: Path) -> NormLibrary:
    return load_norms(base=norm_folder(tmp_path, study=GOOD))


def norm_folder(folder: Path, quantities: str = QUANTITIES, **files: str) -> Path:
    (folder / "norms").mkdir(exist_ok=True)
    for name, text in {"_quantities": quantities, **files}.items():
        (folder / f"norms/{name}.toml").write_text(text, "utf-8")
    return folder


def row(library: NormLibrary, name: str) -> NormRow:
    return next(r for r in library if r.id == name)


# --- the packaged files --------------------------------------------------------------------


def test_every_packaged_norm_says_where_it_comes_from() -> None:
    norms = load_norms()
    assert [r.id for r in norms if len(r.citation) < 10 or len(r.population) < 5 or r.verified not in Verified] == []
    assert [r.id for r in norms if r.verified is Verified.UNVERIFIED and not r.note] == []


def test_every_packaged_norm_says_whether_ours_is_the_same_measurement() -> None:
    rows = list(load_norms())
    assert [r.id for r in rows if r.ours is None] == []
    assert [r.id for r in rows if (r.ours == "same") is bool(r.differs)] == []
    assert {"same", "near", "other"} == {r.ours for r in rows}
    for r in rows:
        assert r.match_words.endswith(".")
        if r.verified is not Verified.UNVERIFIED and r.ours == "other" and r.healthy:
            with pytest.raises(InputError, match="another measurement"):
                compare_to_norm(1.0, r, method=r.method)


def test_each_packaged_norm_is_shown_only_as_far_as_it_was_checked() -> None:
    """Walk over every row: what is printed of it has a citation that somebody read, the people, and the way of measuring."""
    shown = withheld = 0
    for r in load_norms():
        if r.verified is Verified.UNVERIFIED:
            with pytest.raises(InputError, match="unverified"):
                r.source()
            withheld += 1
            continue
        source = r.source()
        assert source.citation == r.citation
        assert source.verified in ("paper", "secondary", "own_tolerance")
        assert "from memory" not in r.citation
        shown += 1
        values = [v for group in r.values_on_scale().values() for v in group]
        if not values or r.ours == "other" or not r.healthy:
            continue
        if isinstance(r, RangeNorm) or (isinstance(r, MeanNorm) and r.sd is None):
            with pytest.raises(InputError, match="no spread"):
                compare_to_norm(values[0], r, method=r.method)
            continue  # told as a figure, and judges nobody
        text = compare_to_norm(values[0], r, method=r.method).text
        assert r.who in text or "counts as" in text
        assert r.method.words in text
        assert text.endswith(r.match_words)
        assert "never checked" not in text
    assert shown > 150
    assert withheld > 40


def test_a_bar_is_no_spread(tmp_path: Path) -> None:
    bars = (
        GOOD.rstrip().removesuffix("]")
        + """  { id = "slow", kind = "bar", quantity = "knee_inward", method = "video_2d", bar = 12, worse = "high", means = "a lot", ours = "near", differs = "by eye" },
  { id = "few", kind = "bar", age = [60, 69], bar = 80, worse = "low", means = "below average" },
  { id = "elsewhere", kind = "bar", quantity = "knee_inward", method = "video_2d", bar = 12, worse = "high", means = "a lot", ours = "other", differs = "in water" },
]
"""
    )
    library = load_norms(base=norm_folder(tmp_path, study=bars))
    for name, value, label in (("slow", 12, NormLabel.WITHIN), ("slow", 12.1, NormLabel.BEYOND), ("few", 80, NormLabel.WITHIN), ("few", 79, NormLabel.BEYOND)):  # fmt: skip
        norm = row(library, name)
        made = compare_to_norm(value, norm, method=norm.method)
        assert made.label is label
        assert math.isnan(made.z)
        assert math.isnan(made.percentile)
    slow = compare_to_norm(13, row(library, "slow"), method="video_2d").text
    assert (
        slow
        == "13°: over 12° counts as a lot, for 100 adults (by video 2d); beyond the bar. Nearly the same test: by eye."
    )
    with pytest.raises(InputError, match="another measurement: in water"):
        compare_to_norm(13, row(library, "elsewhere"), method="video_2d")


def test_a_median_has_no_standard_deviation(tmp_path: Path) -> None:
    wrong = GOOD.replace("mean = 120, sd = 10", 'mean = 120, sd = 10, statistic = "median"', 1)
    assert "not about a median" in mistakes_of(norm_folder(tmp_path, study=wrong))
    silent = GOOD.replace("mean = 120, sd = 10", 'mean = 120, sd = 10, ours = "near"', 1)
    assert "says what differs" in mistakes_of(norm_folder(tmp_path, study=silent))


def test_no_unverified_norm_is_found_or_printed_unless_asked_for() -> None:
    norms = load_norms()
    unverified = {r.id for r in norms if r.verified is Verified.UNVERIFIED}
    assert len(unverified) > 50  # most of the memorized tables are still waiting
    found = {r.id for q in norms.quantities for r in (*norms.find(q, healthy_only=False), *norms.find_errors(q))}
    asked = {
        r.id
        for q in norms.quantities
        for r in (*norms.find(q, cited_only=False, healthy_only=False), *norms.find_errors(q, cited_only=False))
    }
    assert not found & unverified
    assert asked == {r.id for r in norms}
    for norm in norms:
        if norm.id in unverified:
            with pytest.raises(InputError, match="unverified"):
                norm.source()
            assert norm.source(cited_only=False).citation.startswith("not checked")


def test_every_quantity_is_used_and_every_set_has_a_title() -> None:
    norms = load_norms()
    assert {r.quantity for r in norms} == set(norms.quantities)
    assert all(s.title and s.rows for s in norms.sets.values())


def test_figures_as_published() -> None:
    norms = load_norms()
    by_id = {r.id: r for r in norms}
    hip = by_id["soucie_hip_flexion_female_2_8"]
    assert isinstance(hip, MeanNorm)
    assert (hip.mean, hip.ci95, hip.sd_derived) == (140.8, (139.2, 142.4), True)
    reach = by_id["gill_shoulder_flexion_male_20_24"]
    assert isinstance(reach, PercentileNorm)
    assert reach.percentiles == {5: 141, 25: 170, 50: 179, 75: 180, 95: 180}
    bend = {k: by_id[f"esola_{k}"] for k in ("total", "lumbar", "hip")}
    assert bend["lumbar"].mean + bend["hip"].mean == pytest.approx(bend["total"].mean)
    fppa = by_id["munro_fppa_error"]
    assert isinstance(fppa, MeasurementErrorNorm)
    assert fppa.mdc95 == (7.54, 8.93)
    knee = by_id["blazepose_heavy_knee"]
    assert isinstance(knee, AgreementNorm)
    assert (knee.bias, knee.mae) == (-5.1, 7.1)


def test_remembered_adult_bands_of_passive_range_are_withheld() -> None:
    norms = load_norms()
    assert norms.find("hip_flexion_rom", age=30, sex="female", method="passive_goniometer") == ()
    assert [r.id for r in norms.find("hip_flexion_rom", age=5, sex="female", method="passive_goniometer")] == [
        "soucie_hip_flexion_female_2_8"
    ]


def test_a_derived_spread_says_so() -> None:
    derived = [r for r in load_norms() if isinstance(r, MeanNorm) and r.sd_derived]
    assert derived
    assert all("derived" in r.note for r in derived)
    girl = next(r for r in derived if r.id == "soucie_knee_flexion_female_2_8")
    assert "derived and approximate" in compare_to_norm(150, girl, method="passive_goniometer").text


def test_the_hash_changes_with_any_file(tmp_path: Path) -> None:
    first = load_norms(base=norm_folder(tmp_path, study=GOOD)).sha256
    assert load_norms(base=tmp_path).sha256 == first
    norm_folder(tmp_path, study=GOOD.replace("mean = 120,", "mean = 120.5,"))
    assert load_norms(base=tmp_path).sha256 != first


# --- finding -------------------------------------------------------------------------------


def test_find_puts_the_most_specific_first(library: NormLibrary) -> None:
    assert [r.id for r in library.find("hip_flexion_rom", age=25, sex="female")] == ["mean", "wide"]
    assert [r.id for r in library.find("hip_flexion_rom", age=39.9, sex="female")] == ["mean", "wide"]
    assert [r.id for r in library.find("hip_flexion_rom", age=40, sex="female")] == ["wide"]
    assert [r.id for r in library.find("hip_flexion_rom", age=17.9)] == []


def test_find_without_an_age_also_gives_rows_that_state_none(library: NormLibrary) -> None:
    assert "ageless" in [r.id for r in library.find("hip_flexion_rom")]
    assert "ageless" not in [r.id for r in library.find("hip_flexion_rom", age=25)]


def test_find_by_method_includes_what_a_row_calls_comparable(library: NormLibrary) -> None:
    assert [r.id for r in library.find("knee_inward", method=Method.POSE_NETWORK)] == ["inward"]
    assert library.find("hip_flexion_rom", method="video_2d") == ()


def test_people_with_a_complaint_and_errors_are_asked_for_apart(library: NormLibrary) -> None:
    assert "inward_pain" not in [r.id for r in library.find("knee_inward")]
    assert "inward_pain" in [r.id for r in library.find("knee_inward", healthy_only=False)]
    assert "error" not in [r.id for r in library.find("hip_flexion_rom")]
    assert [r.id for r in library.find_errors("hip_flexion_rom")] == ["error"]


def test_names_that_do_not_exist_are_refused(library: NormLibrary) -> None:
    with pytest.raises(UnknownNameError) as error:
        library.find("hip_flexoin_rom")
    assert "hip_flexion_rom" in error.value.hint
    with pytest.raises(UnknownNameError):
        library.find("hip_flexion_rom", method="guessing")
    with pytest.raises(UnknownNameError):
        library.find("hip_flexion_rom", sex="woman")
    with pytest.raises(InputError, match="130"):
        library.find("hip_flexion_rom", age=130)


# --- comparing -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "z", "label"),
    [
        (120, 0, NormLabel.TYPICAL),
        (110, -1, NormLabel.TYPICAL),
        (109.9, -1.01, NormLabel.BELOW),
        (100, -2, NormLabel.BELOW),
        (99.9, -2.01, NormLabel.LIMITED),
        (131, 1.1, NormLabel.ABOVE),
        (150, 3, NormLabel.ABOVE),  # much range is not a finding
    ],
)
def test_labels_of_a_range_of_motion(library: NormLibrary, value: float, z: float, label: NormLabel) -> None:
    result = compare_to_norm(
        value, row(library, "mean"), method="passive_goniometer", age=30, sex="female", **spec(library)
    )
    assert result.z == pytest.approx(z)
    assert result.label is label
    assert math.isnan(result.percentile)


@pytest.mark.parametrize(
    ("value", "label"),
    [(8, NormLabel.TYPICAL), (13.5, NormLabel.ABOVE), (18.1, NormLabel.HIGH), (-8, NormLabel.BELOW)],
)
def test_labels_of_a_deviation_turn_around(library: NormLibrary, value: float, label: NormLabel) -> None:
    result = compare_to_norm(value, row(library, "inward"), method="pose_network", **spec(library, "knee_inward"))
    assert result.label is label


@pytest.mark.parametrize(
    ("value", "percentile", "label"),
    [
        (120, 50, NormLabel.TYPICAL),
        (115, 36.80, NormLabel.TYPICAL),  # halfway between the deviates of 25 and 50: -0.337
        (105, 12.31, NormLabel.BELOW),  # halfway between the deviates of 5 and 25: -1.159
        (100, 5, NormLabel.BELOW),
        (99, math.nan, NormLabel.LIMITED),
        (130, 75, NormLabel.TYPICAL),  # printed twice: the lower percent
        (131, math.nan, NormLabel.ABOVE),
    ],
)
def test_labels_of_percentiles(library: NormLibrary, value: float, percentile: float, label: NormLabel) -> None:
    result = compare_to_norm(value, row(library, "table"), method="passive_goniometer", **spec(library))
    assert result.percentile == pytest.approx(percentile, abs=0.01, nan_ok=True)
    assert result.label is label
    assert math.isnan(result.z)


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("cut", 110, NormLabel.TYPICAL),
        ("cut", 105, NormLabel.BETWEEN),
        ("cut", 99, NormLabel.LIMITED),
        ("inward_cut", 10, NormLabel.TYPICAL),
        ("inward_cut", 12, NormLabel.BETWEEN),
        ("inward_cut", 16, NormLabel.HIGH),
    ],
)
def test_labels_of_cuts(library: NormLibrary, name: str, value: float, label: NormLabel) -> None:
    norm = row(library, name)
    assert compare_to_norm(value, norm, method=norm.method).label is label


def test_the_sentence_holds_numbers_people_and_method(library: NormLibrary) -> None:
    result = compare_to_norm(98, row(library, "mean"), method="passive_goniometer", **spec(library))
    assert result.text == (
        "98°: 2.2 SD below the mean of 120° (SD 10) of women of 20 to 39 years (by passive goniometer); "
        "limited for age and sex."
    )
    assert result.source.citation == "Somebody, 2020"


def test_a_norm_without_age_or_sex_does_not_speak_of_them(library: NormLibrary) -> None:
    text = compare_to_norm(50, row(library, "ageless"), method="passive_goniometer", **spec(library)).text
    assert text.endswith("limited.")


def test_a_couch_norm_is_refused_for_an_angle_from_video(library: NormLibrary) -> None:
    with pytest.raises(InputError, match="video 2d cannot be held against mean, which was taken by passive goniometer"):
        compare_to_norm(110, row(library, "mean"), method="video_2d", **spec(library))
    with pytest.raises(UnknownNameError):
        compare_to_norm(110, row(library, "mean"), method="vido_2d", **spec(library))


def test_an_interval_of_a_mean_is_no_reference_range(library: NormLibrary) -> None:
    with pytest.raises(InputError, match="no spread") as error:
        compare_to_norm(110, row(library, "ci_only"), method="passive_goniometer", **spec(library))
    assert "confidence interval" in error.value.hint


def test_other_refusals(library: NormLibrary) -> None:
    for name, extra, why in [
        ("mean", {"sex": "male"}, "not about this person"),
        ("mean", {"age": 70}, "not about this person"),
        ("inward_pain", {"method": "video_2d"}, "complaint"),
        ("memory", {}, "unverified"),
        ("error", {}, "no spread"),
    ]:
        with pytest.raises(InputError, match=why):
            compare_to_norm(110, row(library, name), **{"method": "passive_goniometer", **extra}, **spec(library))
    with pytest.raises(InputError, match="no value"):
        compare_to_norm(math.nan, row(library, "mean"), method="passive_goniometer")


def test_an_unverified_norm_may_be_used_knowingly_and_says_so(library: NormLibrary) -> None:
    result = compare_to_norm(
        121, row(library, "memory"), method="passive_goniometer", cited_only=False, **spec(library)
    )
    assert result.label is NormLabel.TYPICAL
    assert "never checked" in result.text
    assert result.source.verified == "unverified"


def spec(library: NormLibrary, name: str = "hip_flexion_rom") -> dict[str, object]:
    return {"quantity": library.quantities[name]}


# --- mistakes in files ---------------------------------------------------------------------


def mistakes_of(folder: Path) -> str:
    with pytest.raises(CatalogError) as error:
        load_norms(base=folder)
    return error.value.message


def test_all_mistakes_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    bad = GOOD.replace('defaults.verified = "paper"', 'defaults.verified = "rumor"').replace(
        '{ id = "wide", age = [18, 90], mean = 115, sd = 12 }',
        '{ id = "wide", age = [90, 18], mean = 1150, sd = -1, color = "red" }',
    )
    other = GOOD.replace(
        '{ id = "ageless", mean = 118, sd = 11 }', '{ id = "ageless", mean = 118, sd = 11, unit = "cm" }'
    )
    message = mistakes_of(norm_folder(tmp_path, bad=bad, other=other, torn="title = ", empty='title = "none"'))
    for expected in [
        "bad.toml: defaults: verified: ",
        "bad.toml: norms.wide: age: must rise",
        "bad.toml: norms.wide: sd: ",
        "bad.toml: norms.wide: color: ",
        "other.toml: norms.ageless: unit: hip_flexion_rom is measured in deg, got cm",
        "torn.toml: ",
        "empty.toml: norms: is missing or empty",
    ]:
        assert expected in message
    assert message.count("defaults: verified") == 1  # once, not once a row


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("mean = 120, sd = 10", "mean = 220, sd = 10", "norms.mean: mean: outside of -60 to 200 deg"),
        ("mean = 120, sd = 10", "mean = nan, sd = 10", "norms.mean: mean"),
        ("mean = 120, sd = 10", "mean = 120, sd = 0", "norms.mean: sd"),
        ("mean = 120, sd = 10", 'mean = "120", sd = 10', "norms.mean: mean"),
        ("mean = 120, sd = 10", "mean = 120, sd = 10, sd_derived = true", "must say so in the note"),
        ("ci95 = [116, 120]", "ci95 = [119, 120]", "does not hold the mean"),
        ("25 = 110", "25 = 90", "values must not fall"),
        ("{ 5 = 100, 25", "{ 60 = 100, 25", "percents must rise"),
        ("typical = 110, flag = 100", "typical = 100, flag = 110", "flags the high side"),
        ("typical = 110, flag = 100", "typical = 100, flag = 100", "must differ"),
        ("sem = [2, 3]", "sem = [3, 2]", "sem must be positive and rise"),
        ("sem = [2, 3]", "sem = [9, 9]", "smaller than sem"),
        ('kind = "cut", method', 'kind = "cat", method', "must be one of mean, percentiles"),
        (
            'note = "x", comparable_methods',
            "comparable_methods",
            "needs a note",
        ),
        ('id = "wide"', 'id = "mean"', "id 'mean' is used twice, also in norms/study.toml"),
        ('quantity = "knee_inward", mean = 8', 'quantity = "knee_inwrd", mean = 8', "no quantity called 'knee_inwrd'"),
        ('defaults.citation = "Somebody, 2020"', "", "norms.mean: citation: is missing"),
        ('title = "A study"', 'title = "A study"\nauthor = "x"', "author: there is no such key"),
    ],
)
def test_each_kind_of_mistake_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    assert complaint in mistakes_of(norm_folder(tmp_path, study=GOOD.replace(old, new, 1)))


def test_mistakes_in_the_list_of_quantities(tmp_path: Path) -> None:
    message = mistakes_of(norm_folder(tmp_path, QUANTITIES.replace('unit = "deg"', 'unit = "furlong"', 1), study=GOOD))
    assert "_quantities.toml: hip_flexion_rom: unit" in message
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "norms: no files" in mistakes_of(empty)
    (tmp_path / "norms/_quantities.toml").unlink()
    assert "no quantity called 'hip_flexion_rom' in _quantities.toml" in mistakes_of(tmp_path)
