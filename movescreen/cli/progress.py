"""``movescreen progress`` and ``movescreen readiness``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from movescreen.app.client_pages import compare_visits, gather_progress, visits_until
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.cli.typed import Code, Day
from movescreen.client.dates import read_day
from movescreen.client.plan.pathways import tell_test
from movescreen.client.rules.progress import ChangeState
from movescreen.client.rules.readiness import assess_readiness
from movescreen.errors import InputError
from movescreen.files import write_text
from movescreen.records import open_store
from movescreen.report.pages.player import PLAYER_FILE
from movescreen.report.pages.progress import change_title, headline, rule_words, write_progress
from movescreen.report.sections.person import value_words

_SAID = {
    ChangeState.CHANGED: "changed",
    ChangeState.NO_CHANGE: "no change",
    ChangeState.NOT_COMPARABLE: "not comparable",
    ChangeState.NO_KNOWN_ERROR: "cannot be determined",
}


def progress(
    code: Code,
    day: Day = "",
    out: Annotated[Path | None, typer.Option(help="Also write page, tables and JSON into this folder.")] = None,
) -> None:
    """Say what changed over the visits beyond the error, what did not, and what cannot be compared."""
    with open_store() as store:
        report = gather_progress(store, code, read_day(day))
        typer.echo(headline(report))
        for change in (*report.changes, *report.by_hand):
            values = " > ".join(value_words(point.value, change.unit) for point in change.points)
            reason = f" ({change.reason})" if change.reason else ""
            typer.echo(f"  {_SAID[change.state]}: {change_title(change, report.names)}, {values}{reason}")
        typer.echo(f"look again on {report.retest_on}")
        if out is not None:
            for path in write_progress(report, out, lambda name: store.picture(code, name)):
                typer.echo(path)
            with contextlib.suppress(InputError):  # visits of hand measurements alone have nothing to look at
                typer.echo(write_text(out / PLAYER_FILE, compare_visits(store, code)))


def readiness(code: Code, day: Day = "") -> None:
    """Say where a client stands on each pathway, which gates are met, not met or not known, and what to test next."""
    today = read_day(day)
    with open_store() as store:
        visits = visits_until(store, code, today)
        sets = assess_readiness(
            store.person(code, today), visits, load_client_catalog(store.catalog), load_norms(store.catalog)
        )
    for each in sets:
        typer.echo(f"{each.spec.title}: {each.headline}")
        if each.spec.hypothesis and each.next_test is not None:
            typer.echo(f"next: {tell_test(each.next_test)}")
        for gate in each.gates:
            rule = f"{gate.spec.title} ({rule_words(gate)})"
            typer.echo(f"  {gate.state.value.replace('_', ' ')}: {rule}: {gate.text}")
        for wanted in each.to_measure:
            typer.echo(f"still to measure: {wanted}")
