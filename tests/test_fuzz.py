"""Spoiled files and messages of every kind: refused in two lines, or taken; never a crash. ``benchmarks/fuzz.py`` tries them for hours."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from movescreen.errors import MovescreenError
from movescreen.model import ClipResult
from tests.support.fuzzing import CODES, Kind, make_kinds
from tests.support.fuzzing_records import make_more_kinds

pytestmark = pytest.mark.network
#: How many of each kind; those that analyze cost most.
COUNTS = {
    "clip": 2, "poses": 4, "result": 4, "signals": 25, "list": 8, "manifest": 200, "intake": 20, "plan": 10, "backup": 6, "catalog": 4,
    "message": 300, "frame": 200, "settings": 20, "roster": 20, "roster as text": 20, "picture": 3, "words": 15, "form": 12, "encrypted": 4,
}  # fmt: skip


@pytest.fixture(scope="module")
def kinds(
    sample_result: Callable[[str], ClipResult], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, dict[str, Kind]]]:
    home = tmp_path_factory.mktemp("sound")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOVESCREEN_RECORDS_FOLDER", str(home / "records"))
        result = sample_result("squat_side")
        yield home, make_kinds(home, result) | make_more_kinds(home, result)


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_spoiled_is_refused_or_taken(
    name: str, kinds: tuple[Path, dict[str, Kind]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, known = kinds
    if name == "backup":
        monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "empty"))
    for seed in range(COUNTS[name]):
        out = tmp_path / str(seed)
        out.mkdir()
        file = known[name].make(seed, out)
        begun_s = time.monotonic()
        try:
            known[name].take(file, home, out)
        except SystemExit as end:
            assert end.code in CODES, (name, seed)  # noqa: PT017
        except MovescreenError as error:
            if error.exit_code not in CODES or not error.message:
                raise
        except Exception as error:
            raise AssertionError(f"{name} {seed}: {type(error).__name__}: {error}") from error
        assert time.monotonic() - begun_s < 30
    assert not list(tmp_path.rglob(".*.part"))
    assert sorted(os.listdir(tmp_path)) == sorted(
        {*map(str, range(COUNTS[name])), *(["empty"] if name == "backup" else [])}
    )
