"""Opening a video file: every way in which that can fail becomes a ``VideoError`` with a hint."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from movescreen.errors import VideoError
from movescreen.files import open_regular

_HINT_WHOLE_COPY = "copy the file from the phone or camera once more, and wait until the copy has finished"
_HINT_FORMATS = "give a video file such as .mp4 or .mov as it came from the phone or camera"
#: How the files of the common containers begin: with the type of their first box (MP4, QuickTime) or with a mark of their own.
_FIRST_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})
_FIRST_BYTES = (b"RIFF", b"\x1aE\xdf\xa3", b"FLV\x01", b"OggS", b"\x30\x26\xb2\x75")
_HASH_CHUNK = 1 << 20


#: Readers of containers that may be used, by libav's names. Playlists and lists of files are none: they open other files.
_FORMATS = "mov,matroska,avi,flv,ogg,asf,mpegts,mpeg,mpegvideo,mxf,h264,hevc,m4v,mjpeg,ivf,obu,gif"

#: Threads of a decoder; 0 = as many as processors.
_decoder_threads = 0


def limit_decoder_threads(count: int) -> None:
    """Let every decoder that this process opens from now on use so many threads; 0 = as many as there are processors."""
    global _decoder_threads
    _decoder_threads = count


def check_readable(path: str | Path) -> Path:
    """Return ``path`` when it is a file with bytes in it that may be read.

    Parameters
    ----------
    path
        File given by the user.

    Raises
    ------
    VideoError
        When it does not exist, is a folder, is empty, or must not be read.
    """
    path = Path(path).expanduser()
    try:
        if path.is_dir():
            raise VideoError(f"{path} is a folder, not a video file", "name one video file inside it")
        if path.exists() and not path.is_file():
            # a pipe or a device may never begin, or never end
            raise VideoError(f"{path} is no regular file", _HINT_FORMATS)
        with path.open("rb") as file:
            first = file.read(1)
    except FileNotFoundError:
        raise VideoError(f"there is no file {path}", "check the spelling of the name and the folder") from None
    except PermissionError:
        raise VideoError(
            f"{path} may not be read", "change the file's permissions, or copy it to your own folder"
        ) from None
    except (OSError, ValueError) as error:
        raise VideoError(f"{path} cannot be read: {error}", "check the name and the disk it is on") from None
    if not first:
        raise VideoError(f"{path} is empty (0 bytes)", _HINT_WHOLE_COPY)
    return path


@contextmanager
def open_container(path: Path, *, ignore_edit_list: bool = False) -> Iterator[InputContainer]:
    """Open a video file for reading.

    This file is read and no other: playlists and scripts that name further files or addresses are refused.

    Parameters
    ----------
    path
        A readable file, see `check_readable`.
    ignore_edit_list
        Read the recorded samples as they are, without the container's cuts and speed changes.

    Raises
    ------
    VideoError
        When libav finds no video container in it.
    """
    options = {"protocol_whitelist": "file", "format_whitelist": _FORMATS}
    if ignore_edit_list:
        options["ignore_editlist"] = "1"
    try:
        file = open_regular(path)
    except OSError as error:
        raise _explain_open_failure(path, error) from None
    with file:
        # what is decrypted is in memory only
        source: Any = file if isinstance(file, io.BytesIO) else str(path.absolute())
        try:
            container: InputContainer = av.open(source, container_options=options, metadata_errors="replace")
        except av.FFmpegError as error:
            raise _explain_open_failure(path, error) from None
        try:
            yield container
        finally:
            container.close()


def select_video_stream(container: InputContainer, name: str) -> VideoStream:
    """Return the picture stream of a container, with threaded decoding switched on; of several the one with the largest pictures.

    Raises
    ------
    VideoError
        When there is none (sound only), or its codec is unknown.
    """
    streams = [s for s in container.streams.video if "attached_pic" not in _disposition_names(s)]
    if not streams:
        what = "only sound" if container.streams.audio else "no frames"
        raise VideoError(f"{name} holds {what}", _HINT_FORMATS)
    best = container.streams.best("video")
    stream = max(streams, key=lambda s: (_picture_area(s), s is best, -s.index))
    if stream.codec_context is None:
        raise VideoError(f"{name} is in a video format that cannot be decoded here", "save it again as H.264 (.mp4)")
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = _decoder_threads
    return stream


def _picture_area(stream: VideoStream) -> int:
    codec = stream.codec_context
    return codec.width * codec.height if codec is not None else 0


def hash_file(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as hexadecimal digits.

    Raises
    ------
    VideoError
        When the file cannot be read to its end.
    """
    digest = hashlib.sha256()
    try:
        with open_regular(path) as file:
            while chunk := file.read(_HASH_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error}", "check the disk it is on") from None
    return digest.hexdigest()


def _disposition_names(stream: VideoStream) -> set[str]:
    return {flag.name or "" for flag in stream.disposition} if stream.disposition else set()


def _explain_open_failure(path: Path, error: OSError | av.FFmpegError) -> VideoError:
    # it may have vanished since it was checked
    with open_regular(check_readable(path)) as file:
        head = file.read(8)
    if head[4:8] in _FIRST_BOXES or head.startswith(_FIRST_BYTES):
        return VideoError(f"{path.name} is an incomplete or damaged video: it cannot be opened", _HINT_WHOLE_COPY)
    if isinstance(error, av.InvalidDataError | av.ArgumentError):
        return VideoError(f"{path.name} is not a video file", _HINT_FORMATS)
    return VideoError(f"{path.name} cannot be opened as a video ({error.strerror})", _HINT_FORMATS)
