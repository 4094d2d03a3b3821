"""What is wrong with this machine: :func:`diagnose` looks at everything movescreen needs and says how to mend it.

Nothing is printed, and nothing heavy is imported into this process: libraries that could crash it are loaded in another
one, with the network closed to them. A check that fails, or breaks, never stops the others.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.metadata
import importlib.util
import io
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from movescreen.parts import PARTS, list_requirements, name_missing_part

#: Oldest Python that will do.
MIN_PYTHON = (3, 11)
#: Shared libraries of Linux that pip does not bring, and Debian's package of each.
SYSTEM_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGLESv2.so.2": "libgles2",
    "libGL.so.1": "libgl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb.so.1": "libxcb1",
    "libSM.so.6": "libsm6",
    "libXext.so.6": "libxext6",
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
}
#: Those of them that only a window on the screen, or a PDF, uses.
OPTIONAL_LIBRARIES = frozenset({"libSM.so.6", "libXext.so.6", "libpango-1.0.so.0", "libpangoft2-1.0.so.0"})
#: Distributions that all own the one folder ``cv2``.
OPENCV_DISTRIBUTIONS = tuple(f"opencv-{kind}python{end}" for kind in ("", "contrib-") for end in ("", "-headless"))
#: Encoders that make H.264, best first.
H264_ENCODERS = ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf")
#: Free space under which results may not fit, bytes.
LOW_DISK_BYTES = 500_000_000

_REINSTALL = "sh install.sh"
_NOT_INSTALLED = "is not installed"
_CHILD_TIMEOUT_S = 120
_CLIP_FRAMES = 5


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name
        What was looked at.
    ok
        Whether it is as it should be.
    detail
        What was found, in words.
    remedy
        What to do about it; empty when ``ok``.
    needed
        False for what only a part of movescreen uses, or what is merely good to know.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    needed: bool = True

    @property
    def blocking(self) -> bool:
        """True when movescreen cannot work before this is mended."""
        return self.needed and not self.ok


def diagnose(output_dir: Path | str | None = None) -> tuple[Check, ...]:
    """Look at everything movescreen needs on this machine.

    Takes some seconds: mediapipe and OpenCV are really loaded, and a few frames really encoded and decoded.

    Parameters
    ----------
    output_dir
        Folder that results would go to; the working folder when None. It is not created.

    Returns
    -------
    tuple of Check
        In the order in which to read them. Any with :attr:`Check.blocking` keeps movescreen from working.
    """
    folder = Path.cwd() if output_dir is None else Path(output_dir)
    probes: list[tuple[str, Callable[[], Iterable[Check]]]] = [
        ("Python", _check_python),
        ("packages", _check_packages),
        ("one OpenCV", _check_single_opencv),
        ("system libraries", _check_system_libraries),
        ("OpenCV", _check_opencv),
        ("mediapipe", _check_mediapipe),
        ("video", _check_video),
        ("pose models", _check_models),
        ("plug-ins", _check_plugins),
        ("catalog", _check_catalog),
        ("settings", _check_settings),
        ("records", _check_records),
        ("output folder", lambda: _check_output(folder)),
        ("processor", _check_cores),
        ("offline", _check_offline),
    ]
    return tuple(check for name, probe in probes for check in _run(name, probe))


def _run(name: str, probe: Callable[[], Iterable[Check]]) -> list[Check]:
    found: list[Check] = []
    try:
        found.extend(probe())
    except Exception as error:  # whatever a broken machine throws: it is one failed check, not the end of all
        found.append(Check(name, False, f"the check itself failed: {type(error).__name__}: {error}", _REINSTALL))
    return found


# --- Python and its packages ---------------------------------------------------------------


def _check_python() -> Iterator[Check]:
    found = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()} {platform.machine()}"
    wanted = ".".join(map(str, MIN_PYTHON))
    if sys.version_info < MIN_PYTHON:
        yield Check(
            "Python", False, f"{found}; {wanted} or newer is needed", f"install Python {wanted}, then {_REINSTALL}"
        )
    elif sys.maxsize < 2**32:
        yield Check("Python", False, f"{found}, 32 bit; mediapipe has no 32-bit package", "install a 64-bit Python")
    else:
        yield Check("Python", True, found)


def _check_packages() -> Iterator[Check]:
    for name, wanted in list_requirements():
        yield _check_package(name, wanted)
    yield from dict.fromkeys(check for part in PARTS for check in _check_part(part))


def _check_part(part: str) -> Iterator[Check]:
    """Look at the packages of an optional part, which nothing else needs; one that is not there at all is one line."""
    checks = [_check_package(name, wanted) for name, wanted in list_requirements(part)]
    remedy = f'pip install "movescreen[{part}]"'
    if checks and all(check.detail == _NOT_INSTALLED for check in checks):
        yield Check(f"part {part}", False, _NOT_INSTALLED, remedy, needed=False)
        return
    for check in checks:
        yield replace(check, remedy=check.remedy and remedy, needed=False)


def _check_package(name: str, wanted: str) -> Check:
    label = f"package {name}"
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return Check(label, False, _NOT_INSTALLED, _REINSTALL)
    version = distribution.version
    if not any(importlib.util.find_spec(module) for module in _modules_of(distribution)):
        return Check(label, False, f"{version} is listed as installed, but its files are gone", _REINSTALL)
    if not _satisfies(version, wanted):
        return Check(label, False, f"{version}, but movescreen needs {wanted}", _REINSTALL)
    return Check(label, True, version)


def _modules_of(distribution: importlib.metadata.Distribution) -> set[str]:
    listed = distribution.read_text("top_level.txt")
    names = listed.split() if listed else [f.parts[0].removesuffix(".py") for f in distribution.files or []]
    return {name for name in names if name.isidentifier()}


def _satisfies(version: str, wanted: str) -> bool:
    try:
        from packaging.specifiers import SpecifierSet
    except ImportError:  # comes with matplotlib, whose own check then fails
        return True
    return SpecifierSet(wanted).contains(version, prereleases=True)


def _check_single_opencv() -> Iterator[Check]:
    installed = []
    for name in OPENCV_DISTRIBUTIONS:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            installed.append(f"{name} {importlib.metadata.version(name)}")
    if len(installed) <= 1:
        yield Check(
            "one OpenCV", bool(installed), installed[0] if installed else "none", "" if installed else _REINSTALL
        )
        return
    names = " ".join(entry.split()[0] for entry in installed)
    yield Check(
        "one OpenCV",
        False,
        f"{' and '.join(installed)} overwrite each other's files in the one folder cv2",
        f"pip uninstall -y {names} && pip install opencv-contrib-python",
        needed=False,
    )


# --- native libraries ----------------------------------------------------------------------


def _check_system_libraries() -> Iterator[Check]:
    if platform.system() != "Linux":
        yield Check("system libraries", True, f"nothing to install on {platform.system()}")
        return
    missing = find_missing_libraries()
    if not missing:
        yield Check("system libraries", True, ", ".join(SYSTEM_LIBRARIES))
        return
    packages = " ".join(SYSTEM_LIBRARIES[library] for library in missing)
    yield Check(
        "system libraries",
        False,
        f"{', '.join(missing)} cannot be loaded",
        f"sudo apt-get install {packages} (Debian, Ubuntu; elsewhere the packages that hold these files)",
        needed=not OPTIONAL_LIBRARIES.issuperset(missing),
    )


def find_missing_libraries() -> list[str]:
    """Return which of :data:`SYSTEM_LIBRARIES` cannot be loaded; ``install.sh`` asks, too, before any package is there."""
    missing = []
    for library in SYSTEM_LIBRARIES:
        try:
            ctypes.CDLL(library)
        except OSError:
            missing.append(library)
    return missing


def _check_opencv() -> Iterator[Check]:
    code = (
        "import cv2\n"
        "lines = [line.split() for line in cv2.getBuildInformation().splitlines()]\n"
        "gui = [line[1] for line in lines if len(line) > 1 and line[0] == 'GUI:' and line[1] != 'NONE']\n"
        "print(cv2.__version__, 'with windows by ' + gui[0] if gui else 'without windows')"
    )
    yield _check_in_child("OpenCV loads", code)


def _check_mediapipe() -> Iterator[Check]:
    code = (
        "import mediapipe\n"
        "from mediapipe.tasks.python.core import mediapipe_c_bindings\n"
        "mediapipe_c_bindings.load_raw_library()\n"
        "print(mediapipe.__version__)"
    )
    yield _check_in_child("mediapipe loads", code)


_NO_NETWORK = """
import socket
def refuse(*args, **kwargs):
    raise OSError("it tried to use the network")
