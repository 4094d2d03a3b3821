"""Pages that the reports render, as they are, with ways back to the app above them: print, the same as PDF, an e-mail draft."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from movescreen.display import page_in_units, themed
from movescreen.records.acting import Role
from movescreen.report.formats.pdf import make_pdf
from movescreen.web.api.results import REPORT_POLICY
from movescreen.web.pages.clients import path_of
from movescreen.web.templating import HIDE, WHO

#: The script of the print button is the only thing that runs in such a page; a page that is handed out as a file runs nothing.
_OWN_SCRIPT = "script-src 'self'"
#: A sandbox that lets the page's own script run from its own origin would hold nothing; what it may load and do is listed instead.
_POLICY = f"{REPORT_POLICY.partition('; sandbox')[0]}; {_OWN_SCRIPT}; base-uri 'none'; form-action 'none'"
#: Nothing about health is in it: whoever sends it attaches the page.
_DRAFT_WORDS = "Hello,\n\nyour page is attached. Please ask when something is not clear."
_DRAFT = f"mailto:?subject={quote('Your page')}&amp;body={quote(_DRAFT_WORDS)}"
_STYLE_RULE = "style-src 'unsafe-inline'\">"


class ReportResponse(HTMLResponse):
    """A page with its own style and pictures, and a print button. Its address with ``form=pdf`` gives it as PDF."""

    def __init__(self, text: str) -> None:
        text = themed(page_in_units(text))  # the page may be a file of before
        super().__init__(text, headers={"Content-Security-Policy": _POLICY})
        self.text = text

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page or the PDF."""
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        fetched = scope.get("method") == "GET"
        if fetched and asked.get("form") == ["pdf"]:
            name = re.sub(r"[^A-Za-z0-9]+", "_", scope.get("path", "")).strip("_") or "page"
            data = await run_in_threadpool(make_pdf, self.text)
            headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
            await Response(data, media_type="application/pdf", headers=headers)(scope, receive, send)
            return
        # what was posted, such as a letter with the trainer's words, has no address of its own
        self.body = self.render(
            scope.get(HIDE, str)(_with_tools(self.text, pdf=fetched and scope[WHO].role is not Role.VIEWER))
        )
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)


def _with_tools(text: str, *, pdf: bool) -> str:
    """Return a page with a print button, its PDF and an e-mail draft among its ways; a page without any has none."""
    tools = '<button type="button" id="print">Print</button>' + ('\n<a href="?form=pdf">PDF</a>' if pdf else "")
    tools += f'\n<a href="{_DRAFT}">E-mail draft</a>'
    shown = text.replace("</nav>", f"{tools}\n</nav>", 1)
    shown = shown.replace(_STYLE_RULE, f'{_STYLE_RULE[:-2]}; {_OWN_SCRIPT}">', 1)
    return shown.replace("</head>", '<script src="/static/print.js" defer></script>\n</head>', 1)


def breadcrumbs(code: str) -> list[tuple[str, str]]:
    """Return the way back to a client."""
    return [(path_of(code), f"← {code}")]
