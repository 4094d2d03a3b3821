"""``movescreen client``: who is kept, and what of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from movescreen.app.client_pages import export_everything, gather_case
from movescreen.app.handout import gather_handout
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.cli.roster import import_roster
from movescreen.cli.typed import Code, Day, Now, Yes
from movescreen.client.dates import read_day
from movescreen.client.intake.model import Intake, read_sex
from movescreen.client.rules.danger_words import describe_words
from movescreen.client.rules.red_flags import describe_flags, review_red_flags
from movescreen.errors import InputError, UnknownNameError
from movescreen.files import staged_folder, write_text
from movescreen.records import open_store
from movescreen.report.pages.client import CLIENT_PAGE, render_handout
from movescreen.report.pages.handover import READERS, Writing, write_sheets
from movescreen.report.sections.person import intake_summary
from movescreen.words.numbers_and_units import plural

#: The page that a screening writes for the client.
CLIENT = "client"


def add(
    code: Annotated[str, typer.Argument(help="Code of your own choice; the next number when left out.")] = "",
    name: Annotated[str, typer.Option(help="Name, if you want it kept.")] = "",
    born: Annotated[int | None, typer.Option(help="Year of birth: norms go by age.")] = None,
    sex: Annotated[str, typer.Option(help="female or male: norms go by sex.")] = "",
    note: Annotated[str, typer.Option(help="Anything else.")] = "",
    team: Annotated[str, typer.Option(help="Team.")] = "",
    group: Annotated[str, typer.Option(help="Group within the team.")] = "",
    jersey: Annotated[str, typer.Option(help="Jersey number.")] = "",
) -> None:
    """Add a client and print the code."""
    place = {"team": team, "group": group, "jersey": jersey}
    with open_store() as store:
        client = store.add_client(code, name=name, birth_year=born, sex=read_sex(sex), note=note, **place)
    typer.echo(client.code)


def list_clients(team: Annotated[str, typer.Option(help="Only those of a team.")] = "") -> None:
    """List the clients, by team, jersey number and code."""
    table = Table("code", "no.", "name", "team", "group", "born", "sex", "visits", "last visit", box=None)
    with open_store() as store:
        clients, days = [c for c in store.list_clients() if not team or c.team == team], store.visit_days()
        for client in clients:
            visits = days.get(client.code, ())
            last = visits[-1].isoformat() if visits else ""
            about = (client.jersey, client.name, client.team, client.group, str(client.birth_year or ""), client.sex)
            table.add_row(client.code, *about, str(len(visits)), last)
        where = store.folder
    if clients:
        Console(markup=False, highlight=False).print(table)
    else:
        typer.echo("no clients yet; add one with 'movescreen client add'")
    typer.echo(f"kept in {where}")


def sample(
    out: Annotated[Path, typer.Option(help="Folder for the results; the web app's own when left out.")] = Path(
        "results/screenings"
    ),
) -> None:
    """Add a sample client with three visits and a plan, to try everything with; about a minute."""
    from movescreen.app import Records
    from movescreen.app.sample_client import CODE, add_sample_client
    from movescreen.settings import load_settings

    with Records() as records:
        visits = add_sample_client(records, out, load_settings(), date.today())
    for visit in visits:
        typer.echo(f"{CODE} {visit.day}: {visit.folder / 'report.html'}")
    typer.echo(f"go on with 'movescreen progress {CODE}', or open the client in 'movescreen serve'")


def show(
    code: Code,
    day: Day = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print all that is kept, as JSON.")] = False,
) -> None:
    """Show what is known about a client: history, red flags, visits."""
    today = read_day(day)
    with open_store() as store:
        if as_json:
            from movescreen.records.export import describe_client

            typer.echo(json.dumps(describe_client(store, code), indent=2, ensure_ascii=False))
            return
        client, person, visits = store.client(code), store.person(code, today), store.visits(code)
        unread = store.unread_words(code, today)
    number = f"number {client.jersey}" if client.jersey else ""
    facts = [client.team, client.group, number, f"born {client.birth_year}" if client.birth_year else "", client.sex, client.note]  # fmt: skip
    typer.echo(" · ".join(part for part in (client.label, *facts) if part))
    if person.intake is None:
        typer.echo(f"no intake yet: movescreen intake ask {code}")
    else:
        for line in told_words(person.intake):
            typer.echo(line)
        review = review_red_flags(person, load_client_catalog(store.catalog))
        for line in describe_flags(review.raised):
            typer.echo(f"red flag: {line}")
        if review.open_questions:
            typer.echo(f"not asked: {', '.join(spec.id for spec in review.open_questions)}")
    for line in describe_words(unread, load_client_catalog(store.catalog)):
        typer.echo(f"read this before you go on: {line}")
    for visit in visits:
        parts = [plural(len(visit.clips), "clip")] if visit.clips else []
        parts += [plural(len(visit.measurements), "measurement")] if visit.measurements else []
        parts += [plural(len(visit.notes), "note")] if visit.notes else []
        typer.echo(f"visit {visit.day}: {', '.join(parts)}")


def told_words(intake: Intake) -> list[str]:
    """Return the intake, one line an answer, under the day."""
    return [f"intake of {intake.day}", *(f"  {line}" for line in intake_summary(intake))]


def change(
    code: Code,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    born: Annotated[int | None, typer.Option(help="New year of birth.")] = None,
    sex: Annotated[str | None, typer.Option(help="female or male.")] = None,
    note: Annotated[str | None, typer.Option(help="New note.")] = None,
    team: Annotated[str | None, typer.Option(help="New team.")] = None,
    group: Annotated[str | None, typer.Option(help="New group.")] = None,
    jersey: Annotated[str | None, typer.Option(help="New jersey number.")] = None,
) -> None:
    """Change who a client is."""
    given = {
        "name": name, "birth_year": born, "sex": None if sex is None else read_sex(sex), "note": note, "team": team,
        "group": group, "jersey": jersey,
    }  # fmt: skip
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        raise InputError("nothing to change", "give --name, --born, --sex, --team, --group, --jersey or --note")
    with open_store() as store:
        client = store.change_client(store.client(code), **changes)
    typer.echo(f"{client.label} changed")


def letter(
    code: Code,
    readers: Annotated[
        list[str],
        typer.Option("--for", help=f"Who reads it: {', '.join((*READERS, CLIENT))}. May be given several times."),
    ],
    out: Annotated[Path, typer.Option(help="Folder to write into.")],
    to: Annotated[str, typer.Option(help="To whom; the kind of clinician when left out.")] = "",
    by: Annotated[str, typer.Option(help="Who writes it.")] = "",
    ask: Annotated[str, typer.Option(help="What you ask of the reader, before what follows from the records.")] = "",
    day: Day = "",
) -> None:
    """Write the case for those who look after the client: SOAP note, letter to a doctor or therapist, note for the coach.

    Each is a page to print and a text to paste; the client's own page has the home program, and a picture with their consent.
    Nothing is added to the records, and no picture is handed on to others.
    """
    today = read_day(day)
    for name in readers:
        if name not in (*READERS, CLIENT):
            raise UnknownNameError("reader", name, (*READERS, CLIENT))
    chosen = [reader for reader in READERS if reader in readers]
    written: list[Path] = []
    with open_store() as store:
        page = render_handout(gather_handout(store, code, today)) if CLIENT in readers else ""
        if chosen:
            written += write_sheets(gather_case(store, code, today), chosen, Writing(by=by, to=to, ask=ask), out)
    if page:
        write_text(out / CLIENT_PAGE, page)
        written.append(out / CLIENT_PAGE)
    for path in written:
        typer.echo(path)


def export(code: Code, out: Annotated[Path, typer.Option(help="Folder to write into; must be empty or new.")]) -> None:
    """Write everything that is kept about one client into a folder: JSON, tables, files."""
    if out.is_dir() and any(out.iterdir()):
        raise InputError(f"{out} is not empty", "choose a new folder")
    with open_store() as store, staged_folder(out, last="person.json") as stage:
        export_everything(store, code, stage)
    typer.echo(f"all that is kept about {code}: {out}")


def delete(code: Code, yes: Yes = False, now: Now = False) -> None:
    """Put a client with all intakes, visits, plans and files into the bin for 30 days; with --now everything is gone at once."""
    from movescreen.records.bin import KEPT_FOR, bin_client

    with open_store() as store:
        client = store.client(code)
        if not yes:
            how = "It cannot be undone." if now else f"It lies in the bin for {KEPT_FOR.days} days."
            typer.echo(f"This deletes {client.label} with all visits, plans and files. {how}")
            if typer.prompt("Type the code to continue", default="", show_default=False) != client.code:
                raise InputError("nothing was deleted", "type the code exactly, or use --yes")
        if not now:
            bin_client(store, code)
            typer.echo(f"{client.code} is deleted; 'movescreen bin restore {client.code}' brings everything back for {KEPT_FOR.days} days.")  # fmt: skip
            return
        files = store.delete_client(code)
    typer.echo(
        f"{client.code} is deleted, with {plural(files, 'file')}. Backups and exports that you made still hold it."
    )


GROUP = {
    "add": add, "import": import_roster, "list": list_clients, "sample": sample, "show": show, "change": change,
    "letter": letter, "export": export, "delete": delete,
}  # fmt: skip
