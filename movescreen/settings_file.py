"""Tables of the config file changed by the web app's page of settings; all else in the file stays as it was written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from platformdirs import user_config_path

from movescreen.doors import Door
from movescreen.errors import SettingsError
from movescreen.files import write_bytes, write_text
from movescreen.settings import CONFIG_NAME, find_config


def config_path() -> Path:
    """Return the config file in force, or where a new one goes."""
    return find_config() or user_config_path("movescreen") / CONFIG_NAME


def write_tables(tables: Mapping[str, Mapping[str, Any]]) -> Path:
    """Put values into tables of the config file in force and return its path; a value of None is taken out.

    Raises
    ------
    SettingsError
        When the file cannot be read.
    """
    path = config_path()
    door = Door("config file", "correct or remove the file", error=SettingsError)
    with door.taking(path):
        config = tomlkit.parse(door.read_text(path) if path.is_file() else "")
        for name, values in tables.items():
            table = config.setdefault(name, tomlkit.table())
            for key, value in values.items():
                if value is not None:
                    table[key] = value
                elif key in table:
                    del table[key]
    return write_text(path, tomlkit.dumps(config))


def write_logo(png: bytes) -> str:
    """Keep a logo beside the config file and return its name there."""
    path = config_path().with_name("practice-logo.png")
    write_bytes(path, png)
    return path.name
