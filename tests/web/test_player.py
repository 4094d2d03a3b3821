"""The player in a browser: two clips in step, a frame on, an angle by hand, a picture saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from movescreen.model import ClipResult
from movescreen.render.film import FilmTape
from movescreen.report.pages.player import render_player
from tests.support.results import side_squat


def test_two_clips_go_in_step_and_an_angle_is_drawn(playing: Callable[..., Any], tmp_path: Path) -> None:
    first = side_squat()
    page_file = tmp_path / "player.html"
    page_file.write_text(render_player([first, first], ["one", "two"]), "utf-8")
    page = playing().new_page(viewport={"width": 1200, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    told = page.locator("dl.told")
    turn = knee_told(first, first.reps[0].turn_s)
    assert told.nth(0).inner_text() == told.nth(1).inner_text()
    assert turn in told.nth(0).inner_text()
    page.get_by_label("Repetition").nth(1).select_option("1")
    assert knee_told(first, first.reps[1].turn_s) in told.nth(1).inner_text()
    page.locator("body").press("ArrowRight")
    assert "from the deepest point" in page.locator("#clock").inner_text()
    page.locator("#tool").select_option("angle")
    box = page.locator("canvas").first.bounding_box()
    for x, y in ((0.2, 0.5), (0.5, 0.5), (0.5, 0.8)):  # a right angle
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    assert (page.locator("canvas").first.get_attribute("aria-label") or "").endswith("90°")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save this picture").first.click()
    assert saved.value.suggested_filename.endswith("s.png")
    assert said == []


def test_the_film_goes_along_with_the_skeleton(playing: Callable[..., Any], tmp_path: Path) -> None:
    """Each picture of the film has a gray of its own, so that the page shows which one it drew."""
    result, tape = side_squat(), FilmTape()
    times = result.poses.time_s[:: max(1, round(len(result.poses) / result.poses.time_s[-1] / 20))]
    for number, time_s in enumerate(times):
        tape.push(np.full((48, 64, 3), gray_of(number), np.uint8), float(time_s))
    page_file = tmp_path / "player.html"
    page_file.write_text(render_player([result], ["one"], films=[tape.finish()]), "utf-8")
    page = playing().new_page(viewport={"width": 1200, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(page_file.as_uri())
    page.locator("#lines").uncheck()
    page.locator("#angles").uncheck()
    canvas, before = page.locator("canvas").first, -1
    for move, by in (("", 0), ("#forth", 1), ("#forth", 1), ("#back", -1)):
        if move:
            page.locator(move).click()
            page.locator(f'canvas[data-frame="{before + by}"]').first.wait_for()
        page.locator('canvas[data-filmed="true"]').first.wait_for()
        before = int(canvas.get_attribute("data-frame") or -1)
        seen = page.evaluate("document.querySelector('canvas').getContext('2d').getImageData(30, 30, 1, 1).data[0]")
        shown = int(np.flatnonzero(times <= result.poses.time_s[before] + 1e-6)[-1])
        assert abs(seen - gray_of(shown)) <= 5
    assert [text for text in said if "willReadFrequently" not in text] == []  # which is about the test's own reading


def gray_of(picture: int) -> int:
    """Return the gray of a picture of the film: neighbors are far from each other."""
    return 40 + 50 * (picture % 4)


def knee_told(result: ClipResult, time_s: float) -> str:
    name = f"knee_flexion_{result.view.near_side}"
    frame = int(np.argmin(np.abs(result.poses.time_s - time_s)))
    return f"{result.series.values[name][frame]:.0f} ±"
