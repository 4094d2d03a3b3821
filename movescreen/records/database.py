"""The database: opened for several users at once, and brought up to date."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from movescreen.encryption import Key
from movescreen.errors import EditConflict, RecordsError
from movescreen.records.chain import append_changes

#: How long a writer waits for another one, s.
WAIT_S = 30
#: The schema that this version writes: the newest one in ``migrations/versions``.
SCHEMA = "0005"
#: One number for all of movescreen's migrations, so that only one process migrates a PostgreSQL database at a time.
_LOCK = 0x6D6F7665


def open_engine(url: str, key: Key | None = None) -> Engine:
    """Open a database; nothing is read or written yet.

    Parameters
    ----------
    key
        Of an encrypted SQLite file.

    Raises
    ------
    RecordsError
        When the URL is none, or its driver is not installed.
    """
    try:
        parsed = make_url(url)
        sqlite = parsed.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"connect_args": {"timeout": WAIT_S}} if sqlite else {"pool_pre_ping": True}
        if key is not None:
            from sqlcipher3 import dbapi2

            options["module"] = dbapi2
        engine = create_engine(parsed, **options)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        # the URL may hold a password, so it is not repeated
        raise RecordsError(
            f"the address of the records cannot be used: {type(error).__name__}",
            "give an SQLAlchemy URL such as postgresql+psycopg://host/name (pip install 'movescreen[postgres]'), or none",
        ) from error
    if sqlite:
        if key is not None:
            event.listen(engine, "connect", lambda c, _: c.execute(f"PRAGMA key = \"x'{key.database}'\""))
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # the driver would begin transactions too late, and only for some statements
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes its place in the queue at once: one that reads first and writes later could be refused
    writing = connection.get_execution_options().get("movescreen_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def hold_alone(engine: Engine) -> None:
    """Keep everybody else out of a SQLite file until the engine is disposed of; RecordsError when somebody has it open.

    The engine is used over one connection at a time from then on.
    """
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        # leaving the write-ahead log is possible for the only one who has the file open
        for statement in ("busy_timeout = 2000", "journal_mode = DELETE", "locking_mode = EXCLUSIVE"):
            cursor.execute(f"PRAGMA {statement}").fetchall()
        cursor.execute("BEGIN EXCLUSIVE")
        cursor.execute("COMMIT")
    except engine.dialect.dbapi.OperationalError as error:  # type: ignore[union-attr]
        raise RecordsError(
            f"somebody else has the records open ({error})", "end 'movescreen serve' and other commands, and repeat"
        ) from error
    finally:
        raw.close()


@contextlib.contextmanager
def transaction(engine: Engine, *, write: bool, binned: bool = False) -> Iterator[Session]:
    """Give a session whose work is kept whole or not at all; what it changes is in the trail with it.

    Parameters
    ----------
    binned
        See what is in the bin, too.

    Raises
    ------
    EditConflict
        When somebody else changed the same thing meanwhile.
    RecordsError
        When the database cannot be reached, read or written.
    """
    bound = engine.execution_options(movescreen_write=True) if write else engine
    try:
        with Session(bound, expire_on_commit=False, info={"binned": binned}) as session, session.begin():
            yield session
            if write:
                append_changes(session)
    except (StaleDataError, IntegrityError) as error:
        raise EditConflict(
            "somebody else changed this at the same time; nothing was overwritten",
            "look at what is there now, and repeat",
        ) from error
    except OperationalError as error:
        raise RecordsError(
            f"the records cannot be used: {error.orig}", "is the database running, the disk full?"
        ) from error
    except DatabaseError as error:
        raise RecordsError(f"the records cannot be used: {error.orig}", "restore them from a backup") from error


def migrate(engine: Engine) -> None:
    """Bring the tables up to date; does nothing when they are. Several processes may call it at once.

    Raises
    ------
    RecordsError
        When the database is newer than this version of movescreen, or cannot be written.
    """
    with transaction(engine, write=False) as session:
        if _revision(session.connection()) == SCHEMA:
            return
    with transaction(engine, write=True) as session:
        connection = session.connection()
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # slow to import, and needed once in the life of a database
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    here = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if here is not None and here not in known:
        raise RecordsError(
            f"the records were made by a newer movescreen (schema {here})", "update movescreen on this computer"
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    """Return the schema that a database has; None for one without tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
