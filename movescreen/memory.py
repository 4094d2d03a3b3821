"""What the C library does with memory that was freed."""

from __future__ import annotations

import contextlib
import ctypes

#: Options of glibc's ``mallopt``: two stores for all threads; what is larger than 4 MB is given back when it is freed, and what is free at
#: the end of a store beyond 8 MB.
_MALLOC = ((-8, 2), (-3, 4 << 20), (-1, 8 << 20))


def give_memory_back() -> None:
    """Have glibc give freed memory back: by itself it keeps up to 64 MB in each of up to eight stores a processor, for as long as we run."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        for option in _MALLOC:
            ctypes.CDLL("libc.so.6").mallopt(*option)
