"""Backups come back as they were, also into another kind of database; a damaged one changes nothing."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from pathlib import Path

import pytest

from movescreen.client.visits.visit import SessionNote
from movescreen.errors import InputError, MovescreenError, RecordsError
from movescreen.records import RecordStore
from movescreen.records.backup import restore_backup, write_backup
from movescreen.records.encrypting import restore_records
from movescreen.records.export import describe_client
from movescreen.records.files import safe_path
from movescreen.settings import RecordSettings
from tests.records.conftest import PLAIN
from tests.records.test_store import make_files, make_plan
from tests.support.clients import DAY, make_intake, make_record, make_visit


@pytest.fixture
def filled(store: RecordStore, tmp_path: Path) -> RecordStore:
    store.add_client("P", name="A name", birth_year=1991, sex="female")
    store.add_client("Q")
    store.add_intake("P", make_intake(goal_words="Größe, 5 km"))
    screening = make_visit(findings=(make_record("weight_shift"),)).screenings[0]
    store.add_screening("P", DAY, screening, make_files(tmp_path / "out"), {"clip/turn_1.jpg": b"\xff\xd8 picture"})
    store.add_note("P", DAY, SessionNote(text="note"))
    store.save_plan("P", make_plan(), None)
    return store


def test_a_backup_comes_back_as_it_was(filled: RecordStore, tmp_path: Path) -> None:
    made = write_backup(filled, tmp_path / "b.zip")
    assert (made.clients, made.files) == (2, 6)
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    with RecordStore(None, tmp_path / "other") as other:
        assert restore_backup(other, tmp_path / "b.zip") == made
        for code in ("P", "Q"):
            assert other.client(code) == filled.client(code)
            assert describe_client(other, code) == describe_client(filled, code)
        (picture,) = other.visits("P")[0].clips[0].pictures
        assert other.picture("P", picture) == b"\xff\xd8 picture"
        assert other.add_client().code == "C003"
        other.add_note("P", DAY, SessionNote(text="goes on"))


@PLAIN
def test_a_backup_from_before_there_were_teams_comes_back(filled: RecordStore, tmp_path: Path) -> None:
    write_backup(filled, tmp_path / "new.zip")
    with zipfile.ZipFile(tmp_path / "new.zip") as new, zipfile.ZipFile(tmp_path / "old.zip", "w") as old:
        manifest = json.loads(new.read("manifest.json")) | {"schema": "0002"}
        for name in manifest["sha256"].copy():
            content = new.read(name)
            if name == "tables/clients.jsonl":
                rows = [json.loads(line) for line in content.splitlines()]
                kept = [{k: v for k, v in row.items() if k not in ("team", "group", "jersey")} for row in rows]
                content = "".join(f"{json.dumps(row)}\n" for row in kept).encode()
            if name == "tables/team_days.jsonl":
                del manifest["sha256"][name]
                continue
            manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
            old.writestr(name, content)
        old.writestr("manifest.json", json.dumps(manifest))
    with RecordStore(None, tmp_path / "other") as other:
        restore_backup(other, tmp_path / "old.zip")
        assert other.client("P") == filled.client("P")
        assert other.client("P").team == ""


@pytest.mark.database
def test_a_backup_of_sqlite_goes_into_postgresql(postgres_url: str, tmp_path: Path) -> None:
    from movescreen.records.tables import Base

    with RecordStore(None, tmp_path / "one") as one, RecordStore(postgres_url, tmp_path / "two") as two:
        one.add_client("P", name="A name")
        one.add_note("P", DAY, SessionNote(text="note"))
        write_backup(one, tmp_path / "b.zip")
        restore_backup(two, tmp_path / "b.zip")
        assert two.client("P") == one.client("P")
        two.add_client("Q")
        two.add_note("P", DAY, SessionNote(text="the counter goes on"))
        assert len(two.visits("P")[0].notes) == 2
        Base.metadata.drop_all(two.engine)
        with two.engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE alembic_version")


def test_nothing_is_ever_overwritten(filled: RecordStore, tmp_path: Path) -> None:
    write_backup(filled, tmp_path / "b.zip")
    with pytest.raises(InputError, match="exists already"):
        write_backup(filled, tmp_path / "b.zip")
    before = describe_client(filled, "P")
    with pytest.raises(RecordsError, match="clients in the records already"):
        restore_backup(filled, tmp_path / "b.zip")
    assert describe_client(filled, "P") == before


def _changed(path: Path, target: Path, name_part: str, content: bytes | None) -> None:
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name_part not in name:
                new.writestr(name, old.read(name))
            elif content is not None:
                new.writestr(name, content)


@pytest.mark.parametrize("name", ["manifest.json", "key.age", "tables/clients.jsonl", "files/x/y/poses.npz"])
def test_a_backup_that_unpacks_to_more_than_it_can_hold_is_refused_before_it_is_unpacked(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", "{}") if name != "manifest.json" else None
        with archive.open(name, "w") as file:
            for _ in range(40):
                file.write(bytes(1_000_000))
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *_: pytest.fail("it is unpacked"))
    with pytest.raises(InputError, match="unpacks to 40 MB, more than"):
        restore_records(RecordSettings(folder=tmp_path / "home"), tmp_path / "bomb.zip")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "row", [b"[" * 100_000, b'{"id": 1, "note": "' + b"x" * 17_000_000 + b'"}'], ids=["deep", "long"]
)
def test_a_row_that_none_can_be_is_refused(tmp_path: Path, row: bytes) -> None:
    with RecordStore(None, tmp_path / "one") as one:
        write_backup(one, tmp_path / "b.zip")
    name = "tables/notes.jsonl"
    with zipfile.ZipFile(tmp_path / "b.zip") as old, zipfile.ZipFile(tmp_path / "odd.zip", "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["sha256"][name] = hashlib.sha256(row).hexdigest()
        for each in set(old.namelist()) - {name, "manifest.json"}:
            new.writestr(each, old.read(each))
        new.writestr(name, row)
        new.writestr("manifest.json", json.dumps(manifest))
    with RecordStore(None, tmp_path / "other") as other:
        with pytest.raises(InputError, match=r"odd\.zip is not a backup, or is damaged"):
            restore_backup(other, tmp_path / "odd.zip")
        assert other.list_clients() == ()


def test_what_a_killed_backup_left_goes_with_the_next_try(filled: RecordStore, tmp_path: Path) -> None:
    home = tmp_path / "backups"
    home.mkdir()
    stage = home / ".movescreen-killed.part"  # of one that died when its file was there already
    stage.mkdir()
    (home / "b.zip").touch()
    with pytest.raises(InputError, match="exists already"):
        write_backup(filled, home / "b.zip")
    assert [path.name for path in home.iterdir()] == ["b.zip"]


@pytest.mark.parametrize(
    ("part", "content"),
    [("notes.jsonl", b""), ("turn_1.jpg", b"other"), ("turn_1.jpg", None), ("manifest", b"{}"), ("manifest", None)],
)
def test_a_damaged_backup_changes_nothing(
    filled: RecordStore, tmp_path: Path, part: str, content: bytes | None
) -> None:
    write_backup(filled, tmp_path / "b.zip")
    _changed(tmp_path / "b.zip", tmp_path / "bad.zip", part, content)
    with RecordStore(None, tmp_path / "other") as other:
        with pytest.raises(InputError):
            restore_backup(other, tmp_path / "bad.zip")
        assert other.list_clients() == ()
        assert other.files.owners() == set()


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("hello")
    with RecordStore(None, tmp_path / "other") as other, pytest.raises(InputError, match="not a backup"):
        restore_backup(other, tmp_path / "b.zip")


@PLAIN
def test_a_hostile_backup_writes_nothing_outside(filled: RecordStore, tmp_path: Path) -> None:
    import hashlib

    write_backup(filled, tmp_path / "b.zip")
    evil = b"evil"
    with zipfile.ZipFile(tmp_path / "b.zip") as old, zipfile.ZipFile(tmp_path / "evil.zip", "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        manifest["sha256"]["files/x/../../../evil.txt"] = hashlib.sha256(evil).hexdigest()
        for name in old.namelist():
            new.writestr(name, json.dumps(manifest) if name == "manifest.json" else old.read(name))
        new.writestr("files/x/../../../evil.txt", evil)
    with RecordStore(None, tmp_path / "deep" / "er" / "other") as other:
        with pytest.raises(RecordsError):
            restore_backup(other, tmp_path / "evil.zip")
        assert other.list_clients() == ()
    assert not list(tmp_path.rglob("evil.txt"))


@PLAIN
def test_one_flipped_bit_anywhere_is_a_clear_error_and_changes_nothing(filled: RecordStore, tmp_path: Path) -> None:
    write_backup(filled, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    refused = []
    for at in range(0, len(whole), max(1, len(whole) // 60)):
        flipped = bytearray(whole)
        flipped[at] ^= 0x10
        (tmp_path / "bad.zip").write_bytes(flipped)
        with RecordStore(None, tmp_path / f"records{at}") as other:
            try:
                restore_backup(other, tmp_path / "bad.zip")
            except MovescreenError as error:
                refused.append((error.hint, other.list_clients()))
    assert len(refused) > 40  # a bit that says nothing, such as of a file's time, may flip
    assert all(hint and clients == () for hint, clients in refused)


@PLAIN
@pytest.mark.parametrize("key", ["clients", "rows", "files", "made_utc", "sha256"])
def test_a_list_that_lacks_something_is_refused_before_anything_is_restored(
    filled: RecordStore, tmp_path: Path, key: str
) -> None:
    write_backup(filled, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as old, zipfile.ZipFile(tmp_path / "less.zip", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                del manifest[key]
                content = json.dumps(manifest).encode()
            new.writestr(name, content)
    with RecordStore(None, tmp_path / "other") as other, pytest.raises(InputError, match="damaged"):
        restore_backup(other, tmp_path / "less.zip")
    with RecordStore(None, tmp_path / "other") as other:
        assert other.list_clients() == ()


def test_a_backup_does_not_follow_a_link_that_waits_for_it(filled: RecordStore, tmp_path: Path) -> None:
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    (tmp_path / ".b.zip.part").symlink_to(victim)
    write_backup(filled, tmp_path / "b.zip")
    assert victim.read_text() == "mine"
    assert stat.S_IMODE((tmp_path / "b.zip").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["files/.deleting-0/x", "files/a/.hidden", "files/a/../b"])
def test_a_hidden_name_is_no_file_of_a_client(name: str) -> None:
    with pytest.raises(RecordsError, match="not the name of a file"):
        safe_path(name)
