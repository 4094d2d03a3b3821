"""The one door through which files come in or come back.

Whatever a user gives, or finds again after years, may be something else: a pipe that never begins, a gigabyte of zeros, brackets a
million deep, half a file, or one that somebody made up. So every such file is opened here: it has to be a regular file of a size that
its kind can have, and whatever goes wrong while it is read ends in two clear lines (:class:`~movescreen.errors.InputError`), never in a
traceback. Clips are opened by ``video/container.py``, which goes through the same door.
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, BinaryIO, NoReturn

from movescreen.errors import InputError, MovescreenError
from movescreen.files import open_regular

_LOG = logging.getLogger("movescreen.doors")
#: How deep a file's values may lie inside each other; what movescreen writes has about ten levels.
DEEPEST = 60
#: Why a text is cut, characters.
_REASON = 200


@dataclass(frozen=True)
class Door:
    """Where files of one kind come in.

    Attributes
    ----------
    words
        What such a file is called: ``pose file``.
    hint
        What to do when it cannot be used.
    largest
        Most bytes that one can have.
    error
        Kind of the error.
    private
        What is in the file stays out of the error.
    """

    words: str
    hint: str
    largest: int = 50_000_000
    error: type[InputError] = InputError
    private: bool = False

    @contextlib.contextmanager
    def taking(self, path: Path | str) -> Iterator[None]:
        """Turn whatever goes wrong in a block that reads a file into the error of the door; errors raised on purpose pass.

        Raises
        ------
        InputError
            Of the kind of the door.
        """
        try:
            yield
        except MovescreenError:
            raise
        except FileNotFoundError as error:
            raise self.error(f"there is no {self.words} {path}", self.hint) from error
        except OSError as error:
            raise self.error(f"cannot read {path}: {error.strerror or error}", self.hint) from error
        except Exception as error:  # a damaged file fails in a hundred ways
            _LOG.debug("%s", path, exc_info=error)
            raise self.error(
                f"{path} is not {_article(self.words)} {self.words}, or is damaged: {_reason(error, self.private)}",
                self.hint,
            ) from error

    @contextlib.contextmanager
    def open(self, path: Path) -> Iterator[BinaryIO]:
        """Open a regular file that is not too large; errors of the block as in :meth:`taking`."""
        with self.taking(path), open_regular(path) as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            if size > self.largest:
                raise self.error(f"{path} has {size / 1e6:.0f} MB, too much for a {self.words}", self.hint)
            yield file

    def read_bytes(self, path: Path) -> bytes:
        """Return the bytes of a file; errors as in :meth:`taking`."""
        with self.open(path) as file:
            return file.read(self.largest)

    def read_text(self, path: Path) -> str:
        """Return the text of a UTF-8 file; errors as in :meth:`taking`."""
        with self.taking(path):
            return self.read_bytes(path).decode("utf-8-sig")

    def read_json(self, path: Path) -> dict[str, Any]:
        """Return the object that a JSON file holds; errors as in :meth:`taking`."""
        with self.taking(path):
            return parse_object(self.read_text(path))

    def read_toml(self, path: Path) -> dict[str, Any]:
        """Return what a TOML file holds; errors as in :meth:`taking`."""
        with self.taking(path):
            return _object(tomllib.loads(self.read_text(path)))


def parse_object(text: str) -> dict[str, Any]:
    """Return the object of a JSON text, which a file or a message holds; ValueError when it is none, or nested without end."""
    try:
        return _object(json.loads(text, parse_constant=_refuse_constant, parse_float=_finite))
    except RecursionError:
        raise ValueError("its values lie too deep") from None


def name_inside(name: str) -> str:
    """Return the name of a file or folder that lies in a folder; ValueError for one that leads out of it."""
    if len(PurePath(name).parts) != 1 or name in (".", "..") or PurePath(name).is_absolute() or "\0" in name:
        raise ValueError(f"{name!r} is no name inside the folder")
    return name


def _object(value: Any) -> dict[str, Any]:
    """Return an object whose values do not lie too deep."""
    if not isinstance(value, dict):
        raise ValueError("it holds no object")
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        level = [part for each in level for part in _parts(each)]
        if not level:
            return value
    raise ValueError(f"its values lie more than {DEEPEST} levels deep")


def _parts(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text[:20])


def _article(words: str) -> str:
    return "an" if words[0] in "aeiou" else "a"


def _reason(error: Exception, private: bool) -> str:
    if private:
        return type(error).__name__
    said = " ".join(str(error).split())[:_REASON]
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    if isinstance(error, KeyError):
        return f"{said} is missing"
    return said or type(error).__name__
