"""Notes and letters as people see them: on a phone, a tablet and a laptop, and on paper."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from movescreen.report.formats.sheet import render_sheet
from movescreen.report.pages.handover import READERS, Reader, Writing, make_sheet
from tests.report.test_handover import flagged, runner, screened
from tests.support.browser import browser as browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser

#: So many pages of A4 at most: nobody reads a longer letter.
PAGES: dict[Reader, int] = {"soap": 3, "doctor": 2, "coach": 1}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("open_flag", [False, True])
def test_a_sheet_fits_every_screen_and_its_paper(
    browser: Browser, tmp_path: Path, reader: Reader, open_flag: bool
) -> None:
    case = flagged(screened()) if open_flag else runner()
    path = tmp_path / "sheet.html"
    path.write_text(render_sheet(make_sheet(case, reader, Writing("A. Trainer", "Dr. B", "Is it stable?"))), "utf-8")
    page = browser.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(path.as_uri())
    for width in (390, 820, 1366):
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.get_by_role("heading", level=1).count() == 1
    printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(printed.pages) <= PAGES[reader]
    text = " ".join(" ".join(each.extract_text() for each in printed.pages).split())
    assert make_sheet(case, reader).shown[-1][0] in text  # the last part is on paper, too
    assert wrong == []
    page.close()
