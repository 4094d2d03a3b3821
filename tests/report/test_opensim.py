"""OpenSim's files, read back as OpenSim reads them."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from movescreen.report import available_formats, usual_formats, write_result
from movescreen.report.formats.opensim import to_mot, to_trc
from tests.support.results import side_squat


def read_mot(text: str) -> tuple[dict[str, str], pd.DataFrame]:
    head, _, body = text.partition("endheader\n")
    facts = dict(re.findall(r"^(\w+)=(.*)$", head, re.M))
    return facts, pd.read_csv(io.StringIO(body), sep="\t")


def test_motion_file_holds_the_angles_in_equal_steps() -> None:
    result = side_squat()
    facts, table = read_mot(to_mot(result))
    assert (facts["inDegrees"], int(facts["nRows"]), int(facts["nColumns"])) == ("yes", *table.shape)
    assert np.ptp(np.diff(table["time"])) < 1e-5
    values = result.series.values["knee_flexion_right"]
    np.testing.assert_allclose(table["knee_flexion_right"], values, atol=1e-5, equal_nan=True)


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


def test_a_variable_rate_is_evened_out_and_a_gap_stays_a_gap() -> None:
    result = side_squat()
    keep = np.ones(len(result.series.time_s), dtype=bool)
    keep[5:60:4] = False
    keep[100:130] = False
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
    assert len(table) == len(series.time_s)
    truth = series.values["knee_flexion_right"]
    assert np.isnan(table["knee_flexion_right"][103:127]).all()
    read = table["knee_flexion_right"].to_numpy()
    both = np.isfinite(read) & np.isfinite(truth)
    assert both[:60].sum() > 50
    np.testing.assert_allclose(read[both], truth[both], atol=0.5)


@pytest.mark.slow
def test_they_are_written_only_on_request(tmp_path: Path) -> None:
    assert "opensim" in available_formats()
    assert "opensim" not in usual_formats()
    written = write_result(side_squat(), tmp_path, usual_formats("opensim"))
    assert {"angles.mot", "landmarks.trc"} <= {path.name for path in written}
    assert not {"angles.mot"} & {path.name for path in write_result(side_squat(), tmp_path / "usual")}
