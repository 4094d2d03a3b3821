"""What is expensive is made once for a whole run of the tests, also when several processes share the run."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def session_folder(factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all processes of this run of the tests share."""
    own = factory.getbasetemp()
    # pytest-xdist gives each of its processes a folder inside the run's own
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def make_once(path: Path, make: Callable[[], T]) -> T:
    """Return what lies pickled at the path; the first process to ask makes it while the others wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            kept: T = pickle.loads(path.read_bytes())
            return kept
        made = make()
        path.write_bytes(pickle.dumps(made))
        return made
