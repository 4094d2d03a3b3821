"""The page of settings: the tables of the config file that are about how the app looks, speaks and begins."""

from __future__ import annotations

import os
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.handout import clean_logo, load_practice
from movescreen.errors import SettingsError
from movescreen.settings import (
    DisplaySettings,
    PracticeSettings,
    PresetSettings,
    VoiceSettings,
    load_table,
)
from movescreen.settings_file import config_path, write_logo, write_tables
from movescreen.web.drafts import body_up_to
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.pages.start import VIEW_WORDS
from movescreen.web.services import ServicesDep
from movescreen.web.templating import render

router = APIRouter()

_KINDS = (DisplaySettings, VoiceSettings, PresetSettings, PracticeSettings)
_MOST_LOGO_BYTES = 5_000_000
_CHOICES = {
    "units": {"metric": "Centimeters and kilograms", "us": "Inches and pounds"},
    "dates": {"day": "12 March 2026", "month": "March 12, 2026", "iso": "2026-03-12"},
    "theme": {"system": "As the system", "light": "Light", "dark": "Dark"},
}
_SPEEDS = {0.8: "slower", 1.0: "usual", 1.25: "faster", 1.5: "fast"}


@router.get("/settings")
def show_settings(request: Request, services: ServicesDep, kept: bool = False) -> HTMLResponse:
    """Show what is in force."""
    return _page(request, services, Form(), kept=kept)


@router.post("/settings")
def keep_settings(request: Request, services: ServicesDep, form: FormDep) -> Response:
    """Keep everything on the page in the config file, which the commands read, too."""
    tables: dict[str, dict[str, Any]] = {}
    typed: dict[str, Any] = {}
    services.catalog.protocol(form.text("session"))
    for kind in _KINDS:
        told: dict[str, Any] = {key: form.text(f"{kind.table}.{key}") or form.text(key) for key in kind.model_fields}
        if kind is VoiceSettings:
            told |= {"on": bool(form.text("on")), "name": form.text("voice.name")}
        if kind is PracticeSettings:
            logo = load_table(PracticeSettings).logo
            told |= {"logo": None if form.text("drop_logo") or logo is None else str(logo)}
        typed[kind.table] = kind.model_construct(**told)
        try:
            values = kind(**told).model_dump(mode="json")
        except ValidationError as error:
            form.blame(error)
            continue
        tables[kind.table] = {key: None if value == "" else value for key, value in values.items()}
    if form.mistakes:
        return _page(request, services, form, typed=typed)
    write_tables(tables)
    return RedirectResponse("/settings?kept=1", 303)


@router.put("/api/uploads/logo", status_code=204)
def send_logo(data: bytes = body_up_to(_MOST_LOGO_BYTES, "logo", "save it smaller")) -> Response:
    """Keep a PNG or JPEG picture, its bytes as the body, as the logo of the practice."""
    name = write_logo(clean_logo(data, ""))
    write_tables({PracticeSettings.table: {"logo": name}})
    return Response(status_code=204)


def _page(
    request: Request, services: ServicesDep, form: Form, *, kept: bool = False, typed: dict[str, Any] | None = None
) -> HTMLResponse:
    try:
        logo = load_practice().logo
    except SettingsError as error:
        logo = ""
        form.complain("logo", error.message)
    loaded = typed or {kind.table: load_table(kind) for kind in _KINDS}
    forced = sorted(
        name for name in os.environ if any(name.startswith(str(kind.model_config["env_prefix"])) for kind in _KINDS)
    )
    data = {
        **loaded, "form": form, "kept": kept, "choices": _CHOICES, "speeds": list(_SPEEDS.items()), "views": list(VIEW_WORDS.items()),
        "protocols": list(services.catalog.protocols.values()), "logo": logo, "file": str(config_path()), "forced": forced,
    }  # fmt: skip
    data = data
    return render(request, "settings.html.jinja", data, status=422 if form.mistakes and form.values else 200)
