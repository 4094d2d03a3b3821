"""Processes that die at a chosen moment: the n-th time that a file is moved, removed or made, or after so many seconds.

``python -m tests.support.killing WHEN COMMAND...`` runs ``movescreen COMMAND...``; WHEN is ``n7``, ``s1.5``, or ``count``, which dies of
nothing and prints on stderr how many such moments there are.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

#: What changes a folder.
EVENTS = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link"})


class Moments:
    """Counts moments, and ends the process at one of them."""

    def __init__(self, last: int = 0) -> None:
        self.seen, self._last = 0, last
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in EVENTS and "__pycache__" not in str(arguments[0]):
            self.seen += 1
            if self.seen == self._last:
                os.kill(os.getpid(), signal.SIGKILL)


def killed_at(moment: int, work: Callable[[], object]) -> bool:
    """Do something in a process of its own that dies at a moment; tell whether it came to it."""
    child = os.fork()
    if child == 0:
        Moments(moment)
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(when: str, *command: str) -> None:
    """Run a command until its moment comes."""
    from movescreen.cli import main as run

    moments = Moments(int(when[1:]) if when.startswith("n") else 0)
    if when.startswith("s"):
        timer = threading.Timer(float(when[1:]), os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
    try:
        run(list(command))
    finally:
        if when == "count":
            sys.stderr.write(f"moments: {moments.seen}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
