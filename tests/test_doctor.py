"""The doctor finds what is wrong, says how to mend it, and is stopped by nothing."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from movescreen import doctor
from movescreen.doctor import Check, diagnose
from movescreen.errors import AssetError, CatalogError

ROOT = Path(__file__).parents[1]
Patch = pytest.MonkeyPatch


def one(checks: Iterable[Check], name: str) -> Check:
    found = [check for check in checks if check.name == name]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


def test_this_machine_is_fit_and_asks_nobody_outside(tmp_path: Path, monkeypatch: Patch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("the doctor used the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    checks = diagnose(tmp_path)
    assert [check for check in checks if check.blocking] == []
    assert all(check.ok or check.remedy for check in checks)
    names = [check.name for check in checks]
    assert len(names) == len(set(names))
    assert {"Python", "mediapipe loads", "OpenCV loads", "video decoding", "pose model full", "works offline"} <= {
        *names
    }


def test_heavy_libraries_stay_out_of_this_process(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom movescreen.doctor import diagnose\n"
        f"checks = diagnose({str(tmp_path)!r})\n"
        "assert any(c.name == 'mediapipe loads' and c.ok for c in checks), checks\n"
        "print('mediapipe' in sys.modules, 'cv2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "False"]


def test_one_broken_check_does_not_stop_the_others(tmp_path: Path, monkeypatch: Patch) -> None:
    def broken() -> Iterable[Check]:
        yield Check("packages", True, "half way")
        raise RuntimeError("no luck")

    monkeypatch.setattr(doctor, "_check_packages", broken)
    monkeypatch.setattr(doctor, "_check_in_child", lambda name, code: Check(name, True, "not run"))
    checks = diagnose(tmp_path)
    failed = next(check for check in checks if not check.ok and check.name == "packages")
    assert failed.blocking
    assert "RuntimeError: no luck" in failed.detail
    assert next(c.detail for c in checks if c.name == "packages") == "half way"
    assert one(checks, "processor").detail


# --- system libraries ----------------------------------------------------------------------


def lose_libraries(monkeypatch: Patch, *lost: str) -> None:
    def load(name: str, *args: Any) -> object:
        if name in lost:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(platform, "system", lambda: "Linux")


def test_missing_libraries_of_mediapipe_are_named_with_their_packages(monkeypatch: Patch) -> None:
    lose_libraries(monkeypatch, "libEGL.so.1", "libGLESv2.so.2")
    check = one(doctor._check_system_libraries(), "system libraries")
    assert check.blocking
    assert "libEGL.so.1, libGLESv2.so.2 cannot be loaded" in check.detail
    assert "sudo apt-get install libegl1 libgles2 " in check.remedy


def test_libraries_of_the_window_alone_do_not_block(monkeypatch: Patch) -> None:
    lose_libraries(monkeypatch, "libSM.so.6")
    check = one(doctor._check_system_libraries(), "system libraries")
    assert not check.ok
    assert not check.blocking


def test_other_systems_have_nothing_to_install(monkeypatch: Patch) -> None:
    lose_libraries(monkeypatch, *doctor.SYSTEM_LIBRARIES)
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert one(doctor._check_system_libraries(), "system libraries").ok


def test_the_installer_looks_for_the_same_libraries() -> None:
    script = (ROOT / "install.sh").read_text("utf-8")
    assert dict(re.findall(r"^    (lib\S+):(lib\S+)$", script, re.MULTILINE)) == doctor.SYSTEM_LIBRARIES


# --- packages ------------------------------------------------------------------------------


class FakeDistribution:
    def __init__(self, version: str, modules: str) -> None:
        self.version, self.files, self._modules = version, None, modules

    def read_text(self, name: str) -> str | None:
        return self._modules if name == "top_level.txt" else None


@pytest.mark.parametrize(
    ("version", "modules", "wanted", "ok", "words"),
    [
        ("1.2.2", "json", ">=1.2,<2", True, "1.2.2"),
        ("2.0", "json", ">=1.2,<2", False, "movescreen needs >=1.2,<2"),
        ("1.2.2", "no_such_module_anywhere", ">=1.2", False, "its files are gone"),
    ],
)
def test_packages(monkeypatch: Patch, version: str, modules: str, wanted: str, ok: bool, words: str) -> None:
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: FakeDistribution(version, modules))
    check = doctor._check_package("thing", wanted)
    assert (check.name, check.ok) == ("package thing", ok)
    assert words in check.detail


def test_a_package_that_is_not_there() -> None:
    check = doctor._check_package("no-such-distribution-anywhere", "")
    assert check == Check("package no-such-distribution-anywhere", False, "is not installed", "sh install.sh")


def test_the_packages_are_those_of_the_project(monkeypatch: Patch) -> None:
    lines = [
        "numpy>=1.26",
        "pydantic-settings (>=2.3,<3)",
        "uvicorn[standard]>=0.30",
        'pytest>=8; extra == "test"',
        "rich",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: lines)
    assert doctor._requirements() == [
        ("numpy", ">=1.26"),
        ("pydantic-settings", ">=2.3,<3"),
        ("uvicorn", ">=0.30"),
        ("rich", ""),
    ]


def test_the_packages_of_a_checkout_that_is_not_installed(monkeypatch: Patch) -> None:
    def absent(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", absent)
    assert {"mediapipe", "numpy", "av"} <= {name for name, _ in doctor._requirements()}


@pytest.mark.parametrize(
    ("installed", "ok", "words"),
    [
        (["opencv-contrib-python"], True, "opencv-contrib-python 5"),
        (["opencv-python", "opencv-contrib-python"], False, "overwrite each other"),
        ([], False, "none"),
    ],
)
def test_two_opencvs_in_one_folder(monkeypatch: Patch, installed: list[str], ok: bool, words: str) -> None:
    def version(name: str) -> str:
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return "5"

    monkeypatch.setattr(importlib.metadata, "version", version)
    check = one(doctor._check_single_opencv(), "one OpenCV")
    assert check.ok is ok
    assert words in check.detail
    if len(installed) > 1:
        assert (
            "pip uninstall -y opencv-python opencv-contrib-python && pip install opencv-contrib-python" in check.remedy
        )
        assert not check.blocking


# --- what runs in another process ----------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "ok", "words"),
    [
        ("print('fine')", True, "fine"),
        ("raise ImportError('libEGL.so.1: cannot open')", False, "ImportError: libEGL.so.1: cannot open"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", False, "crashed (SIGKILL)"),
        ("socket.create_connection(('127.0.0.1', 9))", False, "it tried to use the network"),
    ],
)
def test_what_another_process_tells(code: str, ok: bool, words: str) -> None:
    check = doctor._check_in_child("thing", code)
    assert check.ok is ok
    assert words in check.detail


def test_a_library_that_hangs_is_given_up(monkeypatch: Patch) -> None:
    monkeypatch.setattr(doctor, "_CHILD_TIMEOUT_S", 0.2)
    assert "did not finish" in doctor._check_in_child("thing", "import time; time.sleep(30)").detail


# --- video, models, catalogue, settings ----------------------------------------------------


def test_video_without_an_h264_encoder_only_lacks_the_overlay(monkeypatch: Patch) -> None:
    monkeypatch.setattr(doctor, "H264_ENCODERS", ("no_such_encoder",))
    checks = list(doctor._check_video())
    assert one(checks, "video decoding").ok
    encoder = one(checks, "H.264 encoder for --overlay")
    assert not encoder.ok
    assert not encoder.blocking


def test_an_encoder_that_is_not_there_gives_no_clip() -> None:
    assert doctor._round_trip("mpeg4")
    assert not doctor._round_trip("no_such_encoder")


def test_models_missing_damaged_and_optional(monkeypatch: Patch) -> None:
    from movescreen.pose import assets

    listed = [SimpleNamespace(name="lite", present=True), SimpleNamespace(name="heavy", present=False)]

    def damaged(name: str) -> None:
        raise AssetError(f"the pose model {name} is damaged", "reinstall it")

    monkeypatch.setattr(assets, "list_models", lambda: listed)
    monkeypatch.setattr(assets, "load_model", damaged)
    checks = list(doctor._check_models())
    lite = one(checks, "pose model lite")
    assert (lite.blocking, lite.remedy) == (True, "reinstall it")
    assert one(checks, "pose model heavy").ok
    monkeypatch.setattr(assets, "list_models", lambda: listed[1:])
    offline = one(doctor._check_offline(), "works offline")
    assert not offline.ok


def test_a_broken_catalogue(monkeypatch: Patch) -> None:
    from movescreen.catalog import norms_library

    def broken(paths: object) -> None:
        raise CatalogError("1 mistake in the norm files: x.toml: norms: is missing", "correct it")

    monkeypatch.setattr(norms_library, "load_norms", broken)
    check = one(doctor._check_catalog(), "catalogue")
    assert check.blocking
    assert "x.toml" in check.detail


def test_wrong_settings(monkeypatch: Patch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "movescreen.toml").write_text("modell = 'full'\n", "utf-8")
    check = one(doctor._check_settings(), "settings")
    assert check.blocking
    assert "modell" in check.detail
    assert str(tmp_path) in check.detail


# --- the machine ---------------------------------------------------------------------------


def test_output_folder_is_looked_at_but_not_made(tmp_path: Path) -> None:
    wanted = tmp_path / "new" / "results"
    checks = list(doctor._check_output(wanted))
    assert one(checks, "output folder") == Check("output folder", True, f"{tmp_path} can be written")
    assert list(tmp_path.iterdir()) == []


def test_output_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: Patch) -> None:
    def refuse(**kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    check = one(doctor._check_output(tmp_path), "output folder")
    assert check.blocking
    assert "Permission denied" in check.detail


def test_a_full_disk_is_a_warning(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    check = one(doctor._check_output(tmp_path), "disk space")
    assert not check.ok
    assert not check.blocking
    assert "0.0 GB" in check.detail


@pytest.mark.parametrize(("cores", "ok"), [(1, False), (2, True)])
def test_cores(monkeypatch: Patch, cores: int, ok: bool) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)), raising=False)
    check = one(doctor._check_cores(), "processor")
    assert check.ok is ok
    assert not check.blocking


def test_old_python(monkeypatch: Patch) -> None:
    monkeypatch.setattr(doctor, "MIN_PYTHON", (99, 0))
    check = one(doctor._check_python(), "Python")
    assert check.blocking
    assert "99.0 or newer" in check.detail


def test_records_are_counted_and_never_begun(tmp_path: Path, monkeypatch: Patch) -> None:
    from movescreen.records import open_store

    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "kept"))
    check = one(doctor._check_records(), "records of clients")
    assert check.ok
    assert "none yet" in check.detail
    assert not (tmp_path / "kept").exists()
    with open_store() as store:
        store.add_client()
    assert one(doctor._check_records(), "records of clients").detail.startswith("1, files in ")
    (tmp_path / "kept/records.sqlite").write_bytes(b"damaged" * 500)
    check = one(doctor._check_records(), "records of clients")
    assert not check.ok
    assert not check.needed
    assert check.remedy
