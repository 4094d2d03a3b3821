"""Files and messages that somebody spoiled: sound ones, ways of spoiling them, and the door that each comes in through.

Everything is chosen by a seed. What takes a spoiled file may refuse it, with an error raised on purpose or an exit code of the
README, or find nothing wrong with it; anything else is a bug.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import hashlib
import io
import json
import random
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np

import movescreen
from movescreen.batch.items import name_folders, read_manifest
from movescreen.cli.app import main
from movescreen.errors import InputError
from movescreen.model import ClipResult
from movescreen.report import write_result
from movescreen.report.formats.opensim import to_trc
from movescreen.web.api.live import _Attendance, _News
from movescreen.web.frames import HEADER, decode_picture
from movescreen.web.security.throttling import TokenBucket
from tests.support.clips import make_clip

#: What stands in the place of a value.
ODD: tuple[Any, ...] = (
    None, True, [], {}, "", "x", "\u0000", "../../x", "/etc/passwd", "a" * 100_000, "\ud800", -1, 0, 1e308, -1e308, 10**30, 1e-320, [[]] * 50,
    {"x": {"y": {}}}, "NaN", "2026-13-45", [None] * 3, "pasted\vfrom\x07 elsewhere",
)  # fmt: skip
#: Exit codes that the README knows, but for that of a bug and of missing models.
CODES = frozenset({0, 2, 3})
Random = random.Random


def spoil_bytes(data: bytes, chance: Random) -> bytes:
    """Flip, cut, repeat, overwrite or insert."""
    if not data:
        return b"\0"
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20))):
        at = chance.randrange(len(made)) if chance.random() < 0.5 else chance.randrange(min(len(made), 300))
        size = chance.choice((1, 2, 4, 8, 64))
        way = chance.randrange(6)
        if way == 0:
            made[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            made[at : at + size] = chance.choice((b"\xff", b"\0", b"\x7f", b"\x80")) * size
        elif way == 2:
            made[at:at] = chance.randbytes(size)
        elif way == 3:
            del made[at : at + size]
        elif way == 4:
            made[at:at] = made[at : at + size] * chance.choice((1, 3, 50))
        elif len(made) > 1 and chance.random() < 0.3:
            del made[chance.randrange(1, len(made)) :]
        made = made or bytearray(b"\0")
    return bytes(made)


def spoil_value(value: Any, chance: Random) -> Any:
    """Put something odd in the place of one value, or leave one out."""
    made = copy.deepcopy(value)
    at = made
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        if not keys:
            return made
        key = chance.choice(keys)
        if isinstance(at[key], dict | list) and at[key] and chance.random() < 0.8:
            at = at[key]
            continue
        if chance.random() < 0.2:
            del at[key]
        else:
            at[key] = chance.choice(ODD)
        return made


def spoil_json(data: bytes, chance: Random) -> bytes:
    """Spoil a JSON file, mostly so that it is still one."""
    way = chance.random()
    if way < 0.15:
        return spoil_bytes(data, chance)
    if way < 0.2:
        deep = chance.choice((80, 2000, 100_000))
        return chance.choice(
            (b"[" * deep, b'{"a":' * deep, b"[" * deep + b"]" * deep, b"", b"[]", b"null", b"\xff\xfe")
        )
    value = json.loads(data)
    for _ in range(chance.choice((1, 1, 3))):
        value = spoil_value(value, chance)
    return json.dumps(value, ensure_ascii=chance.random() < 0.9).encode("utf-8", "surrogatepass")


def spoil_zip(data: bytes, chance: Random) -> bytes:
    """Spoil an archive, or one of its entries with all checksums put right."""
    if chance.random() < 0.3:
        return spoil_bytes(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(entries))
    spoil = spoil_json if name.endswith(".json") else spoil_bytes
    way = chance.random()
    if way < 0.8:
        entries[name] = spoil(entries[name], chance)
    elif way < 0.9:
        del entries[name]
    else:
        entries[chance.choice(("../x", "/x", "files/../../x", "files/.x/y", "tables/x.jsonl", "x" * 300))] = b"x"
    if "manifest.json" in entries and name != "manifest.json" and chance.random() < 0.9:
        manifest = json.loads(entries["manifest.json"])
        manifest["sha256"] = {
            key: hashlib.sha256(value).hexdigest() for key, value in entries.items() if key != "manifest.json"
        }
        entries["manifest.json"] = json.dumps(manifest).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, value in entries.items():
            archive.writestr(key, value)
    return packed.getvalue()


def spoil_array(data: bytes, chance: Random) -> bytes:
    """Spoil an archive of arrays, mostly in one array: another shape, another kind, odd numbers."""
    if chance.random() < 0.4:
        return spoil_zip(data, chance)
    arrays = dict(np.load(io.BytesIO(data)))
    name = chance.choice(list(arrays))
    array = arrays[name]
    way = chance.randrange(6)
    if way == 0 and array.ndim:
        array = array[: chance.randrange(len(array) + 1)]
    elif way == 1:
        kinds = ("U4", "bool", "complex128", "int8")
        array = np.array(3) if array.dtype.kind == "U" else array.astype(chance.choice(kinds))
    elif way == 2 and array.dtype.kind in "fi" and array.size:
        array = array.copy()
        array.flat[chance.randrange(array.size)] = (
            chance.choice((0, -1, 10**9))
            if array.dtype.kind == "i"
            else chance.choice((np.nan, np.inf, -np.inf, 1e300, 0.0))
        )
    elif way == 3 and array.dtype.kind == "f":
        array = array * chance.choice((1e-12, 1e12, -1.0, 0.0, 1e300))
    elif way == 4:
        array = array[None]
    else:
        array = np.zeros((0,) * array.ndim, array.dtype)
    arrays[name] = array
    packed = io.BytesIO()
    with np.errstate(all="ignore"):
        np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


@dataclass(frozen=True)
class Kind:
    """One kind of file or message.

    Attributes
    ----------
    sound
        Sound ones: name -> bytes.
    spoil
        How one is spoiled.
    take
        What takes it: the file, the folder of the sound ones, an empty folder.
    needs_client
        Whether the records have to know the client.
    """

    sound: Mapping[str, bytes]
    spoil: Callable[[bytes, Random], bytes]
    take: Callable[[Path, Path, Path], None]
    needs_client: bool = False

    def make(self, seed: int, folder: Path) -> Path:
        """Write a spoiled one."""
        chance = Random(seed)
        name = chance.choice(sorted(self.sound))
        path = folder / name
        path.write_bytes(self.spoil(self.sound[name], chance))
        return path


def run(*words: str) -> None:
    """Run a command, as a user does; SystemExit tells how it ended, unless that was well."""
    try:
        main(list(words))
    except SystemExit as end:
        if end.code:
            raise


def make_kinds(home: Path, result: ClipResult) -> dict[str, Kind]:
    """Make sound files below a folder, and return all kinds; records must be set to a folder there.

    Parameters
    ----------
    home
        Empty folder.
    result
        A clip's result that was analyzed, for poses and results that can be made again.
    """
    write_result(result, home / "clip")
    for words in (
        ("client", "add", "C001"), ("intake", "add", "C001", str(_template(home))), ("intake", "read", "C001", "--by", "AT", "--from", str(home / "words.json")),
        ("plan", "make", "C001", "--out", str(home / "plan")), ("backup", str(home / "backup.zip")),
    ):  # fmt: skip
        run(*words)
    clips = {
        f"c.{end}": make_clip(home / f"c.{end}", [i / 25 for i in range(8)]).read_bytes()
        for end in ("mp4", "mkv", "ts", "avi")
    }
    (home / "own" / "norms").mkdir(parents=True)
    return {
        "clip": Kind(clips, spoil_bytes, lambda file, _, out: run("analyze", str(file), "--out", str(out / "o"))),
        "poses": Kind(_files(home / "clip", "poses.npz"), spoil_array, _report_poses),
        "markers": Kind(
            {"m.trc": to_trc(result, "m.trc").encode()}, spoil_bytes, lambda file, _, out: run("analyze", str(file), "--out", str(out / "o"))
        ),
        "signals": Kind(_files(home / "clip", "signals.npz"), spoil_array, _load),
        "result": Kind(_files(home / "clip", "result.json"), spoil_json, _report),
        "manifest": Kind({"m.csv": b"file,client,movement,view,date,side\na.mp4,C1,squat,side,2026-01-02,\nb.mp4;C2\n"}, spoil_bytes, _manifest),
        "intake": Kind(_files(home, "intake.json"), spoil_json, lambda file, _, out: run("intake", "add", "C001", str(file)), True),
        "reading": Kind(_files(home, "words.json"), spoil_json, lambda file, _, out: run("intake", "read", "C001", "--by", "AT", "--from", str(file)), True),
        "plan": Kind(_files(home / "plan", "plan.json"), spoil_json, lambda file, _, out: run("plan", "save", "C001", str(file)), True),
        "backup": Kind(_files(home, "backup.zip"), spoil_zip, lambda file, _, out: run("restore", str(file))),
        "catalog": Kind(_catalog(), spoil_bytes, _check_catalog),
        "message": Kind({"m.json": b'{"command": "pause", "at": [1, {"x": 2}]}'}, spoil_json, _message),
        "frame": Kind({"f.jpg": HEADER.pack(1.0, 1) + _jpeg()}, spoil_bytes, _frame),
    }  # fmt: skip


def _files(folder: Path, name: str) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes()}


def _template(home: Path) -> Path:
    from datetime import date

    from movescreen.catalog.client_loader import load_client_catalog
    from movescreen.cli.intake import make_template
    from movescreen.client.person import Person
    from movescreen.client.rules.danger_words import find_unread_words

    path, intake = home / "intake.json", make_template(date.today())
    path.write_text(intake.model_dump_json(), "utf-8")
    texts = find_unread_words(Person(intake.day, intake=intake), (), load_client_catalog())
    read = [{"key": each.key, "means": "nothing", "note": "asked"} for each in texts]
    (home / "words.json").write_text(json.dumps(read), "utf-8")
    return path


def _catalog() -> dict[str, bytes]:
    from movescreen.catalog.entries import packaged_folder

    return {path.name: path.read_bytes() for path in sorted((packaged_folder() / "movements").glob("*.toml"))[:4]}


def _jpeg() -> bytes:
    picture = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    return bytes(cv2.imencode(".jpg", picture)[1].tobytes())


def _copy_with(file: Path, home: Path, out: Path) -> Path:
    shutil.copytree(home / "clip", out / "clip")
    shutil.copy(file, out / "clip" / file.name)
    return out / "clip"


def _report(file: Path, home: Path, out: Path) -> None:
    run("report", str(_copy_with(file, home, out)))


def _report_poses(file: Path, home: Path, out: Path) -> None:
    folder = _copy_with(file, home, out)
    # a result of before, which does not know its own poses: what is in them comes as far as it can
    told = json.loads((folder / "result.json").read_bytes())
    del told["contents"]
    (folder / "result.json").write_text(json.dumps(told), "utf-8")
    run("report", str(folder))


def _load(file: Path, home: Path, out: Path) -> None:
    movescreen.load(_copy_with(file, home, out))


def _manifest(file: Path, home: Path, out: Path) -> None:
    for item in name_folders(read_manifest(str(file))):
        if (out / item.folder).parent != out or item.folder in ("", ".", ".."):
            raise AssertionError(f"{item.folder!r} leads elsewhere")


def _check_catalog(file: Path, home: Path, out: Path) -> None:
    (out / "own" / "movements").mkdir(parents=True)
    shutil.copy(file, out / "own" / "movements" / file.name)
    run("catalog", "check", "--catalog", str(out / "own"))


def _attendance() -> _Attendance:
    session: Any = SimpleNamespace(show=lambda frame: decode_picture(frame.jpeg), command=lambda name: None)

    async def make() -> _Attendance:
        socket: Any = None
        return _Attendance(socket, session, _News(), TokenBucket(1e9, 1e9), TokenBucket(1e9, 1e9))

    return asyncio.run(make())


def _message(file: Path, home: Path, out: Path) -> None:
    _taken({"text": file.read_bytes().decode("utf-8", "replace")})


def _frame(file: Path, home: Path, out: Path) -> None:
    _taken({"bytes": file.read_bytes()})


def _taken(message: dict[str, Any]) -> None:
    with contextlib.suppress(InputError, ValueError):  # what the socket counts as malformed
        _attendance()._take(message)
