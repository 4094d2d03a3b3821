"""What may be typed: two lines and exit status 2 whatever it is, never a traceback."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from movescreen.cli.app import main

LONG = "a" * 300


@pytest.mark.parametrize(
    "words",
    [
        ("visit", "measure", "C001", "knee_to_wall:left=nan"), ("visit", "measure", "C001", "knee_to_wall:left=1e400"),
        ("visit", "note", "C001", "a" * 100_000), ("visit", "note", "C001", "x\udcff"), ("client", "add", "C002", "--name", "a\udcff"),
        ("report", LONG), ("restore", LONG), ("backup", f"{LONG}.zip"), ("catalog", "check", "--catalog", LONG), ("analyze", f"{LONG}.mp4"),
    ],
    ids=lambda words: " ".join(words)[:40].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_two_lines(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "records"))
    monkeypatch.chdir(tmp_path)
    main_quietly("client", "add", "C001")
    capsys.readouterr()
    assert main_quietly(*words) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in told] == ["error", "hint"]
    assert all(len(line) < 1000 for line in told)


def test_a_question_that_nobody_answers_is_no_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "records"))
    main_quietly("client", "add", "C001")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main_quietly("client", "delete", "C001") == 2


def main_quietly(*words: str) -> int:
    """Return the exit status of a command."""
    try:
        main(list(words))
    except SystemExit as end:
        return int(end.code or 0)
    return 0
