"""The trail: what is written with a change, and what shows when a row is edited, taken out, moved or cut off."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from movescreen.client.visits.visit import SessionNote
from movescreen.errors import EditConflict
from movescreen.records import RecordStore
from movescreen.records.accounts import keep_account, list_accounts
from movescreen.records.acting import Acting, Role, acting_as, system_user
from movescreen.records.backup import restore_backup, write_backup
from movescreen.records.bin import bin_client, bin_visit, bring_back, erase
from movescreen.records.trail import check_trail, read_trail
from tests.records.test_store import make_plan
from tests.support.clients import DAY, make_intake


def told(store: RecordStore) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(row.who, row.action, row.what, row.clients) for row in reversed(read_trail(store))]


def test_every_change_is_in_the_trail_with_who_did_it(store: RecordStore) -> None:
    with acting_as(Acting("anna", "web")):
        store.add_client("P", name="A name")
        store.change_client(store.client("P"), note="is kept out of the trail", team="U18")
        store.add_intake("P", make_intake())
    with acting_as(Acting("ben", "web")):
        store.add_note("P", DAY, SessionNote(text="also kept out"))
        bin_visit(store, "P", DAY)
        bring_back(store, "P", DAY)
        bin_client(store, "P")
    store.add_client("Q")
    assert told(store) == [
        ("anna", "added", "clients", ("P",)),
        ("anna", "changed", "clients (note, team)", ("P",)),
        ("anna", "added", "intakes 2026-03-02", ("P",)),
        ("ben", "added", "notes 2026-03-02", ("P",)),
        ("ben", "binned", "notes 2026-03-02", ("P",)),
        ("ben", "brought back", "notes 2026-03-02", ("P",)),
        ("ben", "binned", "clients", ("P",)),
        (system_user(), "added", "clients", ("Q",)),
    ]  # fmt: skip
    assert [row.who for row in read_trail(store, client="Q")] == [system_user()]
    assert len(read_trail(store, client="P", who="ben")) == 4
    assert not read_trail(store, day=DAY)
    assert not read_trail(store, client="C9"), "no code, and the beginning of no number"
    assert check_trail(store).wrong == ""


def test_a_change_that_did_not_happen_is_not_in_the_trail(store: RecordStore) -> None:
    store.add_client("P")
    store.save_plan("P", make_plan(), None)
    before = told(store)
    with pytest.raises(EditConflict):
        store.save_plan("P", make_plan(), None)
    assert told(store) == before


def test_of_somebody_who_is_erased_the_trail_holds_a_number_only(store: RecordStore) -> None:
    uid = store.add_client("Mia-K", name="Mia K").uid
    store.add_note("Mia-K", DAY, SessionNote(text="note"))
    bin_client(store, "Mia-K")
    erase(store, "Mia-K")
    assert "Mia" not in str(read_trail(store))
    assert {row.clients for row in read_trail(store)} == {(f"erased {uid[:8]}",)}
    assert read_trail(store, client=uid[:8])[0].action == "deleted"


@pytest.mark.parametrize(
    ("forgery", "words"),
    [
        ("UPDATE trail SET who = 'somebody else' WHERE id = 2", "row 2"),
        ("UPDATE trail SET clients = '' WHERE id = 2", "row 2"),
        ("UPDATE trail SET at_utc = '2020' || substr(at_utc, 5) WHERE id = 1", "row 1"),
        ("DELETE FROM trail WHERE id = 2", "row 2 is missing"),
        ("DELETE FROM trail WHERE id = 2; UPDATE trail SET id = id - 1 WHERE id > 2", "row 2"),
        ("UPDATE trail SET id = 99 WHERE id = 2; UPDATE trail SET id = 2 WHERE id = 3; UPDATE trail SET id = 3 WHERE id = 99", "row 2"),
    ],
)  # fmt: skip
def test_a_row_that_was_tampered_with_shows(store: RecordStore, forgery: str, words: str) -> None:
    for code in ("P", "Q", "R", "S"):
        store.add_client(code)
    newest = check_trail(store).newest
    assert check_trail(store, newest).wrong == ""
    with store.engine.begin() as connection:
        for statement in forgery.split("; "):
            connection.exec_driver_sql(statement)
    checked = check_trail(store, newest)
    assert "tampered with" in checked.wrong
    assert words in checked.wrong


def test_a_hash_that_was_told_is_there_or_it_is_said_what_that_may_mean(store: RecordStore) -> None:
    store.add_client("P")
    newest = check_trail(store).newest
    store.add_client("Q")
    later = check_trail(store).newest
    for typed in (newest, later, f" {newest.upper()} "):
        assert check_trail(store, typed).wrong == ""
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM trail WHERE id = (SELECT max(id) FROM trail)")
    assert check_trail(store, newest).wrong == ""
    for typed, said in (
        (later, f"no row of the trail has the hash {later}"),
        (newest[:-1], "is no hash"),
        ("x", "is no hash"),
    ):
        checked = check_trail(store, typed)
        assert said in checked.wrong, typed
        assert "tampered" not in checked.wrong, "a slip of the finger is no deed"
    assert "rows were cut off" in check_trail(store, later).hint


def test_a_backup_brings_its_trail_along_unless_there_is_one(tmp_path: Path) -> None:
    with RecordStore(None, tmp_path / "one") as one:
        one.add_client("P")
        keep_account(one, "anna", Role.OWNER, password_hash="scrypt$AAAA$AAAA")
        made = write_backup(one, tmp_path / "b.zip")
        assert check_trail(one, made.trail).wrong == ""
        assert told(one)[-1][1:3] == ("exported", "backup")
    with RecordStore(None, tmp_path / "two") as two:
        restore_backup(two, tmp_path / "b.zip")
        assert [row[1:3] for row in told(two)] == [
            ("added", "clients"),
            ("added", "accounts anna"),
            ("restored", f"backup of {made.made[:10]}"),
        ]
        assert list_accounts(two)[0].name == "anna"
        assert check_trail(two, made.trail).wrong == ""
    with RecordStore(None, tmp_path / "three") as three:
        three.add_client("X")
        three.delete_client("X")
        keep_account(three, "ben", Role.OWNER, password_hash="scrypt$AAAA$AAAA")
        restore_backup(three, tmp_path / "b.zip")
        assert [row[1] for row in told(three)] == ["added", "deleted", "added", "restored"], "a restore wipes nothing"
        assert [account.name for account in list_accounts(three)] == ["ben"], "and lets nobody in"
        assert check_trail(three).wrong == ""


Run = Callable[..., SimpleNamespace]


def test_the_command_line_leaves_traces_and_checks_them(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    run_kept("client", "show", "P")
    run_kept("client", "export", "P", "--out", str(tmp_path / "export"))
    said = run_kept("records", "trail")
    assert said.code == 0
    for words in (
        f"{system_user()} (command line) added clients of P",
        "saw client show of P",
        "exported client export of P",
    ):
        assert words in said.out
    newest = said.out.split()[-1]
    assert run_kept("records", "trail", "--holds", newest).code == 0
    assert run_kept("records", "trail", "--holds", "0" * 64).code == 2
    assert run_kept("records", "trail", "--most", str(10**30)).code == 2, "more than a database counts to"
    run_kept("records", "trail", "--client", "P", "--csv", str(tmp_path / "trail.csv"))
    rows = list(csv.DictReader((tmp_path / "trail.csv").read_text().splitlines()))
    assert [row["action"] for row in reversed(rows)] == ["added", "saw", "exported"]


def test_a_new_password_of_the_server_is_in_the_trail(
    run_kept: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("typer.prompt", lambda *_a, **_k: "four words nobody guesses")
    run_kept("client", "add", "P")
    assert run_kept("serve", "--set-password").code == 0
    assert f"{system_user()} (command line) changed password of the server" in run_kept("records", "trail").out


def test_accounts_are_kept_by_command(run_kept: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.prompt", lambda *_a, **_k: "four words nobody guesses")
    run_kept("client", "add", "P")
    assert run_kept("account", "keep", "ben", "--role", "viewer").code == 2, "the first one is an owner's"
    assert run_kept("account", "keep", "anna", "--role", "owner").code == 0
    assert run_kept("account", "keep", "ben", "--role", "boss").code == 2
    assert run_kept("account", "keep", "ben", "--role", "viewer", "--client", "P", "--team", "U18").code == 0
    assert run_kept("account", "keep", "ben", "--role", "viewer", "--client", "X").code == 2
    assert run_kept("account", "keep", "ben", "--role", "device").code == 2
    assert run_kept("account", "list").out == "anna: owner, everybody\nben: viewer, P, team U18\n"
    assert run_kept("account", "password", "ben").code == 0
    assert run_kept("account", "remove", "anna").code == 2, "others need an owner"
    assert run_kept("account", "remove", "ben").code == run_kept("account", "remove", "anna").code == 0
    traces = run_kept("records", "trail").out
    assert "changed accounts ben (password_hash)" in traces
    assert "deleted accounts anna" in traces
