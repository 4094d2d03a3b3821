"""RecordStore: what goes in comes out, nothing is overwritten, and what is deleted is gone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from movescreen.client.intake.model import Clearance, Consent
from movescreen.client.plan.model import Plan
from movescreen.client.team.board import TeamDay
from movescreen.client.visits.visit import HandMeasurement, SessionNote
from movescreen.errors import EditConflict, InputError, RecordsError, UnknownNameError
from movescreen.files import MARK
from movescreen.records import RecordStore, open_store, records_exist
from movescreen.records.bin import bin_visit, bring_back, erase, list_bin
from movescreen.records.database import SCHEMA
from movescreen.records.export import describe_client, export_client
from movescreen.records.moving import move_rows
from movescreen.records.tables import Base
from movescreen.settings import RecordSettings, load_record_settings
from tests.support.clients import CONSENT, DAY, make_intake, make_record, make_visit
from tests.support.killing import killed_at

LATER = DAY + timedelta(days=28)


def make_files(folder: Path) -> Path:
    for name in (
        "clip/report.html",
        "clip/result.json",
        "clip/poses.npz",
        "other/result.json",
        "findings.csv",
        ".hidden/x",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"content of {name}", "utf-8")
    return folder


def make_plan(day: date = DAY, headline: str = "A plan") -> Plan:
    return Plan(day=day, retest_on=day + timedelta(days=28), headline=headline)


def screening() -> object:
    return make_visit(findings=(make_record("weight_shift"),)).screenings[0]


def test_what_goes_in_comes_out(store: RecordStore, tmp_path: Path) -> None:
    client = store.add_client(name="A name", birth_year=1991, sex="female")
    assert client.code == "C001"
    assert client.label == "C001 (A name)"
    store.add_intake("C001", make_intake())
    store.add_screening("C001", DAY, screening(), make_files(tmp_path / "out"), {"clip/turn_1.jpg": b"jpeg"})  # type: ignore[arg-type]
    store.add_measurements("C001", DAY, [HandMeasurement(test="knee_to_wall", side="left", value=9.5)])
    store.add_note("C001", LATER, SessionNote(pain_during=2, text="went well"))
    first, second = store.visits("C001")
    assert (first.day, second.day) == (DAY, LATER)
    assert first.findings[0].check_id == "weight_shift"
    assert first.measured("knee_to_wall") == {"left": 9.5}
    assert second.notes[0].text == "went well"
    (picture,) = first.clips[0].pictures
    assert store.picture("C001", picture) == b"jpeg"
    assert store.picture("C001", "gone/x.jpg") is None
    person = store.person("C001", LATER)
    assert (person.age, person.sex, person.intake) == (35, "female", make_intake())


def test_codes_are_unique_and_checked(store: RecordStore) -> None:
    assert [store.add_client().code for _ in range(2)] == ["C001", "C002"]
    assert store.add_client("Anna 7").code == "Anna 7"
    assert [c.code for c in store.list_clients()] == sorted(["C001", "C002", "Anna 7"])
    for code in ("C001", "../etc", "", "a/b"):
        if code:
            with pytest.raises(InputError):
                store.add_client(code)
    with pytest.raises(InputError, match="year of birth"):
        store.add_client(birth_year=1066)
    with pytest.raises(UnknownNameError) as error:
        store.client("C01")
    assert "C001" in error.value.hint


def test_a_number_that_somebody_takes_at_the_same_moment_is_followed_by_the_next(
    store: RecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_client("C001")
    codes = iter(["C001", "C001", "C002"])
    monkeypatch.setattr("movescreen.records.rows.next_code", lambda _session: next(codes))
    assert store.add_client().code == "C002"
    monkeypatch.setattr("movescreen.records.rows.next_code", lambda _session: "C001")
    with pytest.raises(EditConflict):
        store.add_client()


def test_a_change_made_from_an_old_version_is_refused(store: RecordStore) -> None:
    old = store.add_client(name="First")
    new = store.change_client(old, name="Second", birth_year=1990)
    assert (new.name, new.birth_year, new.version) == ("Second", 1990, old.version + 1)
    with pytest.raises(EditConflict):
        store.change_client(old, note="from the other desk")
    with pytest.raises(EditConflict):
        store.change_client(replace(new, uid="x" * 32), note="of somebody else")
    assert store.client(old.code) == new
    with pytest.raises(InputError, match="code of a client cannot be changed"):
        store.change_client(new, code="X")


def test_a_plan_made_from_an_old_one_is_refused_and_all_are_kept(store: RecordStore) -> None:
    store.add_client("P")
    assert store.latest_plan("P") is None
    first = store.save_plan("P", make_plan(), None)
    second = store.save_plan("P", make_plan(headline="changed"), first.number)
    with pytest.raises(EditConflict, match="plan 2"):
        store.save_plan("P", make_plan(headline="from the other desk"), first.number)
    assert [saved.plan.headline for saved in store.plans("P")] == ["A plan", "changed"]
    assert store.latest_plan("P") == second


def test_without_consent_nothing_is_kept_and_without_pictures_nothing_that_shows(
    store: RecordStore, tmp_path: Path
) -> None:
    store.add_client("P")
    with pytest.raises(InputError, match="did not agree"):
        store.add_intake("P", make_intake(consent=Consent(records=False, pictures=False, on=DAY)))
    assert store.intakes("P") == ()
    store.add_intake("P", make_intake(consent=Consent(records=True, pictures=False, on=DAY)))
    kept = store.add_screening("P", DAY, screening(), make_files(tmp_path / "out"), {"clip/turn_1.jpg": b"jpeg"})  # type: ignore[arg-type]
    assert kept.clips[0].pictures == ()
    names = {name.partition("/")[2] for name in store.files.list_files(store.client("P").uid)}
    assert names == {"clip/result.json", "clip/poses.npz", "other/result.json", "findings.csv"}


def test_only_the_folders_of_the_screening_are_copied(store: RecordStore, tmp_path: Path) -> None:
    store.add_client("P")
    store.add_intake("P", make_intake())
    out = make_files(tmp_path / "out")
    store.add_screening("P", DAY, screening(), out, clips={"clip": out / "clip"})  # type: ignore[arg-type]
    names = {name.partition("/")[2] for name in store.files.list_files(store.client("P").uid)}
    assert names == {"clip/report.html", "clip/result.json", "clip/poses.npz", "findings.csv"}


def test_when_the_rows_cannot_be_written_no_file_is_left(
    store: RecordStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = store.add_client("P")

    def fail(*_args: object, **_more: object) -> None:
        raise RecordsError("the database is gone", "")

    monkeypatch.setattr("movescreen.records.store.make_entry", fail)
    with pytest.raises(RecordsError):
        store.add_screening("P", DAY, screening(), make_files(tmp_path / "out"))  # type: ignore[arg-type]
    assert not any(path.is_file() and path.name != MARK for path in store.files.root.rglob("*"))
    assert store.files.list_files(client.uid) == []


def test_measurements_are_kept_all_or_none(store: RecordStore) -> None:
    store.add_client("P")
    good = HandMeasurement(test="knee_to_wall", side="left", value=9.5)
    for bad in (
        HandMeasurement(test="knee_to_wall", side="left", value=95),
        HandMeasurement(test="knee_to_wall", value=9),
        HandMeasurement(test="fingertip_to_floor", side="left", value=9),
        HandMeasurement(test="knee_to_wal", side="left", value=9),
    ):
        with pytest.raises(InputError):
            store.add_measurements("P", DAY, [good, bad])
    assert store.visits("P") == ()


def test_a_clearance_is_a_newer_version_of_the_intake(store: RecordStore) -> None:
    store.add_client("P")
    word = Clearance(flag="chest_pain", by="physician", on=LATER)
    with pytest.raises(InputError, match="no intake"):
        store.add_clearance("P", word)
    store.add_intake("P", make_intake())
    store.add_clearance("P", word)
    latest = store.latest_intake("P")
    assert latest is not None
    assert latest.clearances == (word,)
    assert len(store.intakes("P")) == 2
    with pytest.raises(UnknownNameError):
        store.add_clearance("P", word.model_copy(update={"flag": "chest"}))
    with pytest.raises(InputError, match="the intake of"):
        store.add_clearance("P", word.model_copy(update={"on": DAY - timedelta(days=1)}))


def test_days_of_all_visits_are_those_of_the_visits(store: RecordStore) -> None:
    assert store.visit_days() == {}
    for code in ("P", "Q", "R"):
        store.add_client(code)
    store.add_note("P", LATER, SessionNote(text="a"))
    store.add_note("P", LATER, SessionNote(text="b"))
    store.add_screening("P", DAY, screening())  # type: ignore[arg-type]
    store.add_measurements("Q", DAY, [HandMeasurement(test="knee_to_wall", side="left", value=9)])
    assert store.visit_days() == {"P": (DAY, LATER), "Q": (DAY,), "R": ()}
    assert all(days == tuple(v.day for v in store.visits(code)) for code, days in store.visit_days().items())


def test_a_person_is_seen_with_what_was_told_by_then(store: RecordStore) -> None:
    store.add_client("P")
    assert store.person("P", DAY).intake is None
    first, second = make_intake(confidence=4), make_intake(day=LATER, confidence=8)
    store.add_intake("P", second)
    store.add_intake("P", first)
    for day, told in (
        (DAY, first),
        (LATER - timedelta(days=1), first),
        (LATER, second),
        (DAY - timedelta(days=9), first),
    ):
        assert store.person("P", day).intake == told


def test_deleting_a_visit_leaves_the_others(store: RecordStore, tmp_path: Path) -> None:
    store.add_client("P")
    store.add_intake("P", make_intake())
    for day in (DAY, LATER):
        store.add_screening("P", day, screening(), make_files(tmp_path / "out"))  # type: ignore[arg-type]
        store.add_note("P", day, SessionNote(text="note"))
    before = store.files.count(store.client("P").uid)
    store.delete_visit("P", DAY)
    assert [visit.day for visit in store.visits("P")] == [LATER]
    assert store.files.count(store.client("P").uid) == before // 2
    with pytest.raises(InputError, match="no visit"):
        store.delete_visit("P", DAY)


def test_what_is_deleted_is_gone_to_the_last_byte(tmp_path: Path) -> None:
    folder = tmp_path / "records"
    secrets = (b"Zebulon", b"quokka-note", b"wombat-sentence")
    with RecordStore(None, folder) as store:
        store.add_client("P", name="Zebulon", note="quokka-note")
        store.add_client("Q", name="Stays")
        store.add_intake("P", make_intake(goal_words="wombat-sentence " * 120))
        store.add_screening("P", DAY, screening(), make_files(tmp_path / "out"))  # type: ignore[arg-type]
        store.add_note("P", DAY, SessionNote(text="quokka-note"))
        store.save_plan("P", make_plan(headline="quokka-note"), None)
        held = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert all(secret in held for secret in secrets)
        assert store.delete_client("P") == 5
        left = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        assert not any(secret in left for secret in secrets)
        assert b"Stays" in left
        assert [c.code for c in store.list_clients()] == ["Q"]
        assert store.files.owners() == set()


CHANGES: dict[str, Callable[[RecordStore, Path], object]] = {
    "add": lambda store, out: keep_screening(store, out),
    "take the place": lambda store, out: keep_screening(store, out, instead_of=store.screenings("P", DAY)[0]),
    "delete": lambda store, _out: store.delete_visit("P", DAY),
    "erase": lambda store, _out: (bin_visit(store, "P", DAY), erase(store, "P", DAY)),
    "move": lambda store, _out: move_rows(store, "P", DAY, "Q"),
    "delete the client": lambda store, _out: store.delete_client("P"),
    "withdraw consent": lambda store, _out: store.set_consent("P", pictures=False),
}


def do(change: str, home: Path, out: Path) -> None:
    with RecordStore(None, home) as store:
        CHANGES[change](store, out)


def keep_screening(store: RecordStore, out: Path, **how: Any) -> None:
    store.add_screening("P", DAY, screening(), out, {"clip/turn_1.jpg": b"jpeg"}, **how)  # type: ignore[arg-type]


@pytest.mark.processes
@pytest.mark.skipif(os.name != "posix", reason="kills as on Linux and macOS")
@pytest.mark.parametrize("change", CHANGES)
def test_whoever_is_killed_leaves_no_file_without_its_row_and_no_row_without_its_files(
    tmp_path: Path, change: str
) -> None:
    out = make_files(tmp_path / "out")
    with RecordStore(None, tmp_path / "home") as store:
        for code in ("P", "Q"):
            store.add_client(code)
        store.add_intake("P", make_intake())
        keep_screening(store, out)
    seen = set()
    for moment in range(1, 100):
        copy = tmp_path / "copy"
        shutil.copytree(tmp_path / "home", copy)
        alive = not killed_at(moment, partial(do, change, copy, out))
        with RecordStore(None, copy) as store:
            bring_back_all(store)
            files = store.files.root
            on_disk = {each: any(each.rglob("*.jpg")) for each in files.glob("*/*")}
            kept = {
                each.folder: any(clip.pictures for clip in each.record.clips)
                for client in store.list_clients()
                for each in store.screenings(client.code, DAY)
            }
            assert store.files.owners() <= {client.uid for client in store.list_clients()}, moment
        assert on_disk == kept, moment
        assert not [path for path in files.rglob(".*") if path.name != MARK], moment
        seen.add(tuple(sorted((path.parent.name, shown) for path, shown in kept.items() if path)))
        shutil.rmtree(copy)
        if alive:
            break
    assert alive, "it must come to its end at last"
    assert len(seen) == 2 or change == "take the place", "killed before and after"


def bring_back_all(store: RecordStore) -> None:
    for each in list_bin(store):
        bring_back(store, each.code, each.day)


def test_another_database_never_touches_the_files_of_this_one(tmp_path: Path) -> None:
    with RecordStore(None, tmp_path) as store:
        uid = store.add_client("P").uid
        store.files.write(uid, "a.txt", [b"mine"])
        store.files.mark(uid)
    # the same folder, and a database that has never heard of P
    with RecordStore(f"sqlite:///{tmp_path / 'other.sqlite'}", tmp_path) as other:
        assert other.list_clients() == ()
        other.add_client("P")
        other.delete_client("P")
        assert other.files.read(uid, "a.txt") == b"mine"


def test_export_holds_everything(store: RecordStore, tmp_path: Path) -> None:
    store.add_client("P", name="A name")
    store.add_intake("P", make_intake(goal_words="to run"))
    store.add_screening("P", DAY, screening(), make_files(tmp_path / "out"))  # type: ignore[arg-type]
    store.save_plan("P", make_plan(), None)
    export_client(store, "P", tmp_path / "export")
    data = describe_client(store, "P")
    assert data["client"]["name"] == "A name"
    assert data["intakes"][0]["goal_words"] == "to run"
    assert data["plans"][0]["number"] == 1
    assert len(data["files"]) == 5
    assert all((tmp_path / "export/files" / name).is_file() for name in data["files"])
    assert "A name" in (tmp_path / "export/person.json").read_text("utf-8")


def test_the_migrations_make_the_tables_of_the_code(store: RecordStore) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == SCHEMA


def test_records_from_before_there_were_teams_and_a_bin_are_brought_up_to_date(tmp_path: Path) -> None:
    with RecordStore(None, tmp_path) as store:
        store.add_client("P", name="A name")
        with store.engine.begin() as connection:
            for column in ("team", '"group"', "jersey", "look_again_on"):
                connection.exec_driver_sql(f"ALTER TABLE clients DROP COLUMN {column}")
            for table in ("clients", "intakes", "screenings", "measurements", "notes", "plans", "words_read"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN binned_utc")
            for table in ("team_days", "corrections", "trail", "accounts"):
                connection.exec_driver_sql(f"DROP TABLE {table}")
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    with RecordStore(None, tmp_path) as store:
        client = store.change_client(store.client("P"), team="U18")
        assert (client.name, client.team, client.group, client.jersey) == ("A name", "U18", "", "")
        store.keep_team_day("U18", DAY, TeamDay(protocol="squat"))
        store.keep_team_day("U18", DAY, TeamDay(protocol="lunge"))
        assert store.team_day("U18", DAY) == TeamDay(protocol="lunge")


def test_records_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    with RecordStore(None, tmp_path) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsError, match="newer movescreen"):
        RecordStore(None, tmp_path)


def test_a_damaged_file_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(RecordsError):
        RecordStore(None, tmp_path)


@pytest.mark.parametrize("url", ["not a url", "nosuchdb://host/name", "postgresql+nosuchdriver://u:secret@h/n"])
def test_an_address_that_cannot_be_used_is_not_repeated(url: str, tmp_path: Path) -> None:
    with pytest.raises(RecordsError) as error:
        RecordStore(url, tmp_path)
    assert "secret" not in error.value.message + error.value.hint


def test_the_folder_is_private_and_comes_from_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "mine"))
    assert load_record_settings().data_folder == tmp_path / "mine"
    assert not records_exist()
    with open_store() as store:
        assert store.folder == tmp_path / "mine"
    assert records_exist()
    assert (tmp_path / "mine").stat().st_mode & 0o077 == 0
    monkeypatch.delenv("MOVESCREEN_RECORDS_FOLDER")
    assert RecordSettings().data_folder.name == "movescreen"


def test_pictures_need_consent(store: RecordStore) -> None:
    assert CONSENT.pictures
    store.add_client("P")
    kept = store.add_screening("P", DAY, screening(), None, {"clip/turn_1.jpg": b"jpeg"})  # type: ignore[arg-type]
    assert kept.clips[0].pictures == (), "nobody was asked"
