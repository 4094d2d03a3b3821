"""The page to look at clips: what it holds, and that nothing gets in or out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from movescreen.model import BLAZEPOSE
from movescreen.report.pages.player import render_player
from tests.support.results import side_squat


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_it_holds_every_frame_its_readings_with_their_error_and_the_turns() -> None:
    result = side_squat()
    (clip,) = data_of(render_player([result], ["one"]))["clips"]
    assert len(clip["times"]) == len(clip["points"]) == len(result.poses)
    assert [rep["turn"] for rep in clip["reps"]] == [rep.turn_s for rep in result.reps]
    frame = int(np.argmin(np.abs(result.poses.time_s - result.reps[0].turn_s)))
    name = f"knee_flexion_{result.view.near_side}"
    knee = next(r for r in clip["readings"] if abs(r["values"][frame] - result.series.values[name][frame]) < 0.1)
    assert knee["unit"] == "°"
    assert knee["error"] == pytest.approx(float(np.nanmedian(result.series.errors[name])), abs=0.06)
    # the shin is drawn where it is in the picture, moved and enlarged as the whole
    (a, b, side) = next(bone for bone in clip["bones"] if is_shin(bone, clip))
    drawn = np.array([clip["points"][frame][2 * a : 2 * a + 2], clip["points"][frame][2 * b : 2 * b + 2]], float)
    seen = result.poses.image_xy_px[frame, [BLAZEPOSE.index[f"{side}_knee"], BLAZEPOSE.index[f"{side}_ankle"]]]
    scale = clip["picture"][2] / result.poses.image_size_px[0]
    np.testing.assert_allclose(drawn[1] - drawn[0], (seen[1] - seen[0]) * scale, atol=2.0)
    np.testing.assert_allclose(drawn[0], seen[0] * scale + clip["picture"][:2], atol=2.0)


def is_shin(bone: list[Any], clip: dict[str, Any]) -> bool:
    names = [n for n in BLAZEPOSE.landmarks if any(n in e for e in BLAZEPOSE.edges if not e[0].startswith("mouth"))]
    return [names[bone[0]].partition("_")[2], names[bone[1]].partition("_")[2]] == ["knee", "ankle"]


def test_who_is_not_seen_is_not_drawn() -> None:
    result = side_squat()
    xy = result.poses.image_xy_px.copy()
    xy[5] = np.nan
    world, visibility = result.poses.world_xyz_m.copy(), result.poses.visibility.copy()
    world[5], visibility[5] = np.nan, np.nan
    gone = replace(result, poses=replace(result.poses, image_xy_px=xy, world_xyz_m=world, visibility=visibility))
    points = data_of(render_player([gone], ["one"]))["clips"][0]["points"]
    assert points[5] is None
    assert points[4] is not None


def test_its_own_script_alone_may_run_and_a_name_cannot_become_one() -> None:
    page = render_player([side_squat()], ["</script><script>alert(1)</script>"], client="<img src=x>")
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.S)
    assert len(scripts) == 2
    ran = next(body for head, body in scripts if "module" in head)
    allowed = base64.b64encode(hashlib.sha256(ran.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in page
    assert "default-src 'none'" in page
    assert "<img" not in page
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest|import\(", ran)
