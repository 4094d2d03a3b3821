"""Pictures with a high dynamic range are read as the ordinary ones they were made of; ordinary ones are left alone."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from movescreen.model import FloatArray
from movescreen.video.reader import VideoReader
from movescreen.video.tone_mapping import is_high_range, map_tones

HLG, PQ, SDR = 18, 16, 1
#: sRGB to BT.2020 in linear light.
TO_2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
COLORS = np.array(
    [[0, 0, 0], [60, 60, 60], [128, 128, 128], [200, 200, 200], [180, 60, 50], [60, 130, 70], [40, 60, 160]]
)


def _signal(codes: FloatArray, transfer: int) -> FloatArray:
    """Return the HLG or PQ signal, 0..1, of sRGB codes: reference white at 75 % of HLG and at 203 nits of PQ."""
    code = codes / 255.0
    light = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4) @ TO_2020.T
    if transfer == HLG:
        scene = 0.265 * light
        bright = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
        return np.where(scene <= 1 / 12, np.sqrt(3 * scene), bright)
    power = (light * 203 / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


@pytest.mark.parametrize("transfer", [HLG, PQ])
def test_colors_come_back(transfer: int) -> None:
    coded = np.round(255 * _signal(COLORS, transfer)).astype(np.uint8)[None]
    assert np.abs(coded[0].astype(int) - COLORS).max() > 25  # shown as they are they would be far off
    np.testing.assert_allclose(map_tones(coded, transfer)[0], COLORS, atol=7)


@pytest.mark.parametrize("transfer", [HLG, PQ])
def test_what_is_brighter_than_white_stays_in_order_and_below_white(transfer: int) -> None:
    gray = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)[None]
    mapped = map_tones(gray, transfer)[0, :, 1].astype(int)
    assert (np.diff(mapped) >= 0).all()
    assert mapped[0] == 0
    assert mapped[-1] >= 250


def test_only_hlg_and_pq_are_mapped() -> None:
    assert [is_high_range(t) for t in (HLG, PQ, SDR, 2, 13, 14)] == [True, True, False, False, False, False]


@pytest.mark.parametrize(("transfer", "name"), [(HLG, "arib-std-b67"), (PQ, "smpte2084"), (SDR, "bt709")])
def test_a_file_says_which_it_is(tmp_path: Path, transfer: int, name: str) -> None:
    gray = np.full((64, 96, 3), 120)
    coded = gray if transfer == SDR else 255 * _signal(gray, transfer)
    path = tmp_path / "clip.mov"
    with av.open(str(path), "w") as container:
        params = f"log-level=none:colorprim=bt2020:transfer={name}:colormatrix=bt2020nc:range=limited"
        stream = container.add_stream("libx265", rate=30, options={"crf": "10", "x265-params": params})
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p10le"
        stream.codec_context.color_trc = transfer
        for _ in range(6):
            frame = av.VideoFrame.from_ndarray(np.round(coded).astype(np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format="yuv420p10le", dst_colorspace=9)))
        container.mux(stream.encode())
    with VideoReader(path) as reader:
        image = next(iter(reader.frames())).image
    np.testing.assert_allclose(image.mean(axis=(0, 1)), 120, atol=6)
