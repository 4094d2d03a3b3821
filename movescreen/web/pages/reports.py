"""Pages that the reports render, as they are, with ways back to the app above them."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from movescreen.web.api.results import REPORT_POLICY
from movescreen.web.pages.clients import path_of


def answer_report(text: str) -> HTMLResponse:
    """Return a page with the policy of reports: its own style, its own pictures, nothing else."""
    return HTMLResponse(text, headers={"Content-Security-Policy": REPORT_POLICY})


def breadcrumbs(code: str) -> list[tuple[str, str]]:
    """Return the way back to a client."""
    return [(path_of(code), f"← {code}")]
