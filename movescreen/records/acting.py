"""Who is at work: set where a request or a command comes in, read where rows are written."""

from __future__ import annotations

import contextlib
import enum
import getpass
import os
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field


class Role(enum.StrEnum):
    """What somebody may do; :mod:`movescreen.web.security.permissions` says where."""

    OWNER = "owner"
    TRAINER = "trainer"
    VIEWER = "viewer"
    DEVICE = "device"


@dataclass(frozen=True)
class Reach:
    """Whom somebody may see: clients by number (``uid``), and everybody of some teams. Of others they do not learn that they exist."""

    clients: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass
class Acting:
    """Somebody at work, for the time of one request or command.

    Attributes
    ----------
    who
        Name of the account, or the user of this machine.
    how
        Which door: ``web``, ``command line``.
    doing
        Says when asked what is being looked at and what that is called in the trail: ``("saw", "plan")``.
    seen
        Numbers (``uid``) of the clients whose rows were read, in their order.
    wrote
        True when a change was written into the trail.
    reach
        Whom they may see; None = everybody. The records hide everybody else.
    """

    who: str
    how: str
    doing: Callable[[], tuple[str, str]] = lambda: ("saw", "")
    seen: dict[str, None] = field(default_factory=dict)
    wrote: bool = False
    reach: Reach | None = None


_NOW: ContextVar[Acting | None] = ContextVar("movescreen_acting", default=None)


def acting() -> Acting:
    """Return who is at work; a program that says nothing is the user of this machine."""
    return _NOW.get() or Acting(system_user(), "program")


def note_seen(uid: str) -> None:
    """Remember that a client's row was read, where somebody asks for it."""
    if (now := _NOW.get()) is not None:
        now.seen[uid] = None


@contextlib.contextmanager
def acting_as(somebody: Acting | None) -> Iterator[None]:
    """Let somebody be at work for a while; None is movescreen itself."""
    token = _NOW.set(somebody)
    try:
        yield
    finally:
        _NOW.reset(token)


def system_user() -> str:
    """Return the name of the user of this machine, by the system where it says so: the environment can be set by anybody."""
    with contextlib.suppress(ImportError, KeyError):
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
