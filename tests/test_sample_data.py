"""The sample videos are what their README says."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import av
import pytest

FOLDER = Path(__file__).parents[1] / "sample_videos"
README = (FOLDER / "README.md").read_text("utf-8")
CHECKSUMS = dict(re.findall(r"^    ([0-9a-f]{64})  (\S+)$", README, re.MULTILINE))
CLIPS = sorted(CHECKSUMS.values())
#: Folder -> size in pixels, and shortest and longest clip, s.
FORMATS = {
    ".": ((540, 960), (11, 12)),
    "power_and_balance": ((432, 768), (10, 13)),
    "three_visits": ((432, 768), (11, 12)),
}


def test_every_clip_has_a_checksum_and_a_row() -> None:
    present = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.mp4"))
    assert sorted(CLIPS) == present
    assert sorted(re.findall(r"^\| `(\S+\.mp4)` \|", README, re.MULTILINE)) == present


def test_checksums_hold() -> None:
    assert {hashlib.sha256((FOLDER / name).read_bytes()).hexdigest(): name for name in CLIPS} == CHECKSUMS


@pytest.mark.parametrize("name", CLIPS)
def test_format_is_as_described(name: str) -> None:
    size, (shortest, longest) = FORMATS[Path(name).parent.as_posix()]
    with av.open(str(FOLDER / name)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, (video.width, video.height)) == ("h264", size)
        assert video.average_rate == 30
        assert not container.streams.audio
        assert container.duration is not None
        assert shortest <= container.duration / av.time_base <= longest
