"""The page that a client keeps, as people see it: on a phone, a tablet and a laptop, on two sheets of paper, and without motion."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from movescreen.catalog.exercise_figures import load_exercise_figures
from movescreen.catalog.norms_library import load_norms
from movescreen.client.plan.model import PlanQuestion
from movescreen.model import Status
from movescreen.report.pages.client import Handout, Practice, SeenDay, render_handout
from tests.client.test_plan import PEOPLE
from tests.report.test_several_clips import screening
from tests.support.browser import browser as browser
from tests.support.clients import CARE
from tests.support.plans import make_plan

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def handout() -> Handout:
    """Return a page that is as full as it gets: three findings, seven exercises, every warning."""
    seen = screening()
    names = list(dict.fromkeys(clip.movement.name for clip in seen.clips))
    plain = {name: seen.info_of(name).plain_name for name in names}
    day = SeenDay("2 March 2026", seen.findings, (), plain, names)
    plan = make_plan(*PEOPLE["everything"], CARE, load_norms())
    assert len(plan.exercises) > 5
    return Handout("Anna Berg", day, plan, figures=load_exercise_figures(), practice=Practice("Berg", "555 0123"))


def test_it_fits_every_screen_and_two_sheets(browser: Browser, tmp_path: Path, handout: Handout) -> None:
    path = tmp_path / "client.html"
    path.write_text(render_handout(handout), "utf-8")
    page = browser.new_page(reduced_motion="no-preference")
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("request", lambda request: wrong.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    for width in (390, 820, 1366):
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("heading", level=1).count() == 1
    moving, still = page.locator(".moves .live").first, page.locator(".moves .still").first
    assert (moving.is_visible(), still.is_visible()) == (True, False)
    assert page.locator(".task svg:visible").count() == len(handout.plan.exercises if handout.plan else ())
    page.emulate_media(reduced_motion="reduce")
    assert (moving.is_visible(), still.is_visible()) == (False, True)
    for paper in ("A4", "Letter"):
        printed = PdfReader(io.BytesIO(page.pdf(format=paper, prefer_css_page_size=False)))
        text = " ".join(" ".join(sheet.extract_text() for sheet in printed.pages).split())
        assert len(printed.pages) <= 2
        for said in (
            "Anna Berg",
            "Next appointment",
            "Tick what you did",
            "the emergency number for chest pain",
            "555 0123",
        ):
            assert said in text
    assert wrong == []
    page.close()


def test_an_appointment_that_is_over_is_asked_for_anew(handout: Handout) -> None:
    assert handout.plan is not None
    due = handout.plan.retest_on
    for today, said in ((due, f"{due.day} {due:%B} {due.year}"), (due + timedelta(days=1), "please ask for one")):
        assert f"<dt>Next appointment</dt><dd>{said}</dd>" in render_handout(replace(handout, today=today))


def test_a_finding_is_told_by_its_words_and_its_practice_left_to_the_program(handout: Handout) -> None:
    with_program, alone = render_handout(handout), render_handout(Handout("Anna Berg", handout.seen))
    assert "What to practice" in alone
    assert "What to practice" not in with_program
    assert "Your right heel came off the floor." in with_program
    assert with_program.count('class="rank"') == 3


def test_the_film_says_nothing_good_beside_what_the_trainer_saw(handout: Handout) -> None:
    assert handout.seen is not None
    clear = tuple(f for f in handout.seen.findings if f.status is Status.CLEAR and f.plain.good)
    assert clear, "the case below needs some"
    quiet = replace(handout.seen, findings=clear)
    alone, eyes = (render_handout(Handout("Anna Berg", each)) for each in (quiet, replace(quiet, own_eyes=True)))
    assert "Nothing stood out" in alone
    assert "What went well" in alone
    assert "What we saw" not in eyes
    with_program = render_handout(replace(handout, seen=quiet))
    assert "What went well" in with_program
    assert "Nothing stood out" not in with_program, "a program works on something"


def test_beside_a_stop_stands_whom_to_see_and_what_to_take_along() -> None:
    answer = PlanQuestion(asked="May I run?", answer="No, not at all now.", by="AT", on=date(2026, 4, 6))
    stopped = Handout("Anna Berg", waits=True, see="a hospital, today", answers=(answer,))
    page = render_handout(stopped)
    for words in (
        "Whom to see: a hospital, today.",
        "letter to them along",
        "You asked: “May I run?” Your trainer: No, not at all now.",
    ):
        assert words in page
    assert "You asked" not in render_handout(replace(stopped, answers=()))
