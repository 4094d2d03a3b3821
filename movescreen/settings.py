"""Settings: defaults, then a config file, then environment variables, then command-line flags; the later wins."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any, Literal, TypeVar

from platformdirs import user_config_path, user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from movescreen.errors import SettingsError, suggest_names

ModelName = Literal["lite", "full", "heavy"]
_Kind = TypeVar("_Kind", bound=BaseSettings)
#: Looked for in the working folder, then in the user's configuration folder.
CONFIG_NAME = "movescreen.toml"
#: Environment variables with the prefix that are not settings: where models lie, and where install.sh puts its environment.
OTHER_VARIABLES = frozenset(
    {"MOVESCREEN_MODELS_DIR", "MOVESCREEN_VENV", "MOVESCREEN_RECORDS_URL", "MOVESCREEN_RECORDS_FOLDER"}
)
#: Table of the config file that is about the records of clients, and no part of any result.
RECORDS_TABLE = "records"


class Settings(BaseSettings):
    """Everything that changes a result. Environment variables carry the prefix ``MOVESCREEN_``."""

    model_config = SettingsConfigDict(env_prefix="MOVESCREEN_", extra="forbid", frozen=True, protected_namespaces=())

    model: ModelName = Field("full", description="Pose network: lite is faster, heavy slower.")
    max_side_px: int = Field(
        960, ge=256, le=4096, description="Pictures are scaled to this long side before pose estimation."
    )
    max_fps: float = Field(
        30.0, ge=10, le=240, description="Faster clips are thinned to about this rate; times stay exact."
    )
    slowmo: float | None = Field(
        None, ge=1, le=64, description="How many times slower than life the clip plays; None reads the file's own note."
    )
    cutoff_hz: float = Field(4.0, gt=0.5, le=15, description="Low-pass cut-off for landmark tracks.")
    max_gap_s: float = Field(0.2, ge=0, le=1, description="Longest gap in a landmark track that is bridged.")
    raw: bool = Field(False, description="Report plain readings, without taking out the pose model's known bias.")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Read flags, then the environment, then the config file (through ``load_settings``)."""
        return init_settings, env_settings, _FileSource(settings_cls)


class _FileSource(PydanticBaseSettingsSource):
    """Values of the config file, when there is one."""

    path: Path | None = None

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in _read_config().items() if name != RECORDS_TABLE}


class RecordSettings(BaseSettings):
    """Where the records of clients are kept. Never part of a result: an address may hold a password.

    Environment variables carry the prefix ``MOVESCREEN_RECORDS_``; in the config file it is the table ``[records]``.
    """

    model_config = SettingsConfigDict(
        env_prefix="MOVESCREEN_RECORDS_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    url: str | None = Field(None, description="Database as an SQLAlchemy URL; None is a SQLite file in the folder.")
    folder: Path | None = Field(None, description="Folder of the files of visits; None is the user's data folder.")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Read flags, then the environment, then the table of the config file."""
        return init_settings, env_settings, _RecordsTable(settings_cls)

    @property
    def data_folder(self) -> Path:
        """The folder in force."""
        return (self.folder or user_data_path("movescreen")).expanduser()


class _RecordsTable(_FileSource):
    """The config file's table about records."""

    def __call__(self) -> dict[str, Any]:
        table = _read_config().get(RECORDS_TABLE, {})
        if not isinstance(table, dict):
            raise SettingsError(f"{RECORDS_TABLE} is not a table", f"write [{RECORDS_TABLE}] and its keys below")
        return table


def _read_config() -> dict[str, Any]:
    path = find_config()
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}", "correct or remove the file") from error


def find_config() -> Path | None:
    """Return the config file in force, or None."""
    for folder in (Path.cwd(), user_config_path("movescreen")):
        if (folder / CONFIG_NAME).is_file():
            return folder / CONFIG_NAME
    return None


def load_settings(**flags: Any) -> Settings:
    """Return the settings in force. Flags that are None do not count.

    Raises
    ------
    SettingsError
        Names every setting that is misspelt or out of range.
    """
    return _load(Settings, flags)


def load_record_settings(**flags: Any) -> RecordSettings:
    """Return where the records are kept; flags and errors as in :func:`load_settings`."""
    return _load(RecordSettings, flags)


def _load(kind: type[_Kind], flags: dict[str, Any]) -> _Kind:
    _refuse_misspelt_variables()
    try:
        return kind(**{k: v for k, v in flags.items() if v is not None})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
        raise SettingsError(
            f"settings are wrong: {wrong}", "see 'movescreen doctor' for the settings in force"
        ) from error


def _refuse_misspelt_variables() -> None:
    """An environment variable that sets nothing would be silently without effect."""
    prefix = Settings.model_config["env_prefix"]
    known = {f"{prefix}{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
    wrong = [name for name in os.environ if name.upper().startswith(prefix) and name.upper() not in known]
    if wrong:
        hint = suggest_names(wrong, sorted(known), count=1, least=0.6)
        raise SettingsError(f"there is no setting for the environment variable {', '.join(sorted(wrong))}", hint)
