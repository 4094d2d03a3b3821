"""Encryption at rest: without the passphrase nothing can be read, with it everything is as it was, and nothing is ever lost."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import keyring
import pyrage
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from movescreen import encryption
from movescreen.client.visits.visit import ClipRecord, HandMeasurement, ScreeningRecord, SessionNote
from movescreen.encryption import KEY_FILE, RECOVERY_FILE, VARIABLE, make_key, recover, unlock, unwrap, wrap
from movescreen.errors import InputError, RecordsError
from movescreen.files import open_regular, write_text
from movescreen.records import RecordStore, describe_encryption, encrypting
from movescreen.records.accounts import keep_account
from movescreen.records.acting import Role
from movescreen.records.backup import restore_backup, write_backup
from movescreen.records.encrypting import change_passphrase, decrypt_records, encrypt_records, restore_records
from movescreen.records.export import describe_client
from movescreen.settings import RecordSettings
from tests.records.test_store import make_plan
from tests.support.clients import DAY, make_intake, make_record, make_visit
from tests.support.killing import killed_at
from tests.support.locked import PASSPHRASE, lock_home, quick_wrap

#: What somebody who has the disk may not find: names, numbers, notes, kinds of files, keys of JSON.
SECRETS = (
    b"Annabel", b"annabel", b"C017", b"8417", b"limps", b"JFIF", b"\xff\xd8\xff\xe0", b"\x89PNG", b"ftyp", b"PK\x03\x04",
    b"client", b"folder", b"payload", b"CREATE TABLE", b"SQLite", b"knee_to_wall", b"weight_shift", b"2026-03", b"<html",
)  # fmt: skip
VISIT = make_visit(findings=(make_record("weight_shift"),)).screenings[0]
CLIPS = ("annabel_front", "annabel_side")
PICTURE = b"\xff\xd8\xff\xe0\0\x10JFIF a picture"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget keys that another test opened, use no key store of this machine, and do little work for a passphrase."""
    monkeypatch.setattr(encryption, "_opened", {})
    monkeypatch.setattr(encrypting, "wrap", quick_wrap)
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return fill(tmp_path)


def fill(tmp_path: Path, names: Sequence[str] = CLIPS) -> Path:
    """Return plain records of one person with a screening of some clips, whose files are called after her."""
    out = tmp_path / "out"
    for clip in names:
        for name, content in (
            ("poses.npz", b"PK\x03\x04 npz"), ("overlay.mp4", b"\0\0\0\x18ftypmp42"), ("curve.png", b"\x89PNG"), ("report.html", b"<html>Annabel</html>"),
            ("result.json", b'{"client": "C017", "kind": "clip"}'),
        ):  # fmt: skip
            (out / clip).mkdir(parents=True, exist_ok=True)
            (out / clip / name).write_bytes(content)
    whole = (
        '{"client": "C017", "kind": "screening", "clips": [{"folder": "annabel_front"}, {"folder": "annabel_side"}]}'
    )
    (out / "result.json").write_text(whole)
    (out / "report.html").write_text('<html>Annabel <a href="annabel_front/report.html">1</a></html>')
    with RecordStore(None, tmp_path / "home") as store:
        store.add_client("C017", name="Annabel", birth_year=1991, note="limps, insured as 8417")
        store.add_intake("C017", make_intake())
        clips = tuple(one_clip(name) for name in names)
        kept = ScreeningRecord(clips=clips, findings=VISIT.findings)
        pictures = {f"{name}/turn.jpg": PICTURE for name in names}
        store.add_screening("C017", DAY, kept, out, pictures, clips={name: out / name for name in names})
        store.add_note("C017", DAY, SessionNote(text="limps", pain_during=2))
        store.add_measurements("C017", DAY, [HandMeasurement(test="knee_to_wall", side="left", value=9.5)])
        store.save_plan("C017", make_plan(), None)
    return tmp_path / "home"


def one_clip(folder: str) -> ClipRecord:
    return VISIT.clips[0].model_copy(update={"folder": folder})


