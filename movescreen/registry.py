"""Functions and what belongs to them, by name: the one form in which signals, formats, engines, checks and rules are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from movescreen.errors import UnknownNameError

Entry = TypeVar("Entry")
_Function = TypeVar("_Function")


class Registry(Mapping[str, Entry], Generic[Entry]):
    """Entries by name, in the order in which they were registered.

    Parameters
    ----------
    kind
        What an entry is, in words for a user: "there is no signal called 'knee'".
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}

    def add(self, name: str, entry: Entry) -> None:
        """Register an entry; RuntimeError when its name is taken."""
        if name in self._entries:
            raise RuntimeError(f"{self.kind} {name!r} is registered twice")
        self._entries[name] = entry

    def register(self, *names: str, wrap: Callable[[Any], Entry] | None = None) -> Callable[[_Function], _Function]:
        """Register the decorated function under each name, as it is or as what ``wrap`` makes of it; it stays as it is."""

        def decorate(function: Any) -> Any:
            for name in names:
                self.add(name, wrap(function) if wrap else function)
            return function

        return decorate

    def find(self, name: str) -> Entry:
        """Return an entry; UnknownNameError with close names when there is none."""
        if name not in self._entries:
            raise UnknownNameError(self.kind, name, self._entries)
        return self._entries[name]

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
