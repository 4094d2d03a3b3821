"""The page to look at clips: what it holds, and that nothing gets in or out of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movescreen.model import BLAZEPOSE
from movescreen.render.film import Film
from movescreen.report.pages.player import kept_film, render_player
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


def test_a_film_lies_in_the_page_where_the_person_is_and_comes_back_from_it(tmp_path: Path) -> None:
    result = side_squat()
    film = Film(b"\x00\x01an MP4 file\xff", 0.25, (0.25, 0.0, 0.75, 1.0))
    page = render_player([result], ["one"], films=[film])
    (clip,) = data_of(page)["clips"]
    left, top, width, height = clip["picture"]
    assert clip["film"]["place"] == pytest.approx([left + width / 4, top, width / 2, height], abs=0.1)
    assert clip["film"]["start"] == 0.25
    (tmp_path / "player.html").write_text(page, "utf-8")
    assert kept_film(tmp_path) == film
    (tmp_path / "player.html").write_text(render_player([result], ["one"]), "utf-8")
    assert kept_film(tmp_path) is None
    (tmp_path / "player.html").write_text(page.replace('data-box="0.25', 'data-box="0.2.5'), "utf-8")
    assert kept_film(tmp_path) is None


def test_the_angles_on_the_picture_are_those_of_the_frame_beside_their_joint() -> None:
    result = side_squat()
    (clip,) = data_of(render_player([result], ["one"]))["clips"]
    label = next(label for label in clip["labels"] if label["text"] == "knee {value}°")
    side, frame = result.view.near_side, 40
    assert label["values"][frame] == round(float(result.series.values[f"knee_flexion_{side}"][frame]))
    (joint,) = label["at"]
    shins = [bone for bone in clip["bones"] if is_shin(bone, clip) and bone[2] == side]
    assert joint == shins[0][0]


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
