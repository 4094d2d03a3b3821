"""``movescreen client import`` and ``movescreen team``: shown first, asked about, all or nothing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from movescreen.records import open_store
from tests.app.test_team_day import add, screen
from tests.conftest import Run

ROSTER = "No.;Spieler;F/M;Geboren\n10;Lee, Ana;F;12.02.2009\n2;Bo Kim;M;2008\n"
SAID = ("--column", "Spieler=name", "--column", "D=born", "--team", "U18")


@pytest.fixture
def roster(run_kept: Run, tmp_path: Path) -> Path:
    (tmp_path / "roster.csv").write_text(ROSTER)
    return tmp_path / "roster.csv"


def codes() -> list[tuple[str, str, int | None]]:
    with open_store() as store:
        return [(c.code, c.name, c.birth_year) for c in store.list_clients()]


def test_a_roster_is_shown_and_kept_only_with_a_yes(
    run_kept: Run, roster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run_kept("client", "import", roster)
    assert told.code == 2
    assert "No column says who it is" in told.out
    shown = run_kept("client", "import", roster, *SAID, "--dry-run")
    assert shown.code == 0
    assert shown.out.index("J2") < shown.out.index("J10")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run_kept("client", "import", roster, *SAID).code == 2, "nobody is there to say yes"
    assert codes() == []
    assert run_kept("client", "import", roster, *SAID, "--yes").code == 0
    assert codes() == [("J2", "Bo Kim", 2008), ("J10", "Ana Lee", 2009)]
    assert "0 athletes new, 0 changed, 2 as they are" in run_kept("client", "import", roster, *SAID, "--yes").out.replace("\xa0", " ")  # fmt: skip


def test_a_column_that_is_not_there_is_a_slip(run_kept: Run, roster: Path) -> None:
    for said in ("Spiler=name", "Spieler=nam", "Spieler"):
        assert run_kept("client", "import", roster, "--column", said).code == 2
    assert codes() == []


def test_teams_are_listed_and_shown(run_kept: Run) -> None:
    assert "no teams yet" in run_kept("team", "list").out
    with open_store() as store:
        for number in (10, 2):
            screen(store, add(store, number))
    assert "Team: 2 athletes; screened on" in run_kept("team", "list").out.replace("\xa0", " ")
    shown = run_kept("team", "show", "Team")
    assert shown.code == 0
    assert shown.out.index("J2") < shown.out.index("J10")
    assert run_kept("team", "show", "Tem").code == 2
    assert run_kept("team", "show", "Team", "--day", "1.2.2026").code == 2