def told(home: Path) -> str:
    """Return all that the records hold, without the names of folders."""
    with RecordStore(None, home) as store:
        whole = describe_client(store, "C017")
        said = json.dumps({**whole, "files": len(whole["files"])}, sort_keys=True)
        (kept,) = store.screenings("C017", DAY)
        for number, clip in enumerate(kept.record.clips):
            assert kept.folder is not None
            said = said.replace(clip.folder, str(number)).replace(kept.folder.name, "screening")
            assert [store.picture("C017", name) for name in clip.pictures] == [PICTURE]
            with open_regular(kept.folder / clip.folder / "poses.npz") as file:
                assert file.read() == b"PK\x03\x04 npz"
        assert kept.folder is not None
        with open_regular(kept.folder / "report.html") as file:
            assert f'href="{kept.record.clips[0].folder}/report.html"'.encode() in file.read()
        return said


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def found(folder: Path) -> set[bytes]:
    """Return which secrets are in any file below a folder, or in any name."""
    files = everything(folder)
    return {each for each in SECRETS for name, content in files.items() if each in content or each in name.encode()}


def encrypt(home: Path) -> str:
    shown: list[str] = []
    encrypt_records(home, PASSPHRASE, shown.append)
    return shown[0]


def test_a_copied_home_gives_nothing_away_and_with_the_passphrase_all_is_as_it_was(home: Path, tmp_path: Path) -> None:
    before = told(home)
    assert found(home) == set(SECRETS), "the search finds what is there"
    secret = encrypt(home)
    shutil.rmtree(tmp_path / "out")
    assert found(home) == set()
    assert describe_encryption(RecordSettings(folder=home)) == "encrypted"
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.rglob("*"))
    encryption._opened.clear()  # another process
    assert told(home) == before
    assert found(home) == set(), "reading leaves nothing behind"
    # what anybody with the public program can do, with either of the two
    identity = pyrage.decrypt((home / RECOVERY_FILE).read_bytes(), [pyrage.x25519.Identity.from_str(secret)]).decode()
    assert identity == pyrage.passphrase.decrypt((home / KEY_FILE).read_bytes(), PASSPHRASE).decode()
    (report,) = (home / "encrypted").glob("*/*/report.html")
    plain = pyrage.decrypt(report.read_bytes(), [pyrage.x25519.Identity.from_str(identity.split()[-1])])
    assert plain.startswith(b"<html>Annabel")
    decrypt_records(home)
    assert told(home) == before
    assert found(home) == set(SECRETS) - {b"annabel"}, "the search finds it again; folders keep their new names"


def test_what_is_kept_from_then_on_gives_nothing_away_either(home: Path, tmp_path: Path) -> None:
    encrypt(home)
    with RecordStore(None, home) as store:
        store.add_client("C018", name="Annabel's sister")
        store.files.write("x" * 32, "y/report.html", [b"<html>Annabel"])
        write_text(store.files.root / "y" / "result.json", '{"client": "C017"}')
        write_backup(store, home / "backup.zip")
        assert found(home / "encrypted") == set()
    names = (b"PK\x03\x04", b"client")  # a zip with tables is what a backup looks like
    assert found(home) <= set(names)


