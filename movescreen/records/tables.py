"""The tables. What people said and measured is only ever added, one row each, so that two trainers cannot overwrite each other.

What is changed in place (who a client is) carries a version: a change that was made from an old one is refused.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Date, DateTime, ForeignKey, Integer, MetaData, String, Text, UniqueConstraint, event, or_
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria

from movescreen.records.acting import acting


def now_utc() -> datetime:
    """Return the time in UTC, without a zone: databases disagree on how to keep one."""
    return datetime.now(UTC).replace(tzinfo=None)


_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of the tables."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {dict[str, Any]: JSON}  # noqa: RUF012 - read once, by SQLAlchemy


class Binnable:
    """What can be put into the bin: ``binned_utc`` says since when it lies there; None = in use."""

    binned_utc: Mapped[datetime | None] = mapped_column(DateTime)


@event.listens_for(Session, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    """Hide from every query what is in the bin, unless the transaction is opened with it, and whom somebody at work may not see."""
    if state.is_select and not state.session.info.get("binned"):
        hidden = with_loader_criteria(Binnable, lambda kind: kind.binned_utc.is_(None), include_aliases=True)
        state.statement = state.statement.options(hidden)
    if state.is_select and (reach := acting().reach) is not None:
        seen = or_(ClientRow.uid.in_(reach.clients), ClientRow.team.in_(reach.teams - {""}))
        state.statement = state.statement.options(with_loader_criteria(ClientRow, seen, include_aliases=True))


class ClientRow(Binnable, Base):
    """A person. ``uid`` names the folder of the files and is never used again; ``code`` is what trainers type."""

    __tablename__ = "clients"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    birth_year: Mapped[int | None]
    sex: Mapped[str] = mapped_column(String(8), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    team: Mapped[str] = mapped_column(String(64), default="")
    group: Mapped[str] = mapped_column(String(64), default="")
    jersey: Mapped[str] = mapped_column(String(16), default="")
    created_utc: Mapped[datetime] = mapped_column(DateTime)
    look_again_on: Mapped[date | None] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once, by SQLAlchemy


class EntryRow(Binnable, Base):
    """What the other tables share: whose it is, of which day, when it was written, what it says, and since when it is in the bin."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)
    written_utc: Mapped[datetime] = mapped_column(DateTime)
    payload: Mapped[dict[str, Any]]


class IntakeRow(EntryRow):
    """A conversation (:class:`movescreen.client.intake.model.Intake`)."""

    __tablename__ = "intakes"


class ScreeningRow(EntryRow):
    """A screening (:class:`movescreen.client.visits.visit.ScreeningRecord`); ``folder`` holds its files, inside the client's."""

    __tablename__ = "screenings"

    folder: Mapped[str] = mapped_column(String(64), default="")


class MeasurementRow(EntryRow):
    """A value taken by hand (:class:`movescreen.client.visits.visit.HandMeasurement`)."""

    __tablename__ = "measurements"


class NoteRow(EntryRow):
    """How it went (:class:`movescreen.client.visits.visit.SessionNote`)."""

    __tablename__ = "notes"


class CorrectionRow(EntryRow):
    """What the trainer put right (:class:`movescreen.client.visits.corrections.Correction`) of a screening, by its number."""

    __tablename__ = "corrections"

    screening_id: Mapped[int] = mapped_column(Integer)


class WordsReadRow(EntryRow):
    """That what was typed was read (:class:`movescreen.client.intake.model.WordsRead`)."""

    __tablename__ = "words_read"


class PlanRow(EntryRow):
    """A version of the plan; ``number`` counts a client's plans, so that two trainers cannot both write the next one."""

    __tablename__ = "plans"
    __table_args__ = (UniqueConstraint("client_id", "number"),)

    number: Mapped[int]


class TeamDayRow(Base):
    """A day on which a team is screened (:class:`movescreen.client.team.board.TeamDay`)."""

    __tablename__ = "team_days"
    __table_args__ = (UniqueConstraint("team", "day"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    team: Mapped[str] = mapped_column(String(64))
    day: Mapped[date] = mapped_column(Date)
    payload: Mapped[dict[str, Any]]


class AccountRow(Base):
    """Somebody who may log in. ``reach`` holds ``clients`` (by ``uid``) and ``teams``, or nothing for everybody."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    reach: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read once, by SQLAlchemy


class TrailRow(Base):
    """Who did what, and when (:mod:`movescreen.records.chain`). Clients are named by ``uid``: of one who is erased nothing else is left."""

    __tablename__ = "trail"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at_utc: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(String(80))
    how: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(16))
    what: Mapped[str] = mapped_column(String(440))
    clients: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))


#: Tables in the order in which their rows can be written.
TABLES = (
    ClientRow, IntakeRow, ScreeningRow, MeasurementRow, NoteRow, PlanRow, WordsReadRow, TeamDayRow, CorrectionRow, AccountRow,
    TrailRow,
)  # fmt: skip
