"""A study: thirty recordings as tables, curves with bands, groups, repeats, and what does not count."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import scipy.stats

import movescreen
from movescreen.errors import InputError, UnknownNameError
from movescreen.pose.recorded import save_poses
from movescreen.public import groups_and_repeats
from movescreen.report.formats.table_files import write_table_files
from tests.support.results import side_squat

pytestmark = pytest.mark.slow
pytest.importorskip("pingouin")
pytest.importorskip("pyarrow")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> movescreen.Study:
    """Three recordings of one drawn squat, one of them no recording at all, and one that is left out by hand."""
    mpl.use("Agg")
    folder = tmp_path_factory.mktemp("study")
    poses = side_squat().poses
    for name in ("a", "b", "c"):
        save_poses(folder / f"{name}.npz", poses.slice(0, len(poses) - 10 * "abc".index(name)))
    (folder / "broken.npz").write_bytes(b"PK")
    rows = [
        ("a.npz", "Ada", "one", 3),
        ("b.npz", "Bob", "one", 4),
        ("c.npz", "Cyd", "two", 5),
        ("broken.npz", "Dan", "two", 6),
    ]
    manifest = folder / "clips.csv"
    pd.DataFrame(rows, columns=["file", "client", "group", "age_group"]).assign(date="2026-03-12").to_csv(
        manifest, index=False
    )
    return movescreen.study(manifest, out=folder / "out", exclude={"b.npz": "wore a long skirt"})


def test_every_table_names_clip_person_day_and_own_columns(study: movescreen.Study) -> None:
    for name in ("clips", "angles", "reps", "findings", "curves"):
        table = getattr(study, name)()
        assert list(table.columns[:5]) == ["file", "client", "date", "group", "age_group"], name
        assert set(table["file"]) == {"a.npz", "c.npz"}, name
    assert study.clips()["age_group"].tolist() == [3, 5], "a column of numbers is one"
    reps = study.reps().groupby("file").size()
    assert repr(study) == f"4 clips of 4 people (Squat): {int(reps.sum())} repetitions, 2 excluded"


def test_frames_are_those_of_the_clips_with_their_repetition(study: movescreen.Study) -> None:
    angles = study.angles()
    clip = next(iter(study))
    one = angles[angles["file"] == clip.name]
    np.testing.assert_array_equal(one["knee_flexion_right_deg"], clip.angles()["knee_flexion_right_deg"])
    first = clip.data.reps[0]
    inside = one[one["rep"] == first.number]["time_s"]
    assert first.start_s <= inside.min() <= inside.max() < first.end_s
    assert (one["rep"] == 0).any()


def test_what_does_not_count_has_its_reason(study: movescreen.Study) -> None:
    left = study.excluded().set_index("file")
    assert left.loc["b.npz", "reason"] == "wore a long skirt"
    assert left.loc["b.npz", "code"] == "by_hand"
    assert "broken.npz" in left.loc["broken.npz", "reason"]
    with pytest.raises(UnknownNameError, match=r"z\.npz"):
        movescreen.study(Path(study.root).parent / "clips.csv", out=study.root, exclude={"z.npz": "typed wrong"})


def test_bands_are_mean_and_spread_between_clips_each_counted_once(study: movescreen.Study) -> None:
    bands = study.bands("knee_flexion")
    curves = study.curves().groupby(["file", "percent"])["knee_flexion_right_deg"].mean().unstack("file")
    np.testing.assert_allclose(bands["mean"], curves.mean(axis=1))
    np.testing.assert_allclose(bands["sd"], curves.std(axis=1))
    assert set(bands["clips"]) == {2}
    axes = study.plot("knee_flexion", by="group")
    assert {line.get_label() for line in axes.lines} == {"one (1 clips)", "two (1 clips)"}
    with pytest.raises(UnknownNameError):
        study.plot("knee_flexion", by="knee_flexion_right_deg")


def test_a_study_is_not_done_again_and_comes_back_from_its_folder(study: movescreen.Study) -> None:
    done = []
    again = movescreen.study(
        Path(study.root).parent / "clips.csv", out=study.root, exclude={"b.npz": "wore a long skirt"},
        on_progress=lambda count, of: done.append((count, of)),
    )  # fmt: skip
    assert done[-1] == (4, 4)
    loaded = movescreen.load(study.root)
    assert isinstance(loaded, movescreen.Study)
    for name in ("reps", "angles", "excluded"):
        pd.testing.assert_frame_equal(getattr(loaded, name)(), getattr(study, name)())
        pd.testing.assert_frame_equal(getattr(again, name)(), getattr(study, name)())


@pytest.mark.parametrize("text", ["{", "[]", '{"clips": {"../x": {}}, "excluded": {}}', '{"clips": 1}'])
def test_a_damaged_study_is_refused_in_two_lines(study: movescreen.Study, text: str, tmp_path: Path) -> None:
    shutil.copytree(Path(study.root) / ".batch", tmp_path / ".batch")
    assert isinstance(movescreen.load(tmp_path), movescreen.Study)
    (tmp_path / ".batch" / "facts").write_text(text, "utf-8")
    with pytest.raises(InputError):
        movescreen.load(tmp_path)


@pytest.mark.parametrize("kind", ["parquet", "csv", "xlsx"])
def test_tables_come_back_from_their_files(study: movescreen.Study, kind: str, tmp_path: Path) -> None:
    written = study.save(tmp_path, kind)
    reps = study.reps()
    if kind == "xlsx":
        read = pd.read_excel(tmp_path / "tables.xlsx", sheet_name="reps")
    else:
        tables = {"clips", "angles", "reps", "findings", "measures", "curves", "excluded"}
        assert {path.stem for path in written} == tables
        read = pd.read_parquet(tmp_path / "reps.parquet") if kind == "parquet" else pd.read_csv(tmp_path / "reps.csv")
    assert list(read.columns) == list(reps.columns)
    np.testing.assert_allclose(read["knee_flexion_right_deg_turn"], reps["knee_flexion_right_deg_turn"], atol=0.01)


def test_a_cell_of_a_workbook_is_never_a_formula(tmp_path: Path) -> None:
    write_table_files({"clips": pd.DataFrame({"file": ["=1+1", "a.mp4"]})}, tmp_path, "xlsx")
    assert pd.read_excel(tmp_path / "tables.xlsx")["file"].tolist() == ["'=1+1", "a.mp4"]
    with pytest.raises(UnknownNameError):
        write_table_files({}, tmp_path, "docx")


def test_a_study_is_a_bids_dataset(study: movescreen.Study, tmp_path: Path) -> None:
    written = study.save(tmp_path / "set", "bids")
    home = tmp_path / "set" / "sub-Ada" / "ses-20260312" / "motion"
    stem = "sub-Ada_ses-20260312_task-squat_tracksys-video_run-1"
    assert {f"{stem}_{end}" for end in ("motion.tsv", "motion.json", "channels.tsv")} == {
        path.name for path in home.iterdir()
    }
    channels = pd.read_csv(home / f"{stem}_channels.tsv", sep="\t", keep_default_na=False)
    motion = pd.read_csv(home / f"{stem}_motion.tsv", sep="\t", header=None, na_values="n/a")
    about = json.loads((home / f"{stem}_motion.json").read_text("utf-8"))
    assert motion.shape[1] == len(channels) == about["MotionChannelCount"]
    clip = next(iter(study))
    place = channels["name"].tolist().index("knee_flexion_right")
    assert channels.loc[place, ["type", "units"]].tolist() == ["JNTANG", "deg"]
    at = np.arange(len(motion)) / about["SamplingFrequency"]
    knee = np.interp(at, clip.data.series.time_s, clip.data.series.values["knee_flexion_right"])
    both = np.isfinite(motion[place]) & np.isfinite(knee)
    np.testing.assert_allclose(motion[place][both], knee[both], atol=0.01)
    with pytest.raises(InputError, match="not empty"):
        study.save(tmp_path / "set", "bids")
    validator = pytest.importorskip("bidsschematools.validator")
    found = validator.validate_bids([str(path) for path in written], dummy_paths=False, accept_non_bids_dir=False)
    assert found["path_tracking"] == [], "every name is one of the standard's"


# --- the numbers: an example that is worked out in the literature, and made-up people with a known error ---------------

#: Shrout and Fleiss, Psychol Bull 1979;86:420-428, table 2: six people, four judges; ICC(2,1) = 0.29.
SHROUT = pd.DataFrame(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    columns=[1, 2, 3, 4],
    dtype=float,
)


def test_icc_is_that_of_the_published_example() -> None:
    row = groups_and_repeats.judge_repeats(SHROUT, 0).iloc[0]
    assert row["icc"] == pytest.approx(0.29, abs=0.005)
    assert (row["icc_low"], row["icc_high"]) == (pytest.approx(0.02, abs=0.005), pytest.approx(0.76, abs=0.005))
    assert row["sem"] == pytest.approx(math.sqrt(6.26), abs=0.005), "mean square within people of the same table"
    assert row["mdc"] == pytest.approx(1.96 * math.sqrt(2) * row["sem"])


def test_the_interval_of_the_error_holds_the_true_one_as_often_as_it_says() -> None:
    chance = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        people = chance.normal(90, 12, (20, 1)) + chance.normal(0, 3.0, (20, 2))
        within, freedom = pd.DataFrame(people).var(axis=1, ddof=1).mean(), 20
        row = (within * freedom / scipy.stats.chi2.ppf(share, freedom) for share in (0.975, 0.025))
        low, high = map(math.sqrt, row)
        held += low <= 3.0 <= high
    assert 180 <= held <= 198
    row = groups_and_repeats.judge_repeats(pd.DataFrame(people), 0).iloc[0]
    assert (row["sem_low"], row["sem_high"]) == (pytest.approx(low), pytest.approx(high)), "it is this interval"


def test_too_few_people_say_nothing_about_repeats() -> None:
    with pytest.raises(InputError, match="4 people"):
        groups_and_repeats.judge_repeats(SHROUT.iloc[:4], 0)
    with pytest.raises(InputError):
        groups_and_repeats.agree(SHROUT.iloc[:4])


def test_agreement_finds_the_shift_that_was_put_in() -> None:
    chance = np.random.default_rng(2)
    first = chance.normal(90, 12, 400)
    wide = pd.DataFrame({"one": first, "two": first + 4.0 + chance.normal(0, 2.0, 400)}).rename_axis(columns="visit")
    row = groups_and_repeats.agree(wide).iloc[0]
    assert row["bias"] == pytest.approx(4.0, abs=0.3)
    assert (row["low"], row["high"]) == (pytest.approx(0.1, abs=0.5), pytest.approx(7.9, abs=0.5))


def of_groups(**groups: tuple[list[str], list[float]]) -> pd.DataFrame:
    rows = [
        (unit, name, value)
        for name, (units, values) in groups.items()
        for unit, value in zip(units, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["unit", "group", "value"])


def test_groups_are_compared_by_welch_and_people_with_themselves() -> None:
    one, two = [80.0, 84, 91, 95, 88], [99.0, 104, 97, 111, 108]
    apart = of_groups(a=([*"abcde"], one), b=([*"fghij"], two))
    row = groups_and_repeats.compare_groups(apart, "group").iloc[1]
    known = scipy.stats.ttest_ind(two, one, equal_var=False)
    assert row["difference"] == pytest.approx(np.mean(two) - np.mean(one))
    assert row["p"] == pytest.approx(known.pvalue, rel=1e-3)
    assert (row["low"], row["high"]) == pytest.approx(tuple(known.confidence_interval()), abs=0.01)
    assert not row["paired"]
    same = groups_and_repeats.compare_groups(of_groups(a=([*"abcde"], one), b=([*"abcde"], two)), "group").iloc[1]
    assert same["paired"]
    assert same["p"] == pytest.approx(scipy.stats.ttest_rel(two, one).pvalue, rel=1e-3)
    with pytest.raises(InputError, match="some people are in two groups"):
        groups_and_repeats.compare_groups(of_groups(a=([*"abcde"], one), b=([*"abcxy"], two)), "group")
    with pytest.raises(InputError):
        groups_and_repeats.compare_groups(of_groups(a=([*"abcde"], one)), "group")
