"""Errors over HTTP: one shape for the JSON API, one page for people, and the few errors only a server has."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response

from movescreen.errors import (
    AnalysisError,
    AssetError,
    ClipAborted,
    EditConflict,
    InputError,
    MovescreenError,
    UnknownNameError,
)
from movescreen.web.templating import render

log = logging.getLogger("movescreen.web")


class ErrorDetail(BaseModel):
    """What went wrong, and what to do about it."""

    code: str
    message: str
    hint: str = ""
    candidates: list[tuple[str, str]] = []


class ErrorBody(BaseModel):
    """The one shape of every error of the API."""

    error: ErrorDetail


class NotThere(InputError):
    """What was asked for does not exist (any more)."""

    code = "not_there"
    status = HTTPStatus.NOT_FOUND


class TooLarge(InputError):
    """What was sent is larger or longer than allowed."""

    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class NotAVideo(InputError):
    """What was sent is no video."""

    code = "not_a_video"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Forbidden(InputError):
    """The request comes from a page that is not the app's own."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN


class LoginNeeded(InputError):
    """Nobody is logged in."""

    code = "login_needed"
    status = HTTPStatus.UNAUTHORIZED


class TooManyTries(InputError):
    """Too many in too short a time."""

    code = "too_many"
    status = HTTPStatus.TOO_MANY_REQUESTS


class Busy(MovescreenError):
    """As many sessions or uploads as this machine bears are under way."""

    exit_code = 4
    code = "busy"
    status = HTTPStatus.SERVICE_UNAVAILABLE


#: Of errors that say none themselves; the first kind that fits.
_STATUSES = {
    UnknownNameError: HTTPStatus.NOT_FOUND, EditConflict: HTTPStatus.CONFLICT, InputError: HTTPStatus.BAD_REQUEST,
    AnalysisError: HTTPStatus.UNPROCESSABLE_ENTITY, ClipAborted: HTTPStatus.UNPROCESSABLE_ENTITY, AssetError: HTTPStatus.SERVICE_UNAVAILABLE,
}  # fmt: skip


def status_of(error: MovescreenError) -> int:
    """Return the HTTP status of an error."""
    of_kind = (status for kind, status in _STATUSES.items() if isinstance(error, kind))
    return int(getattr(error, "status", None) or next(of_kind, HTTPStatus.INTERNAL_SERVER_ERROR))


def body_of(error: MovescreenError) -> dict[str, dict[str, Any]]:
    """Return an error in the API's shape."""
    candidates = getattr(error, "candidates", ())
    asked = {"candidates": [list(each) for each in candidates]} if candidates else {}
    return {"error": {"code": error.code, "message": error.message, "hint": error.hint, **asked}}


def install_handlers(app: FastAPI) -> None:
    """Answer every error in the one shape, or as a page where a person asked for one."""

    @app.exception_handler(MovescreenError)
    async def on_purpose(request: Request, error: MovescreenError) -> Response:
        return answer_error(request, status_of(error), error)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:])}: {e['msg']}" for e in error.errors())
        return answer_error(request, 422, InputError(f"the request is malformed: {wrong}", "see /api/docs"))

    @app.exception_handler(HTTPException)
    async def of_the_framework(request: Request, error: HTTPException) -> Response:
        known: MovescreenError = InputError(str(error.detail))
        if error.status_code == HTTPStatus.NOT_FOUND:
            known = NotThere(f"there is nothing at {request.url.path}")
        elif error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            known = TooLarge(str(error.detail))
        return answer_error(request, error.status_code, known, error.headers)

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        log.error("a bug in %s", request.url.path, exc_info=error)
        problem = MovescreenError("something went wrong inside movescreen", "the server's log holds the details")
        return answer_error(request, 500, problem)


def answer_error(request: Request, status: int, error: MovescreenError, headers: object = None) -> Response:
    """Return an error in the API's shape, or as a page where a person asked for one."""
    extra = dict(headers) if isinstance(headers, dict) else {}
    wait = getattr(error, "retry_after_s", None)
    if wait is not None:
        extra["Retry-After"] = str(int(wait))
    wants_page = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/api/")
    if wants_page:
        return render(request, "error.html.jinja", {"error": error}, status=status, headers=extra)
    return JSONResponse(body_of(error), status, extra)
