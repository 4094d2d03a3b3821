"""A package of somebody else brings an engine, a signal, a format and a catalog; the one on the page of the docs does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import movescreen.plugins
from tests.conftest import SAMPLES
from tests.support.results import side_squat

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "plugins.md").read_text("utf-8")
RULES = """
[[checks]]
id = "head_low"
kind = "threshold"
title = "Head low"
views = ["side"]
signal = "head_height"
statistic = "min"
direction = "below"
flag = 500.0
note = 600.0
message = "The head came down to {value} % in {affected} of {seen} repetitions."
clear_message = "The head stayed above {value} %."
why = "We want to see it."
cue = "Look ahead."
[checks.plain]
saw = "Your head came down far."
good = "Your head stayed up."
matters = "Your trainer looks at it."
practise = "Look ahead."
[checks.source]
citation = "Our house"
verified = "own_tolerance"
"""
PROGRAM = """
import json, movescreen, sys
clip = movescreen.analyze(sys.argv[1], engine="replay", catalog="house_rules").save("out", formats=["note"])
from movescreen.plugin_loading import load_plugins
found = clip.findings().set_index("check_id")
print(json.dumps({
    "movement": clip.movement, "engine": clip.data.provenance.pose_engine, "reps": len(clip.reps()),
    "column": "head_height_pct" in clip.angles(), "status": found.loc["head_low", "status"], "source": found.loc["head_low", "source"],
    "others": sorted(set(found["status"])), "note": open("out/note.txt").read(), "engines": dict(load_plugins("engines")),
}))
"""


def install(site: Path, name: str, code: str, points: str) -> None:
    """Lay a package where an installer would."""
    (site / f"{name}.py").write_text(code, "utf-8")
    (about := site / f"{name}-1.0.dist-info").mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text(points, "utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (site := tmp_path / "site").mkdir()
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (toml,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    points = re.sub(r'\[project\.entry-points\."(.*?)"\]', r"[\1]", toml).replace('"', "")
    install(site, "house_plugin", "\n".join(blocks), points)
    install(
        site,
        "broken_plugin",
        "raise RuntimeError('made for an older version')",
        "[movescreen.engines]\nbroken = broken_plugin\n",
    )
    (rules := site / "house_rules" / "movements").mkdir(parents=True)
    (rules / "squat.toml").write_text(RULES, "utf-8")
    return site


def run(site: Path, home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    poses = side_squat().poses
    np.save(home / "points.npy", poses.image_xy_px / poses.image_size_px)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{site}", "REPLAY_POINTS": str(home / "points.npy")}
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=home, env=environment, capture_output=True, text=True, timeout=300
    )


@pytest.mark.processes
def test_the_package_of_the_docs_brings_all_four_and_a_broken_one_stops_nothing(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "-c", PROGRAM, SAMPLES / "squat_side.mp4")
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert (told["movement"], told["engine"]) == ("squat", "replay 1.0")
    assert told["reps"] == len(side_squat().reps)
    assert told["column"]
    assert "Our house" in told["source"]
    assert told["status"] in ("borderline", "not_assessed"), "an engine and a signal without a known error flag nothing"
    assert "flagged" not in told["others"]
    assert told["note"] == f"somebody: {told['reps']} repetitions\n"
    assert told["engines"] == {"broken": "RuntimeError: made for an older version", "replay": ""}
    doctor = run(site, tmp_path, "-m", "movescreen", "doctor").stdout
    assert "made for an older version" in doctor
    assert "house_rules" in doctor


@pytest.mark.processes
def test_a_catalog_of_a_package_counts_only_where_it_is_named(site: Path, tmp_path: Path) -> None:
    done = run(
        site,
        tmp_path,
        "-c",
        "from movescreen.settings import load_settings as s; print(s().catalog, s(catalog=['house_rules']).catalog)",
    )
    assert done.stdout.strip() == f"() ({str(site / 'house_rules')!r},)", done.stderr


def test_every_name_for_plugins_is_there_and_on_the_page_of_the_api() -> None:
    for name in movescreen.plugins.__all__:
        assert getattr(movescreen.plugins, name) is not None
    with pytest.raises(AttributeError):
        _ = movescreen.plugins.nothing
    used = set(re.findall(r"^from movescreen\.plugins import (.*)$", PAGE, re.MULTILINE))
    assert {name.strip() for line in used for name in line.split(",")} <= set(movescreen.plugins.__all__)


# --- MoveNet ------------------------------------------------------------------------------------------------------------


class ReadsPlaces:
    """In the place of the network: the picture says in its colors where it is, so the points are found by them in any cut of it."""

    def __init__(self, points: Any) -> None:
        self.points = points

    def setInput(self, square: Any) -> None:
        self.square = square[0].astype(np.float64)

    def forward(self) -> Any:
        found = np.zeros((1, 1, 17, 3), np.float32)
        if (self.square[..., 2] > 200).any():
            for i, point in enumerate(self.points):
                off = ((self.square[..., :2] - point) ** 2).sum(axis=2) + 1e6 * (self.square[..., 2] < 200)
                y, x = np.nonzero(off <= off.min() + 0.5)
                found[0, 0, i] = ((y.mean() + 0.5) / 256, (x.mean() + 0.5) / 256, 0.9)
        return found


def test_movenet_says_where_in_the_picture_it_saw_each_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import cv2

    from movescreen.model import Frame
    from movescreen.pose import ENGINES

    monkeypatch.setattr(ENGINES, "_entries", dict(ENGINES._entries))  # nobody else's tests know of it
    monkeypatch.syspath_prepend(ROOT / "benchmarks" / "movescreen-movenet")
    import movescreen_movenet as plugin

    monkeypatch.delitem(sys.modules, "movescreen_movenet")
    with pytest.raises(movescreen.plugins.AssetError):
        plugin.MoveNet(path=tmp_path / "none.onnx")
    (tmp_path / "net.onnx").write_bytes(b"x")
    chance, size = np.random.default_rng(4), np.array([1280, 720])
    at = np.stack([chance.permutation(np.linspace(330, 560, 17)), np.linspace(90, 640, 17)], axis=1)
    x, y = np.meshgrid(np.linspace(0, 255, size[0]), np.linspace(0, 255, size[1]))
    picture = np.round(np.stack([x, y, np.full_like(x, 255)], axis=2)).astype(np.uint8)
    monkeypatch.setattr(cv2.dnn, "readNetFromONNX", lambda data: ReadsPlaces(255 * at / size))
    with plugin.MoveNet(path=tmp_path / "net.onnx") as engine:
        for number in range(2):  # the whole picture first, then where the person was
            (pose,) = engine.detect(Frame(picture, number / 30, number))
            places = movescreen.plugins.BLAZEPOSE.indices(plugin.POINTS)
            np.testing.assert_allclose(pose.image_xy_px[places], at, atol=8.0 if number == 0 else 5.0)
            assert np.isnan(pose.image_xy_px[movescreen.plugins.BLAZEPOSE.index["left_heel"]]).all()
            assert np.isnan(pose.world_xyz_m).all()
        assert engine.detect(Frame(np.zeros_like(picture), 1.0, 9)) == ()
    with pytest.raises(RuntimeError):
        engine.detect(Frame(picture, 2.0, 10))
