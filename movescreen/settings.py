"""Settings: defaults, then a config file, then environment variables, then command-line flags; the later wins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from platformdirs import user_config_path, user_data_path
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from movescreen.doors import Door
from movescreen.errors import SettingsError, suggest_names
from movescreen.plugin_loading import find_catalog

ModelName = Literal["lite", "full", "heavy"]
_Kind = TypeVar("_Kind", bound=BaseSettings)
#: Looked for in the working folder, then in the user's configuration folder.
CONFIG_NAME = "movescreen.toml"
#: Environment variables with the prefix that are not settings.
OTHER_VARIABLES = frozenset({"MOVESCREEN_MODELS_DIR", "MOVESCREEN_RECORDS_PASSPHRASE"})
#: Table of the config file that is about the records of clients, and no part of any result.
RECORDS_TABLE = "records"
#: Table of the config file that holds the letterhead.
PRACTICE_TABLE = "practice"


class _FromFile(BaseSettings):
    """Settings that flags, the environment and the config file give, the earlier first."""

    #: Table of the config file that holds them; empty = the keys above all tables.
    table: ClassVar[str] = ""

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:  # fmt: skip
        """Read flags, then the environment, then the config file (through ``load_settings``)."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _read_config(cls.table))


class Settings(_FromFile):
    """Everything that changes a result. Environment variables carry the prefix ``MOVESCREEN_``."""

    model_config = SettingsConfigDict(env_prefix="MOVESCREEN_", extra="forbid", frozen=True, protected_namespaces=())

    engine: str = Field("mediapipe", description="Pose engine; others come with packages of their own.")
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
    catalog: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Folders of one's own catalogs, laid over the packaged one; later ones win."
    )

    @field_validator("catalog", mode="before")
    @classmethod
    def _name_folders(cls, value: Any) -> Any:
        """Make paths absolute: they travel to other processes. One text may name several, as in PATH; a name may be a package's."""
        given = [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value
        if not isinstance(given, list | tuple) or not all(isinstance(f, str | Path) and str(f) for f in given):
            raise ValueError("must be the name of a folder, or a list of such names")
        return tuple(os.path.abspath(Path(find_catalog(str(folder))).expanduser()) for folder in given)


class RecordSettings(_FromFile):
    """Where the records of clients are kept. Never part of a result: an address may hold a password.

    Environment variables carry the prefix ``MOVESCREEN_RECORDS_``; in the config file it is the table ``[records]``.
    """

    table: ClassVar[str] = RECORDS_TABLE
    model_config = SettingsConfigDict(
        env_prefix="MOVESCREEN_RECORDS_", extra="forbid", frozen=True, hide_input_in_errors=True
    )

    url: str | None = Field(None, description="Database as an SQLAlchemy URL; None is a SQLite file in the folder.")
    folder: Path | None = Field(None, description="Folder of the files of visits; None is the user's data folder.")

    @property
    def data_folder(self) -> Path:
        """The folder in force."""
        return (self.folder or user_data_path("movescreen")).expanduser()


class PracticeSettings(_FromFile):
    """The letterhead of what clients take home, and how long records are kept; no part of any result.

    Environment variables carry the prefix ``MOVESCREEN_PRACTICE_``; in the config file it is the table ``[practice]``.
    """

    table: ClassVar[str] = PRACTICE_TABLE
    model_config = SettingsConfigDict(env_prefix="MOVESCREEN_PRACTICE_", extra="forbid", frozen=True)

    name: str = Field("", max_length=80, description="Name of the practice, school or team.")
    contact: str = Field("", max_length=120, description="How it can be reached, such as a telephone number.")
    logo: Path | None = Field(None, description="PNG or JPEG file of its logo.")
    keep_months: int = Field(
        36,
        ge=1,
        le=600,
        description="Months after a client's newest entry until somebody looks whether the records are still needed.",
    )


class DisplaySettings(_FromFile):
    """How values are shown and asked for: on pages, in reports and handouts. Files and their columns keep their units.

    Environment variables carry the prefix ``MOVESCREEN_DISPLAY_``; in the config file it is the table ``[display]``.
    """

    table: ClassVar[str] = "display"
    model_config = SettingsConfigDict(env_prefix="MOVESCREEN_DISPLAY_", extra="forbid", frozen=True)

    units: Literal["metric", "us"] = Field("metric", description="Centimeters and kilograms, or inches and pounds.")
    dates: Literal["day", "month", "iso"] = Field("day", description="12 March 2026, March 12, 2026 or 2026-03-12.")
    theme: Literal["system", "light", "dark"] = Field("system", description="Colors of the web app.")


class VoiceSettings(_FromFile):
    """The voice of a guided session in the browser, which speaks with a voice of the device and sends nothing.

    Environment variables carry the prefix ``MOVESCREEN_VOICE_``; in the config file it is the table ``[voice]``.
    """

    table: ClassVar[str] = "voice"
    model_config = SettingsConfigDict(env_prefix="MOVESCREEN_VOICE_", extra="forbid", frozen=True)

    on: bool = Field(True, description="Speak the instructions.")
    name: str = Field(
        "", max_length=120, description="A voice of the device; empty or unknown is the device's own choice."
    )
    speed: float = Field(1.0, ge=0.5, le=2.0, description="1 is the usual speed.")


class PresetSettings(_FromFile):
    """What a practice screens by default.

    Environment variables carry the prefix ``MOVESCREEN_PRESETS_``; in the config file it is the table ``[presets]``.
    """

    table: ClassVar[str] = "presets"
    model_config = SettingsConfigDict(env_prefix="MOVESCREEN_PRESETS_", extra="forbid", frozen=True)

    session: str = Field("", description="Name of the guided session; empty is the first one.")
    view: Literal["both", "front", "side"] = Field("both", description="From where it is recorded.")
    repetitions: int = Field(5, ge=1, le=20, description="Repetitions of each movement.")


#: What is kept in a table of its own.
TABLES: tuple[type[_FromFile], ...] = (
    RecordSettings, PracticeSettings, DisplaySettings, VoiceSettings, PresetSettings,
)  # fmt: skip


def _read_config(table: str) -> dict[str, Any]:
    """Return the config file's keys of a table (empty = those above all tables); folders are relative to the file."""
    path = find_config()
    if path is None:
        return {}
    data = Door("TOML file of settings", "correct or remove the file", error=SettingsError).read_toml(path)
    if table:
        found = _demand_table(data.get(table, {}), table)
        if table == PRACTICE_TABLE and isinstance(found.get("logo"), str):
            found = {**found, "logo": path.parent / Path(found["logo"]).expanduser()}
        return found
    folders = data.get("catalog")
    if isinstance(folders, str | list):
        named = folders.split(os.pathsep) if isinstance(folders, str) else folders
        data["catalog"] = [path.parent / Path(f).expanduser() if isinstance(f, str) and f else f for f in named]
    return {name: value for name, value in data.items() if name not in {kind.table for kind in TABLES}}


def _demand_table(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SettingsError(f"{name} is not a table", f"write [{name}] and its keys below")
    return value


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
        Names every setting that is misspelled or out of range.
    """
    return _load(Settings, flags)


def load_record_settings(**flags: Any) -> RecordSettings:
    """Return where the records are kept; flags and errors as in :func:`load_settings`."""
    return _load(RecordSettings, flags)


def load_practice_settings(**flags: Any) -> PracticeSettings:
    """Return the letterhead; flags and errors as in :func:`load_settings`."""
    return _load(PracticeSettings, flags)


def load_table(kind: type[_Kind]) -> _Kind:
    """Return the settings of a table; errors as in :func:`load_settings`."""
    return _load(kind, {})


def refuse_misspelled() -> None:
    """Raise :class:`SettingsError` for a key of the config file, or an environment variable, that sets nothing."""
    load_settings()
    for kind in TABLES:
        load_table(kind)


def _load(kind: type[_Kind], flags: dict[str, Any]) -> _Kind:
    _refuse_misspelled_variables()
    try:
        return kind(**{k: v for k, v in flags.items() if v is not None})
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {_say(e['type'], e['msg'])}" for e in error.errors())
        unknown = [str(e["loc"][-1]) for e in error.errors() if e["type"] == "extra_forbidden"]
        known = (
            [*Settings.model_fields, *(each.table for each in TABLES)] if kind is Settings else list(kind.model_fields)
        )
        hint = suggest_names(unknown, sorted(known), count=1, least=0.6) if unknown else ""
        where = f" ({path})" if (path := find_config()) else ""
        raise SettingsError(
            f"settings are wrong{where}: {wrong}", hint or "see 'movescreen doctor' for the settings in force"
        ) from error


def _say(kind: str, message: str) -> str:
    return "there is no such setting" if kind == "extra_forbidden" else message.removeprefix("Value error, ")


def _refuse_misspelled_variables() -> None:
    """An environment variable that sets nothing would be silently without effect."""
    prefix = Settings.model_config["env_prefix"]
    kinds: tuple[type[_FromFile], ...] = (Settings, *TABLES)
    named = {f"{each.model_config['env_prefix']}{name.upper()}" for each in kinds for name in each.model_fields}
    known = OTHER_VARIABLES | named
    wrong = [name for name in os.environ if name.upper().startswith(prefix) and name.upper() not in known]
    if wrong:
        hint = suggest_names(wrong, sorted(known), count=1, least=0.6)
        raise SettingsError(f"there is no setting for the environment variable {', '.join(sorted(wrong))}", hint)
