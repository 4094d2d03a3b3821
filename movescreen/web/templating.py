"""Pages from templates. Every page extends ``layout.html.jinja``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import HTMLResponse

from movescreen._version import __version__
from movescreen.display import display, page_in_units
from movescreen.report.formats.html import template_environment
from movescreen.web.navigation import NAVIGATION, current_entry

#: Keys of a request's scope: who is logged in, and what takes out of a page the links that lead where they may not go.
WHO, HIDE = "movescreen.who", "movescreen.hide"


def render(
    request: Request,
    template: str,
    data: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a page.

    Parameters
    ----------
    request
        Tells where the reader is.
    template
        File in ``templates/``.
    data
        What the template names.
    """
    theme = display().theme
    services = getattr(request.app.state, "services", None)
    who = request.scope.get(WHO)
    page = template_environment("movescreen.web").get_template(template)
    text = page.render(
        version=__version__,
        dark={"system": "screen and (prefers-color-scheme: dark)", "dark": "screen", "light": ""}[theme],
        navigation=NAVIGATION,
        here=current_entry(request.url.path),
        can_log_out=bool(services and services.config.password_hash) or bool(who and who.account),
        account=who.name if who and who.account else "",
        **(data or {}),
    )
    text = request.scope.get(HIDE, str)(page_in_units(text))
    # of a file name with bytes that are no text, what UTF-8 cannot hold is shown as files show it
    return HTMLResponse(text.encode("utf-8", "backslashreplace"), status, dict(headers or {}))
