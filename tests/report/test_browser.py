"""A screening of five real clips in a browser: three sizes, paper, and every number as in the tables."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from pypdf import PdfReader

from movescreen.catalog import load_catalog
from movescreen.model import ClipResult, Demographics
from movescreen.report import write_result
from movescreen.report.documents.screening import write_screening
from movescreen.screening import merge_clips
from tests.conftest import SAMPLES
from tests.support.browser import browser as browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# all in one process: the five clips are written once
pytestmark = pytest.mark.network

CLIPS = ("squat_valgus_front", "squat_heelrise_side", "squat_front", "lunge_side", "bend_side")
PAGES = ("report.html", "client.html")
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "laptop": (1366, 768)}


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory, sample_result: Callable[[str], ClipResult]) -> Path:
    out = tmp_path_factory.mktemp("visit")
    results = [sample_result(stem) for stem in CLIPS]
    for stem, result in zip(CLIPS, results, strict=True):
        write_result(result, out / stem, video_path=SAMPLES / f"{stem}.mp4", client="Client 17")
    merged = merge_clips(results, load_catalog(), "Client 17", person=Demographics(34, "female"))
    write_screening(merged, out, CLIPS, recorded="2026-03-12")
    return out


def open_page(browser: Browser, path: Path, size: tuple[int, int]) -> tuple[Page, list[str]]:
    """Return the page and everything in it that went wrong or was asked of a network."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("request", lambda request: wrong.append(request.url) if not _inside(request.url, path) else None)
    page.goto(path.as_uri())
    return page, wrong


def _inside(url: str, path: Path) -> bool:
    return url == path.as_uri() or url.startswith("data:")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_a_page_fits_every_screen_and_asks_nobody_for_anything(
    browser: Browser, visit: Path, name: str, size: tuple[int, int]
) -> None:
    page, wrong = open_page(browser, visit / name, size)
    assert wrong == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert page.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0 && i.alt.length > 20)")
    assert page.locator("h1").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => Number(h.tagName[1]))")
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    # nothing is cut off inside its own box
    cut = page.evaluate(
        "[...document.querySelectorAll('p,h1,h2,h3,h4,td,th,dd,dt,li')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && getComputedStyle(e).display !== 'inline' && e.clientWidth > 1).map(e => e.textContent.trim().slice(0, 60))"
    )
    assert cut == []
    page.close()


def test_what_to_work_on_first_is_on_the_first_screen(browser: Browser, visit: Path) -> None:
    page, _ = open_page(browser, visit / "report.html", SIZES["laptop"])
    box = page.get_by_text("Work on this first").bounding_box()
    assert box is not None
    assert box["y"] < SIZES["laptop"][1]
    assert page.locator(".matter").count() == 3
    page.close()


def test_letters_stand_out_from_what_is_behind_them(browser: Browser, visit: Path) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2 AA) for every color of text on the pages, which are white."""
    for name in PAGES:
        page, _ = open_page(browser, visit / name, SIZES["laptop"])
        colors = page.evaluate(
            "[...new Set([...document.querySelectorAll('body *')].filter(e => !e.closest('svg') && "
            "[...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => getComputedStyle(e).color))]"
        )
        assert colors
        for color in colors:
            assert _contrast_on_white(color) >= 4.5, color
        page.close()


def _contrast_on_white(color: str) -> float:
    red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", color)[:3])
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_printed_tables_are_not_cut(browser: Browser, visit: Path, paper: str) -> None:
    page, _ = open_page(browser, visit / "report.html", SIZES["laptop"])
    reader = PdfReader(io.BytesIO(page.pdf(format=paper, prefer_css_page_size=False)))
    texts = [_letters(sheet.extract_text()) for sheet in reader.pages]
    rows = [_letters(row) for row in page.locator("table.findings tbody th").all_inner_texts()]
    assert len(rows) > 20
    for row in rows:
        assert any(row in text for text in texts), f"this row is cut: {row}"
    for text in texts:
        # a heading of columns is followed by a row on the same sheet
        assert not text.endswith(_letters("Limit from")), text[-200:]
    page.close()


def _letters(text: str) -> str:
    """Return the text without what a PDF may set in another way: spaces, line ends, joined letters."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text))


def test_every_number_of_the_tables_is_in_the_files(browser: Browser, visit: Path) -> None:
    page, _ = open_page(browser, visit / "report.html", SIZES["laptop"])
    findings = pd.read_csv(visit / "findings.csv")
    measured = [
        cell
        for section in page.locator("section[id^=movement-]").all()
        for cell in section.locator("td[data-label=Measured]").all_inner_texts()
    ]
    assessed = findings[findings["status"] != "not_assessed"]
    assert len(measured) == len(assessed)
    for cell in measured:
        numbers = _numbers(cell)
        assert any(
            _shows(numbers[0], row["value"]) and (len(numbers) < 2 or _shows(numbers[1], row["measurement_error"]))
            for _, row in assessed.iterrows()
        ), cell
    reps = pd.read_csv(visit / "reps.csv")
    for article, stem in zip(page.locator("article.clip").all(), _shown_order(page), strict=True):
        rows = reps[reps["file"] == stem].to_dict("records")
        for shown, row in zip(article.locator("table.reps tbody tr").all(), rows, strict=True):
            known = [value for value in row.values() if isinstance(value, float | int)]
            for cell in shown.locator("td").all_inner_texts():
                for number in _numbers(cell):
                    assert any(_shows(number, value) for value in known), (stem, cell)
    page.close()


def _shown_order(page: Page) -> list[str]:
    return [link.inner_text() for link in page.locator("article.clip .clip-head a:first-of-type").all()]


def _numbers(cell: str) -> list[str]:
    return re.findall(r"-?\d+(?:\.\d+)?", cell.replace("\N{MINUS SIGN}", "-"))


def _shows(number: str, value: Any) -> bool:
    """Return True when a printed number is the value, rounded to as many decimals as are printed."""
    decimals = len(number.partition(".")[2])
    return abs(float(number) - float(value)) <= 0.5 * 10**-decimals + 1e-6


def test_five_clips_make_a_small_page(visit: Path) -> None:
    assert (visit / "report.html").stat().st_size < 5_000_000
    assert (visit / "client.html").stat().st_size < 5_000_000
