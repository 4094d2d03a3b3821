"""The app factory: services, middleware, routers, in one place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from movescreen._version import __version__
from movescreen.app import Records
from movescreen.app.records import IN_THE_WEB_APP, password_hashes
from movescreen.pipeline import catalog_in_force
from movescreen.settings import load_record_settings
from movescreen.web.api import ROUTERS as API
from movescreen.web.config import WebConfig
from movescreen.web.drafts import Drafts
from movescreen.web.encrypted import follow_records
from movescreen.web.errors import ErrorBody, install_handlers
from movescreen.web.hub import SessionManager
from movescreen.web.pages import ROUTERS as PAGES
from movescreen.web.result_store import ResultStore
from movescreen.web.sample import SampleMaker
from movescreen.web.security.guard import SecurityMiddleware
from movescreen.web.security.logins import Logins
from movescreen.web.security.pairing import Pairings
from movescreen.web.security.tracing import TrailMiddleware
from movescreen.web.services import Services
from movescreen.web.uploads import UploadService

#: How often sessions that were left alone are looked for, s.
_TIDY_EVERY_S = 30.0


def create_app(config: WebConfig | None = None) -> FastAPI:
    """Make the web app.

    Parameters
    ----------
    config
        Where results go, limits, login; for this machine alone when None.

    Returns
    -------
    FastAPI
        An ASGI application; its JSON API is described at ``/api/openapi.json``.
    """
    config = config or WebConfig()
    follow_records(config.results, config.records or load_record_settings())
    catalog = catalog_in_force(config.settings)
    records = Records(config.records, IN_THE_WEB_APP, config.settings.catalog)
    hub, uploads = SessionManager(config, catalog, records), UploadService(config, records)

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tidying = asyncio.create_task(_tidy(hub, uploads))
        yield
        tidying.cancel()
        await asyncio.to_thread(hub.close)
        await asyncio.to_thread(uploads.close)
        records.close()

    app = FastAPI(
        title="movescreen",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
        responses={"4XX": {"model": ErrorBody}, "5XX": {"model": ErrorBody}},
    )
    logins = Logins(config.password_hash, idle_s=config.idle_s, accounts=lambda: password_hashes(records))
    store = ResultStore(config.results, records.may_see)
    pairings = Pairings()
    app.state.services = services = Services(
        config=config, catalog=catalog, logins=logins, pairings=pairings, hub=hub, store=store, uploads=uploads,
        records=records, intakes=Drafts("intake", "begin it again on the client's page", most=60, idle_s=4 * 3600.0),
        sample=SampleMaker(config, records), rosters=Drafts("roster"), photos=Drafts("picture"),
    )  # fmt: skip
    routes = [route for router in (*PAGES, *API) for route in router.routes]
    app.add_middleware(TrailMiddleware, services=services)
    app.add_middleware(SecurityMiddleware, services=services, routes=routes)
    install_handlers(app)
    # of the reports' style the pages of the app share what it begins with
    files = StaticFiles(packages=[("movescreen.web", "static"), ("movescreen.report", "templates/shared")])
    app.mount("/static", files, name="static")
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    for router in API:
        app.include_router(router)
    return app


async def _tidy(hub: SessionManager, uploads: UploadService) -> None:
    while True:
        await asyncio.sleep(_TIDY_EVERY_S)
        hub.tidy()
        uploads.tidy()
