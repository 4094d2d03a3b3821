"""``movescreen visit``: what was measured by hand and how it went."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from movescreen.app import Records
from movescreen.app.client_pages import gather_visit
from movescreen.app.putting_right import move_visit
from movescreen.app.rebuilding import redo_visit
from movescreen.app.visit_keeping import ensure_in_a_plan, note_movement_pain
from movescreen.catalog.client_loader import ClientCatalog, load_client_catalog
from movescreen.catalog.norms_library import load_norms
from movescreen.cli.options import Catalogs, read_settings
from movescreen.cli.typed import Code, Day, Now, Yes, read_told
from movescreen.client.dates import read_day
from movescreen.client.rules.danger_words import describe_words
from movescreen.client.visits.activities import last_activities, rate_activities, read_activities
from movescreen.client.visits.hand_tests import detectable_change
from movescreen.client.visits.observation import WHATS, Observation
from movescreen.client.visits.visit import ExerciseNote, HandMeasurement, MovementPain, SessionNote, check_measurement
from movescreen.display import read_amount
from movescreen.errors import InputError, MovescreenError
from movescreen.model import Status
from movescreen.records import open_store
from movescreen.records.acting import system_user
from movescreen.report.pages.visit import write_visit
from movescreen.settings import load_settings

_Score = Annotated[int | None, typer.Option(min=0, max=10)]


def list_visits(code: Code) -> None:
    """List the visits with what stood out."""
    table = Table("day", "clips", "stood out", "measured by hand", "notes", box=None)
    with open_store() as store:
        for visit in store.visits(code):
            flagged = [f"{f.check_id} {f.seen_side}".strip() for f in visit.findings if f.status is Status.FLAGGED]
            values = [f"{m.test} {m.side} {m.value:g}".replace("  ", " ") for m in visit.measurements]
            notes = [text for n in visit.notes for text in (n.text, n.made) if text]
            notes += [f"{o.name} {o.side}".strip() + f": {o.result_words}" for o in visit.observations]
            table.add_row(
                visit.day.isoformat(), str(len(visit.clips)), ", ".join(flagged), ", ".join(values), "; ".join(notes)
            )
    Console(markup=False, highlight=False, soft_wrap=True).print(table)


def measure(
    code: Code,
    values: Annotated[
        list[str],
        typer.Argument(
            help="TEST=VALUE or TEST:SIDE=VALUE, such as knee_to_wall:left=9.5 (cm) or knee_to_wall:left=3.7in."
        ),
    ],
    day: Day = "",
) -> None:
    """Keep values taken by hand; 'movescreen visit tests' lists the tests."""
    catalog = load_client_catalog(load_settings().catalog)
    measurements = [_read_one(text, len(values), catalog) for text in values]
    with open_store() as store:
        store.add_measurements(code, read_day(day), measurements)
    for measurement in measurements:
        spec = catalog.hand_test(measurement.test)
        typer.echo(
            f"{spec.title}{', ' + measurement.side if measurement.side else ''}: {measurement.value:g} {spec.unit}"
        )


def _read_one(text: str, count: int, catalog: ClientCatalog) -> HandMeasurement:
    """Return one of several measurements; a wrong one says which it is, and that none of them was kept."""
    name, equals, value = text.partition("=")
    spec = catalog.hand_tests.get(name.partition(":")[0])
    typed = read_amount(value, spec.unit, spec.unit) if spec else value
    try:
        return check_measurement(read_measurement(f"{name}{equals}{typed}"), catalog)
    except MovescreenError as error:
        kept = f"none of the {count} values was kept" if count > 1 else "nothing was kept"
        error.message = f"{text}: {error.message}; {kept}"
        raise


def read_measurement(text: str) -> HandMeasurement:
    """Return what ``TEST:SIDE=VALUE`` says."""
    name, equals, value = text.partition("=")
    test, _, side = name.partition(":")
    try:
        number = float(value.replace(",", "."))
        if not equals or side not in ("", "left", "right"):
            raise ValueError
    except ValueError:
        raise InputError(
            f"{text!r} is not a measurement", "write TEST=VALUE or TEST:SIDE=VALUE: knee_to_wall:left=9.5"
        ) from None
    return HandMeasurement(test=test, side=side, value=number)


def activities(
    code: Code,
    rated: Annotated[
        list[str] | None, typer.Argument(help="ACTIVITY=SCORE, 0 cannot to 10 as before: 'climbing stairs=4'.")
    ] = None,
    day: Day = "",
) -> None:
    """Keep how the client's own activities go, three to five of them (PSFS); without any, list those of the last time."""
    catalog = load_client_catalog(load_settings().catalog)
    spec = next((each for each in catalog.hand_tests.values() if each.activities), None)
    if spec is None:
        raise InputError("no questionnaire of the catalog takes activities", "see 'movescreen visit tests'")
    with open_store() as store:
        before = last_activities(store.visits(code), spec.id)
        if not rated:
            for name, score in before.items():
                typer.echo(f"{name}={score:g}")
            return
        taken = rate_activities(spec, [_read_rating(text) for text in rated])
        store.add_measurements(code, read_day(day), [taken])
    typer.echo(f"{spec.title}: {taken.value:g} of 10 ({taken.note})")
    if before and {name.lower() for name in before} != {name.lower() for name in read_activities(taken.note)}:
        typer.echo(f"other activities than the last time ({', '.join(before)}): the two cannot be compared")


