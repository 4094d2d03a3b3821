"""Decoding ahead: bounded, errors arrive, and no thread outlives its use."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from movescreen.ahead import make_ahead
from movescreen.errors import VideoError
from movescreen.video.decode import Converter
from movescreen.video.reader import VideoReader
from tests.support.clips import even_times, make_clip
from tests.support.waiting import until


def _alive() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("movescreen")]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    assert _alive() == []
    yield
    gc.collect()
    assert _alive() == []


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "clip.mp4", even_times(60, 30))


@pytest.mark.parametrize("count", [0, 1, 2, 100])
def test_items_come_in_order(count: int) -> None:
    assert list(make_ahead(range(count), 3, "test")) == list(range(count))


def test_only_so_many_items_are_made_ahead() -> None:
    ahead: list[int] = []
    asked_for = 0

    def produce() -> Iterator[int]:
        for i in range(100):
            ahead.append(i + 1 - asked_for)
            yield i

    items = make_ahead(produce(), 4, "test")
    for expected in range(90):
        asked_for += 1
        assert next(items) == expected
        until(lambda made=asked_for + 4: len(ahead) == made)  # type: ignore[misc]
    assert max(ahead) == 4
    items.close()


def test_errors_of_the_producer_reach_the_consumer_after_the_items() -> None:
    def produce() -> Iterator[int]:
        yield 1
        yield 2
        raise VideoError("the disk is gone", "plug it in")

    got: list[int] = []
    with pytest.raises(VideoError, match="the disk is gone"):
        got.extend(make_ahead(produce(), 3, "test"))
    assert got == [1, 2]


def test_closing_ends_the_producers_generator() -> None:
    ended = threading.Event()

    def produce() -> Iterator[int]:
        try:
            yield from range(1000)
        finally:
            ended.set()

    ahead = make_ahead(produce(), 2, "test")
    assert next(ahead) == 0
    ahead.close()
    ahead.close()
    assert ended.is_set()


def test_stopping_early_ends_the_thread(clip: Path) -> None:
    reader = VideoReader(clip)
    for frame in reader.frames():
        if frame.index == 3:
            break
    del frame
    gc.collect()
    assert _alive() == []


def test_an_error_in_the_loop_ends_the_thread(clip: Path) -> None:
    def work() -> None:
        with VideoReader(clip) as reader:
            for frame in reader.frames():
                if frame.index == 5:
                    raise KeyError("in the consumer")

    with pytest.raises(KeyError):
        work()
    assert _alive() == []


def test_closing_the_reader_ends_passes_that_are_still_held(clip: Path) -> None:
    with VideoReader(clip) as reader:
        held = [reader.frames(), reader.frames()]
        assert [next(h).index for h in held] == [0, 0]
        assert len(_alive()) == 2
    assert _alive() == []
    # what was decoded ahead is not given out any more, and nobody waits for ever
    assert [list(h) for h in held] == [[], []]
    assert reader.info.frames == 60


def test_a_pass_that_was_never_begun_costs_no_thread(clip: Path) -> None:
    with VideoReader(clip) as reader:
        passes = [reader.frames() for _ in range(5)]
        assert _alive() == []
        assert len(passes) == 5


def test_bugs_while_converting_are_not_swallowed(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(Converter, "convert", fail)
    with VideoReader(clip) as reader, pytest.raises(RuntimeError, match="a bug"):
        next(reader.frames())


def test_a_file_that_vanishes_between_passes(clip: Path) -> None:
    with VideoReader(clip) as reader:
        assert len(list(reader.frames())) == 60
        clip.unlink()
        with pytest.raises(VideoError):
            next(reader.frames())


def test_facts_are_final_only_after_a_full_pass(tmp_path: Path) -> None:
    """A clip whose last packets are lost: the index promises more than can be decoded."""
    clip = make_clip(tmp_path / "clip.mp4", even_times(60, 30), faststart=True)
    clip.write_bytes(clip.read_bytes()[:-1500])
    with VideoReader(clip) as reader:
        next(reader.frames())
        assert reader.notices == ()
        count = len(list(reader.frames()))
        assert reader.info.frames == count < 60
        assert [n.code for n in reader.notices] == ["truncated"]
