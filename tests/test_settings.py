"""Settings: which source wins, and that every slip is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from movescreen.errors import SettingsError
from movescreen.pipeline import Request
from movescreen.settings import CONFIG_NAME, Settings, find_config, load_record_settings, load_settings, refuse_misspelt


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr("movescreen.settings.user_config_path", lambda _name: tmp_path / "user")


def _write(text: str, folder: Path | None = None) -> Path:
    path = (folder or Path.cwd()) / CONFIG_NAME
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_defaults_hold_when_nothing_is_said() -> None:
    settings = load_settings()
    assert (settings.model, settings.cutoff_hz, settings.slowmo, settings.raw) == ("full", 4.0, None, False)
    assert find_config() is None


def test_the_later_source_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    _write('model = "lite"\ncutoff_hz = 5.0\nmax_fps = 20.0\n')
    assert load_settings().model == "lite"
    monkeypatch.setenv("MOVESCREEN_CUTOFF_HZ", "6")
    monkeypatch.setenv("MOVESCREEN_MAX_FPS", "25")
    settings = load_settings(max_fps=60.0, model=None)
    assert (settings.model, settings.cutoff_hz, settings.max_fps, settings.max_gap_s) == ("lite", 6.0, 60.0, 0.2)


def test_the_config_of_the_folder_comes_before_the_users(tmp_path: Path) -> None:
    theirs = _write('model = "heavy"', tmp_path / "user")
    assert find_config() == theirs
    assert load_settings().model == "heavy"
    assert _write('model = "lite"') == find_config()
    assert load_settings().model == "lite"


def test_settings_do_not_change_after_loading() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().model = "lite"  # type: ignore[misc]


def test_every_wrong_flag_is_named() -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(model="fulll", cutoff_hz=99.0, max_gap_s=-1.0, cuttoff=3)
    for wanted in ("model:", "cutoff_hz:", "max_gap_s:", "cuttoff:"):
        assert wanted in error.value.message
    assert error.value.hint


def test_every_wrong_line_of_the_file_is_named() -> None:
    _write('modell = "lite"\nmax_side_px = 10\nraw = "perhaps"\n')
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert all(f"{name}:" in error.value.message for name in ("modell", "max_side_px", "raw"))


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVESCREEN_CUTOFF_HZ", "fast")
    with pytest.raises(SettingsError, match="cutoff_hz"):
        load_settings()


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOVESCREEN_CUTTOFF_HZ", "6")
    with pytest.raises(SettingsError, match=r"(?i)cuttoff_hz"):
        load_settings()


@pytest.mark.parametrize("text", ["model = ", "\x00"])
def test_a_file_that_is_no_toml_is_named(text: str) -> None:
    path = _write(text)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert str(path) in error.value.message


@pytest.mark.parametrize(
    ("name", "bad"),
    [("max_side_px", 255), ("max_side_px", 4097), ("max_fps", 9.0), ("max_fps", 241.0), ("slowmo", 0.5), ("slowmo", 65.0),
     ("cutoff_hz", 0.5), ("cutoff_hz", 15.1), ("cutoff_hz", float("nan")), ("max_gap_s", 1.1), ("max_gap_s", float("nan"))],
)  # fmt: skip
def test_out_of_range(name: str, bad: float) -> None:
    with pytest.raises(SettingsError, match=name):
        load_settings(**{name: bad})


def test_settings_can_be_made_again_from_what_a_result_records() -> None:
    settings = load_settings(model="lite", slowmo=4.0, raw=True)
    assert Settings(**settings.model_dump()) == settings


def test_a_request_without_settings_reports_a_wrong_file_like_any_other() -> None:
    _write('modell = "lite"')
    with pytest.raises(SettingsError):
        Request()


def test_records_have_settings_of_their_own_that_no_result_carries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _write('model = "lite"\n[records]\nurl = "postgresql+psycopg://me:secret@host/db"\n')
    assert load_settings().model == "lite"
    assert "secret" not in str(load_settings().model_dump())
    assert load_record_settings().url == "postgresql+psycopg://me:secret@host/db"
    monkeypatch.setenv("MOVESCREEN_RECORDS_URL", "sqlite:///x.sqlite")
    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path))
    assert load_record_settings().url == "sqlite:///x.sqlite"
    assert load_record_settings().data_folder == tmp_path
    _write('[records]\nurll = "x"\n')
    with pytest.raises(SettingsError, match="urll"):
        load_record_settings()
    _write('records = "x"\n')
    with pytest.raises(SettingsError, match="not a table"):
        load_record_settings()


def test_own_catalogues_are_named_relative_to_the_file_and_travel_as_absolute_paths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    theirs = tmp_path / "configuration"
    _write('catalog = ["limits", "/srv/more"]')
    assert load_settings().catalog == (str(Path.cwd() / "limits"), "/srv/more")
    assert load_settings(catalog=[Path("mine")]).catalog == (str(Path.cwd() / "mine"),)
    monkeypatch.setenv("MOVESCREEN_CATALOG", f"one{os.pathsep}{theirs}")
    assert load_settings().catalog == (str(Path.cwd() / "one"), str(theirs))
    assert Settings(**load_settings().model_dump()) == load_settings()


@pytest.mark.parametrize("value", ["5", '[""]', "[1]", "true", "{ a = 1 }"])
def test_what_is_no_list_of_folders_is_refused(value: str) -> None:
    _write(f"catalog = {value}")
    with pytest.raises(SettingsError, match="catalog: must be the name of a folder, or a list of such names"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "hint"),
    [('modell = "lite"', "did you mean model?"), ('[records]\nfoldr = "x"', "did you mean folder?"), ("[colours]\na = 1", "known: catalog")],
)  # fmt: skip
def test_a_misspelt_key_is_refused_with_a_close_one(text: str, hint: str) -> None:
    path = _write(text)
    with pytest.raises(SettingsError) as error:
        refuse_misspelt()
    assert hint in error.value.hint
    assert str(path) in error.value.message
