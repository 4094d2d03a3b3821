"""Pictures as they come in: what is read from their header, and what is refused before it is unpacked."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.errors import InputError
from movescreen.web.frames import HEADER, decode_picture, is_progressive, parse_frame, read_jpeg_size


def jpeg(width: int, height: int, quality: int = 80) -> bytes:
    image = np.zeros((height, width, 3), np.uint8)
    image[:, :, 2] = 200
    made, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert made
    return bytes(data.tobytes())


def message(picture: bytes, time_s: float = 1.5, number: int = 7) -> bytes:
    return HEADER.pack(time_s, number) + picture


def test_a_picture_comes_out_as_it_went_in() -> None:
    frame = parse_frame(message(jpeg(640, 480)))
    assert (frame.capture_s, frame.number) == (1.5, 7)
    picture = decode_picture(frame.jpeg)
    assert picture is not None
    assert picture.shape == (480, 640, 3)
    assert picture[5, 5, 0] == pytest.approx(200, abs=4), "red stays red"


@given(st.integers(1, 2000), st.integers(1, 2000), st.sampled_from([10, 95]))
def test_the_stated_size_is_the_size(width: int, height: int, quality: int) -> None:
    assert read_jpeg_size(jpeg(width, height, quality)) == (width, height)


@given(st.binary(max_size=300))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        parse_frame(data)
    assert read_jpeg_size(b"\xff\xd8" + data) in (None, read_jpeg_size(b"\xff\xd8" + data))


@pytest.mark.parametrize(
    "bad",
    [
        message(jpeg(2000, 64)), message(jpeg(32, 480)), message(jpeg(640, 480), float("nan")), message(jpeg(640, 480), 1e12),
        message(b"\x89PNG" + bytes(100)), HEADER.pack(1.0, 1), b"",
    ],
)  # fmt: skip
def test_pictures_that_no_session_needs_are_refused(bad: bytes) -> None:
    with pytest.raises(InputError):
        parse_frame(bad)


def test_a_progressive_picture_is_refused_before_it_is_decoded() -> None:
    image = np.full((480, 640, 3), 90, dtype=np.uint8)
    made, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])
    assert made
    assert is_progressive(data.tobytes())
    with pytest.raises(InputError, match="progressive"):
        parse_frame(message(data.tobytes()))
    assert not is_progressive(jpeg(640, 480))


def test_a_picture_of_one_scan_a_color_that_goes_over_it_again_and_again_is_refused() -> None:
    # the same scan many times over: 90 kB that keep a decoder busy for seconds
    sampled = cv2.imencode(".jpg", np.full((1280, 1280, 3), 90, np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 1])[1].tobytes()
    scan = sampled[sampled.rindex(b"\xff\xda") : -2]
    with pytest.raises(InputError, match="JPEG"):
        parse_frame(message(sampled[:-2] + scan * 6 + b"\xff\xd9"))
    assert parse_frame(message(sampled))


def test_a_small_file_that_claims_to_be_huge_is_not_unpacked() -> None:
    data = bytearray(jpeg(640, 480))
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    with pytest.raises(InputError, match="65535"):
        parse_frame(message(bytes(data)))


def test_a_damaged_picture_is_none() -> None:
    assert decode_picture(jpeg(640, 480)[:200][:2] + b"\xff") is None