def _read_rating(text: str) -> tuple[str, float]:
    words, equals, score = text.rpartition("=")
    try:
        if not equals:
            raise ValueError
        return words, float(score.replace(",", "."))
    except ValueError:
        raise InputError(f"{text!r} is not ACTIVITY=SCORE", "write it like 'climbing stairs=4'") from None


def note(
    code: Code,
    text: Annotated[str, typer.Argument(help="How it went.")] = "",
    day: Day = "",
    pain_now: _Score = None,
    pain_week: _Score = None,
    pain_during: _Score = None,
    pain_next_day: _Score = None,
    effort: Annotated[int | None, typer.Option(min=0, max=10, help="How hard training felt.")] = None,
    confidence: _Score = None,
    did: Annotated[
        list[str] | None,
        typer.Option(help="Exercise of the plan that was done, or NAME:pain_during=1,pain_next_day=0,effort=6."),
    ] = None,
    skipped: Annotated[list[str] | None, typer.Option(help="Exercise of the plan that was left out.")] = None,
    done: Annotated[int | None, typer.Option(min=0, help="Sessions that took place.")] = None,
    planned: Annotated[int | None, typer.Option(min=0, help="Sessions that were planned.")] = None,
) -> None:
    """Keep pain, effort, sessions done and confidence, each from 0 to 10; with --did and --skipped, one session."""
    ticks = [_read_tick(text, done=done_) for done_, texts in ((True, did), (False, skipped)) for text in texts or []]
    told = SessionNote(
        pain_now=pain_now, pain_week=pain_week, pain_during=pain_during, pain_next_day=pain_next_day, effort=effort, confidence=confidence,
        exercises=tuple(ticks), sessions_done=done, sessions_planned=planned, text=text,
    )  # fmt: skip
    if told == SessionNote():
        raise InputError("nothing to note", "give a text, or pain, sessions or confidence")
    _keep_note(code, read_day(day), told)


def _keep_note(code: str, when: date, told: SessionNote) -> None:
    """Keep a note, and say what waits to be read now."""
    with open_store() as store:
        ensure_in_a_plan(store, code, list(told.exercises))
        store.add_note(code, when, told)
        unread, catalog = store.unread_words(code, max(when, date.today())), load_client_catalog(store.catalog)
    typer.echo("noted")
    for line in describe_words(unread, catalog):
        typer.echo(f"read this before you go on: {line}")


def _read_tick(text: str, *, done: bool) -> ExerciseNote:
    """Return what ``NAME:pain_during=1,effort=6`` says about an exercise of a session."""
    name, _, rest = text.partition(":")
    parts = [part.partition("=") for part in rest.split(",") if part]
    try:
        scores = {key.strip(): int(value) for key, _, value in parts}
        return ExerciseNote.model_validate({**scores, "exercise": name, "done": done})
    except ValueError as error:  # pydantic's error is one, too
        raise InputError(
            f"{text!r} does not say how an exercise went", "write NAME or NAME:pain_during=1,pain_next_day=0,effort=6"
        ) from error


def observe(
    code: Code,
    name: Annotated[
        str,
        typer.Argument(
            help="What you looked at, such as 'feet turn out'. The name of a check stands beside the camera's value."
        ),
    ],
    what: Annotated[str, typer.Option(help=f"What it is: {', '.join(WHATS)}.")] = "observation",
    side: Annotated[str, typer.Option(help="left, right or both.")] = "",
    result: Annotated[str, typer.Option(help="positive, negative, unclear, or words.")] = "",
    painful: Annotated[int | None, typer.Option(min=0, max=10, help="How painful it was.")] = None,
    note: Annotated[str, typer.Option(help="Anything else.")] = "",
    day: Day = "",
) -> None:
    """Keep what you saw, felt with your hands, or tested. It informs, and opens nothing that is barred."""
    seen = read_told(
        Observation, "see 'movescreen visit observe --help'", what=what.replace("-", "_"), name=name, side=side, result=result,
        painful=painful, note=note,
    )  # fmt: skip
    _keep_note(code, read_day(day), SessionNote(observations=(seen,)))


