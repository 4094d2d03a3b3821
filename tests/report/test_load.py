"""``movescreen.load``: a result comes back equal to the one that was written, or not at all."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movescreen.catalog import load_catalog
from movescreen.errors import InputError
from movescreen.model import BLAZEPOSE, ClipResult, Demographics, Notice, PoseSequence, is_same
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.report import write_result
from movescreen.report.documents.load import load
from movescreen.report.documents.reanalyze import reload_clip
from movescreen.report.documents.screening import write_screening
from movescreen.screening import merge_clips
from movescreen.settings import Settings
from tests.conftest import SAMPLES
from tests.support import figure as p
from tests.support.results import front_squat, side_squat

#: What a result is loaded from.
KEPT = ("json", "poses", "signals")


def written(result: ClipResult, folder: Path) -> Path:
    write_result(result, folder, KEPT)
    return folder


def film(clip: p.Clip, **asked: Any) -> ClipResult:
    """Return the result of a drawn person."""
    return analyze_poses(clip.poses, clip.video, AnalysisRequest(**asked))


#: Somebody doing each movement, from the view that shows most of it.
DRAWN: dict[str, Callable[[], ClipResult]] = {
    "squat": lambda: film(p.squat(3)),
    "squat from the front": lambda: film(p.squat(3, p.Camera(0.0))),
    "overhead squat": lambda: film(p.overhead_squat(3)),
    "bend": lambda: film(p.bend(3)),
    "lunge": lambda: film(p.lunge(3)),
    "single-leg squat": lambda: film(p.single_leg_squat(3, p.Camera(0.0)), movement="single_leg_squat"),
    "jump": lambda: film(p.jump(3)),
    "chair stands": lambda: film(p.chair_stands(5)),
    "stance": lambda: film(p.one_leg_stance()),
    "standing": lambda: film(p.standing()),
    "plain readings": lambda: film(p.squat(2), settings=Settings(raw=True)),
}


@cache
def drawn(name: str) -> ClipResult:
    return DRAWN[name]()


# --- as it was written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DRAWN)
def test_a_clip_comes_back_equal(name: str, tmp_path: Path) -> None:
    result = drawn(name)
    again = load(written(result, tmp_path))
    assert again == result
    assert result == again
    assert again is not result


def test_every_field_of_it_is_compared(tmp_path: Path) -> None:
    again = load(written(side_squat(), tmp_path))
    for field in dataclasses.fields(ClipResult):
        assert is_same(getattr(again, field.name), getattr(side_squat(), field.name)), field.name
    assert isinstance(again, ClipResult)
    spoilt = again.series.values["trunk_inclination"].copy()
    spoilt[0] = np.nextafter(spoilt[0], np.inf)
    series = replace(again.series, values={**again.series.values, "trunk_inclination": spoilt})
    assert replace(again, series=series) != side_squat()


SHAPES = st.fixed_dictionaries(
    {
        "knee": st.floats(60, 120), "shank": st.floats(5, 35), "trunk": st.floats(5, 60), "shift": st.floats(-0.06, 0.06),
        "knee_in_left": st.floats(-0.02, 0.1), "heel_right": st.floats(0, 0.2),
    }
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=10)
@given(
    shape=SHAPES,
    yaw=st.sampled_from([0.0, 20.0, 45.0, 90.0, -90.0, 180.0]),
    count=st.integers(0, 3),
    noise=st.floats(0, 3),
)
def test_whoever_was_drawn_comes_back_equal(
    shape: dict[str, float], yaw: float, count: int, noise: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clip = p.squat(count, p.Camera(yaw), **shape) if count else p.standing(camera=p.Camera(yaw))
    poses = p.with_gap(p.with_noise(clip.poses, noise, seed=count), 1.0, 1.2)
    result = analyze_poses(poses, clip.video, AnalysisRequest())
    folder = tmp_path_factory.mktemp("drawn")
    assert load(written(result, folder)) == result


@pytest.mark.slow
@given(number=st.floats(), whole=st.integers(-(2**70), 2**70), text=st.text())
@settings(max_examples=15)
def test_odd_numbers_and_texts_come_back_equal(
    number: float, whole: int, text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    result = side_squat(1)
    reps = tuple(replace(rep, at_turn={**rep.at_turn, text: number}, excursion=number) for rep in result.reps)
    findings = tuple(replace(f, value=number, message=text) for f in result.findings)
    provenance = replace(result.provenance, settings={"whole": whole, text: [number == number, text, None]})
    odd = replace(
        result, reps=reps, findings=findings, provenance=provenance, notices=(Notice("odd", text, (text,)),),
        video=replace(result.video, name=f"\udcff{text}", fps=number),
    )  # fmt: skip
    assert load(written(odd, tmp_path_factory.mktemp("odd"))) == odd


def test_poses_come_back_with_all_their_digits(tmp_path: Path) -> None:
    result = side_squat(1)
    image = result.poses.image_xy_px.copy()
    image[3, 4] = (math.pi, np.nan)
    third = np.full(len(result.poses), 1 / 3)
    poses = replace(result.poses.with_points(image), extras={"heel_lift_left_px": third})
    odd = replace(result, poses=poses)
    assert load(written(odd, tmp_path)) == odd


@pytest.mark.slow
def test_a_screening_comes_back_equal(tmp_path: Path) -> None:
    clips = [drawn(n) for n in ("squat from the front", "squat", "lunge", "single-leg squat", "bend", "standing")]
    folders = [str(i) for i, clip in enumerate(clips) if written(clip, tmp_path / str(i))]
    failed = {"gone.mp4": InputError("there is no such file", "look again")}
    merged = merge_clips(clips, load_catalog(), "Zoë", failed, ["lunge"], Demographics(34, "female"))
    assert merged.sides
    assert merged.references
    assert merged.missing
    write_screening(merged, tmp_path, folders)
    again = load(tmp_path)
    assert again == merged
    assert again != replace(merged, client="Zoe")


def test_a_screening_finds_clips_that_lie_beside_it(tmp_path: Path) -> None:
    merged = merge_clips([front_squat()], load_catalog())
    written(front_squat(), tmp_path / "clip")
    write_screening(merged, tmp_path / "screenings" / "P 2026", ["../../clip"])
    assert load(tmp_path / "screenings" / "P 2026") == merged


def test_a_loaded_result_can_be_written_and_loaded_again(tmp_path: Path) -> None:
    once = load(written(side_squat(), tmp_path / "a"))
    twice = load(written(once, tmp_path / "b"))  # type: ignore[arg-type]
    assert twice == side_squat()
    for name in ("result.json", "poses.npz", "signals.npz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_the_folder_may_be_given_as_text(tmp_path: Path) -> None:
    assert load(str(written(side_squat(), tmp_path))) == side_squat()


@pytest.mark.network
@pytest.mark.parametrize("stem", sorted(str(f.relative_to(SAMPLES).with_suffix("")) for f in SAMPLES.rglob("*.mp4")))
def test_every_bundled_clip_comes_back_equal(
    stem: str, sample_result: Callable[[str], ClipResult], tmp_path: Path
) -> None:
    result = sample_result(stem)
    assert load(written(result, tmp_path)) == result


@pytest.mark.network
def test_the_three_visits_come_back_equal(sample_result: Callable[[str], ClipResult], tmp_path: Path) -> None:
    stems = [f"three_visits/visit{i}_{view}" for i in (1, 2, 3) for view in ("front", "side")]
    clips = [sample_result(stem) for stem in stems]
    for stem, clip in zip(stems, clips, strict=True):
        written(clip, tmp_path / stem)
    merged = merge_clips(clips, load_catalog(), "C017", person=Demographics(31, "female"))
    write_screening(merged, tmp_path, stems)
    assert load(tmp_path) == merged


# --- or not at all --------------------------------------------------------------------------------------------------

Break = Callable[[Path], object]


def truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    for at in range(len(data) // 3, len(data) // 3 + 40):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))


def empty(path: Path) -> None:
    path.write_bytes(b"")


def picture(path: Path) -> None:
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def plain_zip(path: Path) -> None:
    np.savez(path, anything=np.arange(3))


def beyond_all_memory(path: Path) -> None:
    """Let an array state a size that no machine has room for."""
    kind = "movescreen-poses" if path.name == "poses.npz" else "movescreen-signals"
    np.savez(path, format=kind, version=1, landmarks=np.array(BLAZEPOSE.landmarks), about=np.array("{}"))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**15,)})
    with zipfile.ZipFile(path, "a") as archive:
        for name in ("time_s", "values", "errors", "image_size_px", "image_xy_px"):
            archive.writestr(f"{name}.npy", header.getvalue())


DAMAGES: dict[str, Break] = {
    "cut short": truncate, "bytes turned": flip, "empty": empty, "a picture": picture, "a folder": folder,
    "missing": Path.unlink,
}  # fmt: skip
NESTED = "[" * 100_000 + "]" * 100_000


def refused(home: Path, say: str = "") -> InputError:
    """Return the error with which a folder is refused: an input error of two clear lines."""
    with pytest.raises(InputError) as caught:
        load(home)
    error = caught.value
    assert error.exit_code == 2
    for line in (error.message, error.hint):
        assert line
        assert "\n" not in line
        assert len(line) < 700 + len(str(home)) * 2
        assert "Traceback" not in line
    assert say in error.message
    return error


@pytest.mark.parametrize("file", ["result.json", "poses.npz", "signals.npz"])
@pytest.mark.parametrize("damage", list(DAMAGES))
def test_a_damaged_or_missing_file_is_refused(file: str, damage: str, tmp_path: Path) -> None:
    home = written(side_squat(1), tmp_path / "squat")
    DAMAGES[damage](home / file)
    assert file in refused(home).message


@pytest.mark.parametrize("file", ["poses.npz", "signals.npz"])
@pytest.mark.parametrize("damage", [plain_zip, beyond_all_memory])
def test_an_archive_of_something_else_is_refused(file: str, damage: Break, tmp_path: Path) -> None:
    home = written(side_squat(1), tmp_path / "squat")
    damage(home / file)
    assert file in refused(home).message


@pytest.mark.parametrize(
    "text",
    [
        "not json", "{", "[]", "3", "null", '"text"', NESTED, '{"a": ' * 5000 + "1" + "}" * 5000, "\x00" * 50, "{}",
        '{"kind": "clip"}', '{"kind": "session", "schema_version": "1.1"}', '{"kind": "clip", "schema_version": "1.1"}',
        '{"kind": "screening", "schema_version": "1.1"}', '{"kind": "clip", "schema_version": 1.1}',
        '{"kind": ["clip"], "schema_version": "1.1"}', '{"kind": "clip", "schema_version": "1"}', "9" * 5000,
    ],
    ids=range(18),
)  # fmt: skip
def test_a_result_of_something_else_is_refused(text: str, tmp_path: Path) -> None:
    home = written(side_squat(1), tmp_path / "squat")
    (home / "result.json").write_text(text, "utf-8")
    refused(home)


def change(home: Path, edit: Callable[[dict[str, Any]], object]) -> Path:
    file = home / "result.json"
    data = json.loads(file.read_text("utf-8"))
    edit(data)
    file.write_text(json.dumps(data), "utf-8")
    return home


CLIP_KEYS = (
    "video", "movement", "movement_info", "view", "notices", "repetitions", "findings", "measures", "frames_valid_frac",
    "provenance", "contents",
)  # fmt: skip


@pytest.mark.parametrize("key", CLIP_KEYS)
def test_what_loading_needs_must_be_there(key: str, tmp_path: Path) -> None:
    home = written(side_squat(1), tmp_path / "squat")
    assert key in refused(change(home, lambda data: data.pop(key)), "is not a result, or is damaged").message


@pytest.mark.parametrize("key", CLIP_KEYS)
@pytest.mark.parametrize("wrong", [[["deep", [[[[1]]]]]], "text", {"a": {"b": {}}}, True, None], ids=str)
def test_what_is_of_another_kind_is_refused(key: str, wrong: object, tmp_path: Path) -> None:
    if key == "frames_valid_frac" and wrong is None:
        pytest.skip("a missing number")
    home = written(side_squat(1), tmp_path / "squat")
    refused(change(home, lambda data: data.update({key: wrong})))


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda d: d["findings"][0].update(status="splendid"), "findings.status"),
        (lambda d: d["findings"][0].update(value="12"), "findings.value"),
        (lambda d: d["findings"][0]["evidence"][0].update(unit="miles"), "evidence must be in"),
        (lambda d: d["repetitions"][0].update(start_s=99.0), "needs start < turn < end"),
        (lambda d: d["repetitions"][0].pop("turn_s"), "turn_s is missing @ repetitions"),
        (lambda d: d["view"].pop("confidence"), "confidence is missing @ view"),
        (lambda d: d["findings"][0].pop("two_sided"), "two_sided is missing @ findings"),
        (lambda d: d["view"].update(kind={"deep": [[[]]]}), "view"),
        (lambda d: d["movement"]["scores"].update(squat=[1]), "movement.scores"),
        (lambda d: d["video"].update(width_px=540.5), "video.width_px"),
        (lambda d: d["contents"].pop("poses.npz"), "poses.npz does not belong"),
        (lambda d: d["contents"].update({"signals.npz": 5}), "signals.npz does not belong"),
    ],
)
def test_one_wrong_value_is_named(edit: Callable[[dict[str, Any]], object], says: str, tmp_path: Path) -> None:
    assert says in refused(change(written(side_squat(1), tmp_path / "squat"), edit)).message


@pytest.mark.parametrize("file", ["poses.npz", "signals.npz"])
def test_files_of_another_clip_are_refused(file: str, tmp_path: Path) -> None:
    home, other = written(side_squat(1), tmp_path / "a"), written(side_squat(2), tmp_path / "b")
    shutil.copy(other / file, home / file)
    error = refused(home, f"{file} does not belong to the result.json beside it")
    assert "analyze the clip again" in error.hint or "movescreen report" in error.hint


def test_poses_of_another_clip_are_refused_by_analyzing_again_and_their_own_are_not(tmp_path: Path) -> None:
    home, other = written(drawn("squat"), tmp_path / "a"), written(side_squat(2), tmp_path / "b")
    assert reload_clip(home).result.findings == drawn("squat").findings
    shutil.copy(other / "poses.npz", home / "poses.npz")
    with pytest.raises(InputError, match=r"poses\.npz does not belong to the result\.json beside it"):
        reload_clip(home)


def test_poses_that_were_packed_anew_are_still_their_own(tmp_path: Path) -> None:
    home = written(side_squat(1), tmp_path)
    with np.load(home / "poses.npz") as archive:
        entries = dict(archive)
    np.savez(home / "poses.npz", **entries)
    assert load(home) == side_squat(1)


def older(home: Path) -> Path:
    """Make a folder what the version before had written: no signals, no hashes."""
    (home / "signals.npz").unlink()

    def cut(data: dict[str, Any]) -> None:
        data["schema_version"] = "1.0"
        for key in ("movement_info", "frames_valid_frac", "contents"):
            del data[key]
        for finding in data["findings"]:
            for key in (
                "two_sided",
                "positive_side",
                "signal",
                "signal_side",
                "statistic",
                "views",
                "weakened_by",
                "plain",
            ):
                del finding[key]

    return change(home, cut)


@pytest.mark.slow
def test_an_older_result_is_refused_with_the_way_to_make_it_again(
    tmp_path: Path, run_kept: Callable[..., SimpleNamespace]
) -> None:
    clip = p.squat(3)
    result = film(clip)
    home = older(written(result, tmp_path / "squat"))
    error = refused(home, "written by an older version of movescreen")
    assert error.hint == f"run 'movescreen report {home}' to make it again from its poses"
    assert run_kept("report", home).code == 0
    again = load(home)
    assert isinstance(again, ClipResult)
    made = replace(again.provenance, created_utc=result.provenance.created_utc)
    assert replace(again, provenance=made) == result


def test_a_later_version_with_more_in_it_is_loaded(tmp_path: Path) -> None:
    home = written(side_squat(1), tmp_path)
    change(home, lambda data: data.update(schema_version="1.9", novelty={"a": 1}))
    assert load(home) == side_squat(1)
    refused(change(home, lambda data: data.update(schema_version="2.0")), "schema version 2.0")


@pytest.fixture
def screened(tmp_path: Path) -> Path:
    clips = [front_squat(), side_squat()]
    for name, clip in zip(("front", "side"), clips, strict=True):
        written(clip, tmp_path / name)
    write_screening(merge_clips(clips, load_catalog(), "P"), tmp_path, ["front", "side"])
    return tmp_path


def test_a_clip_that_was_exchanged_or_made_again_is_refused(screened: Path) -> None:
    assert load(screened)
    shutil.rmtree(screened / "side")
    written(side_squat(5), screened / "side")
    refused(screened, "not the one that the screening")
    stricter = tuple(replace(f, limit=f.limit + 1) for f in side_squat().findings)
    written(side_squat(findings=stricter), screened / "side")
    assert "movescreen report" in refused(screened, "made again since").hint
    written(side_squat(), screened / "side")
    assert load(screened)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda d: d["clips"].pop(), "a finding names a clip that does not exist"),
        (lambda d: d["findings"][0].update(clip=9), "a finding names a clip that does not exist"),
        (lambda d: d["findings"][0].pop("clip"), "'clip' is missing"),
        (lambda d: d.update(findings=None), "findings"),
        (lambda d: d.pop("findings"), "findings"),
        (lambda d: d.update(person={"age": 900, "sex": ""}), "years cannot be"),
        (lambda d: d.update(person=[1]), "person"),
        (lambda d: d.pop("movements"), "movements is missing"),
        (lambda d: d["clips"][0].update(folder=3), "clips.folder"),
        (lambda d: d["clips"][0].update(folder="nowhere"), "nowhere"),
        (lambda d: d["clips"][0].update(folder="."), ""),
        (lambda d: d["clips"][0].update(folder="a\x00b"), ""),
        (lambda d: d["sides"].append({"movement": "squat"}), "sides"),
        (lambda d: d["references"].append(3), "references"),
    ],
)
def test_a_screening_that_does_not_fit_is_refused(
    edit: Callable[[dict[str, Any]], object], says: str, screened: Path
) -> None:
    assert says in refused(change(screened, edit)).message


def test_no_folder_and_a_file_are_refused(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "there is no result")
    (tmp_path / "file").write_text("x")
    refused(tmp_path / "file", "cannot read")


@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.parametrize("file", ["result.json", "poses.npz"])
def test_the_command_that_analyses_again_says_it_in_two_lines(
    file: str, damage: str, tmp_path: Path, run_kept: Callable[..., SimpleNamespace]
) -> None:
    home = written(side_squat(1), tmp_path / "squat")
    DAMAGES[damage](home / file)
    told = run_kept("report", home)
    assert (told.code, told.out) == (2, "")
    assert len(told.err.strip().splitlines()) == 2


@pytest.mark.parametrize(
    "text", [NESTED, '{"kind": "clip", "schema_version": "1.1", "provenance": 3}', "[]"], ids=range(3)
)
def test_the_command_refuses_a_foreign_result_in_two_lines(
    text: str, tmp_path: Path, run_kept: Callable[..., SimpleNamespace]
) -> None:
    home = written(side_squat(1), tmp_path / "squat")
    (home / "result.json").write_text(text, "utf-8")
    told = run_kept("report", home)
    assert told.code == 2
    assert len(told.err.strip().splitlines()) == 2


def test_the_poses_of_nobody_are_loaded_too(tmp_path: Path) -> None:
    result = side_squat(0)
    nobody = np.full_like(result.poses.image_xy_px, np.nan)
    poses: PoseSequence = result.poses.with_points(nobody, np.full_like(result.poses.world_xyz_m, np.nan))
    bare = replace(result, poses=poses, series=replace(result.series, values={}, valid={}, errors={}))
    assert load(written(bare, tmp_path)) == bare
