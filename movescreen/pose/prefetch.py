"""Let the network work on the next frame while the last one is being looked at."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from movescreen.model import Frame
from movescreen.pose.estimator import DetectedPose, PoseEstimator

#: Frames the network may be ahead by: it goes on while the pictures are searched for others; more would only hold memory.
_AHEAD = 4


def detect_ahead(
    estimator: PoseEstimator, frames: Iterable[Frame]
) -> Generator[tuple[Frame, tuple[DetectedPose, ...]]]:
    """Detect people in frames, in order, a few frames ahead of whoever asks.

    The estimator runs in one thread of its own, which it shares with nobody. Errors are raised where the frame's turn
    comes. When the caller stops early and closes the generator, nothing goes on in the background.

    Yields
    ------
    tuple
        The frame, and the people in it as :meth:`PoseEstimator.detect` gives them.
    """
    waiting: deque[tuple[Frame, Future[tuple[DetectedPose, ...]]]] = deque()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="pose") as pool:
        try:
            for frame in frames:
                waiting.append((frame, pool.submit(estimator.detect, frame)))
                if len(waiting) > _AHEAD:
                    done, people = waiting.popleft()
                    yield done, people.result()
            while waiting:
                done, people = waiting.popleft()
                yield done, people.result()
        finally:
            for _, people in waiting:
                people.cancel()
