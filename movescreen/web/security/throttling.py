"""How often something may happen: token buckets, one a key."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class TokenBucket:
    """Lets through ``burst`` at once and ``per_s`` a second in the long run.

    Attributes
    ----------
    burst, per_s
        Size of the bucket, and how fast it fills.
    clock
        Seconds that only rise.
    """

    burst: float
    per_s: float
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        self._tokens, self._last_s = self.burst, self.clock()

    def take(self) -> bool:
        """Return whether one more may pass now."""
        self._fill()
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True

    def wait_s(self) -> float:
        """Return how long until one may pass, s."""
        self._fill()
        return max(0.0, (1.0 - self._tokens) / self.per_s)

    def _fill(self) -> None:
        now_s = self.clock()
        self._tokens = min(self.burst, self._tokens + (now_s - self._last_s) * self.per_s)
        self._last_s = now_s


class BucketsByKey:
    """A bucket for each key, such as an address; the longest unused ones are forgotten.

    Parameters
    ----------
    burst, per_s
        Of each bucket.
    most
        Keys remembered.
    """

    def __init__(
        self, burst: float, per_s: float, most: int = 1000, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst, self._per_s, self._clock = burst, per_s, clock
        self._most = most
        self._buckets: OrderedDict[str, TokenBucket] = OrderedDict()

    def of(self, key: str) -> TokenBucket:
        """Return the bucket of a key."""
        bucket = self._buckets.setdefault(key, TokenBucket(self._burst, self._per_s, self._clock))
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return bucket
