"""Quiet and offline: what is dropped from stderr, what is not, and whose proxy settings come back."""

from __future__ import annotations

import os

import pytest

from movescreen.pose.native_library import BLOCKED_PROXY, UsageReportBlock, quiet_stderr

ROUTINE = [
    b"WARNING: Logging before InitGoogle() is written to STDERR\n",
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n",
    b"WARNING: Read-only tensor #1 (model/pad) has an unaligned buffer (0x7efc, required alignment 4); copying\n",
    b"INFO: [environment.cc:36] Creating LiteRT environment with options\n",
    b"WARNING: [model_load.cc:402] Sparsity tensors may not yet be fully supported.\n",
    b"I0000 00:00:1795444701.292846   13779 gl_context.cc:361] GL version: 3.0\n",
    b"W0000 00:00:1795444701.359356   13779 landmark_projection_calculator.cc:81] Using NORM_RECT without\n",
]
NEWS = [
    b"E0000 00:00:1795444701.359356   13779 graph.cc:81] Failed to run\n",
    b"F0000 00:00:1795444701.359356   13779 graph.cc:81] Check failed\n",
    b"INFO:     127.0.0.1:5000 - GET / 200\n",
    b"WARNING: disk is full\n",
    b"ERROR: [compiled_model.cc:1022] cannot compile\n",
    b"Traceback (most recent call last):\n",
]


def test_routine_notes_are_dropped_and_everything_else_appears(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        for line in (*ROUTINE, *NEWS, *ROUTINE):
            os.write(2, line)
    os.write(2, b"after\n")
    assert capfd.readouterr().err.encode() == b"".join(NEWS) + b"after\n"


def test_stderr_comes_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with quiet_stderr():
            os.write(2, NEWS[0])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    os.write(2, b"after\n")
    assert capfd.readouterr().err.encode() == NEWS[0] + b"after\n"


def test_no_stderr_is_no_trouble(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def closed(fd: int) -> int:
        raise OSError(9, "Bad file descriptor")

    with monkeypatch.context() as patch:
        patch.setattr(os, "dup", closed)
        with quiet_stderr():
            os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"


def test_the_proxy_is_blocked_while_anybody_needs_it_and_then_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {"https_proxy": "http://proxy.example:8080", "no_proxy": "*", "NO_PROXY": None}
    monkeypatch.setenv("https_proxy", "http://proxy.example:8080")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("NO_PROXY", raising=False)
    block = UsageReportBlock()
    block.acquire()
    block.acquire()
    block.release()
    assert os.environ["https_proxy"] == BLOCKED_PROXY
    assert not {"no_proxy", "NO_PROXY"} & set(os.environ)
    block.release()
    assert {name: os.environ.get(name) for name in before} == before


def test_a_variable_that_was_not_set_is_not_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    block = UsageReportBlock()
    block.acquire()
    block.release()
    assert not {"https_proxy", "no_proxy", "NO_PROXY"} & set(os.environ)