def hurt(
    code: Code,
    movement: Annotated[str, typer.Argument(help="Movement of the screening, such as squat.")],
    day: Day = "",
    score: Annotated[
        int | None, typer.Option(min=0, max=10, help="How strong; 0 = asked again, and it does not hurt.")
    ] = None,
    place: Annotated[str, typer.Option(help="Where, such as knee.")] = "",
    side: Annotated[str, typer.Option(help="left, right or both.")] = "",
    cleared_by: Annotated[str, typer.Option(help="Role of the clinician who looked at it and allows to load it.")] = "",
) -> None:
    """Keep that a movement hurt: plans load it no more until it is asked again without pain, or cleared."""
    told = read_told(
        MovementPain, "see 'movescreen visit hurt --help'", movement=movement, score=score, place=place or None, side=side,
        cleared_by=cleared_by,
    )  # fmt: skip
    with open_store() as store:
        typer.echo(note_movement_pain(store, code, read_day(day), [told]))


def tests() -> None:
    """List the manual tests and questionnaires: how they are done, who may use them, and the smallest change that is no chance."""
    paths = load_settings().catalog
    norms = load_norms(paths)
    table = Table("test", "unit", "sides", "real change", "what it is, and how", box=None)
    table.columns[0].no_wrap = True  # it is typed
    for spec in load_client_catalog(paths).hand_tests.values():
        change = detectable_change(spec, norms).value
        known = "not known" if math.isnan(change) else f"{change:.3g}"
        license_ = f" {spec.questionnaire.license}" if spec.questionnaire else ""
        what = f"{spec.title}. {spec.how}{license_}"
        table.add_row(spec.id, spec.unit, "left, right" if spec.sided else "", known, what)
    Console(markup=False, highlight=False).print(table)


def report(
    code: Code,
    out: Annotated[Path, typer.Option(help="Folder for the page and the tables.")],
    day: Annotated[str, typer.Option("--date", help="Day of the visit; the newest when left out.")] = "",
) -> None:
    """Write a visit as a page: findings in the light of the history, tests against norms, what is worth adding."""
    with open_store() as store:
        made = gather_visit(store, code, read_day(day) if day else None)
    for path in write_visit(made, out):
        typer.echo(path)


def redo(code: Code, day: Annotated[str, typer.Argument(help="Day of the visit.")], catalog: Catalogs = None) -> None:
    """Analyze a visit again from the landmarks that were kept, so that it can be compared with newer ones."""
    when = read_day(day)
    with Records(catalog=read_settings(catalog=catalog).catalog) as records:
        redo_visit(records, code, when)
    typer.echo(f"the visit of {when} is analyzed again with the catalog as it is now; its files stay as they were")


def move(
    code: Code,
    day: Annotated[str, typer.Argument(help="Day of the visit.")],
    to: Annotated[str, typer.Option(help="Code of the client whose visit it really is.")],
    reason: Annotated[str, typer.Option(help="Why; kept with both.")] = "",
    by: Annotated[str, typer.Option(help="Who moves it; the user of this computer when left out.")] = "",
) -> None:
    """Move a visit to the right client, who must have passed the red-flag gate: files, pages and plan follow."""
    with Records() as records:
        moved = move_visit(records, code, read_day(day), to, by=by or system_user(), reason=reason)
    typer.echo(f"the visit of {moved.day} is with {moved.code} now")
    for line in moved.told:
        typer.echo(line)


def delete(
    code: Code, day: Annotated[str, typer.Argument(help="Day of the visit.")], yes: Yes = False, now: Now = False
) -> None:
    """Put what was measured and noted on a day into the bin, where it waits for 30 days; with --now it is gone at once."""
    from movescreen.records.bin import KEPT_FOR, bin_visit

    when = read_day(day)
    how = "for good? It cannot be undone" if now else f"? It lies in the bin for {KEPT_FOR.days} days"
    if not yes and not typer.confirm(f"Delete the visit of {when} {how}".replace(" ?", "?")):
        raise InputError("nothing was deleted", "say y, or use --yes")
    with open_store() as store:
        if now:
            store.delete_visit(code, when)
        else:
            bin_visit(store, code, when)
    back = "" if now else f"; 'movescreen bin restore {code} --date {when}' brings it back"
    typer.echo(f"the visit of {when} is deleted{back}")


GROUP = {
    "list": list_visits, "measure": measure, "activities": activities, "note": note, "hurt": hurt, "observe": observe,
    "tests": tests, "report": report, "redo": redo, "move": move, "delete": delete,
}  # fmt: skip
