"""Finished screenings."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, status
from pydantic import BaseModel
from starlette.responses import FileResponse, Response

from movescreen.report.pages.player import PLAYER_FILE, script_hash
from movescreen.web.encrypted import answer_file
from movescreen.web.result_store import MEDIA_TYPES, StoredResult
from movescreen.web.services import ServicesDep
from movescreen.web.zips import answer_result

router = APIRouter(prefix="/api/results", tags=["results"])

#: Reports bring their style along and need nothing else; a page that somebody smuggled in could not run either.
REPORT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-top-navigation-by-user-activation"

#: The player has a script, which runs as a stranger's page: it reaches no other page, no cookie and no network.
PLAYER_POLICY = "default-src 'none'; img-src data: blob:; media-src blob:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-scripts allow-downloads"


def policy_of_player(page: str) -> str:
    """Return the policy of a player with ways back: its own script alone may run. Another version's stays a stranger's page."""
    if script_hash() not in page:
        return PLAYER_POLICY
    allowed = PLAYER_POLICY.replace("script-src 'unsafe-inline'", f"script-src 'sha256-{script_hash()}'")
    return f"{allowed.partition('; sandbox')[0]}; base-uri 'none'; form-action 'none'"


class ResultSummary(BaseModel):
    """A screening in short."""

    name: str
    client: str
    recorded: str
    headline: str
    flagged: int
    borderline: int
    clear: int
    refer: bool
    has_report: bool


class Result(ResultSummary):
    """A screening: its ``result.json``, and what was done in the session."""

    screening: dict[str, Any]
    session: dict[str, Any]


def summarize(result: StoredResult) -> ResultSummary:
    """Return a result in short."""
    told = result.summary

    def count(key: str) -> int:
        found = told.get(key, 0)
        return found if isinstance(found, int) else 0

    return ResultSummary(
        name=result.name, client=result.client, recorded=result.recorded, headline=str(told.get("headline", "")),
        flagged=count("flagged"), borderline=count("borderline"), clear=count("clear"), refer=result.refer,
        has_report=result.has_report,
    )  # fmt: skip


@router.get("")
def list_results(services: ServicesDep) -> list[ResultSummary]:
    """List all screenings, the newest first."""
    return [summarize(r) for r in services.store.list()]


@router.get("/{name}")
def show_result(name: str, services: ServicesDep) -> Result:
    """Return one screening."""
    found = services.store.find(name)
    return Result(**summarize(found).model_dump(), screening=found.screening, session=found.session)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT)
def delete_result(name: str, services: ServicesDep) -> Response:
    """Delete a screening with all its files."""
    services.store.delete(name)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/{name}/download", response_class=FileResponse)
def download_result(name: str, services: ServicesDep) -> FileResponse:
    """Hand out the files of a screening as one zip file, its tables as one workbook, too."""
    services.store.find(name)
    return answer_result(services.store.root / name, frozenset(MEDIA_TYPES))


@router.get("/{name}/files/{path:path}", response_class=FileResponse)
def get_file(name: str, path: str, services: ServicesDep) -> Response:
    """Return a file of a screening: ``report.html``, tables, poses."""
    file = services.store.file(name, path)
    policy = PLAYER_POLICY if file.name == PLAYER_FILE else REPORT_POLICY
    return answer_file(file, MEDIA_TYPES[file.suffix], {"Content-Security-Policy": policy})
