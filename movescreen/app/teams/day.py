"""A team's day out of the records: who is to be screened next, who is done, and what it came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from movescreen.app.page_data import list_names
from movescreen.catalog import Catalog
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.protocol_schema import PartSpec, ProtocolSpec
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.rules.profiles import find_impact_ban, offer_protocol
from movescreen.client.team.board import Place, TeamDay, find_missing, find_place
from movescreen.client.team.summary import TeamRow, find_gate, hurts, merge_checks, summarize_day
from movescreen.client.visits.visit import Visit
from movescreen.errors import InputError, NeedsReferral, UnknownNameError
from movescreen.report.pages.team import TeamReport

if TYPE_CHECKING:
    from movescreen.records import Client, RecordStore


@dataclass(frozen=True, kw_only=True)
class BoardEntry:
    """An athlete on the board.

    Attributes
    ----------
    missing
        What is still to be recorded of what the athlete is to do.
    session
        Id of the session that goes on; empty when none does.
    hurt
        Pain was reported today.
    unread
        Something was typed that nobody has read.
    """

    client: Client
    place: Place
    missing: tuple[PartSpec, ...] = ()
    session: str = ""
    hurt: bool = False
    unread: bool = False


@dataclass(frozen=True)
class TeamSummary:
    """A team in the list of teams: how many, and the days on which at least one was screened -> how many, the newest first."""

    team: str
    athletes: int
    days: Mapping[date, int]


def list_teams(store: RecordStore) -> list[TeamSummary]:
    """Return the teams, by name."""
    days = store.visit_days(screened=True)
    teams = {team: list(members) for team, members in groupby(store.list_clients(), attrgetter("team")) if team}
    return [TeamSummary(t, len(m), _count_days([days.get(c.code, ()) for c in m])) for t, m in teams.items()]


def _count_days(days: Sequence[Sequence[date]]) -> dict[date, int]:
    found = sorted({day for each in days for day in each}, reverse=True)
    return {day: sum(day in each for each in days) for day in found}


def members_of(store: RecordStore, team: str) -> list[Client]:
    """Return the athletes of a team, by jersey number.

    Raises
    ------
    UnknownNameError
        When nobody is in a team of that name.
    """
    clients = store.list_clients()
    found = [client for client in clients if client.team and client.team == team]
    if not found:
        known = sorted({client.team for client in clients if client.team}) or ["none yet: movescreen client import"]
        raise UnknownNameError("team", team, known)
    return found


def gather_board(
    store: RecordStore, catalog: Catalog, team: str, day: date, chosen: TeamDay, now: Mapping[str, str]
) -> list[BoardEntry]:
    """Return where everybody of a team stands, by jersey number.

    Parameters
    ----------
    now
        Code -> id of the session that goes on.
    """
    protocol, care = catalog.protocol(chosen.protocol), load_client_catalog(store.catalog)
    entries = []
    for client in members_of(store, team):
        person = store.person(client.code, day)
        visits = store.visits(client.code)
        visit = next((v for v in visits if v.day == day), None)
        parts = _parts_for(protocol, find_impact_ban(person, care), catalog)
        missing = tuple(part for part in find_missing(protocol, visit) if part in parts)
        hurt = hurts(visit)
        place = find_place(
            find_gate(person, visits, care), len(missing), len(parts),
            under_way=client.code in now, absent=client.uid in chosen.absent, hurt=hurt,
        )  # fmt: skip
        unread = bool(find_unread_words(person, visits, care))
        session = now.get(client.code, "")
        entries.append(
            BoardEntry(client=client, place=place, missing=missing, session=session, hurt=hurt, unread=unread)
        )
    return entries


def _parts_for(protocol: ProtocolSpec, ban: str, catalog: Catalog) -> tuple[PartSpec, ...]:
    """Return the parts that are left for somebody; none when a ban takes all."""
    try:
        return offer_protocol(protocol, ban, catalog)[0].parts
    except InputError:
        return ()


def choose_next(board: Sequence[BoardEntry], code: str = "") -> BoardEntry | None:
    """Return who is screened next: the one asked for, else the first who is to do, then who misses something; None when nobody is left.

    Raises
    ------
    NeedsReferral
        When the one asked for has a red flag, or was not asked about health or consent yet.
    UnknownNameError
        When the one asked for is not in the team.
    """
    if code:
        entry = next((each for each in board if each.client.code == code), None)
        if entry is None:
            raise UnknownNameError("athlete of the team", code, [each.client.code for each in board])
        if entry.place is Place.QUESTIONS:
            raise NeedsReferral(
                f"{entry.client.label} was not asked the health questions, has not agreed to records, or said something that nobody has read",
                "do it first, on the client's page",
            )
        if entry.place is Place.REFER:
            raise NeedsReferral(
                f"the screening of {entry.client.label} waits: a red flag was told", "see the client's page"
            )
        return entry
    return next((each for place in (Place.TO_DO, Place.MISSING) for each in board if each.place is place), None)


def gather_team(store: RecordStore, catalog: Catalog, team: str, day: date | None = None) -> TeamReport:
    """Return what a day came to for a team, from the records alone: the same whichever way the clips came in.

    Parameters
    ----------
    day
        None is the newest day on which at least half as many were screened as on the fullest one.

    Raises
    ------
    UnknownNameError
        When nobody is in a team of that name.
    """
    members = members_of(store, team)
    visits = {client.code: store.visits(client.code) for client in members}
    days = _count_days([[v.day for v in each if v.clips] for each in visits.values()])
    wanted = day or next((d for d, count in days.items() if 2 * count >= max(days.values())), date.today())
    chosen = store.team_day(team, wanted)
    protocol = catalog.protocols.get(chosen.protocol) if chosen else None
    rows = [_row(store, client, visits[client.code], wanted, protocol, catalog) for client in members]
    order = {
        key: place for place, key in enumerate((m.name, c.id) for m in catalog.movements.values() for c in m.checks)
    }
    return TeamReport(
        team=team, day=wanted, rows=tuple(sorted(rows, key=lambda row: row.order)), days=days, names=list_names(store.catalog),
        order=order,
    )  # fmt: skip


def _row(
    store: RecordStore, client: Client, visits: Sequence[Visit], day: date, protocol: ProtocolSpec | None,
    catalog: Catalog,
) -> TeamRow:  # fmt: skip
    care = load_client_catalog(store.catalog)
    visit, before, changes = summarize_day(visits, day, catalog)
    of_day = next((v for v in visits if v.day == day), None)
    person = store.person(client.code, day)
    parts = _parts_for(protocol, find_impact_ban(person, care), catalog) if protocol else ()
    missing = tuple(part.title for part in find_missing(protocol, visit) if part in parts) if protocol else ()
    gate = find_gate(store.person(client.code, max(day, date.today())), visits, care)
    return TeamRow(
        code=client.code, name=client.name, jersey=client.jersey, group=client.group, gate=gate,
        visit=visit, last=before.day if before else None, hurt=hurts(of_day), missing=missing, changes=changes,
        checks=merge_checks(visit.findings) if visit else {},
    )  # fmt: skip
