"""Pages that the reports render, as they are, with ways back to the app above them, and what can be done with them."""

from __future__ import annotations

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from movescreen.report.formats.html import PRINT, PRINT_SCRIPT
from movescreen.report.formats.pdf import make_pdf
from movescreen.web.api.results import REPORT_POLICY
from movescreen.web.pages.clients import path_of

#: The print button is the only thing that runs in a page of the app's own making; a page from a file runs nothing.
_PRINT_POLICY = REPORT_POLICY.replace("sandbox", "sandbox allow-scripts allow-modals").replace(
    "style-src", "script-src 'self'; style-src"
)


def answer_report(text: str) -> HTMLResponse:
    """Return a page with the policy of reports: its own style, its own pictures, the print button, nothing else."""
    return HTMLResponse(
        text, headers={"Content-Security-Policy": _PRINT_POLICY if PRINT_SCRIPT in text else REPORT_POLICY}
    )


async def answer_printable(request: Request, text: str, name: str) -> Response:
    """Return a page, or the same as PDF when its address asks for that.

    Parameters
    ----------
    text
        The page.
    name
        What a PDF of it is called.
    """
    if request.query_params.get("form") != "pdf":
        return answer_report(text)
    safe = re.sub(r"[^A-Za-z0-9_-]+", "_", name)
    headers = {"Content-Disposition": f'inline; filename="{safe}.pdf"'}
    return Response(await run_in_threadpool(make_pdf, text), media_type="application/pdf", headers=headers)


def breadcrumbs(code: str) -> list[tuple[str, str]]:
    """Return the way back to a client."""
    return [(path_of(code), f"← {code}")]


def print_ways(path: str) -> list[tuple[str, str]]:
    """Return how a page is printed, and had as PDF from its own address."""
    return [PRINT, (f"{path}{'&' if '?' in path else '?'}form=pdf", "PDF")]
