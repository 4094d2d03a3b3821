"""Rosters from spreadsheets: columns by name, mistakes by row, nothing half-imported, nobody doubled or taken for somebody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from movescreen.app.teams import roster_file
from movescreen.app.teams.roster import RosterPlan, keep_roster, plan_roster
from movescreen.app.teams.roster_file import parse_roster
from movescreen.client.team.roster import match_columns, read_athletes, roster_order
from movescreen.errors import EditConflict, InputError
from movescreen.records import RecordStore

HEADS = "Jersey,Name,Sex,Date of birth,Team"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore(None, tmp_path / "records") as opened:
        yield opened


def xlsx(*rows: tuple[Any, ...], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def plan(store: RecordStore, data: bytes | str, team: str = "") -> RosterPlan:
    table = parse_roster(data.encode() if isinstance(data, str) else data, "roster")
    return plan_roster(store, table, match_columns(table.heads), team)


def mistakes(data: bytes | str, store: RecordStore | None = None) -> list[tuple[int, str]]:
    if store is not None:
        return [(m.row, m.text) for m in plan(store, data).mistakes]
    table = parse_roster(data.encode() if isinstance(data, str) else data, "roster")
    return [(m.row, m.text) for m in read_athletes(table, match_columns(table.heads))[1]]


def test_columns_are_known_by_their_usual_spellings() -> None:
    heads = ["#", "PLAYER", "First Name", "Surname", "F/M", "DOB", "Year of birth", "Team", "Pos.", "Athlete ID", "E-mail", "Height (cm)", ""]  # fmt: skip
    assert match_columns(heads) == [
        "jersey", "name", "first", "last", "sex", "born", "born", "team", "group", "code", "", "", None,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["comma", "semicolon", "tab", "utf-16", "bom", "xlsx"])
def test_the_same_roster_from_every_kind_of_file(store: RecordStore, kind: str) -> None:
    text = f'U18 roster,,,,\n{HEADS}\n10,"Lee, Ana",F,12.02.2009,U18\n2,Zoë Ruiz,other,2008,\n,,,,\n,Bo Kim,male,2009-02-12,U18\n'
    rows = [("U18 roster",), (*HEADS.split(","),), (10, "Lee, Ana", "F", date(2009, 2, 12), "U18"), (2.0, "Zoë Ruiz", "other", 2008, None),
            (None,), (None, "Bo Kim", "male", "2009-02-12", "U18")]  # fmt: skip
    swapped = text.replace('"Lee, Ana"', "Ana Lee")
    data = {
        "comma": text.encode(), "semicolon": swapped.replace(",", ";").encode(), "tab": swapped.replace(",", "\t").encode(),
        "utf-16": text.encode("utf-16"), "bom": text.encode("utf-8-sig"), "xlsx": xlsx(*rows),
    }[kind]  # fmt: skip
    found = plan(store, data, "U18")
    assert found.mistakes == ()
    keep_roster(store, found)
    kept = sorted(store.list_clients(), key=lambda c: roster_order(c.jersey, c.code))
    assert [(c.code, c.jersey, c.name, c.sex, c.birth_year, c.team) for c in kept] == [
        ("J2", "2", "Zoë Ruiz", "", 2008, "U18"),
        ("J10", "10", "Ana Lee", "female", 2009, "U18"),
        ("C001" if store.knows("C001") else "C003", "", "Bo Kim", "male", 2009, "U18"),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("7,,F,2009,U18", "neither a name nor a code"),
        ("7,Ana,femail,2009,U18", "Write F, M or other"),
        ("7,Ana,F,12.02.09,U18", "four digits"),
        ("7,Ana,F,39856,U18", "four digits"),
        ("7,Ana,F,2190,U18", "2190 cannot be one"),
        ("7,=A1&B1,F,2009,U18", "holds a formula"),
        ("7,#REF!,F,2009,U18", "shows an error"),
        ("seven up!,Ana,F,2009,U18", "cannot be one"),
    ],
)
def test_a_mistake_is_told_by_row(row: str, said: str) -> None:
    ((number, text),) = mistakes(f"{HEADS}\n1,Bo Kim,M,2009,U18\n{row}\n")
    assert number == 3
    assert said in text


def test_with_a_mistake_nobody_is_imported(store: RecordStore) -> None:
    with pytest.raises(InputError, match="nothing was kept"):
        keep_roster(store, plan(store, f"{HEADS}\n1,Bo Kim,M,2009,U18\n2,Ana,femail,2009,U18\n"))
    assert store.list_clients() == ()


def test_what_a_file_as_a_whole_can_be_wrong_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for data, said in [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0rest", "old XLS file"),
        (b"PK\x03\x04 damaged", "damaged"),
        ("Name\nJosé\n".encode("cp1252"), "line 2"),
        (b"Name\n" + b"Ana\n" * 100_000, "more than 1000 rows"),
        (xlsx(("Name",), *[("Ana",)] * 1500), "more than 1000 rows"),
        (b"Name\x00\n", "not a table"),
    ]:
        with pytest.raises(InputError, match=said):
            parse_roster(data, "roster")
    monkeypatch.setattr(roster_file, "_MOST_UNPACKED", 1000)
    with pytest.raises(InputError, match="larger than"):
        parse_roster(xlsx(("Name",), ("Ana",)), "roster")
    monkeypatch.undo()
    assert "No column says who it is" in mistakes("Spieler;Nummer\nAna;7\n")[0][1]
    assert "2 columns" in mistakes("Name,Player\nAna,Ana\n")[0][1]
    merged = xlsx(("Name", None, "Sex"), ("Ana", "Lee", "F"), merged="A1:B1")
    assert "Column B has entries and no heading" in mistakes(merged)[0][1]
    assert mistakes("Name,Code\nAna,J1\nBo,j1\n") == [(3, "Code j1 stands in row 2 already.")]


def test_a_second_import_updates_and_doubles_nobody(store: RecordStore) -> None:
    keep_roster(store, plan(store, f"{HEADS}\n7,Ana Lee,F,2009,U18\n8,Bo Kim,,,U18\n"))
    again = plan(store, f"{HEADS}\n9,ANA LEE,,2009,U18\n8,Bo Kim,M,2008,U18\n,Cy Day,,,U18\n")
    assert {s.code: (s.does, s.values) for s in again.steps if s.client} == {
        "J7": ("changed", {"jersey": "9"}),
        "J8": ("changed", {"sex": "male", "birth_year": 2008}),
    }
    keep_roster(store, again)
    assert [(c.code, c.name, c.sex, c.birth_year) for c in store.list_clients()] == [
        ("J8", "Bo Kim", "male", 2008), ("J7", "Ana Lee", "female", 2009), ("C003", "Cy Day", "", None),
    ]  # fmt: skip
    assert plan(store, f"{HEADS}\n9,Ana Lee,F,2009,U18\n").count("same") == 1


def test_nobody_is_taken_for_somebody_else_whose_red_flags_they_would_share_or_lose(store: RecordStore) -> None:
    store.add_client("J7", name="Ana Lee", birth_year=2009, sex="female", team="U18")
    for row, said in [
        ("J7,Bo Kim,,,", "J7 is Ana Lee in the records, not Bo Kim"),
        (",Ana Lee,,2008,U18", "Is this J7"),
        (",Ana Lee,M,,U18", "Is this J7"),
        (",ana lee,,,U16", "Is this J7"),
    ]:
        ((_, text),) = mistakes(f"Code,Name,Sex,Born,Team\n{row}\n", store)
        assert said in text, row
    # the code says who it is: a wrong year in the records is put right, and a second one of that name may be added
    (step,) = plan(store, "Code,Name,Born\nj7,Ana Lee,2008\n").steps
    assert (step.code, step.values) == ("J7", {"birth_year": 2008})
    (step,) = plan(store, "Code,Name,Born\nJ77,Ana Lee,2008\n").steps
    assert step.client is None


def test_a_client_without_a_name_is_nobodys_namesake(store: RecordStore) -> None:
    store.add_client("J7")
    store.add_client("J8", name="王")
    steps = plan(store, "Name\n🙂\n王\n").steps
    assert {(s.athlete.name, s.client.code if s.client else "") for s in steps} == {("🙂", ""), ("王", "J8")}


def test_capitals_and_blanks_make_no_second_team(store: RecordStore) -> None:
    store.add_client("J1", team="U18 Girls")
    assert plan(store, "Name,Team\nAna Lee,u18  girls\nBo Kim,U-18 girls\nCy Day,U18\n").teams == (
        "U-18 girls",
        "U18",
        "U18 Girls",
    )


def test_what_changed_since_it_was_looked_at_stops_all_of_it(store: RecordStore) -> None:
    seen = store.add_client("J7", name="Ana Lee")
    found = plan(store, "Code,Name,Team\nJ1,Bo Kim,U18\nJ7,Ana Lee,U18\n")
    store.change_client(seen, team="U20")
    with pytest.raises(EditConflict):
        keep_roster(store, found)
    assert [c.code for c in store.list_clients()] == ["J7"], "J1 was not half-imported"
