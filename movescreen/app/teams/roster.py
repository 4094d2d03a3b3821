"""A roster against the records: who is new, who is known and what changes; kept as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from movescreen.client.team.roster import Athlete, Mistake, RosterTable, plain, read_athletes, roster_order
from movescreen.errors import InputError
from movescreen.words.numbers_and_units import plural

if TYPE_CHECKING:
    from movescreen.records import Client, RecordStore

#: What is kept of an athlete, as people call it.
VALUE_WORDS = {
    "name": "name", "birth_year": "born", "sex": "sex", "team": "team", "group": "group", "jersey": "jersey number",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RosterStep:
    """What becomes of one row.

    Attributes
    ----------
    code
        Under which the athlete is kept.
    client
        Who it is in the records; None for somebody new.
    values
        What is added or changed.
    """

    athlete: Athlete
    code: str
    client: Client | None
    values: dict[str, Any]

    @property
    def does(self) -> str:
        """What is done: ``new``, ``changed`` or ``same``."""
        return "new" if self.client is None else "changed" if self.values else "same"

    @property
    def changes(self) -> list[str]:
        """What changes of somebody known, in words."""
        if self.client is None:
            return []
        return [
            f"{VALUE_WORDS[key]}: {getattr(self.client, key) or 'nothing'} → {new}" for key, new in self.values.items()
        ]

    def shown(self, key: str) -> str:
        """Return what will be kept of a value, in words."""
        kept = self.values.get(key, getattr(self.client, key, "") if self.client else "")
        return str(kept or "")


@dataclass(frozen=True)
class RosterPlan:
    """What becomes of a roster; with a mistake nothing does."""

    steps: tuple[RosterStep, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    def count(self, does: str) -> int:
        """Return how many rows are ``new``, ``changed`` or ``same``."""
        return sum(step.does == does for step in self.steps)

    @property
    def words(self) -> str:
        """What is done, in a sentence."""
        known = self.count("changed")
        return f"{plural(self.count('new'), 'athlete')} new, {known} changed, {self.count('same')} as they are in the records."

    @property
    def teams(self) -> tuple[str, ...]:
        """The teams that it names."""
        return tuple(dict.fromkeys(step.shown("team") for step in self.steps if step.shown("team")))


def plan_roster(store: RecordStore, table: RosterTable, columns: Sequence[str | None], team: str = "") -> RosterPlan:
    """Return what becomes of a roster; nothing is kept yet.

    Who is meant is never guessed: a row that may be one client or another, or contradicts the one whose code it has, is a mistake.
    """
    athletes, mistakes = read_athletes(table, columns, team)
    clients = store.list_clients()
    athletes = _spell_teams(athletes, clients)
    taken = {client.code.casefold() for client in clients} | {a.code.casefold() for a in athletes if a.code}
    known = {client.code.casefold(): client for client in clients}
    named: dict[str, list[Client]] = {}
    for each in clients:
        if plain(each.name):  # a client without a name is nobody's namesake
            named.setdefault(plain(each.name), []).append(each)
    steps: list[RosterStep] = []
    for athlete in athletes:
        client, why = _find(athlete, known, named)
        if why:
            mistakes.append(Mistake(athlete.row, why))
            continue
        code = client.code if client else athlete.code or _new_code(athlete, taken)
        values = {k: v for k, v in athlete.told.items() if client is None or getattr(client, k) != v}
        if client is not None and plain(values.get("name", "")) == plain(client.name):
            values.pop("name", None)
        steps.append(RosterStep(athlete=athlete, code=code, client=client, values=values))
    mistakes += _find_shared(steps)
    steps.sort(key=lambda step: (step.shown("team"), roster_order(step.shown("jersey"), step.code)))
    return RosterPlan(tuple(steps), tuple(sorted(mistakes, key=lambda m: m.row)))


def keep_roster(store: RecordStore, plan: RosterPlan) -> None:
    """Keep a roster, all of it or nothing.

    Raises
    ------
    InputError
        When it holds a mistake.
    EditConflict
        When a client was changed, or a code taken, since it was compared.
    """
    from movescreen.records.entries import RosterEntry

    if plan.mistakes:
        raise InputError(
            f"the roster holds {plural(len(plan.mistakes), 'mistake')}; nothing was kept", "correct it first"
        )
    store.keep_roster([RosterEntry(step.code, step.client, step.values) for step in plan.steps])


def _spell_teams(athletes: Sequence[Athlete], clients: Sequence[Client]) -> list[Athlete]:
    """Return the athletes with each team spelled as it was first: capitals and signs make no second team."""
    known: dict[str, str] = {}
    for team in (*(client.team for client in clients), *(athlete.team for athlete in athletes)):
        known.setdefault(plain(team), team)
    return [
        replace(athlete, team=known[plain(athlete.team)]) if plain(athlete.team) else athlete for athlete in athletes
    ]


def _find(
    athlete: Athlete, known: Mapping[str, Client], named: Mapping[str, Sequence[Client]]
) -> tuple[Client | None, str]:
    """Return whom a row means, None for somebody new; or why that cannot be told. Clients are given by code and by name."""
    if athlete.code:
        found = known.get(athlete.code.casefold())
        if found is None or _can_be_called(athlete.name, found.name):
            return found, ""
        return None, (
            f"{found.code} is {found.name} in the records, not {athlete.name}. Another person needs another code; "
            "a name that has changed is corrected on the client's page first."
        )
    same = named.get(plain(athlete.name), ())
    if len(same) > 1:
        return None, f"{athlete.name} can be {' or '.join(c.label for c in same)}. Add a column “Code” that says who."
    if not same:
        return None, ""
    (client,) = same
    if athlete.born and client.birth_year and athlete.born != client.birth_year:
        apart = f"born {client.birth_year}, here {athlete.born}"
    elif athlete.sex and client.sex and athlete.sex != client.sex:
        apart = f"{client.sex}, here {athlete.sex}"
    elif (
        client.team
        and athlete.team
        and plain(client.team) != plain(athlete.team)
        and not (athlete.born and client.birth_year)
    ):
        apart = f"in team {client.team}, here in {athlete.team}"
    else:
        return client, ""
    return None, (
        f"Is this {client.label}, who is {apart}? If so, write {client.code} into a column “Code”; another person needs a code of their own there."
    )


def _can_be_called(name: str, known: str) -> bool:
    """Return whether two names can be one person's: one is missing, or all words of the shorter one are in the longer one."""
    one, other = set(plain(name).split()), set(plain(known).split())
    return not one or not other or one <= other or other <= one


def _new_code(athlete: Athlete, taken: set[str]) -> str:
    """Return a free code: J7 for number 7, else the next of the form C017."""
    code = f"J{athlete.jersey}" if athlete.jersey else ""
    number = len(taken) + 1
    while not code or code.casefold() in taken:
        code, number = f"C{number:03d}", number + 1
    taken.add(code.casefold())
    return code


def _find_shared(steps: Sequence[RosterStep]) -> list[Mistake]:
    """Return rows that mean a client who is meant by an earlier row, too."""
    seen: dict[str, int] = {}
    found = []
    for step in steps:
        if step.code in seen:
            found.append(Mistake(step.athlete.row, f"This is {step.code}, as row {seen[step.code]} is."))
        seen.setdefault(step.code, step.athlete.row)
    return found
