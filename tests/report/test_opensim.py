"""OpenSim's files, read back as OpenSim reads them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from movescreen.model import ClipResult
from movescreen.report import available_formats, usual_formats, write_result
from movescreen.report.formats.opensim import to_mot, to_trc
from tests.support.results import side_squat


def read_mot(text: str) -> tuple[dict[str, str], pd.DataFrame]:
    head, _, body = text.partition("endheader\n")
    facts = dict(re.findall(r"^(\w+)=(.*)$", head, re.M))
    return facts, pd.read_csv(io.StringIO(body), sep="\t")


def test_motion_file_holds_coordinates_of_the_models_in_degrees_and_nothing_missing() -> None:
    result = side_squat()
    facts, table = read_mot(to_mot(result))
    assert (facts["inDegrees"], int(facts["nRows"]), int(facts["nColumns"])) == ("yes", *table.shape)
    assert set(table.columns) <= {"time", *COORDINATES}
    assert {"knee_angle_r", "hip_flexion_r", "pelvis_tilt"} <= set(table.columns)
    assert np.isfinite(table.to_numpy()).all()
    assert np.ptp(np.diff(table["time"])) < 1e-5
    for column, name, sign in (("knee_angle_r", "knee_flexion_right", 1), ("pelvis_tilt", "trunk_inclination", -1)):
        np.testing.assert_allclose(table[column], sign * values_at(table["time"], name), atol=1e-4)


def values_at(time_s: pd.Series, name: str) -> Any:
    series = side_squat().series
    seen = series.valid[name]
    return np.interp(time_s, series.time_s[seen], series.values[name][seen])


#: Of the full-body models of OpenSim whose knee bends positive.
COORDINATES = {"pelvis_tilt", "pelvis_list"} | {
    f"{name}_{side}" for name in ("knee_angle", "hip_flexion", "arm_flex") for side in "lr"
}


def without(result: ClipResult, name: str, frames: slice) -> ClipResult:
    values = {**result.series.values, name: result.series.values[name].copy()}
    values[name][frames] = np.nan
    valid = {**result.series.valid, name: np.isfinite(values[name])}
    return replace(result, series=replace(result.series, values=values, valid=valid))


def test_a_gap_cuts_the_motion_and_a_coordinate_that_is_mostly_missing_is_left_out() -> None:
    result = side_squat()
    whole = read_mot(to_mot(result))[1]
    gap_s = result.series.time_s[~result.series.valid["knee_flexion_right"]]
    assert gap_s.max() < whole["time"].min(), "the drawn clip has a gap near its start, and the longer part counts"
    cut = read_mot(to_mot(without(result, "knee_flexion_right", slice(-40, -36))))[1]
    assert list(cut.columns) == list(whole.columns)
    assert cut["time"].max() < result.series.time_s[-40] < whole["time"].max()
    fewer = read_mot(to_mot(without(result, "knee_flexion_right", slice(0, len(whole) // 2))))[1]
    assert "knee_angle_r" not in fewer
    assert len(fewer) == len(whole)
    nothing = replace(result, series=replace(result.series, values={}, valid={}, errors={}))
    assert to_mot(nothing) == ""


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    result = side_squat()
    world = result.poses.world_xyz_m.copy()
    world[10] = np.nan
    write_result(replace(result, poses=replace(result.poses, world_xyz_m=world)), folder, ["opensim"])
    return folder


def test_opensim_opens_both_files(exported: Path) -> None:
    opensim = pytest.importorskip("opensim")
    opensim.Logger.setLevelString("Off")
    motion = opensim.Storage(str(exported / "angles.mot"))
    assert (motion.getSize(), motion.isInDegrees()) == (len(read_mot(to_mot(side_squat()))[1]), True)
    markers = opensim.TimeSeriesTableVec3(str(exported / "landmarks.trc"))
    assert list(markers.getColumnLabels()) == list(side_squat().poses.skeleton.landmarks)
    assert (markers.getNumRows(), markers.getTableMetaDataAsString("Units")) == (len(side_squat().poses), "m")
    assert np.isnan(markers.getRowAtIndex(10).getElt(0, 0).to_numpy()).all()
    assert np.isfinite(markers.getRowAtIndex(11).getElt(0, 0).to_numpy()).all()


def test_a_model_of_opensim_that_moves_by_the_file_holds_its_shin_as_it_was_measured(exported: Path) -> None:
    """Trunk, hip and knee go in; the shin's lean, which is read by itself, must come out."""
    opensim = pytest.importorskip("opensim")
    opensim.Logger.setLevelString("Off")
    model = opensim.Model()
    part, at = model.getGround(), opensim.Vec3(0, 1, 0)
    # axes as in the full-body models: x ahead, y up, z to the right; the knee's turns the other way, so that bending is positive
    for name, turned in (("pelvis_tilt", 0.0), ("hip_flexion_r", 0.0), ("knee_angle_r", np.pi)):
        body = opensim.Body(f"of_{name}", 1.0, opensim.Vec3(0), opensim.Inertia(1))
        axis = opensim.Vec3(0, turned, 0)
        joint = opensim.PinJoint(f"joint_{name}", part, at, axis, body, opensim.Vec3(0), axis)
        joint.updCoordinate().setName(name)
        model.addBody(body)
        model.addJoint(joint)
        part, at = body, opensim.Vec3(0, 0 if name == "pelvis_tilt" else -0.4, 0)
    state = model.initSystem()
    table = opensim.TimeSeriesTable(str(exported / "angles.mot"))
    shank, found = model.getBodySet().get("of_knee_angle_r"), []
    for row in range(table.getNumRows()):
        for name in ("pelvis_tilt", "hip_flexion_r", "knee_angle_r"):
            degrees = table.getDependentColumn(name)[row]
            model.updCoordinateSet().get(name).setValue(state, np.radians(degrees), False)
        model.realizePosition(state)
        ends = [shank.findStationLocationInGround(state, opensim.Vec3(0, y, 0)).to_numpy() for y in (-0.4, 0.0)]
        ahead, up = (ends[1] - ends[0])[:2]
        found.append(np.degrees(np.arctan2(ahead, up)))
    time_s = pd.Series(table.getIndependentColumn())
    np.testing.assert_allclose(found, values_at(time_s, "shank_inclination_right"), atol=1.5)


