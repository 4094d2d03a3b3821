"""Clients, for programs: who there is, and all that is kept of one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from movescreen.records.export import describe_client
from movescreen.web.services import ServicesDep

router = APIRouter(prefix="/api/clients", tags=["clients"])


class ClientSummary(BaseModel):
    """A client in short."""

    code: str
    name: str
    birth_year: int | None
    sex: str


@router.get("")
def list_clients(services: ServicesDep) -> list[ClientSummary]:
    """List the clients, by team, jersey number and code."""
    found = services.records.list_clients()
    return [ClientSummary(code=c.code, name=c.name, birth_year=c.birth_year, sex=c.sex) for c in found]


@router.get("/{code}")
def show_client(code: str, services: ServicesDep) -> dict[str, Any]:
    """Return all that is kept of a client: intakes, visits, plans, names of files."""
    return describe_client(services.records.store, code)
