"""What all requests share: the configuration, the catalogue, and whatever works in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from movescreen.app import Records
from movescreen.catalog import Catalog
from movescreen.catalog.care_loader import CareCatalog, load_care_catalog
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.web.config import WebConfig
from movescreen.web.forms.drafts import Drafts
from movescreen.web.hub import LiveHub
from movescreen.web.result_store import ResultStore
from movescreen.web.security.logins import Logins
from movescreen.web.uploads import UploadDesk


@dataclass
class Services:
    """One a running app."""

    config: WebConfig
    catalog: Catalog
    logins: Logins
    hub: LiveHub
    store: ResultStore
    uploads: UploadDesk
    records: Records
    drafts: Drafts

    @property
    def care(self) -> CareCatalog:
        """What is known about people, tests by hand and exercises, with one's own catalogues."""
        return load_care_catalog(self.catalog.paths)

    @property
    def norms(self) -> NormLibrary:
        """The norms, with one's own catalogues."""
        return load_norms(self.catalog.paths)


def get_services(connection: HTTPConnection) -> Services:
    """Return the app's services, for requests and sockets alike."""
    services: Services = connection.app.state.services
    return services


#: Parameter type of routes that need them.
Needs = Annotated[Services, Depends(get_services)]
