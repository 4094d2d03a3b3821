"""A window for a session, through OpenCV."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.errors import InputError
from movescreen.live.preview import HEIGHT_PX, KEYS, WIDTH_PX
from movescreen.live.states import Command

_SPACE = 32


class Window:
    """Shows pictures and hands on what is typed.

    Parameters
    ----------
    on_command
        Called with every command typed.

    Raises
    ------
    InputError
        When there is no screen.
    """

    def __init__(self, title: str, on_command: Callable[[Command], object]) -> None:
        ensure_screen()
        self._title = f"movescreen: {title}"
        self._on_command = on_command
        try:
            cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO)
            cv2.resizeWindow(self._title, WIDTH_PX, HEIGHT_PX)
        except cv2.error as error:
            raise _no_screen(str(error).strip().splitlines()[-1]) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        cv2.destroyWindow(self._title)

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Show an RGB picture, and do what was typed; closing the window stops the session."""
        cv2.imshow(self._title, picture[..., ::-1])
        key = cv2.waitKey(1) & 0xFF
        if cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1:
            self._on_command(Command.STOP)
        elif key == _SPACE:
            if not self._on_command(Command.PAUSE):
                self._on_command(Command.RESUME)
        elif key < 128 and (known := KEYS.get(chr(key).lower())):
            self._on_command(known[0])


def ensure_screen() -> None:
    """Raise :class:`InputError` where no window can be shown: the window library would end the whole process."""
    if not sys.platform.startswith("linux") or os.environ.get("WAYLAND_DISPLAY"):
        return
    display = os.environ.get("DISPLAY", "")
    if not display:
        raise _no_screen("DISPLAY is not set")
    if local := re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", display):
        path = f"/tmp/.X11-unix/X{local[1]}"
        for address in (path, f"\0{path}"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(2.0)
                if Path(path).exists() or address.startswith("\0"):
                    try:
                        probe.connect(address)
                    except OSError:
                        continue
                    return
        raise _no_screen(f"nothing answers at DISPLAY {display}")


def _no_screen(why: str) -> InputError:
    return InputError(
        f"there is no screen to show a window on: {why}", "add --no-window, or use the browser: movescreen serve"
    )
