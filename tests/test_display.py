"""Units, dates and colors as the settings say, on pages and where values are asked for; files keep theirs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from movescreen.display import display, in_units, page_in_units, read_amount, themed, unit_words
from movescreen.errors import SettingsError
from movescreen.settings import CONFIG_NAME, PresetSettings, load_settings, load_table
from movescreen.settings_file import write_tables
from movescreen.words.numbers_and_units import date_words


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for module in ("settings", "settings_file"):
        monkeypatch.setattr(f"movescreen.{module}.user_config_path", lambda _name: tmp_path / "user")


def choose(**display: str) -> Path:
    return write_tables({"display": display})


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("31\N{NO-BREAK SPACE}cm ± 2\N{NO-BREAK SPACE}cm", "12.2\N{NO-BREAK SPACE}in ± 0.8\N{NO-BREAK SPACE}in"),
        ("with 2 to 4 kg more", "with 4.4 to 8.8 lb more"),
        ("left 11, right 7.5 cm", "left 4.3, right 2.95 in"),
        ("3 to 4 meters away", "9.8 to 13 feet away"),
        ("a walk of 20 m", "a walk of 66 ft"),
        ("below the mean of 12 cm (SD 2.5) of 35 adults", "below the mean of 4.7 in (SD 0.98) of 35 adults"),
        # not a length, not a weight, or not ours to read
        ("1.2 Nm/kg", "1.2 Nm/kg"),
        ("9.8 m/s2", "9.8 m/s2"),
        ("4 minutes, 10 mm, 30 ms", "4 minutes, 10 mm, 30 ms"),
        ("in week 2, 5 cm", "in week 2, 2 in"),
        ("on 12 March 2026, 5 cm", "on 12 March 2026, 2 in"),
    ],
)
def test_lengths_and_weights_are_told_in_the_units_that_were_chosen(told: str, shown: str) -> None:
    assert in_units(told) == told
    choose(units="us")
    assert in_units(told) == shown
    assert in_units(shown) == shown, "what is told once is not told again"


def test_of_a_page_only_what_is_read_changes() -> None:
    page = (
        '<p title="5 cm" data-x="5 cm">9 kg <b>of 10</b></p><script>"5 cm"</script><textarea>5 cm</textarea>'
        '<input value="5 cm" aria-label="5 cm"> 4 m'
    )
    assert page_in_units(page) == page
    choose(units="us")
    assert page_in_units(page) == (
        '<p title="2 in" data-x="5 cm">20 lb <b>of 10</b></p><script>"5 cm"</script><textarea>5 cm</textarea>'
        '<input value="5 cm" aria-label="2 in"> 13 ft'
    )


def test_a_value_may_be_typed_in_either_unit_and_is_kept_in_one() -> None:
    assert [read_amount(t, "cm") for t in ("11,5", "4.5 in", '4"', "10 cm")] == ["11.5", "11.43", "10.16", "10"]
    assert (read_amount("44 lb", "kg"), unit_words("cm"), unit_words("deg")) == ("19.96", "cm", "deg")
    choose(units="us")
    assert (read_amount("4.5", "cm"), read_amount("10 cm", "cm"), read_amount("35", "deg")) == ("11.43", "10", "35")
    assert (unit_words("cm"), unit_words("kg"), unit_words("deg")) == ("in", "lb", "deg")
    assert read_amount("4.5", "cm", "cm") == "4.5", "what scripts write stays as it is"
    # a weight is no length, and words are no number: the form complains of what was typed
    assert [read_amount(t, "cm") for t in ("4 kg", "long")] == ["4 kg", "long"]


def test_days_are_written_in_the_form_that_was_chosen() -> None:
    told = [date_words("2026-03-12")]
    for form in ("month", "iso"):
        choose(dates=form)
        told.append(date_words("2026-03-12"))
    assert told == ["12 March 2026", "March 12, 2026", "2026-03-12"]
    assert date_words("soon") == "soon"


def test_colors_follow_the_system_unless_one_was_chosen() -> None:
    style = "@media screen and (prefers-color-scheme: dark) { }"
    assert themed(style) == style
    choose(theme="dark")
    assert themed(style) == "@media screen { }"
    choose(theme="light")
    assert themed(style) == "@media not all { }"


def test_a_table_is_written_and_the_rest_of_the_file_stays() -> None:
    Path(CONFIG_NAME).write_text(
        '# mine\nmodel = "lite"  # slow laptop\n\n[presets]\nview = "side"\n\n[practice] # ours\nname = "Salle \\"A\\""\n',
        "utf-8",
    )
    path = write_tables({"presets": {"session": "squat", "repetitions": 3}, "display": {"units": "us", "dates": None}})
    text = path.read_text("utf-8")
    assert [each for each in ("# mine", "# slow laptop", "# ours") if each not in text] == []
    assert tomllib.loads(text) == {
        "model": "lite", "practice": {"name": 'Salle "A"'}, "presets": {"view": "side", "session": "squat", "repetitions": 3}, "display": {"units": "us"},
    }  # fmt: skip
    assert load_settings().model == "lite"
    assert load_table(PresetSettings) == PresetSettings(view="side", session="squat", repetitions=3)
    assert display().units == "us"


def test_what_only_looks_like_a_table_is_none() -> None:
    Path(CONFIG_NAME).write_text('model = """\n[display]\n"""\n', "utf-8")
    choose(units="us")
    told = tomllib.loads(Path(CONFIG_NAME).read_text("utf-8"))
    assert told == {"model": "[display]\n", "display": {"units": "us"}}


@pytest.mark.parametrize("text", ["display = 3\n", "[display\n"])
def test_a_file_that_cannot_be_changed_is_left_alone(text: str) -> None:
    Path(CONFIG_NAME).write_text(text, "utf-8")
    with pytest.raises(SettingsError):
        choose(units="us")
    assert Path(CONFIG_NAME).read_text("utf-8") == text


def test_a_broken_setting_stops_commands_and_not_pages() -> None:
    choose(units="furlongs")
    with pytest.raises(SettingsError, match="units"):
        load_table(type(display()))
    assert display().units == "metric"
