"""A clip that was sent: its name, its first bytes, and its analysis in another process."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from movescreen.app import ClipTask
from movescreen.errors import MovescreenError
from movescreen.model import ClipResult
from movescreen.video.probe import probe_clip

_PROGRESS_EVERY_S = 0.3


def analyze_upload(task: ClipTask, progress_path: Path) -> ClipResult | MovescreenError:
    """Analyze a clip, in whichever process, and delete it; say in a file how far it is."""
    try:
        info = probe_clip(task.video).info
        frames = max(1, round(info.duration_s * min(info.fps, task.request.settings.max_fps)))
        said_s = 0.0

        def on_progress(done: int, _time_s: float) -> None:
            nonlocal said_s
            if time.monotonic() - said_s > _PROGRESS_EVERY_S:
                said_s = time.monotonic()
                progress_path.write_text(f"{min(0.98, done / frames):.3f}", "ascii")

        return task.run(on_progress)
    except MovescreenError as error:
        return error
    finally:
        shutil.rmtree(task.video.parent, ignore_errors=True)


def looks_like_video(head: bytes) -> bool:
    """Tell by its first bytes whether a file can be a video; the decoder has the last word."""
    boxes = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
    return (
        head[4:8] in boxes
        or head.startswith(
            (b"\x1aE\xdf\xa3", b"FLV\x01", b"OggS", b"\x30\x26\xb2\x75", b"\x00\x00\x01\xb3", b"\x00\x00\x01\xba")
        )
        or (head.startswith(b"RIFF") and head[8:12] == b"AVI ")
        or (head[:1] == b"\x47" and head[188:189] == b"\x47")
        or (head[4:5] == b"\x47" and head[196:197] == b"\x47")
    )


def shown_name(name: str) -> str:
    """Return a name as it is shown: its last part, nothing that moves a cursor, not too long."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if c.isprintable()).strip()[:80] or "clip"


def file_name(name: str) -> str:
    """Return a name that is one visible file on every system."""
    return re.sub(r"[^\w.-]", "_", shown_name(name)).lstrip(".") or "clip"
