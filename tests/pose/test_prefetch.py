"""detect_ahead: the same answers in the same order, a little earlier."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from movescreen.model import Frame
from movescreen.pose.prefetch import detect_ahead
from tests.support.crowd import ScriptedEngine, Seen, frames, script, stander

N = 12
ACTOR = stander(N)
SCRIPT = script(N, lambda i: [] if i == 5 else [ACTOR.at(i)])


class Watched(ScriptedEngine):
    """Notes the threads it runs in, and fails in one frame if told to."""

    def __init__(self, fails_at: int = -1) -> None:
        super().__init__(SCRIPT)
        self.threads: set[int] = set()
        self.fails_at = fails_at

    def detect(self, frame: Frame) -> Seen:
        self.threads.add(threading.get_ident())
        if frame.index == self.fails_at:
            raise RuntimeError(f"frame {frame.index}")
        return super().detect(frame)


def test_every_frame_comes_out_in_order_with_its_people() -> None:
    engine = Watched()
    out = list(detect_ahead(engine, frames(np.arange(N) / 30)))
    assert [frame.index for frame, _ in out] == list(range(N))
    assert [people for _, people in out] == SCRIPT
    assert [frame.index for frame in engine.looked_at] == list(range(N))
    assert len(engine.threads) == 1
    assert threading.get_ident() not in engine.threads


@pytest.mark.parametrize("n", [0, 1, 2])
def test_short_clips(n: int) -> None:
    assert len(list(detect_ahead(Watched(), frames(np.arange(n) / 30)))) == n


def test_an_error_comes_when_its_frame_is_due() -> None:
    due = detect_ahead(Watched(fails_at=4), frames(np.arange(N) / 30))
    assert [next(due)[0].index for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(RuntimeError, match="frame 4"):
        next(due)


def test_an_error_of_the_clip_passes_through() -> None:
    def broken() -> Iterator[Frame]:
        yield from frames(np.arange(3) / 30)
        raise OSError("damaged")

    with pytest.raises(OSError, match="damaged"):
        list(detect_ahead(Watched(), broken()))


def test_nothing_goes_on_after_the_caller_has_stopped() -> None:
    engine, running = Watched(), threading.active_count()
    due = detect_ahead(engine, frames(np.arange(N) / 30))
    next(due)
    due.close()
    assert len(engine.looked_at) <= 4
    assert threading.active_count() == running
