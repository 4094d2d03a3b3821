"""The one thing about MP4 and QuickTime files that libav does not tell: speed changes in the edit list.

A phone may store a clip at its true pace and slow a stretch down by an edit list entry with a media rate below one. libav
ignores the rate, stretches the entry instead and then shows the same pictures a second time.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from movescreen.files import open_regular

_CONTAINERS = frozenset({b"moov", b"trak", b"edts"})
_MAX_MOOV_BYTES = 1 << 26
_MAX_BOX_BYTES = 1 << 60
_NORMAL_RATES = (0.0, 1.0)


def has_speed_edits(path: Path) -> bool:
    """True when an edit list of the file plays a stretch faster or slower than it was recorded.

    Parameters
    ----------
    path
        A readable file of any kind; everything but MP4 and QuickTime gives False.
    """
    with open_regular(path) as file:
        moov = _read_moov(file)
    return any(rate not in _NORMAL_RATES for rate in _edit_rates(moov))


def _read_moov(file: BinaryIO) -> bytes:
    """Return the body of the index box, empty when there is none."""
    while len(head := file.read(8)) == 8:
        size, kind = struct.unpack(">I4s", head)
        skipped = 8
        if size == 1:
            size = int.from_bytes(file.read(8), "big")
            skipped = 16
        if kind == b"moov":
            return file.read(min(size - skipped, _MAX_MOOV_BYTES)) if size > skipped else b""
        if size < skipped or size >= _MAX_BOX_BYTES or not kind.isascii():
            break
        file.seek(size - skipped, 1)
    return b""


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 0
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size < 8:
            return
        yield kind, data[offset + 8 : offset + size]
        offset += size


def _edit_rates(data: bytes) -> Iterator[float]:
    for kind, body in _boxes(data):
        if kind in _CONTAINERS:
            yield from _edit_rates(body)
        elif kind == b"elst" and len(body) >= 8:
            # version 1 has 64-bit times; an entry ends with the rate as 16.16 fixed point
            entry = 20 if body[0] == 1 else 12
            for end in range(8 + entry, len(body) + 1, entry):
                yield struct.unpack_from(">i", body, end - 4)[0] / 65536
