"""The doctor finds what is wrong, says how to mend it, and is stopped by nothing."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import platform
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from movescreen import doctor, parts
from movescreen.doctor import Check, diagnose
from movescreen.errors import AssetError, CatalogError

ROOT = Path(__file__).parents[1]
Patch = pytest.MonkeyPatch
#: Looks at this machine, as if results went to a folder.
Look = Callable[..., tuple[Check, ...]]


def one(checks: Iterable[Check], name: str) -> Check:
    found = [check for check in checks if check.name == name]
    assert len(found) == 1, f"{name}: {found}"
    return found[0]


@pytest.fixture
def look(monkeypatch: Patch, tmp_path: Path) -> Look:
    """Return a function that looks at this machine; what would run in another process counts as fine."""
    fine = subprocess.CompletedProcess((), 0, b"not run", b"")
    monkeypatch.setattr(subprocess, "run", lambda *_args, **_options: fine)
    return lambda folder=tmp_path: diagnose(folder)


@pytest.mark.processes
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


@pytest.mark.processes
def test_heavy_libraries_stay_out_of_this_process(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom movescreen.doctor import diagnose\n"
        f"checks = diagnose({str(tmp_path)!r})\n"
        "assert any(c.name == 'mediapipe loads' and c.ok for c in checks), checks\n"
        "print('mediapipe' in sys.modules, 'cv2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["False", "False"]


def test_one_broken_check_does_not_stop_the_others(look: Look, monkeypatch: Patch) -> None:
    real = importlib.metadata.distribution

    def broken(name: str) -> object:
        if name == "numpy":
            raise RuntimeError("no luck")
        return real(name)

    monkeypatch.setattr(parts, "read_lines", lambda: ["rich", "numpy"])
    monkeypatch.setattr(importlib.metadata, "distribution", broken)
    checks = look()
    assert one(checks, "package rich").ok, "half way"
    failed = one(checks, "packages")
    assert failed.blocking
    assert "RuntimeError: no luck" in failed.detail
    assert one(checks, "processor").detail


# --- system libraries ----------------------------------------------------------------------


def lose_libraries(monkeypatch: Patch, *lost: str) -> None:
    def load(name: str, *args: Any) -> object:
        if name in lost:
            raise OSError(f"{name}: cannot open shared object file")
        return object()

    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(platform, "system", lambda: "Linux")


def test_missing_libraries_of_mediapipe_are_named_with_their_packages(look: Look, monkeypatch: Patch) -> None:
    lose_libraries(monkeypatch, "libEGL.so.1", "libGLESv2.so.2")
    check = one(look(), "system libraries")
    assert check.blocking
    assert "libEGL.so.1, libGLESv2.so.2 cannot be loaded" in check.detail
    assert "sudo apt-get install libegl1 libgles2 " in check.remedy


def test_libraries_of_the_window_alone_do_not_block(look: Look, monkeypatch: Patch) -> None:
    lose_libraries(monkeypatch, "libSM.so.6")
    check = one(look(), "system libraries")
    assert not check.ok
    assert not check.blocking


def test_other_systems_have_nothing_to_install(look: Look, monkeypatch: Patch) -> None:
    lose_libraries(monkeypatch, *doctor.SYSTEM_LIBRARIES)
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert one(look(), "system libraries").ok


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
def test_packages(
    look: Look, monkeypatch: Patch, version: str, modules: str, wanted: str, ok: bool, words: str
) -> None:
    monkeypatch.setattr(parts, "read_lines", lambda: [f"thing{wanted}"])
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: FakeDistribution(version, modules))
    check = one(look(), "package thing")
    assert check.ok is ok
    assert words in check.detail


def test_a_package_that_is_not_there(look: Look, monkeypatch: Patch) -> None:
    name = "no-such-distribution-anywhere"
    monkeypatch.setattr(parts, "read_lines", lambda: [name])
    assert one(look(), f"package {name}") == Check(f"package {name}", False, "is not installed", "sh install.sh")


def packages_of(checks: Iterable[Check]) -> dict[str, str]:
    """Return what is said of each package that was looked at."""
    return {check.name.split()[1]: check.detail for check in checks if check.name.startswith("package ")}


def test_the_packages_are_those_of_the_project(look: Look, monkeypatch: Patch) -> None:
    lines = [
        "numpy>=1.26",
        "pydantic-settings (>=2.3,<3)",
        "uvicorn[standard]>=0.30",
        'pytest>=8; extra == "test"',
        "rich",
    ]
    monkeypatch.setattr(parts, "read_lines", lambda: lines)
    monkeypatch.setattr(importlib.metadata, "distribution", lambda name: FakeDistribution("0.1", "json"))
    assert packages_of(look()) == {
        "numpy": "0.1, but movescreen needs >=1.26",
        "pydantic-settings": "0.1, but movescreen needs >=2.3,<3",
        "uvicorn": "0.1, but movescreen needs >=0.30",
        "rich": "0.1",
    }


def test_a_part_that_is_not_there_is_a_note_and_one_that_is_half_there_is_one_by_package(
    look: Look, monkeypatch: Patch
) -> None:
    lines = ["no-such-thing; extra == 'web'", "no-such-other; extra == 'pdf'", "rich; extra == 'pdf'"]
    monkeypatch.setattr(parts, "read_lines", lambda: lines)
    checks = look()
    note = one(checks, "part web")
    assert (note.ok, note.blocking, note.remedy) == (False, False, 'pip install "movescreen[web]"')
    half = one(checks, "package no-such-other")
    assert (half.ok, half.blocking, half.remedy) == (False, False, 'pip install "movescreen[pdf]"')
    assert one(checks, "package rich").ok
    assert "part records" not in {check.name for check in checks}, "a part without packages has nothing to install"


@pytest.mark.parametrize(
    ("installed", "ok", "words"),
    [
        (["opencv-contrib-python"], True, "opencv-contrib-python 5"),
        (["opencv-python", "opencv-contrib-python"], False, "overwrite each other"),
        ([], False, "none"),
    ],
)
def test_two_opencvs_in_one_folder(look: Look, monkeypatch: Patch, installed: list[str], ok: bool, words: str) -> None:
    def version(name: str) -> str:
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return "5"

    monkeypatch.setattr(importlib.metadata, "version", version)
    check = one(look(), "one OpenCV")
    assert check.ok is ok
    assert words in check.detail
    if len(installed) > 1:
        assert (
            "pip uninstall -y opencv-python opencv-contrib-python && pip install opencv-contrib-python" in check.remedy
        )
        assert not check.blocking


# --- what runs in another process ----------------------------------------------------------


def replace_library(monkeypatch: Patch, folder: Path, name: str, code: str) -> None:
    """Let another process that imports a library get this code instead."""
    (folder / f"{name}.py").write_text(code, "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.mark.processes
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise ImportError('libEGL.so.1: cannot open')", "ImportError: libEGL.so.1: cannot open"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "crashed (SIGKILL)"),
        ("import socket; socket.create_connection(('127.0.0.1', 9))", "it tried to use the network"),
    ],
)
def test_a_library_that_does_not_load_fails_its_own_check(
    monkeypatch: Patch, tmp_path: Path, code: str, words: str
) -> None:
    replace_library(monkeypatch, tmp_path, "mediapipe", code)
    checks = diagnose(tmp_path)
    check = one(checks, "mediapipe loads")
    assert check.blocking
    assert words in check.detail
    assert one(checks, "OpenCV loads").ok


@pytest.mark.processes
def test_a_library_that_hangs_is_given_up(monkeypatch: Patch, tmp_path: Path) -> None:
    replace_library(monkeypatch, tmp_path, "mediapipe", "import time; time.sleep(600)")
    monkeypatch.setattr(doctor, "_CHILD_TIMEOUT_S", 0.2)
    assert "did not finish" in one(diagnose(tmp_path), "mediapipe loads").detail


# --- video, models, catalog, settings ----------------------------------------------------


def test_video_without_an_h264_encoder_only_lacks_the_overlay(look: Look, monkeypatch: Patch) -> None:
    monkeypatch.setattr(doctor, "H264_ENCODERS", ("no_such_encoder",))
    checks = look()
    assert one(checks, "video decoding").ok
    encoder = one(checks, "H.264 encoder for --overlay")
    assert not encoder.ok
    assert not encoder.blocking


def test_models_missing_damaged_and_optional(look: Look, monkeypatch: Patch) -> None:
    from movescreen.pose import assets

    listed = [SimpleNamespace(name="lite", present=True), SimpleNamespace(name="heavy", present=False)]

    def damaged(name: str) -> None:
        raise AssetError(f"the pose model {name} is damaged", "reinstall it")

    monkeypatch.setattr(assets, "list_models", lambda: listed)
    monkeypatch.setattr(assets, "load_model", damaged)
    checks = look()
    lite = one(checks, "pose model lite")
    assert (lite.blocking, lite.remedy) == (True, "reinstall it")
    assert one(checks, "pose model heavy").ok
    monkeypatch.setattr(assets, "list_models", lambda: listed[1:])
    offline = one(look(), "works offline")
    assert not offline.ok


def test_a_broken_catalog(look: Look, monkeypatch: Patch) -> None:
    from movescreen.catalog import norms_library

    def broken(paths: object) -> None:
        raise CatalogError("1 mistake in the norm files: x.toml: norms: is missing", "correct it")

    monkeypatch.setattr(norms_library, "load_norms", broken)
    check = one(look(), "catalog")
    assert check.blocking
    assert "x.toml" in check.detail


def test_wrong_settings(look: Look, monkeypatch: Patch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "movescreen.toml").write_text("modell = 'full'\n", "utf-8")
    check = one(look(), "settings")
    assert check.blocking
    assert "modell" in check.detail
    assert str(tmp_path) in check.detail


# --- the machine ---------------------------------------------------------------------------


def test_output_folder_is_looked_at_but_not_made(look: Look, tmp_path: Path) -> None:
    wanted = tmp_path / "new" / "results"
    checks = look(wanted)
    assert one(checks, "output folder") == Check("output folder", True, f"{tmp_path} can be written")
    assert list(tmp_path.iterdir()) == []


def test_output_folder_that_cannot_be_written(look: Look, monkeypatch: Patch) -> None:
    def refuse(**kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    check = one(look(), "output folder")
    assert check.blocking
    assert "Permission denied" in check.detail


def test_a_full_disk_is_a_warning(look: Look, monkeypatch: Patch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10_000_000))
    check = one(look(), "disk space")
    assert not check.ok
    assert not check.blocking
    assert "0.0 GB" in check.detail


@pytest.mark.parametrize(("cores", "ok"), [(1, False), (2, True)])
def test_cores(look: Look, monkeypatch: Patch, cores: int, ok: bool) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(cores)), raising=False)
    check = one(look(), "processor")
    assert check.ok is ok
    assert not check.blocking


def test_old_python(look: Look, monkeypatch: Patch) -> None:
    monkeypatch.setattr(doctor, "MIN_PYTHON", (99, 0))
    check = one(look(), "Python")
    assert check.blocking
    assert "99.0 or newer" in check.detail


def test_records_are_counted_and_never_begun(look: Look, tmp_path: Path, monkeypatch: Patch) -> None:
    from movescreen.records import open_store

    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "kept"))
    check = one(look(), "records of clients")
    assert check.ok
    assert "none yet" in check.detail
    assert not (tmp_path / "kept").exists()
    with open_store() as store:
        store.add_client()
    assert one(look(), "records of clients").detail.startswith("1, files in ")
    (tmp_path / "kept/records.sqlite").write_bytes(b"damaged" * 500)
    check = one(look(), "records of clients")
    assert not check.ok
    assert not check.needed
    assert check.remedy
