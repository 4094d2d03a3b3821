"""What all requests share: the configuration, the catalog, and whatever works in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from movescreen.app import Records
from movescreen.catalog import Catalog
from movescreen.catalog.client_loader import ClientCatalog, load_client_catalog
from movescreen.catalog.norms_library import NormLibrary, load_norms
from movescreen.records import RecordStore
from movescreen.web.config import WebConfig
from movescreen.web.drafts import Drafts, RosterDraft
from movescreen.web.forms.intake import Draft
from movescreen.web.hub import SessionManager
from movescreen.web.result_store import ResultStore
from movescreen.web.sample import SampleMaker
from movescreen.web.security.logins import Logins
from movescreen.web.security.pairing import Pairings
from movescreen.web.uploads import UploadService


@dataclass
class Services:
    """One a running app."""

    config: WebConfig
    catalog: Catalog
    logins: Logins
    pairings: Pairings
    hub: SessionManager
    store: ResultStore
    uploads: UploadService
    records: Records
    intakes: Drafts[Draft]
    sample: SampleMaker
    rosters: Drafts[RosterDraft]
    photos: Drafts[str]

    @property
    def care(self) -> ClientCatalog:
        """What is known about people, manual tests and exercises, with one's own catalogs."""
        return load_client_catalog(self.catalog.paths)

    @property
    def norms(self) -> NormLibrary:
        """The norms, with one's own catalogs."""
        return load_norms(self.catalog.paths)


def get_services(connection: HTTPConnection) -> Services:
    """Return the app's services, for requests and sockets alike."""
    services: Services = connection.app.state.services
    return services


#: Parameter type of routes that need them.
ServicesDep = Annotated[Services, Depends(get_services)]


def get_store(services: ServicesDep) -> RecordStore:
    """Return the records as whoever asks may see them."""
    return services.records.store


#: Parameter type of routes that only need the records.
StoreDep = Annotated[RecordStore, Depends(get_store)]
