"""``movescreen serve``: what it refuses, what it says, and that it answers and ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import movescreen.web.security.passwords as passwords
from movescreen.cli.app import main


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["serve", *arguments])
    return int(ended.value.code or 0)


def test_beyond_this_machine_it_demands_a_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(passwords, "password_path", lambda: tmp_path / "web-password")
    assert run("--host", "0.0.0.0") == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert "no password is set" in told[0]
    assert "--set-password" in told[1]


def test_a_certificate_needs_its_key_and_files_must_be_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "c.pem").write_text("x")
    assert run("--certificate", str(tmp_path / "c.pem")) == 2
    assert "needs its key" in capsys.readouterr().err
    assert run("--certificate", str(tmp_path / "none.pem")) == 2
    assert "there is no file" in capsys.readouterr().err
    pem = str(tmp_path / "c.pem")
    assert run("--certificate", pem, "--key", pem, "--port", "0", "--out", str(tmp_path)) == 2
    assert "cannot be used" in capsys.readouterr().err


def test_a_port_that_is_taken_is_told_in_two_lines(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run("--port", str(taken.getsockname()[1]), "--out", str(tmp_path)) == 2
    told = capfd.readouterr()
    assert [line.partition(":")[0] for line in told.err.splitlines()] == ["error", "hint"]
    assert "cannot listen" in told.err
    assert told.out == ""
    assert run("--host", "256.1.1.1", "--out", str(tmp_path)) == 2


@pytest.mark.processes
def test_it_answers_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    code = f"from movescreen.cli import main; main(['serve', '--port', '0', '--out', {str(tmp_path / 'r')!r}])"
    server = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert server.stdout is not None
    told = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    assert told
    with urllib.request.urlopen(f"{told[0]}/", timeout=60) as answer:
        assert b"Screen somebody" in answer.read()
    server.send_signal(signal.SIGINT)
    _, error = server.communicate(timeout=30)
    assert "Traceback" not in error
    assert not (tmp_path / "r").exists(), "nothing is written before there is something to keep"