@pytest.mark.slow
def test_a_key_file_that_takes_its_time_opens_with_its_passphrase() -> None:
    key = make_key()
    wrapped = wrap(key, "correct horse")
    assert int(wrapped.split()[4]) >= 17, "guessing is slow"
    assert unwrap(wrapped, "correct horse") == key
    assert key.identity
    assert key.text.split()[-1] not in repr(key)


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda home: os.environ.update({VARIABLE: "another passphrase"}), "not the passphrase"),
        (lambda home: (home / KEY_FILE).write_bytes((home / KEY_FILE).read_bytes()[:-5]), "key.age is damaged"),
        (lambda home: (home / KEY_FILE).write_bytes(b"rubbish"), "key.age is damaged"),
        (lambda home: (home / KEY_FILE).write_bytes(quick_wrap(encryption.Key("no key"), PASSPHRASE)), "holds no key"),
        (lambda home: (home / KEY_FILE).write_bytes(quick_wrap(make_key(), PASSPHRASE)), "cannot be used"),
        (lambda home: (home / KEY_FILE).unlink(), "key.age is missing"),
        (lambda home: os.environ.pop(VARIABLE), "nobody can be asked"),
        (lambda home: (home / "encrypted.sqlite").rename(home / "records.sqlite"), "half encrypted"),
    ],
    ids=["wrong passphrase", "cut", "rubbish", "no key in it", "another key", "no key file", "nobody there", "half"],
)
def test_what_cannot_be_opened_is_told_and_nothing_is_lost(
    home: Path, break_it: Callable[[Path], object], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypt(home)
    before = told(home)
    kept = {name: content for name, content in everything(home).items() if name.endswith((".age", ".sqlite"))}
    monkeypatch.setattr(encryption, "_opened", {})
    break_it(home)
    files = everything(home)
    for _ in range(2):
        with pytest.raises(RecordsError, match=said) as error:
            RecordStore(None, home)
        assert error.value.hint
    assert everything(home) == files
    for name, content in kept.items():  # put back from a copy
        (home / name).write_bytes(content)
    (home / "records.sqlite").unlink(missing_ok=True)
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    assert told(home) == before


def test_a_damaged_file_is_told(home: Path) -> None:
    encrypt(home)
    with RecordStore(None, home) as store:
        (kept,) = store.screenings("C017", DAY)
        assert kept.folder is not None
        damaged = kept.folder / "result.json"
        damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
        with pytest.raises(RecordsError, match=r"result\.json is damaged"):
            open_regular(damaged)
        damaged.write_bytes(encryption.encrypt(b"x", make_key()))
        with pytest.raises(RecordsError, match="with a key that is not here"):
            open_regular(damaged)


def work(what: str, home: Path) -> None:
    """Do one of the things that a crash may meet."""
    if what == "encrypt":
        encrypt_records(home, PASSPHRASE, lambda _secret: None)
    elif what == "decrypt":
        decrypt_records(home)
    else:
        change_passphrase(home, unlock(home), "another passphrase")


@pytest.mark.processes
@pytest.mark.skipif(os.name != "posix", reason="kills as on Linux and macOS")
@pytest.mark.parametrize("what", ["encrypt", "decrypt", "change"])
def test_whoever_is_killed_leaves_the_one_or_the_other_whole(tmp_path: Path, what: str) -> None:
    home = fill(tmp_path, CLIPS[:1])
    before = told(home)
    if what != "encrypt":
        encrypt(home)
    states = set()
    for moment in range(1, 200):
        copy = tmp_path / "copy"
        shutil.copytree(home, copy)
        alive = not killed_at(moment, partial(work, what, copy))
        encryption._opened.clear()
        if what == "change":
            opened = [phrase for phrase in (PASSPHRASE, "another passphrase") if opens(copy, phrase)]
            assert len(opened) == 1, moment
            os.environ[VARIABLE] = opened[0]
        states.add((describe_encryption(RecordSettings(folder=copy)), os.environ[VARIABLE]))
        assert told(copy) == before, moment
        # the next one finds nothing half done, and can go on
        encrypted = encryption.is_encrypted(copy)
        left = {path.name for path in copy.iterdir()} - {RECOVERY_FILE, "former-key.age"}
        assert {name for name in left if not name.endswith(("-wal", "-shm"))} == (
            {KEY_FILE, "encrypted", "encrypted.sqlite"} if encrypted else {"files", "records.sqlite"}
        ), moment
        if not alive and what != "change" and encrypted == (what == "decrypt") and moment % 7 == 0:
            work(what, copy)
            assert told(copy) == before
        os.environ[VARIABLE] = PASSPHRASE
        shutil.rmtree(copy)
        if alive:
            break
    assert alive, "it must come to its end at last"
    assert len(states) == 2, "killed before and after the step that counts"


@pytest.mark.processes
@pytest.mark.skipif(os.name != "posix", reason="kills as on Linux and macOS")
def test_whoever_is_killed_putting_an_encrypted_backup_back_leaves_no_trace_and_the_next_one_is_encrypted(
    tmp_path: Path,
) -> None:
    home = fill(tmp_path, CLIPS[:1])
    before = told(home)
    backup = make_backup(home, tmp_path / "b.zip")
    seen = set()
    for moment in range(1, 300, 3):
        copy = tmp_path / "copy"
        alive = not killed_at(moment, partial(put_back, copy, backup))
        encryption._opened.clear()
        with RecordStore(None, copy) as store:  # as "client list" opens it
            empty = not store.list_clients()
        seen.add(empty)
        assert not [path for path in copy.rglob("*") if path.name.startswith(".") and path.name != ".encrypted"], moment
        if empty:
            assert {path.name for path in copy.iterdir() if not path.name.endswith(("-wal", "-shm"))} <= {
                "records.sqlite", "files",
            }, moment  # fmt: skip
            if moment % 5 == 0:
                put_back(copy, backup)
        if not empty or moment % 5 == 0:
            assert told(copy) == before, moment
            assert found(copy) == set(), moment
        shutil.rmtree(copy)
        if alive:
            break
    assert alive, "it must come to its end at last"
    assert seen == {True, False}, "killed before and after the step that counts"


def make_backup(home: Path, path: Path) -> Path:
    """Return an encrypted backup of records, which become encrypted."""
    encrypt(home)
    with RecordStore(None, home) as store:
        write_backup(store, path)
    return path


def put_back(home: Path, backup: Path) -> object:
    return restore_records(RecordSettings(folder=home), backup)


@pytest.mark.parametrize("holds", ["a client", "an account", "a former key"])
def test_an_encrypted_backup_does_not_go_into_plain_records_that_are_in_use(
    home: Path, tmp_path: Path, holds: str
) -> None:
    backup = make_backup(home, tmp_path / "b.zip")
    with RecordStore(None, tmp_path / "plain") as plain:
        plain.list_clients()
        if holds == "a client":
            plain.add_client("C001")
        elif holds == "an account":
            keep_account(plain, "olga", Role.OWNER, password_hash="x")
    if holds == "a former key":
        shutil.copy(home / KEY_FILE, tmp_path / "plain" / "former-key.age")
    before = set(everything(tmp_path / "plain"))
    with pytest.raises(RecordsError, match="the backup is encrypted"):
        put_back(tmp_path / "plain", backup)
    assert set(everything(tmp_path / "plain")) == before


def opens(home: Path, passphrase: str) -> bool:
    try:
        unwrap((home / KEY_FILE).read_bytes(), passphrase)
    except RecordsError:
        return False
    return True


def test_nobody_is_left_writing_into_records_that_do_not_count_any_more(home: Path) -> None:
    with RecordStore(None, home) as other:
        other.list_clients()
        with pytest.raises(RecordsError, match="somebody else has the records open"):
            encrypt(home)
        assert not encryption.is_encrypted(home)
        other.engine.dispose()  # it has no connection for a moment
        encrypt(home)
        with pytest.raises(RecordsError, match="just now"):
            other.add_client("LOST")
    with RecordStore(None, home) as other:
        with pytest.raises(RecordsError, match="somebody else has the records open"):
            decrypt_records(home)
        other.engine.dispose()
        decrypt_records(home)
        with pytest.raises(RecordsError, match="just now"):
            other.add_client("LOST")


def test_the_key_is_used_again_so_that_what_lies_elsewhere_can_still_be_read(home: Path) -> None:
    encrypt(home)
    key = unlock(home)
    elsewhere = home.parent / "elsewhere.json"
    elsewhere.write_bytes(encryption.encrypt(b"{}", key))
    decrypt_records(home)
    encryption._opened.clear()
    with pytest.raises(RecordsError, match="with a key that is not here"):
        open_regular(elsewhere)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOVESCREEN_RECORDS_FOLDER", str(home))
        with open_regular(elsewhere) as file:
            assert file.read() == b"{}"
    with pytest.raises(RecordsError, match="not the passphrase"):
        encrypt_records(home, "another passphrase", lambda _: None)
    encrypt(home)
    assert unlock(home) == key


def test_a_lost_passphrase_is_replaced_with_the_recovery_key(home: Path) -> None:
    before, secret = told(home), encrypt(home)
    with pytest.raises(RecordsError, match="not the recovery key"):
        recover(home, str(pyrage.x25519.Identity.generate()))
    with pytest.raises(RecordsError, match="not the recovery key"):
        recover(home, "something else")
    (home / KEY_FILE).unlink()
    change_passphrase(home, recover(home, f" {secret.lower()}\n"), "a new passphrase")
    encryption._opened.clear()
    os.environ[VARIABLE] = "a new passphrase"
    assert told(home) == before
    assert recover(home, secret) == unlock(home), "it stays valid"


def test_a_backup_is_encrypted_and_opens_anywhere_with_the_passphrase_of_its_day(home: Path, tmp_path: Path) -> None:
    before = told(home)
    make_backup(home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        for name in archive.namelist():
            assert archive.read(name).startswith(b"age-encryption.org/v1\n"), name
    change_passphrase(home, unlock(home), "a later passphrase")
    encryption._opened.clear()
    os.environ[VARIABLE] = "a later passphrase"
    with pytest.raises(RecordsError, match="not the passphrase"):
        put_back(tmp_path / "new", tmp_path / "b.zip")
    assert not (tmp_path / "new").exists()
    os.environ[VARIABLE] = PASSPHRASE
    with RecordStore(None, tmp_path / "looked") as store:
        store.list_clients()
    for name in ("new", "looked"):
        put_back(tmp_path / name, tmp_path / "b.zip")
        assert told(tmp_path / name) == before
        assert found(tmp_path / name) == set()


def test_into_a_database_elsewhere_an_encrypted_backup_goes_plain(home: Path, tmp_path: Path) -> None:
    before, backup = told(home), make_backup(home, tmp_path / "b.zip")
    elsewhere = RecordSettings(url=f"sqlite:///{tmp_path / 'elsewhere.sqlite'}", folder=tmp_path / "files")
    restore_records(elsewhere, backup)
    assert "elsewhere" in describe_encryption(elsewhere)
    with RecordStore(elsewhere.url, tmp_path / "files") as store:
        assert describe_client(store, "C017")["client"] == json.loads(before)["client"]


def test_a_plain_backup_put_back_into_encrypted_records_gives_nothing_away(home: Path, tmp_path: Path) -> None:
    before = told(home)
    with RecordStore(None, home) as store:
        write_backup(store, tmp_path / "plain.zip")
    lock_home(tmp_path / "other")
    with RecordStore(None, tmp_path / "other") as other:
        restore_backup(other, tmp_path / "plain.zip")
    assert told(tmp_path / "other") == before
    assert found(tmp_path / "other") == set()


def test_a_damaged_encrypted_backup_changes_nothing(home: Path, tmp_path: Path) -> None:
    make_backup(home, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    for broken in entries:
        content = entries[broken][:-1] + bytes([entries[broken][-1] ^ 1])
        with zipfile.ZipFile(tmp_path / "broken.zip", "w") as archive:
            for name, kept in entries.items():
                archive.writestr(name, content if name == broken else kept)
        encryption._opened.clear()
        if broken == RECOVERY_FILE:  # it is for the day on which the passphrase is lost
            continue
        with pytest.raises(InputError):
            put_back(tmp_path / "new", tmp_path / "broken.zip")
        assert not (tmp_path / "new").exists(), broken


class MemoryKeyring(KeyringBackend):
    """A key store as systems have one."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


def test_the_key_store_of_the_system_opens_them_without_a_passphrase(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = told(home)
    encrypt(home)
    with pytest.raises(RecordsError, match="no key store"):
        encryption.remember(home, unlock(home))
    keyring.set_keyring(MemoryKeyring())
    encryption.remember(home, unlock(home))
    encryption._opened.clear()
    monkeypatch.delenv(VARIABLE)
    assert told(home) == before
    # that of other records is none of these
    encryption._opened.clear()
    kept = dict(keyring.get_keyring().kept)  # type: ignore[attr-defined]
    encryption.remember(home, make_key())
    with pytest.raises(RecordsError, match="nobody can be asked"):
        RecordStore(None, home)
    keyring.get_keyring().kept.update(kept)  # type: ignore[attr-defined]
    assert encryption.forget(home)
    assert not encryption.forget(home)
    with pytest.raises(RecordsError, match="nobody can be asked"):
        RecordStore(None, home)


def test_a_file_may_be_written_bit_by_bit(home: Path) -> None:
    encrypt(home)
    path = home / "encrypted" / "clip.mp4"
    content = os.urandom(1_000_003)
    with encryption.create(path) as file:
        for start in range(0, len(content), 70_001):
            file.write(content[start : start + 70_001])
    assert path.read_bytes().startswith(b"age-encryption.org/v1\n")
    with open_regular(path) as file:
        assert isinstance(file, io.BytesIO)
        assert file.read() == content
    with pytest.raises(InputError, match="cannot write"), encryption.create(home / "encrypted" / ("x" * 300)) as file:
        file.write(content)
    with pytest.raises(ValueError, match="mine"), encryption.create(home / "encrypted" / "y") as file:
        raise ValueError("mine")
