"""Pages as PDF, through WeasyPrint: the same document that a browser prints, with a stylesheet for what WeasyPrint lacks."""

from __future__ import annotations

import logging
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from movescreen.errors import AssetError
from movescreen.files import write_bytes
from movescreen.parts import name_missing_part
from movescreen.report.documents.registry import ReportJob, register_writer
from movescreen.report.formats.html import render_report

PDF_FILE = "report.pdf"


def make_pdf(html: str) -> bytes:
    """Return a page as PDF. It loads nothing from anywhere: pages hold all they show.

    Raises
    ------
    AssetError
        When WeasyPrint's system library is missing.
    """
    weasyprint = _weasyprint()
    # as in the page's own content security policy, pictures come from inside it or not at all
    inside = weasyprint.urls.URLFetcher(allowed_protocols={"data"})
    # a stylesheet handed to WeasyPrint would count less than the page's own
    page = html.replace("</head>", f"<style>{_stylesheet()}</style></head>", 1)
    return bytes(weasyprint.HTML(string=page, url_fetcher=inside).write_pdf())


def ensure_pdf() -> None:
    """Raise :class:`AssetError` when this machine cannot make PDFs, before any work is done for one."""
    _weasyprint()


@register_writer("pdf", files={PDF_FILE: "the page as PDF, to send or print"}, on_request=True)
def write_report_pdf(job: ReportJob, folder: Path) -> None:
    """Write ``report.pdf`` into a folder."""
    write_bytes(folder / PDF_FILE, make_pdf(render_report(job)))


@cache
def _weasyprint() -> Any:
    try:
        import weasyprint
        import weasyprint.urls
    except (ImportError, OSError) as error:  # OSError: Pango, which pip does not bring
        missing = name_missing_part(error) if isinstance(error, ModuleNotFoundError) else None
        if missing is not None:
            raise missing from error
        raise AssetError(
            f"PDFs cannot be made on this machine: {_first_line(error)}",
            "install Pango (Debian: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0, macOS: brew install pango), "
            "or print the page from a browser",
        ) from error
    # it names every rule of a browser's stylesheet that it does not know
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    return weasyprint


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@cache
def _stylesheet() -> str:
    return (resources.files("movescreen.report") / "templates" / "pdf.css").read_text(encoding="utf-8")
