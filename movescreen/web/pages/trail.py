"""The trail: who saw, changed, handed out and deleted what, and when."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from movescreen.app.trail import trail_csv
from movescreen.records.trail import Trace, check_trail, list_people, read_trail
from movescreen.web.pages.clients import path_of
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render

router = APIRouter()

#: Rows on the page; the table has all of them.
_MOST = 200


@router.get("/trail")
def show_trail(
    request: Request, services: ServicesDep, client: str = "", who: str = "", day: str = "", holds: str = ""
) -> HTMLResponse:
    """Show the trail, filtered, and whether it is whole."""
    asked = {"client": client.strip()[:80], "who": who[:80], "day": day[:10], "holds": holds[:80]}
    if not services.records.exist:
        return render(request, "trail.html.jinja", {"days": [], "checked": None, **asked})
    store = services.records.store
    rows = _read(services, asked, _MOST)
    days: dict[str, list[Trace]] = {}
    for row in rows:
        days.setdefault(row.at_utc[:10], []).append(row)
    data = {
        "days": list(days.items()), "full": len(rows) == _MOST, "most": _MOST, "people": list_people(store), "path_of": path_of,
        "checked": check_trail(store, asked["holds"]), "query": urlencode({k: v for k, v in asked.items() if v}), **asked,
    }  # fmt: skip
    return render(request, "trail.html.jinja", data)


@router.get("/trail.csv")
def send_trail(services: ServicesDep, client: str = "", who: str = "", day: str = "") -> Response:
    """Hand out the trail as CSV."""
    asked = {"client": client.strip()[:80], "who": who[:80], "day": day[:10]}
    text = trail_csv(_read(services, asked, None) if services.records.exist else ())
    return Response(
        text, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="trail.csv"'}
    )


def _read(services: Services, asked: dict[str, str], most: int | None) -> tuple[Trace, ...]:
    try:
        day = date.fromisoformat(asked["day"]) if asked["day"] else None
    except ValueError:
        return ()
    return read_trail(services.records.store, client=asked["client"], who=asked["who"], day=day, most=most)