def test_a_c3d_file_comes_back_from_ezc3d(tmp_path: Path) -> None:
    ezc3d = pytest.importorskip("ezc3d")
    result = side_squat()
    world = result.poses.world_xyz_m.copy()
    world[10] = np.nan
    write_result(replace(result, poses=replace(result.poses, world_xyz_m=world)), tmp_path, ["c3d"])
    read = ezc3d.c3d(str(tmp_path / "landmarks.c3d"))
    points, settings = read["data"]["points"], read["parameters"]["POINT"]
    labels = settings["LABELS"]["value"]
    assert (settings["UNITS"]["value"], settings["RATE"]["value"][0]) == (["mm"], pytest.approx(30.0))
    assert {"knee_flexion_right", "trunk_inclination"} <= set(settings["ANGLES"]["value"])
    knee = points[0, labels.index("knee_flexion_right")]
    seen = np.isfinite(knee)
    assert seen.sum() > 320
    np.testing.assert_allclose(
        knee[seen], values_at(pd.Series(result.series.time_s[seen]), "knee_flexion_right"), atol=1e-2
    )
    nose, ankle = labels.index("nose"), labels.index("right_ankle")
    assert points[1, nose, 0] > points[1, ankle, 0] + 1000, "y is up, in millimeters"
    assert np.isnan(points[:3, nose, 10]).all()
    assert np.isfinite(points[:3, nose, 11]).all()


def test_marker_file_has_y_up_and_empty_cells_where_nothing_was_seen() -> None:
    result = side_squat()
    world = result.poses.world_xyz_m.copy()
    world[10] = np.nan
    image, seen = result.poses.image_xy_px.copy(), result.poses.visibility.copy()
    image[10], seen[10] = np.nan, 0.0
    result = replace(result, poses=replace(result.poses, world_xyz_m=world, image_xy_px=image, visibility=seen))
    lines = to_trc(result, "landmarks.trc").splitlines()
    assert lines[0] == "PathFileType\t4\t(X/Y/Z)\tlandmarks.trc"
    facts = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=True))
    names = [name for name in lines[3].split("\t")[2:] if name]
    assert (int(facts["NumMarkers"]), facts["Units"], int(facts["NumFrames"])) == (len(names), "m", len(lines) - 6)
    assert names == list(result.poses.skeleton.landmarks)
    row = lines[6].split("\t")
    assert len(row) == 2 + 3 * len(names)
    nose, ankle = (2 + 3 * names.index(name) + 1 for name in ("nose", "right_ankle"))
    assert float(row[nose]) > float(row[ankle])
    assert set(lines[16].split("\t")[2:]) == {""}
    assert len(lines[16].split("\t")) == 2 + 3 * len(names) + 1, "OpenSim drops the last of empty cells"


def test_a_variable_rate_is_evened_out() -> None:
    result = side_squat()
    keep = np.ones(len(result.series.time_s), dtype=bool)
    keep[5:60:4] = False
    series = result.series
    uneven = replace(
        series,
        time_s=series.time_s[keep],
        frame_index=series.frame_index[keep],
        values={n: v[keep] for n, v in series.values.items()},
        valid={n: v[keep] for n, v in series.valid.items()},
        errors={},
    )
    _, table = read_mot(to_mot(replace(result, series=uneven)))
    assert np.ptp(np.diff(table["time"])) < 1e-5
    np.testing.assert_allclose(table["knee_angle_r"], values_at(table["time"], "knee_flexion_right"), atol=0.5)


@pytest.mark.slow
def test_they_are_written_only_on_request(tmp_path: Path) -> None:
    assert "opensim" in available_formats()
    assert "opensim" not in usual_formats()
    written = write_result(side_squat(), tmp_path, usual_formats("opensim"))
    assert {"angles.mot", "landmarks.trc"} <= {path.name for path in written}
    assert not {"angles.mot"} & {path.name for path in write_result(side_squat(), tmp_path / "usual")}
