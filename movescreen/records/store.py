"""RecordStore: clients and all that is kept of them, behind one class without screens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlalchemy import delete, event, func, select, update
from sqlalchemy.orm import Session

from movescreen.catalog.client_loader import load_client_catalog
from movescreen.catalog.client_schema import STAGES
from movescreen.client.intake.model import Clearance, Intake, Sex, TypedText, WordsRead
from movescreen.client.person import Person, standing_flags
from movescreen.client.plan.answers import find_questions, note_answer
from movescreen.client.plan.model import Plan
from movescreen.client.rules.danger_words import ReadAs, find_unread_words, note_reading
from movescreen.client.team.board import TeamDay
from movescreen.client.team.roster import roster_order
from movescreen.client.visits.corrections import Correction, without_pictures
from movescreen.client.visits.visit import HandMeasurement, ScreeningRecord, SessionNote, Visit, check_measurement
from movescreen.errors import EditConflict, InputError, RecordsError, UnknownNameError
from movescreen.files import remove_abandoned
from movescreen.records.acting import Acting, acting
from movescreen.records.chain import append
from movescreen.records.database import migrate, open_engine, transaction
from movescreen.records.entries import Client, KeptScreening, RosterEntry, SavedPlan, name_pictures, to_client
from movescreen.records.files import PICTURES, hash_bytes, make_private
from movescreen.records.places import Place, ensure_still, find_place, remove_unfinished
from movescreen.records.rows import (
    check_person,
    ensure_client,
    find_client,
    insert_client,
    make_entry,
    parse_payload,
    read_rows,
    read_told,
    update_client,
)
from movescreen.records.tables import (
    ClientRow,
    CorrectionRow,
    EntryRow,
    IntakeRow,
    MeasurementRow,
    NoteRow,
    PlanRow,
    ScreeningRow,
    TeamDayRow,
    WordsReadRow,
)

_CODE_TRIES = 20
_Frozen = TypeVar("_Frozen", bound=BaseModel)
#: What a visit is made of.
VISIT_TABLES = (ScreeningRow, MeasurementRow, NoteRow, CorrectionRow)


class RecordStore:
    """The records of all clients. Safe to use from several processes at once; close it, or use it in a ``with`` statement.

    Parameters
    ----------
    url
        Database as an SQLAlchemy URL; None is a SQLite file in ``folder``.
    folder
        Holds the files of visits; made when it is missing.
    catalog
        Catalogs of one's own, laid over the packaged one wherever these records are judged.
    place
        Where in the folder the records are, and their key; as the folder says when None.

    Raises
    ------
    RecordsError
        When the database cannot be opened or brought up to date, or the folder cannot be made.
    """

    def __init__(
        self, url: str | None, folder: Path, catalog: tuple[str, ...] = (), *, place: Place | None = None
    ) -> None:
        make_private(folder)
        self.folder, self.catalog = folder, catalog
        self.place = place or find_place(folder, plain=url is not None)
        self.engine = open_engine(url or f"sqlite:///{self.place.database}", self.place.key)
        self.files = self.place.files
        # tells this database from another one whose files lie in the same folder; holds no password
        self.files.database = hash_bytes(self.engine.url.set(password=None).render_as_string().encode())
        if url is None and place is None:
            # before, so that no empty file is made, and again when nobody can change it any more
            for moment in ("do_connect", "connect"):
                event.listen(self.engine, moment, lambda *_: ensure_still(folder, self.place))
        try:
            migrate(self.engine)
            if url is None:
                self.place.database.chmod(0o600)
                if place is None:
                    remove_unfinished(folder)
            remove_abandoned(folder)
            self.files.remove_abandoned()
            self.finish_deletions()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database, once the trail says what was looked at."""
        if (now := acting()).seen:
            seen, now.seen = list(now.seen), {}
            self.note((now, *now.doing(), seen))
        self.engine.dispose()

    def note(self, *told: tuple[Acting, str, str, Iterable[str]]) -> None:
        """Write into the trail what was done beside the database: who looked at or handed out what, of which clients (``uid``)."""
        with transaction(self.engine, write=True) as session:
            for somebody, *row in told:
                append(session, somebody, [tuple(row)])  # type: ignore[list-item]

    def uid_of(self, code: str) -> str:
        """Return the number of a client, also of one in the bin; empty when there is none whom somebody at work may see."""
        with transaction(self.engine, write=False, binned=True) as session:
            return session.scalar(select(ClientRow.uid).where(ClientRow.code == code)) or ""

    def __enter__(self) -> RecordStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- clients ---------------------------------------------------------------------------

    def add_client(
        self,
        code: str = "",
        *,
        name: str = "",
        birth_year: int | None = None,
        sex: Sex = "",
        note: str = "",
        **place: str,
    ) -> Client:
        """Add a person; without a code the next free one of the form ``C017`` is taken.

        Parameters
        ----------
        place
            ``team``, ``group`` and ``jersey``.

        Raises
        ------
        InputError
            When the code is taken or cannot be one, or the year of birth cannot be.
        """
        told = {"name": name, "birth_year": birth_year, "sex": sex, "note": note, **place}
        check_person(code, told)
        for tries_left in reversed(range(_CODE_TRIES)):
            try:
                return self._add_client(code, told)
            except EditConflict:
                # somebody else took the same next number at the same moment
                if code or not tries_left:
                    raise
        raise AssertionError("the last try returns or raises")

    def _add_client(self, code: str, told: Mapping[str, Any]) -> Client:
        with transaction(self.engine, write=True, binned=True) as session:
            return to_client(insert_client(session, code, told))

    def keep_roster(self, entries: Sequence[RosterEntry]) -> None:
        """Add and change people as a roster says; all of them or, when one cannot be, none.

        Raises
        ------
        EditConflict
            When somebody else took a code or changed a person since the roster was compared with the records.
        InputError
            When a code or a year cannot be, or the code is that of somebody in the bin.
        """
        with transaction(self.engine, write=True, binned=True) as session:
            for entry in entries:
                check_person(entry.code, entry.values)
                there = find_client(session, entry.code) if entry.client is None else None
                if there is not None and not there.binned_utc:
                    raise EditConflict(
                        f"there is a client {entry.code!r} by now; nothing was kept", "look at the roster again"
                    )
                if entry.client is None:
                    insert_client(session, entry.code, entry.values)
                elif entry.values:
                    update_client(session, entry.client, entry.values)

    def list_clients(self) -> tuple[Client, ...]:
        """Return everybody, by team, jersey number and code, J2 before J10."""
        with transaction(self.engine, write=False) as session:
            everybody = map(to_client, session.scalars(select(ClientRow)))
            return tuple(sorted(everybody, key=lambda c: (c.team.casefold(), c.team, roster_order(c.jersey, c.code))))

    def visit_days(self, *, screened: bool = False) -> dict[str, tuple[date, ...]]:
        """Return code -> days of the visits, or of those with a screening, the oldest first, for everybody: without reading them."""
        found: dict[str, set[date]] = {}
        with transaction(self.engine, write=False) as session:
            for code in session.scalars(select(ClientRow.code)):
                found[code] = set()
            for table in (ScreeningRow,) if screened else (ScreeningRow, MeasurementRow, NoteRow):
                days = select(ClientRow.code, table.day).join(table, table.client_id == ClientRow.id).distinct()
                for code, day in session.execute(days):
                    found[code].add(day)
        return {code: tuple(sorted(days)) for code, days in sorted(found.items())}

    def client(self, code: str) -> Client:
        """Return a person, or raise :class:`UnknownNameError` with close matches."""
        with transaction(self.engine, write=False) as session:
            return to_client(ensure_client(session, code))

    def knows(self, code: str) -> bool:
        """Return whether there is a client of this code."""
        with transaction(self.engine, write=False) as session:
            return find_client(session, code) is not None

    def change_client(self, client: Client, **changes: Any) -> Client:
        """Change name, year of birth, sex, note, team, group or jersey number.

        Parameters
        ----------
        client
            As it was when the change was thought of.

        Raises
        ------
        EditConflict
            When somebody else has changed it since; nothing is overwritten.
        """
        check_person(client.code, changes)
        with transaction(self.engine, write=True) as session:
            return to_client(update_client(session, client, changes))

    def delete_client(self, code: str) -> int:
        """Delete a person for good: rows and files; returns the number of files. Backups and exports are not reached.

        Raises
        ------
        RecordsError
            When files could not be deleted; the person is gone from the database all the same, and the next start tries again.
        """
        with transaction(self.engine, write=True, binned=True) as session:
            row = ensure_client(session, code)
            uid, count = row.uid, self.files.count(row.uid)
            self.files.mark(uid)
            for table in (CorrectionRow, WordsReadRow, PlanRow, NoteRow, MeasurementRow, ScreeningRow, IntakeRow):
                session.execute(delete(table).where(table.client_id == row.id))
            session.delete(row)
        self.finish_deletions((uid, ""))
        self.forget_deleted_bytes()
        return count

    # --- intakes ---------------------------------------------------------------------------

    def add_intake(self, code: str, intake: Intake) -> None:
        """Keep a conversation.

        Raises
        ------
        InputError
            When the person did not agree to records.
        """
        if intake.consent is not None and not intake.consent.records:
            raise InputError(
                f"{code} did not agree that anything is kept", "screen without --client, or delete what is there"
            )
        uid = self.client(code).uid
        self.files.mark(uid, PICTURES)
        self._add(IntakeRow, code, intake.day, intake)
        self._follow_consent(uid)

    def add_clearance(self, code: str, clearance: Clearance) -> Intake:
        """Note what a clinician said about a red flag, as a new version of the latest intake."""
        known = load_client_catalog(self.catalog).red_flags
        if clearance.flag not in known:
            raise UnknownNameError("red flag", clearance.flag, known)
        if known[clearance.flag].says_how_far and clearance.allows is None:
            raise InputError(
                "how far training is allowed is missing",
                f"say it with --allows, or choose it on the page: {', '.join(STAGES)}",
            )
        with transaction(self.engine, write=True) as session:
            row = ensure_client(session, code, lock=True)
            told = read_told(session, IntakeRow, row.id, Intake)
            if not told:
                raise InputError(f"{code} has no intake yet", f"run 'movescreen intake ask {code}' first")
            latest = told[-1]
            if clearance.on < latest.day:
                raise InputError(
                    f"the word on {clearance.flag} is of {clearance.on}, the intake of {latest.day}",
                    "it has to be newer",
                )
            changed = latest.model_copy(update={"clearances": (*latest.clearances, clearance)})
            session.add(make_entry(IntakeRow, row.id, latest.day, changed))
            return changed

    def set_consent(self, code: str, **agreed: bool) -> Intake:
        """Note that the person agrees to something, or not any more, as a new version of the latest intake.

        Parameters
        ----------
        agreed
            ``pictures``: that they are kept, and small films; when withdrawn, those that were kept go. ``coach``: that a coach learns where it hurts
            and what was injured.
        """
        with transaction(self.engine, write=True) as session:
            row = ensure_client(session, code, lock=True)
            told = read_told(session, IntakeRow, row.id, Intake)
            if not told or told[-1].consent is None:
                raise InputError(f"{code} has no intake with consent yet", f"run 'movescreen intake ask {code}' first")
            latest = told[-1]
            dated = agreed | ({"on": date.today(), "films": agreed["pictures"]} if "pictures" in agreed else {})
            consent = latest.consent.model_copy(update=dated) if latest.consent else None
            changed = latest.model_copy(update={"consent": consent})
            self.files.mark(row.uid, PICTURES)
            session.add(make_entry(IntakeRow, row.id, latest.day, changed))
        self._follow_consent(row.uid)
        return changed

    def _follow_consent(self, uid: str) -> None:
        """Take out of all visits, also of those in the bin, what shows somebody who does not agree to pictures."""
        folders: list[str] = []
        with transaction(self.engine, write=True, binned=True) as session:
            row = session.scalar(select(ClientRow).where(ClientRow.uid == uid).with_for_update())
            told = read_told(session, IntakeRow, row.id, Intake) if row is not None else ()
            if row is not None and told and told[-1].consent is not None and not told[-1].consent.pictures:
                for each in read_rows(session, ScreeningRow, row.id):
                    folders += filter(None, [each.folder])
                    kept = parse_payload(ScreeningRecord, each.payload)
                    if any(clip.pictures for clip in kept.clips):
                        clips = tuple(clip.model_copy(update={"pictures": ()}) for clip in kept.clips)
                        each.payload = kept.model_copy(update={"clips": clips}).model_dump(mode="json")
        for folder in folders:
            self.files.delete_pictures(uid, folder)
        self.files.unmark(uid, PICTURES)

    def intakes(self, code: str) -> tuple[Intake, ...]:
        """Return all conversations, the oldest first."""
        return self._told(IntakeRow, code, Intake)

    def latest_intake(self, code: str) -> Intake | None:
        """Return the latest conversation; None when there was none."""
        found = self.intakes(code)
        return found[-1] if found else None

    def person(self, code: str, today: date) -> Person:
        """Return the person as the rules of :mod:`movescreen.client` see it on a day: with the latest conversation until then.

        When all of them took place later, the first one counts: what it tells was so before, and a red flag is better known early.
        """
        client, told, read = self.client(code), self.intakes(code), self.words_read(code)
        until = [intake for intake in told if intake.day <= today] or told[:1]
        last = until[-1] if until else None
        return Person(
            today, client.birth_year, client.sex, last, standing_flags(told, today, read),
            told=tuple(until), words_read=read, note=client.note,
        )  # fmt: skip

    def read_words(self, code: str, today: date, said: Iterable[ReadAs], by: str) -> None:
        """Keep what the trainer says of typed texts and answers to questions; all of it, or nothing and the errors of :func:`note_reading`."""
        person, catalog, visits = self.person(code, today), load_client_catalog(self.catalog), self.visits(code)
        asked, said = {each.key: each for each in find_questions(person, visits)}, list(said)
        read = [note_answer(each, asked[each.key], person, by) for each in said if each.key in asked and each.answer]
        texts = [each for each in said if each.key not in asked]
        read += note_reading(texts, find_unread_words(person, visits, catalog), person, catalog, by)
        with transaction(self.engine, write=True) as session:
            owner = ensure_client(session, code).id
            session.add_all(make_entry(WordsReadRow, owner, today, each) for each in read)

    def words_read(self, code: str) -> tuple[WordsRead, ...]:
        """Return what of the typed texts was read, by whom and when, the oldest first."""
        return self._told(WordsReadRow, code, WordsRead)

    def unread_words(self, code: str, today: date) -> tuple[TypedText, ...]:
        """Return the texts about a client that were typed by a day and that wait for the trainer."""
        return find_unread_words(self.person(code, today), self.visits(code), load_client_catalog(self.catalog))

    # --- visits ----------------------------------------------------------------------------

    def add_screening(
        self,
        code: str,
        day: date,
        screening: ScreeningRecord,
        files: Path | None = None,
        pictures: Mapping[str, bytes] | None = None,
        *,
        clips: Mapping[str, Path] | None = None,
        renamed: Mapping[str, str] | None = None,
        instead_of: KeptScreening | None = None,
    ) -> ScreeningRecord:
        """Keep a screening and its files.

        Parameters
        ----------
        files
            Folder whose files are copied, with what lies below it unless ``clips`` says where the clips' files are; None keeps none.
        pictures
            Path below that folder, each in the folder of its clip -> content; like everything that shows the person they are kept
            only when the person agreed to pictures.
        clips
            Name -> folder of each clip's files.
        renamed
            How ``files`` calls the folders of clips -> their names in ``clips``, where those are others.
        instead_of
            What was kept of the same clips, which goes with its files.

        Returns
        -------
        ScreeningRecord
            As kept: with the names of the pictures that were kept.

        Raises
        ------
        EditConflict
            When what it would take the place of was changed or deleted since it was read; nothing is overwritten.
        """
        intake = self.latest_intake(code)
        agreed = intake is not None and intake.consent is not None and intake.consent.pictures
        client = self.client(code)
        given, replaced = pictures if agreed and pictures else {}, list[tuple[str, str]]()
        with self.files.adding(client.uid, files, given, with_pictures=agreed, clips=clips, renamed=renamed) as name:
            kept = name_pictures(screening, given, name)
            with transaction(self.engine, write=True) as session:
                row = ensure_client(session, code, lock=True)
                made = make_entry(ScreeningRow, row.id, day, kept, folder=name)
                session.add(made)
                if instead_of is not None:
                    if instead_of.folder is not None:
                        replaced.append((client.uid, instead_of.folder.name))
                        self.files.mark(*replaced[0])
                    session.delete(self._unchanged(session, row.id, instead_of))
                    session.flush()
                    # what the trainer put right of these clips still holds
                    was = CorrectionRow.screening_id == instead_of.entry
                    session.execute(update(CorrectionRow).where(was).values(screening_id=made.id))
        self.finish_deletions(*replaced)
        return kept

    def screenings(self, code: str, day: date) -> tuple[KeptScreening, ...]:
        """Return the screenings of a day with their files, in the order in which they were kept."""
        with transaction(self.engine, write=False) as session:
            client = ensure_client(session, code)
            rows = [row for row in read_rows(session, ScreeningRow, client.id) if row.day == day]
            said = _corrections(session, client.id)
            home = self.files.root / client.uid
        return tuple(
            KeptScreening(
                row.id, parse_payload(ScreeningRecord, row.payload), home / row.folder if row.folder else None,
                said.get(row.id, ()),
            )
            for row in rows
        )  # fmt: skip

    def add_corrections(self, code: str, day: date, kept: KeptScreening, added: Iterable[Correction]) -> None:
        """Keep what the trainer put right of a screening; entries that are kept already are left out."""
        known = {each.id for each in kept.corrections}
        with transaction(self.engine, write=True) as session:
            client = ensure_client(session, code)
            told = added if _agreed(session, client.id) else without_pictures(added)
            new = [each for each in told if each.id not in known]
            session.add_all(make_entry(CorrectionRow, client.id, day, each, screening_id=kept.entry) for each in new)

    def replace_screening(self, code: str, kept: KeptScreening, record: ScreeningRecord) -> None:
        """Put another record in the place of a screening's, because it was analyzed again; files stay.

        Raises
        ------
        EditConflict
            When it was changed or deleted since it was read; nothing is overwritten.
        """
        with transaction(self.engine, write=True) as session:
            row = self._unchanged(session, ensure_client(session, code, lock=True).id, kept)
            row.payload = record.model_dump(mode="json")

    def remove_pictures(self, code: str, kept: KeptScreening) -> None:
        """Delete the files of a screening that show the person: they do not agree to pictures any more."""
        if kept.folder is not None:
            self.files.delete_pictures(self.client(code).uid, kept.folder.name)
        with transaction(self.engine, write=True) as session:
            client = ensure_client(session, code)
            for row in read_rows(session, CorrectionRow, client.id):
                if row.screening_id == kept.entry and row.payload.get("pictures"):
                    row.payload = row.payload | {"pictures": []}

    def add_measurements(self, code: str, day: date, measurements: Iterable[HandMeasurement]) -> None:
        """Keep values taken by hand; all of them or, when one is wrong, none."""
        catalog = load_client_catalog(self.catalog)
        checked = [check_measurement(measurement, catalog) for measurement in measurements]
        with transaction(self.engine, write=True) as session:
            row = ensure_client(session, code)
            session.add_all(make_entry(MeasurementRow, row.id, day, measurement) for measurement in checked)

    def add_note(self, code: str, day: date, note: SessionNote) -> None:
        """Keep how it went."""
        self._add(NoteRow, code, day, note)

    def visits(self, code: str) -> tuple[Visit, ...]:
        """Return one visit for each day on which something was measured or noted, the oldest first."""
        days: dict[date, dict[str, list[Any]]] = {}
        parts = ((ScreeningRow, ScreeningRecord, "screenings"), (MeasurementRow, HandMeasurement, "measurements"), (NoteRow, SessionNote, "notes"))  # fmt: skip
        with transaction(self.engine, write=False) as session:
            client = ensure_client(session, code)
            said = _corrections(session, client.id)
            for table, model, key in parts:
                for row in read_rows(session, table, client.id):
                    told = parse_payload(model, row.payload)
                    if isinstance(row, ScreeningRow) and row.id in said:
                        told = told.model_copy(update={"corrections": said[row.id]})
                    days.setdefault(row.day, {}).setdefault(key, []).append(told)
        return tuple(
            Visit(day=day, **{key: tuple(found) for key, found in kept.items()}) for day, kept in sorted(days.items())
        )

    def delete_visit(self, code: str, day: date) -> None:
        """Delete what was measured and noted on a day at once, files included; what lies in the bin stays there."""
        with transaction(self.engine, write=True) as session:
            client = ensure_client(session, code)
            folders = [
                (client.uid, row.folder)
                for row in read_rows(session, ScreeningRow, client.id)
                if row.day == day and row.folder
            ]
            gone = 0
            for table in VISIT_TABLES:
                made = session.execute(
                    delete(table).where(table.client_id == client.id, table.day == day, table.binned_utc.is_(None))
                )
                gone += made.rowcount  # type: ignore[attr-defined]
            if not gone:
                raise InputError(f"{code} has no visit of {day}", f"see 'movescreen visit list {code}'")
            for folder in folders:
                self.files.mark(*folder)
        self.finish_deletions(*folders)
        self.forget_deleted_bytes()

    def picture(self, code: str, name: str) -> bytes | None:
        """Return a picture by the name that its clip record holds; None when it is gone."""
        return self.files.read(self.client(code).uid, name)

    # --- plans -----------------------------------------------------------------------------

    def save_plan(self, code: str, plan: Plan, based_on: int | None) -> SavedPlan:
        """Keep a plan as the next one.

        Parameters
        ----------
        based_on
            Number of the plan that it replaces; None for the first one.

        Raises
        ------
        EditConflict
            When somebody else has saved another plan since; that one stays.
        """
        with transaction(self.engine, write=True) as session:
            client = ensure_client(session, code)
            latest = session.scalar(select(func.max(PlanRow.number)).where(PlanRow.client_id == client.id))
            if latest != based_on:
                raise EditConflict(
                    f"{code} has plan {latest} by now, and the change was made from {based_on or 'none'}; nothing was overwritten",
                    f"look at it with 'movescreen plan show {code}', and repeat",
                )
            number = self._last_number(session, client.id) + 1
            session.add(make_entry(PlanRow, client.id, plan.day, plan, number=number))
            return SavedPlan(number, plan)

    def plans(self, code: str) -> tuple[SavedPlan, ...]:
        """Return all plans, the oldest first."""
        with transaction(self.engine, write=False) as session:
            client = ensure_client(session, code)
            query = select(PlanRow).where(PlanRow.client_id == client.id).order_by(PlanRow.number)
            return tuple(SavedPlan(row.number, parse_payload(Plan, row.payload)) for row in session.scalars(query))

    def latest_plan(self, code: str) -> SavedPlan | None:
        """Return the plan in force; None when there is none."""
        found = self.plans(code)
        return found[-1] if found else None

    # --- days of a team --------------------------------------------------------------------

    def team_day(self, team: str, day: date) -> TeamDay | None:
        """Return how a team is screened on a day; None when nobody has chosen that."""
        with transaction(self.engine, write=False) as session:
            row = session.scalar(select(TeamDayRow).where(TeamDayRow.team == team, TeamDayRow.day == day))
            return None if row is None else parse_payload(TeamDay, row.payload)

    def keep_team_day(self, team: str, day: date, chosen: TeamDay) -> None:
        """Keep how a team is screened on a day, in the place of what was chosen before."""
        with transaction(self.engine, write=True) as session:
            row = session.scalar(select(TeamDayRow).where(TeamDayRow.team == team, TeamDayRow.day == day))
            payload = chosen.model_dump(mode="json")
            if row is None:
                session.add(TeamDayRow(team=team, day=day, payload=payload))
            else:
                row.payload = payload

    # --- inside ----------------------------------------------------------------------------

    @staticmethod
    def _last_number(session: Session, client_id: int) -> int:
        """Return the highest number of a plan, one in the bin included; 0 without any."""
        table = PlanRow.__table__
        return session.scalar(select(func.max(table.c.number)).where(table.c.client_id == client_id)) or 0

    @staticmethod
    def _unchanged(session: Session, client_id: int, kept: KeptScreening) -> ScreeningRow:
        """Return the row of a screening, which is still as it was read."""
        row = session.get(ScreeningRow, kept.entry)
        if row is None or row.client_id != client_id or parse_payload(ScreeningRecord, row.payload) != kept.record:
            raise EditConflict("the screening was changed in the meantime; nothing was overwritten", "repeat")
        return row

    def _add(self, table: type[EntryRow], code: str, day: date, told: BaseModel, **more: Any) -> None:
        with transaction(self.engine, write=True) as session:
            session.add(make_entry(table, ensure_client(session, code).id, day, told, **more))

    def _told(self, table: type[EntryRow], code: str, model: type[_Frozen]) -> tuple[_Frozen, ...]:
        with transaction(self.engine, write=False) as session:
            return read_told(session, table, ensure_client(session, code).id, model)

    def finish_deletions(self, *own: tuple[str, str]) -> None:
        """Delete the files that were marked and that no row owns; also those of somebody who was interrupted.

        Parameters
        ----------
        own
            Client (``uid``) and folder of what was deleted just now.
        """
        clients, screenings = ClientRow.__table__.c, ScreeningRow.__table__.c  # whoever is at work: of everybody
        for uid, folder in {*own, *self.files.marked()}:
            if folder == PICTURES:
                self._follow_consent(uid)
                continue
            owner = select(clients.id).where(clients.uid == uid)
            if folder:
                owner = select(screenings.id).where(screenings.folder == folder, screenings.client_id.in_(owner))
            with contextlib.suppress(BlockingIOError), self.files.holding(uid, folder):  # somebody is about it
                with transaction(self.engine, write=True) as session:
                    kept = session.scalar(owner) is not None
                if not kept:
                    self.files.delete(uid, folder)
                self.files.unmark(uid, folder)

    def forget_deleted_bytes(self) -> None:
        """Write the emptied pages of a SQLite file to disk now, and empty the log beside it."""
        if self.engine.dialect.name != "sqlite":
            return
        connection = self.engine.raw_connection()
        try:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
        if busy:
            raise RecordsError(
                "deleted, but somebody else is reading the records, so the log beside them still holds the old pages",
                "close the other program and delete once more, or start movescreen again",
            )


def _corrections(session: Session, client_id: int) -> dict[int, tuple[Correction, ...]]:
    """Return number of a screening -> what the trainer put right of it, the oldest first."""
    found: dict[int, tuple[Correction, ...]] = {}
    agreed = _agreed(session, client_id)
    for row in read_rows(session, CorrectionRow, client_id):
        one = (parse_payload(Correction, row.payload),)
        found[row.screening_id] = (*found.get(row.screening_id, ()), *(one if agreed else without_pictures(one)))
    return found


def _agreed(session: Session, client_id: int) -> bool:
    """Return whether pictures may be kept and shown: only with a yes in the latest conversation."""
    told = read_told(session, IntakeRow, client_id, Intake)
    return bool(told and told[-1].consent and told[-1].consent.pictures)
