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


def test_every_clip_has_a_checksum_and_a_row() -> None:
    present = sorted(path.name for path in FOLDER.glob("*.mp4"))
    assert sorted(CLIPS) == present
    assert sorted(re.findall(r"^\| `(\S+\.mp4)` \|", README, re.MULTILINE)) == present


def test_checksums_hold() -> None:
    assert {hashlib.sha256((FOLDER / name).read_bytes()).hexdigest(): name for name in CLIPS} == CHECKSUMS


@pytest.mark.parametrize("name", CLIPS)
def test_format_is_as_described(name: str) -> None:
    with av.open(str(FOLDER / name)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 540, 960)
        assert video.average_rate == 30
        assert not container.streams.audio
        assert container.duration is not None
        assert 11 <= container.duration / av.time_base <= 12
