"""From adding a client to the third visit, through a real browser: a runner with an old ankle sprain.

The clips show a drawn runner: heel rise and weight shift improve beyond the error, depth does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from movescreen.settings import RecordSettings
from movescreen.web.config import WebConfig
from movescreen.web.services import Services
from movescreen.web.uploads import UploadService
from tests.support.clients import CARE
from tests.web.conftest import serving

PHONE, LAPTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 768}
TODAY = date.today()
DAYS = [TODAY - timedelta(weeks=8), TODAY - timedelta(weeks=4), TODAY]
HEEL_RAISES, KNEE_TO_WALL = [(24, 15), (25, 20), (25, 24)], [7.5, 9.0, 10.5]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    config = WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))
    pool = ThreadPoolExecutor(1)

    def prepare(services: Services) -> None:
        services.uploads = UploadService(config, services.records, pool)

    with serving(config, prepare) as address:
        yield address
    pool.shutdown()


#: What every page must be: no wider than the screen, one heading, every field named, nothing too small for a finger.
LOOK = """() => {
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((n) => n.checkVisibility());
  const named = (n) => n.labels?.length || n.alt || n.getAttribute("aria-label") || n.textContent.trim();
  const touched = "button:not(.unseen), .button, .tap, summary, select, input:not([type=hidden], .tap input, .choice input, .unseen)";
  return {
    wide: document.documentElement.scrollWidth > innerWidth,
    headings: document.querySelectorAll("h1").length,
    unnamed: seen("input:not([type=hidden]), select, textarea, button, a, img").filter((n) => !named(n)).map((n) => n.outerHTML),
    small: seen(touched).filter((n) => n.getBoundingClientRect().height < 37).map((n) => n.outerHTML),
  };
}"""


class Person:
    """Somebody at a browser, who sees errors and requests that lead outside."""

    def __init__(self, page: Any, server: str) -> None:
        self.page, self.server, self.problems = page, server, []
        page.set_default_timeout(8000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        page.on(
            "request", lambda r: None if r.url.startswith((server, "data:", "blob:")) else self.problems.append(r.url)
        )
        self.shots = 0

    def go(self, path: str) -> None:
        self.page.goto(self.server + path)
        self.look()

    def look(self) -> None:
        """Hold the page to what every page must be."""
        page = self.page
        self.shots += 1
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{page.viewport_size['width']}_{self.shots:02d}.png", full_page=True)
        assert page.evaluate(LOOK) == {"wide": False, "headings": 1, "unnamed": [], "small": []}, page.url
        assert self.problems == []

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.wait_for_load_state()
        self.look()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()
        self.look()

    def choose(self, question: str, answer: str) -> None:
        self.page.get_by_role("group", name=question).get_by_role("radio", name=answer, exact=True).check()

    def tick(self, answer: str) -> None:
        self.page.get_by_role("checkbox", name=answer, exact=True).check()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)

    @property
    def text(self) -> str:
        return str(self.page.inner_text("body"))


def tell_everything(phone: Person) -> None:
    """Answer the intake; a question left out is told beside it, and nothing is lost."""
    phone.choose("Does anything hurt", "Yes")
    phone.choose("Where?", "Ankle")
    phone.choose("Which side?", "Right")
    phone.choose("right now", "1 ")
    phone.press("Next")
    assert phone.text.count("Please answer this.") == 1
    assert phone.page.get_by_role("radio", name="Ankle").is_checked()
    phone.choose("at worst", "2")
    phone.fill("What brings it on?", "running downhill")
    phone.press("Next")
    phone.choose("Ever had an injury", "Yes")
    phone.choose("What was it?", "Ankle sprain")
    assert not phone.page.get_by_role("group", name="Where?").is_visible(), "a sprained ankle says where"
    phone.choose("Which side?", "Right")
    phone.fill("The last time", str(TODAY.year + 1))
    phone.fill("How often", "2")
    phone.choose("give way", "Yes")
    phone.press("Next")
    assert "This is after the day of the intake" in phone.text
    phone.fill("The last time", str(TODAY.year - 3))
    phone.press("Next")
    phone.choose("Ever had an operation", "No")
    phone.press("Next")
    phone.choose("Are you pregnant", "No")
    phone.choose("Have you given birth", "No")
    phone.press("Next")
    phone.fill("Hours a day", "7")
    phone.tick("Running")
    phone.press("Next")
    phone.tick("Run")
    phone.choose("How sure", "6")
    phone.press("Back")
    assert phone.page.get_by_label("Hours a day").input_value() == "7"
    phone.press("Next")
    phone.press("Next")
    phone.choose("Any medicine", "No")
    phone.press("Next")
    assert "Tick what holds" in phone.text, "red flags are never left out"
    phone.tick(CARE.red_flags["calf_swelling"].question)
    phone.tick(CARE.red_flags["joint_problem"].question)
    phone.press("Next")
    phone.tick(CARE.red_flags["other_joint_problem"].question)
    phone.press("Next")
    phone.choose("May we keep what you said", "Yes")
    phone.choose("And pictures", "Yes")
    phone.press("Finish")


def note_word(person: Person, flag: str, by: str) -> None:
    form = person.page.locator("details", has=person.page.locator(f"input[value={flag}]"))
    form.get_by_text("Note what a clinician said").click()
    form.get_by_label("Who allows training?").fill(by)
    form.get_by_label("Said on").fill(DAYS[0].isoformat())
    form.get_by_role("button", name="Training is allowed").click()


def read_what_was_typed(person: Person) -> None:
    """Say of every text that waits that nothing in it changes the plan, with an answer where a hint asks for one."""
    person.go("/clients/C017/words")
    person.fill("Who are you?", "trainer")
    for nothing in person.page.locator("input[value=nothing]").all():
        nothing.check()
    for answer in person.page.locator("input[name^='note.']").all():
        if answer.is_visible():
            answer.fill("asked: nothing new")
    person.press("Keep what I said")


def bring_clips(person: Person, clips: list[Path], day: date) -> None:
    person.go("/clips?client=C017")
    person.fill("Recorded on", day.isoformat())
    person.page.set_input_files("#files", [str(clip) for clip in clips])
    person.page.locator("[data-state=done]").nth(1).wait_for(timeout=60_000)  # six clips go through the network in all
    person.page.get_by_role("button", name="Make the report").click()
    person.page.get_by_role("heading", name="C017").wait_for()


def measure(person: Person, number: int) -> None:
    person.go(f"/clients/C017/measure?day={DAYS[number]}")
    raises = person.page.get_by_role("group", name="heel raise")
    knee = person.page.get_by_role("group", name="Knee-to-wall test, distance")
    left, right = HEEL_RAISES[number]
    for group, values in ((raises, (left, right)), (knee, (11, KNEE_TO_WALL[number]))):
        for side, value in zip(("Left", "Right"), values, strict=True):
            group.get_by_label(side).fill(str(value).replace(".", ","))
    person.press("Save")
    assert "Side against side" in person.text


@pytest.mark.network
def test_from_adding_a_runner_to_the_third_visit(server: str, three_visits: Path, playing: Callable[..., Any]) -> None:
    browser = playing()
    phone = Person(browser.new_page(viewport=PHONE, has_touch=True), server)
    laptop = Person(browser.new_page(viewport=LAPTOP), server)

    # who, and the intake on a phone
    phone.go("/")
    phone.follow("Clients")
    phone.follow("Add a client")
    phone.fill("Code", "C017")
    phone.fill("Year of birth", "91")
    phone.press("Add")
    assert "four digits" in phone.text
    assert phone.page.get_by_label("Code").input_value() == "C017"
    phone.fill("Year of birth", str(TODAY.year - 35))
    phone.choose("Sex", "female")
    phone.press("Add")
    phone.page.get_by_text("Another day").click()
    phone.fill("It took place on", DAYS[0].isoformat())
    phone.press("Start the intake")
    tell_everything(phone)

    # a red flag stops everything, until a clinician has looked
    assert "The screening waits" in phone.text
    assert "Refer: a doctor, today" in phone.text
    assert "A blood clot has to be ruled out" in phone.text
    laptop.go("/?client=C017")
    with laptop.page.expect_event("console", lambda message: "422" in message.text):
        laptop.page.get_by_role("button", name="Start").click()
    laptop.page.get_by_role("alert").filter(has_text="A blood clot has to be ruled out").wait_for()
    laptop.problems.clear()
    laptop.go("/clients/C017")
    assert "Guided session" not in laptop.text
    note_word(laptop, "calf_swelling", "physician")
    assert "Guided session" in laptop.text
    assert "until then the plan keeps to light stages" in laptop.text
    note_word(laptop, "joint_problem", "physiotherapist")
    assert "Seen by physiotherapist" in laptop.text

    # three visits; the first one brings the plan, which the trainer changes
    for number, day in enumerate(DAYS):
        bring_clips(laptop, [three_visits / f"visit{number + 1}_{view}.mp4" for view in ("front", "side")], day)
        measure(laptop, number)
        if number == 0:
            laptop.go("/clients/C017/plan")
            assert "Read this before you go on" in laptop.text
            read_what_was_typed(laptop)
            laptop.go("/clients/C017/plan")
            laptop.press("Make the plan")
            assert "Training plan" in laptop.text
            laptop.follow("Change")
            choice = laptop.page.locator("select[name=add]")
            offered = [o.get_attribute("value") for o in choice.locator("option").all()]
            choice.select_option(next(name for name in offered if name))
            laptop.fill("Note on the whole plan", "before the race")
            laptop.press("Save as plan 2")
            assert "Before the race" in laptop.text
            assert "Chosen by the trainer" in laptop.text
        else:
            phone.go("/clients/C017/note")
            phone.fill("Day", day.isoformat())
            phone.choose("Pain now", "0 no pain")
            phone.choose("Pain on the day after", "1")
            phone.choose("How sure", "9")
            phone.fill("Training sessions done", "10")
            phone.fill("Of how many planned", "12")
            phone.press("Save")

    # what goes with the sprain
    laptop.go(f"/clients/C017/visits/{DAYS[0]}")
    assert f"It is the side of the {TODAY.year - 3} right ankle sprain" in laptop.text
    assert "Knee-to-wall" in laptop.text

    # the progress page, reached as people do
    laptop.follow("← C017")
    laptop.follow("Progress")
    said = laptop.text
    assert "changed for the better by more than the error can explain" in said
    assert "No change beyond the error" in said
    assert "20\N{NO-BREAK SPACE}training sessions of 24 planned took place." in said
    assert laptop.page.locator("#pictures img").count() == 4, "two views, first and last"
    assert laptop.page.locator("svg.trend").count() >= 4
    assert "Look again" in said
    phone.go("/clients/C017/progress")
    phone.go("/clients/C017/readiness")
    assert "Met" in phone.text
    assert "Not known" in phone.text
    phone.follow("← C017")
    laptop.go("/clients?q=c01")
    laptop.follow("C017")


def test_the_conversation_needs_no_script(server: str, playing: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = playing().new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.set_default_timeout(8000)
    page.goto(f"{server}/clients/new")
    page.get_by_label("Code").fill("C018")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Start the intake").click()
    expect(page.get_by_role("group", name="Where?")).to_be_hidden()
    page.get_by_role("radio", name="Yes").first.check()
    expect(page.get_by_role("group", name="Where?")).to_be_visible()
    page.get_by_role("radio", name="Low back").check()
    expect(page.get_by_role("group", name="Which side?")).to_be_hidden(), "the back has none"
    page.get_by_role("group", name="right now").get_by_role("radio", name="2").check()
    page.get_by_role("group", name="at worst").get_by_role("radio", name="4").check()
    page.get_by_role("button", name="Does anything else hurt? Add it").click()
    expect(page.get_by_role("group", name="Where?")).to_have_count(2)
    page.get_by_role("button", name="Take out 2").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("heading", name="Injuries").wait_for()
