"""Log in and out, where a password is asked for."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from movescreen.records.acting import Acting
from movescreen.web.security.guard import PHONES_ONLY, cookie_of
from movescreen.web.security.logins import COOKIE, DEVICE_COOKIE, DEVICE_S
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render

router = APIRouter()


@router.get("/login")
def show_login(request: Request, services: ServicesDep) -> Response:
    """Ask for the password; where phones alone are let in, say so."""
    if request.scope.get(PHONES_ONLY):
        return render(request, "phone.html.jinja", {"code": "", "who": "", "waits": False}, status=401)
    if services.logins.knows(cookie_of(request.headers, COOKIE)):
        return RedirectResponse("/", 303)
    return _ask(request, services)


@router.post("/login")
async def log_in(request: Request, services: ServicesDep) -> Response:
    """Let somebody in, or say that the password is wrong."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    address = request.client.host if request.client else ""
    device = cookie_of(request.headers, DEVICE_COOKIE) or ""
    name = form.get("name", [""])[0].strip()
    token = await services.logins.log_in(form.get("password", [""])[0], address, device, name)
    if token is None:
        return await run_in_threadpool(_ask, request, services, name[:80], 401)
    if services.logins.by_name and services.records.exist:
        await run_in_threadpool(services.records.store.note, (Acting(name, "web"), "did", "log in", ()))
    answer = RedirectResponse("/", 303)
    secure = services.config.secure or request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=secure, path="/")
    answer.set_cookie(
        DEVICE_COOKIE, services.logins.make_device(name), max_age=DEVICE_S, httponly=True, samesite="strict", secure=secure, path="/login"
    )  # fmt: skip
    return answer


def _ask(request: Request, services: Services, name: str = "", status: int = 200) -> Response:
    data = {"wrong": status != 200, "names": services.logins.by_name, "name": name}
    return render(request, "login.html.jinja", data, status=status)


@router.post("/logout")
async def log_out(request: Request, services: ServicesDep) -> Response:
    """End the login."""
    services.logins.log_out(cookie_of(request.headers, COOKIE))
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, path="/")
    return answer
