"""The page that a client keeps, gathered from the records, and the letterhead of the practice."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from movescreen.app.client_pages import ensure_plan_goes_on, gather_visit, plan_as_of, visits_until
from movescreen.app.page_data import list_names, tell_watch
from movescreen.catalog import load_catalog
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.exercise_figures import load_exercise_figures
from movescreen.client.plan.answers import find_answers
from movescreen.client.plan.model import PlanQuestion
from movescreen.client.rules.red_flags import find_day_told, review_red_flags
from movescreen.client.visits.movement_pain import find_standing_pain
from movescreen.client.visits.visit import Visit
from movescreen.errors import InputError, NeedsReferral, SettingsError
from movescreen.files import open_regular, write_bytes, write_text
from movescreen.jpeg import decode_bounded
from movescreen.report.figures.pictures import Picture, plain_picture
from movescreen.report.formats.key_pictures import PLAIN_FILE
from movescreen.report.formats.person_tables import write_person_tables, write_workbook
from movescreen.report.pages.client import CLIENT_PAGE, Handout, Practice, SeenDay, render_handout
from movescreen.report.pages.visit import render_visit
from movescreen.report.sections.person import day_words
from movescreen.report.sections.ranking import top_priorities
from movescreen.settings import load_practice_settings

if TYPE_CHECKING:
    from movescreen.records import RecordStore
    from movescreen.records.entries import KeptScreening

#: Largest logo file, bytes; largest picture in it, and what is left of it, pixels.
_LOGO_BYTES, _LOGO_PX, _LOGO_WIDTH = 2_000_000, 36_000_000, 640


def gather_handout(store: RecordStore, code: str, today: date) -> Handout:
    """Return everything that the client's page is made from, as it may be shown today.

    Raises
    ------
    InputError
        When there is neither a screening nor a plan to tell of.
    """
    client, visits = store.client(code), visits_until(store, code, today)
    name, practice = client.name or client.code, load_practice()
    plans = [saved for saved in store.plans(code) if saved.plan.day <= today]
    filmed = [visit for visit in visits if visit.clips]
    try:
        ensure_plan_goes_on(store, code, today)  # also without a plan: what was told may stop everything
        plan = plan_as_of(store, code, plans[-1], today).plan if plans else None
    except NeedsReferral as stop:
        if stop.see or plans or filmed:
            told = _answers_since_the_stop(store, code, visits, today)
            return Handout(name, waits=True, see=stop.see, answers=told, practice=practice)
    if not plans and not filmed:
        raise InputError(f"there is nothing to hand out to {code} yet", "screen, or make a plan, first")
    # what was filmed long before a plan was made says nothing beside it
    shown = [visit for visit in filmed if plan is None or plan.filmed or visit.day > plan.day]
    seen = _seen_day(store, code, visits, shown[-1], today) if shown else None
    return Handout(name, seen, plan, figures=load_exercise_figures(), practice=practice, today=today)


def _answers_since_the_stop(
    store: RecordStore, code: str, visits: Sequence[Visit], today: date
) -> tuple[PlanQuestion, ...]:
    """Return what the trainer answered when they knew what stops the plan; earlier answers may allow what is not to be done now."""
    person = store.person(code, today)
    stopping = review_red_flags(person, load_client_catalog(store.catalog)).stopping
    if person.intake is None or not stopping:
        return ()
    told = max(find_day_told(flag, person.intake) for flag in stopping)
    return tuple(
        each for each in find_answers(person, visits) if each.on is not None and each.on >= told and not each.talk
    )


def _seen_day(store: RecordStore, code: str, visits: Sequence[Visit], visit: Visit, today: date) -> SeenDay:
    specs, hurts = load_catalog(store.catalog).movements, list(find_standing_pain(visits))
    filmed = list(dict.fromkeys(clip.setup.movement for clip in visit.clips))
    return SeenDay(
        day=day_words(visit.day), findings=visit.findings, hurts=hurts,
        plain_names={name: spec.plain_name for name, spec in specs.items()}, filmed=filmed,
        picture=_find_picture(store, code, visit, hurts, today),
        watch=tell_watch(store.person(code, today), visits, store.catalog),
        own_eyes=any(each.verdict != "negative" for other in visits if other.day >= visit.day for each in other.observations),
    )  # fmt: skip


def _find_picture(store: RecordStore, code: str, visit: Visit, hurts: Sequence[str], today: date) -> Picture | None:
    """Return the person with the skeleton drawn on, in the movement that stood out most; None without consent to pictures."""
    intake = store.person(code, today).intake
    if intake is None or intake.consent is None or not intake.consent.pictures:
        return None
    leads = [m.lead.movement for m in top_priorities(f for f in visit.findings if f.movement not in hurts)]
    kept = [
        (clip.setup.movement, clip.folder, each)
        for each in store.screenings(code, visit.day)
        for clip in each.record.clips
    ]
    order = {movement: i for i, movement in reversed(list(enumerate(leads)))}
    kept = [row for row in kept if row[0] not in hurts]
    for _, folder, screening in sorted(kept, key=lambda row: order.get(row[0], len(leads))):
        data = _read_kept(store, code, screening, folder)
        if data is not None and (picture := plain_picture(data)) is not None:
            return picture
    return None


def _read_kept(store: RecordStore, code: str, screening: KeptScreening, folder: str) -> bytes | None:
    if screening.folder is None or not folder:
        return None
    return store.files.read(store.client(code).uid, f"{screening.folder.name}/{folder}/{PLAIN_FILE}")


def load_practice() -> Practice:
    """Return the letterhead that the settings name.

    Raises
    ------
    SettingsError
        When the logo cannot be used.
    """
    settings = load_practice_settings()
    logo = read_logo(settings.logo.expanduser()) if settings.logo else ""
    return Practice(settings.name, settings.contact, logo)


def read_logo(path: Path) -> str:
    """Return a logo as a data address: decoded, made no wider than it is printed, and written anew, so that nothing else comes along.

    Raises
    ------
    SettingsError
        When it is no PNG or JPEG picture, cannot be read, or is far too large. SVG is refused: it may hold scripts and load things.
    """
    try:
        with open_regular(path) as file:
            data = file.read(_LOGO_BYTES + 1)
    except OSError as error:
        raise SettingsError(
            f"the logo {path} cannot be read: {error.strerror or error}", "name another file"
        ) from error
    return "data:image/png;base64," + base64.b64encode(clean_logo(data, str(path))).decode("ascii")


def clean_logo(data: bytes, path: str) -> bytes:
    """Return a logo as PNG: decoded, made no wider than it is printed, and written anew; raises as :func:`read_logo` does."""
    import cv2

    if len(data) > _LOGO_BYTES:
        raise SettingsError(f"the logo {path} is larger than {_LOGO_BYTES // 1_000_000} MB", "save it smaller")
    image = decode_bounded(data, _LOGO_PX, alpha=True)
    if image is None:
        raise SettingsError(
            f"the logo {path} is no PNG or JPEG picture that can be used", "save it as PNG, a few hundred pixels wide"
        )
    if image.shape[1] > _LOGO_WIDTH:
        height = max(1, round(image.shape[0] * _LOGO_WIDTH / image.shape[1]))
        image = cv2.resize(image, (_LOGO_WIDTH, height), interpolation=cv2.INTER_AREA)
    done, png = cv2.imencode(".png", image)
    if not done:
        raise SettingsError(f"the logo {path} cannot be written anew", "save it as PNG")
    return png.tobytes()


def write_visit_files(store: RecordStore, code: str, day: date, folder: Path) -> None:
    """Write a visit to take along: its page, the client's page, its tables for a spreadsheet, and the files kept of it.

    Raises
    ------
    InputError
        When there is no visit of that day.
    """
    report = gather_visit(store, code, day)
    write_text(folder / "visit.html", render_visit(report))
    with contextlib.suppress(InputError):
        write_text(folder / CLIENT_PAGE, render_handout(gather_handout(store, code, max(day, date.today()))))
    write_person_tables([report.visit], folder, list_names(store.catalog).units)
    write_workbook(folder, folder / "tables.xlsx")
    uid, homes = store.client(code).uid, {each.folder.name for each in store.screenings(code, day) if each.folder}
    for name in store.files.list_files(uid):
        content = store.files.read(uid, name) if name.partition("/")[0] in homes else None
        if content is not None:
            write_bytes(folder / "screening" / name.partition("/")[2], content)
