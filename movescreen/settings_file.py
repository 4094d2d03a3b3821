"""Tables of the config file changed by the web app's page of settings; all else in the file stays as it was written."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from movescreen.errors import SettingsError
from movescreen.files import write_bytes, write_text
from movescreen.settings import CONFIG_NAME, find_config

_HEADING = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")


def config_path() -> Path:
    """Return the config file in force, or where a new one goes."""
    return find_config() or user_config_path("movescreen") / CONFIG_NAME


def write_tables(tables: Mapping[str, Mapping[str, Any]]) -> Path:
    """Put whole tables into the config file in force and return its path; a value of None is left out.

    Raises
    ------
    SettingsError
        When the file cannot be read or would not say the same of everything else.
    """
    path = config_path()
    try:
        before = path.read_text("utf-8") if path.is_file() else ""
        known = tomllib.loads(before)
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}", "correct or remove the file") from error
    kept, inside = [], False
    for line in before.splitlines():
        if found := _HEADING.match(line):
            inside = found[1] in tables
        if not inside:
            kept.append(line)
    text = "\n".join(kept).strip()
    for name, values in tables.items():
        rows = [
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value is not None
        ]
        text += f"\n\n[{name}]\n" + "\n".join(rows)
    wanted = known | {name: {k: v for k, v in values.items() if v is not None} for name, values in tables.items()}
    try:
        same = tomllib.loads(text) == wanted
    except ValueError:
        same = False
    if not same:
        raise SettingsError(f"{path} cannot be changed without changing something else in it", "change it by hand")
    return write_text(path, text.lstrip() + "\n")


def write_logo(png: bytes) -> str:
    """Keep a logo beside the config file and return its name there."""
    path = config_path().with_name("practice-logo.png")
    write_bytes(path, png)
    return path.name
