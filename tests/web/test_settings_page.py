"""The page of settings in a browser: units, dates, colors, voice, presets and the letterhead, in the file that the commands read."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from movescreen.app.handout import load_practice
from movescreen.settings import CONFIG_NAME, RecordSettings
from movescreen.web.config import WebConfig
from movescreen.web.services import Services
from tests.support.clients import make_intake
from tests.web.conftest import serving
from tests.web.test_client_story import LAPTOP, Person

TODAY = date.today()


def test_what_is_chosen_once_holds_on_every_page(
    playing: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    config_file = Path(CONFIG_NAME).absolute()
    config_file.write_text('model = "lite"\n', "utf-8")
    logo = tmp_path / "logo.png"
    cv2.imwrite(str(logo), np.full((60, 200, 3), 180, np.uint8))
    config = WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))
    running: list[Services] = []
    with serving(config, running.append) as address:
        store = running[0].records.store
        store.add_client("C017", birth_year=1991, sex="female")
        store.add_intake("C017", make_intake(day=TODAY))
        laptop = Person(playing().new_page(viewport=LAPTOP), address)
        laptop.go("/settings")
        laptop.page.get_by_label("Inches and pounds").check()
        laptop.page.get_by_label("March 12, 2026").check()
        laptop.page.get_by_label("Dark").check()
        laptop.page.get_by_label("Speak the instructions").uncheck()
        laptop.page.locator("[name=session]").select_option("squat")
        laptop.page.locator("[name=view]").select_option("side")
        laptop.page.locator("[name=repetitions]").fill("40")
        laptop.page.locator('[name="practice.name"]').fill('Salle "A"')
        laptop.page.get_by_role("button", name="Keep").click()
        laptop.page.wait_for_load_state()
        assert laptop.page.locator(".mistake").count() == 1
        laptop.problems.clear()  # the browser tells of every answer that is no success
        assert laptop.page.get_by_label("Dark").is_checked(), "nothing is lost"
        laptop.page.locator("[name=repetitions]").fill("4")
        laptop.page.locator("#logo").set_input_files(logo)
        laptop.page.get_by_role("button", name="Keep").click()
        laptop.page.get_by_role("status").get_by_text("Kept.").wait_for()
        laptop.page.wait_for_load_state()
        laptop.look()
        told = tomllib.loads(config_file.read_text("utf-8"))
        assert told["model"] == "lite"
        assert told["display"] == {"units": "us", "dates": "month", "theme": "dark"}
        assert told["presets"] == {"session": "squat", "view": "side", "repetitions": 4}
        assert (told["voice"]["on"], told["practice"]["name"]) == (False, 'Salle "A"')
        assert load_practice().logo.startswith("data:image/png;base64,"), "the commands print it, too"

        background = laptop.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == "rgb(18, 25, 31)", "dark, though this browser asks for light"
        laptop.go("/")
        assert laptop.page.locator("[name=protocol]:checked").input_value() == "squat"
        laptop.page.get_by_text("More choices").click()
        assert laptop.page.locator("[name=repetitions]").input_value() == "4"
        assert laptop.page.locator("[name=view]").input_value() == "side"
        assert not laptop.page.locator("[name=voice]").is_checked()
        assert "10 to 13 feet" in laptop.text or "9.8 to 13 feet" in laptop.text

        laptop.go("/clients/C017/measure")
        field = laptop.page.locator('[name="knee_to_wall.left"]')
        assert "in" in field.locator("xpath=ancestor::fieldset").locator("legend .soft").inner_text()
        field.fill("4")
        laptop.page.locator('[name="knee_to_wall.right"]').fill("10 cm")
        laptop.page.get_by_role("button", name="Save").click()
        laptop.page.wait_for_load_state()
        laptop.look()
        (visit,) = store.visits("C017")
        assert {m.side: m.value for m in visit.measurements} == {"left": 10.16, "right": 10.0}
        assert "4.0 in" in laptop.text.replace("\N{NO-BREAK SPACE}", " ")
        assert " cm" not in laptop.page.locator("#measured").inner_text().replace("\N{NO-BREAK SPACE}", " ")
        assert f"{TODAY:%B} {TODAY.day}, {TODAY.year}" in laptop.text
        laptop.go(f"/clients/C017/visits/{TODAY}")
        assert laptop.problems == []
