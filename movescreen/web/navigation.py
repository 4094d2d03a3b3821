"""The one place for what stands in the navigation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page in the navigation.

    Attributes
    ----------
    path
        Its address.
    title
        What it is called, a word or two.
    """

    path: str
    title: str


#: In the order in which they are shown. A page that is not here can be reached by links only.
NAVIGATION: tuple[Entry, ...] = (
    Entry("/", "Screen"),
    Entry("/clients", "Clients"),
    Entry("/teams", "Teams"),
    Entry("/clips", "Clips"),
    Entry("/results", "Results"),
    Entry("/settings", "Settings"),
)


#: Pages that stand below an entry with another address.
_BELOW = {"/privacy": "/settings"}


def current_entry(path: str) -> str:
    """Return the address of the entry that a page belongs to; empty when to none."""
    path = _BELOW.get(path, path)
    inside = [e.path for e in NAVIGATION if path == e.path or (e.path != "/" and path.startswith(f"{e.path}/"))]
    return max(inside, key=len, default="")
