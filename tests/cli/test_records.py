"""The commands around encryption: what they ask, what they say, and what they refuse in two lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
import typer
from keyring.backends.fail import Keyring as NoKeyring

from movescreen import encryption
from movescreen.encryption import VARIABLE
from movescreen.records import encrypting
from tests.conftest import Run
from tests.support.locked import PASSPHRASE, quick_wrap


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """Return a list whose entries answer the questions of commands."""
    given: list[object] = []
    monkeypatch.setattr(typer, "prompt", lambda *_a, **_k: given.pop(0))
    monkeypatch.setattr(typer, "confirm", lambda *_a, **_k: given.pop(0))
    monkeypatch.setattr(encryption, "_opened", {})
    monkeypatch.setattr(encrypting, "wrap", quick_wrap)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield given
    keyring.set_keyring(before)
    assert not given, "every answer was asked for"


def test_encryption_from_the_first_word_to_the_last(
    run_kept: Run, tmp_path: Path, answers: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_kept("client", "add", "C001", "--name", "Annabel")
    assert "not encrypted: who has the disk reads them" in run_kept("records", "status").out
    assert "not encrypted" in run_kept("backup", tmp_path / "plain.zip").out
    assert run_kept("client", "export", "C001", "--out", tmp_path / "plain").err == ""
    for command in ("passphrase", "remember", "forget", "decrypt"):
        refused = run_kept("records", command)
        assert (refused.code, refused.err.splitlines()[0]) == (2, "error: the records are not encrypted")

    answers += ["short"]
    assert run_kept("records", "encrypt").code == 2
    answers += [PASSPHRASE, True]
    done = run_kept("records", "encrypt")
    assert done.code == 0
    (secret,) = (line.strip() for line in done.out.splitlines() if "AGE-SECRET-KEY-1" in line)
    assert "encrypted: 1\N{NO-BREAK SPACE}client" in done.out
    assert run_kept("records", "status").out.rstrip().endswith(": encrypted")

    encryption._opened.clear()  # another process
    refused = run_kept("client", "list")
    assert (refused.code, refused.out, len(refused.err.splitlines())) == (2, "", 2)
    assert "nobody can be asked for the passphrase" in refused.err
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert "Annabel" in run_kept("client", "list").out
    assert "encrypted" in run_kept("doctor").out
    export = run_kept("client", "export", "C001", "--out", tmp_path / "export")
    assert (export.code, export.err) == (
        0, "note: clients' records are encrypted, the files that this command wrote are not\n"
    )  # fmt: skip
    assert "encrypted; the passphrase of now opens it" in run_kept("backup", tmp_path / "b.zip").out
    assert "encrypted already" in run_kept("records", "encrypt").out

    answers += [secret, "a newer passphrase"]
    assert "was changed" in run_kept("records", "passphrase", "--recovery").out
    encryption._opened.clear()
    assert "this is not the passphrase" in run_kept("client", "list").err
    assert run_kept("records", "passphrase").code == 2
    monkeypatch.setenv(VARIABLE, "a newer passphrase")
    answers += [False]
    assert "nothing was decrypted" in run_kept("records", "decrypt").err
    assert "decrypted: 1" in run_kept("records", "decrypt", "--yes").out
    monkeypatch.delenv(VARIABLE)
    assert "Annabel" in run_kept("client", "list").out


def test_an_encrypted_backup_makes_encrypted_records_of_none(
    run_kept: Run, tmp_path: Path, answers: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_kept("client", "add", "C001", "--name", "Annabel")
    answers += [PASSPHRASE, True]
    run_kept("records", "encrypt")
    run_kept("backup", tmp_path / "b.zip")
    encryption._opened.clear()
    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "other"))
    assert "nobody can be asked" in run_kept("restore", tmp_path / "b.zip").err
    assert not (tmp_path / "other").exists()
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert "the records are encrypted, with the passphrase of the backup" in run_kept("restore", tmp_path / "b.zip").out
    assert "Annabel" in run_kept("client", "list").out
    assert b"Annabel" not in b"".join(path.read_bytes() for path in (tmp_path / "other").rglob("*.*"))


def test_a_database_elsewhere_is_not_encrypted_and_that_is_said(
    run_kept: Run, monkeypatch: pytest.MonkeyPatch, answers: list[object]
) -> None:
    monkeypatch.setenv("MOVESCREEN_RECORDS_URL", "postgresql+psycopg://nobody@127.0.0.1/none")
    assert "encrypts neither" in run_kept("records", "status").out
    refused = run_kept("records", "encrypt")
    assert (refused.code, len(refused.err.splitlines())) == (2, 2)
    assert not answers