socket.socket.connect = socket.getaddrinfo = refuse
"""


def _check_in_child(name: str, code: str) -> Check:
    """Run code in another process, without a network; what it prints is the detail."""
    remedy = f"mend the system libraries first, if they are missing; then {_REINSTALL}"
    command = [sys.executable, "-c", _NO_NETWORK + code]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_CHILD_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return Check(name, False, f"did not finish in {_CHILD_TIMEOUT_S} s", remedy)
    if done.returncode == 0:
        return Check(name, True, done.stdout.decode(errors="replace").strip())
    lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
    if done.returncode < 0:
        return Check(name, False, f"crashed ({signal.Signals(-done.returncode).name}): {lines[-1]}", remedy)
    return Check(name, False, lines[-1], remedy)


# --- video ---------------------------------------------------------------------------------


def _check_video() -> Iterator[Check]:
    """Encode and decode a tiny clip in memory, and ask for the decoders that phones need."""
    import av
    from av.codec.codec import UnknownCodecError

    def known(name: str, mode: Literal["r", "w"]) -> bool:
        try:
            av.codec.Codec(name, mode)
        except UnknownCodecError:
            return False
        return True

    encoder = next((name for name in H264_ENCODERS if known(name, "w") and _round_trip(name)), None)
    decoded = encoder is not None or _round_trip("mpeg4")
    lacking = [name for name in ("h264", "hevc") if not known(name, "r")]
    detail = f"no decoder for {', '.join(lacking)}" if lacking else "H.264 and HEVC"
    detail += "" if decoded else "; a clip made here could not be read back"
    ok = decoded and not lacking
    yield Check("video decoding", ok, f"PyAV {av.__version__}: {detail}", "" if ok else _REINSTALL)
    yield Check(
        "H.264 encoder for --overlay",
        encoder is not None,
        encoder or f"none of {', '.join(H264_ENCODERS)} works",
        "" if encoder else "install PyAV from the package index (pip install --force-reinstall --only-binary :all: av)",
        needed=False,
    )


def _round_trip(encoder: str) -> bool:
    """Return whether a few pictures come back from a clip that this encoder made."""
    import av
    import numpy as np

    memory = io.BytesIO()
    try:
        with av.open(memory, mode="w", format="mp4") as writer:
            stream = writer.add_stream(encoder, rate=30)
            if not isinstance(stream, av.VideoStream):
                return False
            stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
            for number in range(_CLIP_FRAMES):
                picture = np.full((96, 128, 3), 40 * number, np.uint8)
                writer.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            writer.mux(stream.encode(None))
        memory.seek(0)
        with av.open(memory, mode="r") as reader:
            levels = [float(frame.to_ndarray(format="gray").mean()) for frame in reader.decode(video=0)]
    except (av.FFmpegError, OSError, ValueError):
        return False
    return len(levels) == _CLIP_FRAMES and levels == sorted(levels) and levels[-1] - levels[0] > 100


# --- what movescreen brings ----------------------------------------------------------------


def _check_plugins() -> Iterator[Check]:
    from movescreen.plugin_loading import KINDS, list_plugins, load_plugins

    for kind in KINDS:
        troubles = load_plugins(kind) if kind != "catalogs" else {}
        for name, package in list_plugins(kind).items():
            trouble = troubles.get(name, "")
            words = f"{kind} of the package {package}"
            yield Check(
                f"plug-in {name}",
                not trouble,
                trouble or words,
                f"update or remove {package}" if trouble else "",
                needed=False,
            )


def _check_models() -> Iterator[Check]:
    from movescreen.errors import AssetError
    from movescreen.pose.assets import BUILT_ON_DEMAND, list_models, load_model

    for asset in list_models():
        name = f"pose model {asset.name}"
        optional = asset.name in BUILT_ON_DEMAND
        if optional and not asset.present:
            yield Check(name, True, "not here; it is optional", needed=False)
            continue
        try:
            found = load_model(asset.name)
            yield Check(name, True, f"{found.path}, sha256 {found.sha256_expected[:12]}", needed=not optional)
        except AssetError as error:
            yield Check(name, False, error.message, error.hint, needed=not optional)


def _check_catalog() -> Iterator[Check]:
    from movescreen.catalog.client_loader import load_client_catalog
    from movescreen.catalog.loader import load_catalog
    from movescreen.catalog.norms_library import load_norms
    from movescreen.errors import MovescreenError
    from movescreen.settings import load_settings

    try:
        own = load_settings().catalog
        movements, norms, care = load_catalog(own).movements, load_norms(own), load_client_catalog(own)
        counts = f"{len(movements)} movements, {len(norms.sets)} norm sets, {len(care.exercises)} exercises"
        yield Check("catalog", True, counts)
    except MovescreenError as error:
        yield Check("catalog", False, error.message, error.hint or _REINSTALL)


def _check_settings() -> Iterator[Check]:
    from movescreen.errors import MovescreenError
    from movescreen.settings import find_config, load_settings

    origin = find_config() or "no config file"
    try:
        values = load_settings().model_dump()
        yield Check("settings", True, f"{', '.join(f'{k} {v}' for k, v in values.items())} ({origin})")
    except MovescreenError as error:
        yield Check(
            "settings", False, error.message, error.hint or "correct the config file or the environment variable"
        )


def _check_records() -> Iterator[Check]:
    from movescreen.errors import MovescreenError
    from movescreen.records import describe_encryption, open_store, records_exist
    from movescreen.settings import load_record_settings

    try:
        where = load_record_settings().data_folder
        if not records_exist():
            yield Check("records of clients", True, f"none yet; they would be in {where}", needed=False)
            return
        with open_store() as store:
            count = len(store.list_clients())
        yield Check("records of clients", True, f"{count}, files in {where}, {describe_encryption()}", needed=False)
    except MovescreenError as error:
        yield Check("records of clients", False, error.message, error.hint, needed=False)
    except ModuleNotFoundError as error:
        missing = name_missing_part(error)
        if missing is None:
            raise
        yield Check("records of clients", False, missing.message, missing.hint, needed=False)


def _check_offline() -> Iterator[Check]:
    from movescreen.pose.assets import list_models

    if any(asset.present for asset in list_models()):
        yield Check("works offline", True, "models and catalog are on this disk; nothing is fetched", needed=False)
    else:
        yield Check("works offline", False, "there is no pose model on this disk", _REINSTALL, needed=False)


# --- the machine ---------------------------------------------------------------------------


def _check_output(folder: Path) -> Iterator[Check]:
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        yield Check(
            "output folder",
            False,
            f"{existing} cannot be written: {error.strerror or error}",
            "choose another with --out",
        )
    else:
        yield Check("output folder", True, f"{existing} can be written")
    free = shutil.disk_usage(existing).free
    low = free < LOW_DISK_BYTES
    remedy = "make room: an overlay video takes about as much as the clip itself" if low else ""
    yield Check("disk space", not low, f"{free / 1e9:.1f} GB free in {existing}", remedy, needed=False)


def _check_cores() -> Iterator[Check]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    enough = cores >= 2
    remedy = "" if enough else "analyzing takes longer; --model lite is faster"
    yield Check("processor", enough, f"{cores} core{'' if cores == 1 else 's'} to use", remedy, needed=False)
