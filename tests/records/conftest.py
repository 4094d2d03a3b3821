"""Records in SQLite, and in PostgreSQL where a server can be started."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from movescreen.encryption import VARIABLE
from movescreen.records import RecordStore
from tests.support.locked import PASSPHRASE, lock_home
from tests.support.waiting import until

#: Part of the name of a socket in a folder of its own: no port of the machine.
_PORT = "5432"
#: For tests that cost much, or that look into a plain backup.
PLAIN = pytest.mark.parametrize(
    "store", ["sqlite", pytest.param("postgresql", marks=pytest.mark.database)], indirect=True
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL server of our own, without network, for the time of the tests."""
    programs = [shutil.which(name) or _newest(name) for name in ("initdb", "postgres")]
    if None in programs:
        pytest.skip("PostgreSQL is not installed here")
    initdb, postgres = (str(p) for p in programs)
    # the server refuses to run as root, and its socket's path must be short
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    user = _other_user()
    if os.geteuid() == 0:
        if user is None or shutil.which("setpriv") is None:
            pytest.skip("PostgreSQL does not run as root, and there is no user to run it as")
        shutil.chown(folder, user)
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if os.geteuid() == 0 else []
    try:
        made = subprocess.run(
            [*become, initdb, "-D", str(folder / "data"), "-U", "movescreen", "-A", "trust", "--no-sync"],
            capture_output=True, text=True, timeout=120, cwd=folder,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot be set up here: {made.stderr.strip()[-200:]}")
        options = ["-D", str(folder / "data"), "-k", str(folder), "-h", "", "-p", _PORT, "-c", "fsync=off"]
        with (folder.parent / f"{folder.name}.log").open("wb") as log:
            server = subprocess.Popen([*become, postgres, *options], stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(folder / f".s.PGSQL.{_PORT}", server)
            yield f"postgresql+psycopg://movescreen@/postgres?host={folder}&port={_PORT}"
        finally:
            server.terminate()
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        (folder.parent / f"{folder.name}.log").unlink(missing_ok=True)


def _newest(name: str) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(found[-1]) if found else None


def _other_user() -> str | None:
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _wait_for(path: Path, server: subprocess.Popen[bytes]) -> None:
    until(lambda: path.exists() or server.poll() is not None)
    if not path.exists():
        pytest.skip("the PostgreSQL server did not start")


@pytest.fixture(params=["sqlite", "encrypted", pytest.param("postgresql", marks=pytest.mark.database)])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordStore]:
    """Return empty records, once in each kind of database."""
    if request.param == "encrypted":
        lock_home(tmp_path / "records")
        monkeypatch.setenv(VARIABLE, PASSPHRASE)
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with RecordStore(url, tmp_path / "records") as opened:
        yield opened
        if url:
            from movescreen.records.tables import Base

            Base.metadata.drop_all(opened.engine)
            with opened.engine.begin() as connection:
                connection.exec_driver_sql("DROP TABLE alembic_version")
