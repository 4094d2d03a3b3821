"""Where the pose networks are, and whether they are the files they claim to be.

A model is a ``.task`` bundle named ``pose_landmarker_<name>.task``. It is looked for, first hit wins, in

1. the folder named by the environment variable ``MOVESCREEN_MODELS_DIR``,
2. ``movescreen/_data/models`` inside the installed package,
3. ``models/`` of the repository, when the package runs from a checkout.

Its sha256 is compared with a pinned one before it is used, so that a result can always say which network made it.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from movescreen.errors import AssetError, UnknownNameError

#: Environment variable with a folder of model bundles.
MODELS_DIR_VARIABLE = "MOVESCREEN_MODELS_DIR"
#: File that pins the bundles that are shipped, in the format of ``sha256sum``.
CHECKSUM_FILE = "SHA256SUMS"
#: Bundles that ``models/build_models.py`` can make but that are too large to ship: name -> sha256 of its output.
BUILT_ON_DEMAND = {"heavy": "59a71efb289ca61d3071cad430385663239c4f280e9e49b1cc68239ca8ff5465"}

_PREFIX, _SUFFIX = "pose_landmarker_", ".task"
_verified: dict[tuple[Path, int, int], str] = {}


@dataclass(frozen=True)
class ModelAsset:
    """A model bundle, found or not.

    Attributes
    ----------
    name
        Short name: ``lite``, ``full`` or ``heavy``.
    path
        The file; where it would be expected when it is not ``present``.
    sha256_expected
        Pinned hash, 64 hexadecimal digits.
    present
        True when there is a file at ``path``; whether it is intact is for :func:`load_model` to say.
    """

    name: str
    path: Path
    sha256_expected: str
    present: bool


def list_models() -> list[ModelAsset]:
    """List every known model, lightest first.

    Returns
    -------
    list of ModelAsset
        Also those that are not there; nothing is hashed.

    Raises
    ------
    AssetError
        When the list of pinned hashes itself is missing or unreadable.
    """
    return [_locate(name, sha256) for name, sha256 in _pinned_hashes().items()]


def load_model(name: str) -> ModelAsset:
    """Find a model and make sure that it is intact.

    Parameters
    ----------
    name
        Short name of the model.

    Returns
    -------
    ModelAsset
        A file whose sha256 is the pinned one.

    Raises
    ------
    UnknownNameError
        When there is no model of that name.
    AssetError
        When the file is missing, unreadable, or not the pinned one.
    """
    pinned = _pinned_hashes()
    if name not in pinned:
        raise UnknownNameError("pose model", name, pinned)
    asset = _locate(name, pinned[name])
    if not asset.present:
        raise AssetError(f"the pose model {name!r} is missing: {asset.path} does not exist", _how_to_get(name))
    found = _hash_of(asset.path)
    if found != asset.sha256_expected:
        raise AssetError(
            f"the pose model {asset.path} is damaged: "
            f"expected sha256 {asset.sha256_expected[:12]}…, found {found[:12]}…",
            _how_to_get(name),
        )
    return asset


def _how_to_get(name: str) -> str:
    if name in BUILT_ON_DEMAND:
        return (
            f"{name} is not shipped: build it with `python models/build_models.py --models {name}` in a checkout "
            f"(needs npm or the package file), then keep it there or point {MODELS_DIR_VARIABLE} at its folder"
        )
    return "reinstall movescreen, or rebuild it in a checkout with `python models/build_models.py`"


def _locate(name: str, sha256: str) -> ModelAsset:
    candidates = [folder / f"{_PREFIX}{name}{_SUFFIX}" for folder in _folders()]
    path = next((p for p in candidates if p.is_file()), None)
    return ModelAsset(name, path or candidates[0], sha256, path is not None)


def _folders() -> list[Path]:
    named = os.environ.get(MODELS_DIR_VARIABLE)
    return ([Path(named)] if named else []) + _package_folders()


def _package_folders() -> list[Path]:
    package = Path(str(importlib.resources.files("movescreen")))
    return [package / "_data" / "models", package.parent / "models"]


@cache
def _pinned_hashes() -> dict[str, str]:
    """Name -> sha256 of every known model; read from the package's own list, never from beside a foreign file."""
    for folder in _package_folders():
        if (folder / CHECKSUM_FILE).is_file():
            return _read_checksums(folder / CHECKSUM_FILE) | BUILT_ON_DEMAND
    raise AssetError(f"{CHECKSUM_FILE} of the pose models is missing from this installation", "reinstall movescreen")


def _read_checksums(path: Path) -> dict[str, str]:
    hashes = {}
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        sha256, _, file_name = line.partition("  ")
        if len(sha256) != 64 or not (file_name.startswith(_PREFIX) and file_name.endswith(_SUFFIX)):
            raise AssetError(f"{path} is damaged: {line!r} is not a checksum of a model", "reinstall movescreen")
        hashes[file_name.removeprefix(_PREFIX).removesuffix(_SUFFIX)] = sha256
    return hashes


def _hash_of(path: Path) -> str:
    """sha256 of a file, remembered within the process until its size or time of change differs."""
    try:
        path = path.resolve()
        stat = path.stat()
        key = (path, stat.st_mtime_ns, stat.st_size)
        if key not in _verified:
            with path.open("rb") as file:
                _verified[key] = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as exc:
        raise AssetError(
            f"the pose model {path} cannot be read: {exc.strerror or exc}", "check its permissions"
        ) from exc
    return _verified[key]
