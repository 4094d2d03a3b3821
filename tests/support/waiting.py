"""Waiting for what another thread or process does, and a clock that moves only when a test says so."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(done: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds. The time is for a machine that is very busy; on others it takes as long as it takes."""
    end_s = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.01)


class Clock:
    """Stands in for the module ``time``: sleeping takes no time, and nothing else moves the clock."""

    perf_counter = staticmethod(time.perf_counter)

    def __init__(self, now_s: float = 0.0) -> None:
        self.now_s = now_s
        self.slept_s: list[float] = []

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.now_s += seconds

    __call__ = monotonic
