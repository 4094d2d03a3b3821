"""Pages as PDF."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from movescreen.errors import AssetError
from movescreen.report import usual_formats, write_result
from movescreen.report.documents.screening import write_screening
from movescreen.report.formats import pdf as module
from movescreen.report.formats.pdf import ensure_pdf, make_pdf
from tests.report.test_several_clips import screening
from tests.support.results import side_squat


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text().split()) for page in PdfReader(path).pages)


@pytest.mark.slow
def test_both_pages_of_a_screening_are_written_as_pdf(tmp_path: Path) -> None:
    written = {path.name for path in write_screening(screening(), tmp_path, ["front", "side"], formats=["pdf"])}
    assert {"report.pdf", "client.pdf"} <= written
    first = PdfReader(tmp_path / "report.pdf").pages[0]
    assert [round(float(side)) for side in first.mediabox[2:]] == [595, 842]  # A4
    assert "Client 017" in first.extract_text()
    assert "Work on this first" in text_of(tmp_path / "report.pdf")
    assert "Your movement check" in text_of(tmp_path / "client.pdf")


@pytest.mark.slow
def test_the_report_of_a_clip_is_written_as_pdf_on_request(tmp_path: Path) -> None:
    names = {path.name for path in write_result(side_squat(), tmp_path, usual_formats("pdf"), client="Client 9")}
    assert {"report.html", "report.pdf"} <= names
    assert "Client 9" in text_of(tmp_path / "report.pdf")


@pytest.mark.slow
def test_a_pdf_takes_in_nothing_from_outside_the_page(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for the page")
    html = f'<html><head></head><body>kept<link rel="attachment" href="{secret.as_uri()}"></body></html>'
    reader = PdfReader(io.BytesIO(make_pdf(html)))
    assert reader.attachments == {}
    assert "kept" in reader.pages[0].extract_text()


def test_without_pango_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoPango:
        def find_spec(self, name: str, *_more: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    module._weasyprint.cache_clear()
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    with pytest.raises(AssetError, match="PDFs cannot be made") as told:
        ensure_pdf()
    assert "sudo apt-get install libpango-1.0-0" in told.value.hint
    module._weasyprint.cache_clear()


def test_without_weasyprint_the_error_names_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    module._weasyprint.cache_clear()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(AssetError, match="needs the package weasyprint") as told:
        ensure_pdf()
    assert 'pip install "movescreen[pdf]"' in told.value.hint
    module._weasyprint.cache_clear()
