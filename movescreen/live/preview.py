"""A session as one picture: the camera with the skeleton on the left, what to do on the right."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from movescreen.live.messages import cue_words, last_words, reading_words
from movescreen.live.sight import Observation
from movescreen.live.states import Command, SessionView, Stage
from movescreen.model import BLAZEPOSE
from movescreen.render.annotation import to_ascii
from movescreen.render.drawing import INK, WARNING, WHITE, Color, draw_text, fit_text, text_size
from movescreen.render.overlay import render_overlay

WIDTH_PX, HEIGHT_PX = 1280, 720
_PICTURE_PX = 640
_PAD_PX = 32
_SOFT: Color = (178, 190, 196)
_GOOD: Color = (95, 208, 176)
_SEEN_WELL = 0.5
#: Keys, in the order in which they are shown.
KEYS: dict[str, tuple[Command, str]] = {
    "n": (Command.NEXT, "next"),
    "g": (Command.START, "go now"),
    "e": (Command.ENOUGH, "finish set"),
    "p": (Command.PAUSE, "pause"),
    "c": (Command.RESUME, "continue"),
    "r": (Command.REDO, "redo"),
    "s": (Command.SKIP, "skip"),
    "h": (Command.PAIN, "it hurts"),
    "q": (Command.STOP, "stop"),
}

Image = NDArray[np.uint8]


def draw_session(image: Image, sight: Observation, view: SessionView) -> Image:
    """Return what a window shows, ``(720, 1280, 3)`` uint8 RGB, of the camera's picture ``(h, w, 3)``, what was seen in it, and the session."""
    canvas: Image = np.full((HEIGHT_PX, WIDTH_PX, 3), INK, dtype=np.uint8)
    _put_picture(canvas, image, sight)
    pen = _Pen(canvas)
    pen.line(f"{view.part} of {view.parts}   {view.title}", 20, _SOFT)
    pen.skip(20)
    big = {Stage.COUNTDOWN: str(view.countdown), Stage.RECORDING: f"{view.reps} / {view.target}", Stage.BETWEEN: "Done"}
    if view.stage in big:
        pen.line(big[view.stage], 150 if view.stage is Stage.COUNTDOWN else 100, WHITE)
        pen.skip(10)
    words = view.advice or (view.instruction if view.stage in (Stage.COUNTDOWN, Stage.RECORDING) else "")
    if view.stage is Stage.SETUP and not view.advice:
        words = view.position
    pen.paragraph(words, 38 if view.stage is Stage.SETUP else 24, WHITE)
    pen.skip(10)
    if view.stage is Stage.SETUP:
        pen.bar(view.held_s / 3.0)
        for item in view.setup:
            mark = {True: "ok", False: "!!", None: ".."}[item.ok]
            pen.line(f"{mark}  {item.text}", 15, WARNING if item.ok is False else _SOFT)
    for reading in view.readings if view.stage is Stage.RECORDING else ():
        last = last_words(reading)
        pen.pair(f"{reading.label}, last {last}" if last else reading.label, reading_words(reading), 22, 44)
    for cue in view.cues if view.stage in (Stage.RECORDING, Stage.BETWEEN) else ():
        pen.line(cue_words(cue), 22, WARNING)
    keys = "   ".join(f"{key}: {words}" for key, (command, words) in KEYS.items() if command in view.can)
    pen.foot(keys)
    return canvas


def _put_picture(canvas: Image, image: Image, sight: Observation) -> None:
    height, width = image.shape[:2]
    scale = min(_PICTURE_PX / width, HEIGHT_PX / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR), np.uint8
    )
    if sight.pose is not None:
        small = render_overlay(
            small, sight.pose.image_xy_px * scale, skeleton=BLAZEPOSE, seen_well=sight.pose.visibility >= _SEEN_WELL
        )
    top, left = (HEIGHT_PX - size[1]) // 2, (_PICTURE_PX - size[0]) // 2
    canvas[top : top + size[1], left : left + size[0]] = small[: size[1], : size[0]]


class _Pen:
    """Writes lines below each other on the right half."""

    def __init__(self, canvas: Image) -> None:
        self._canvas = canvas
        self._left = _PICTURE_PX + _PAD_PX
        self._width = WIDTH_PX - self._left - _PAD_PX
        self._y = _PAD_PX

    def skip(self, pixels: int) -> None:
        self._y += pixels

    def line(self, text: str, cap_px: int, color: Color) -> None:
        text, cap_px = fit_text(to_ascii(text), cap_px, self._width, 10)
        self._y += cap_px
        draw_text(self._canvas, text, self._left, self._y, cap_px, color)
        self._y += round(0.7 * cap_px)

    def paragraph(self, text: str, cap_px: int, color: Color) -> None:
        row = ""
        for word in to_ascii(text).split():
            longer = f"{row} {word}".strip()
            if row and text_size(longer, cap_px)[0] > self._width:
                self.line(row, cap_px, color)
                row = word
            else:
                row = longer
        if row:
            self.line(row, cap_px, color)

    def pair(self, label: str, value: str, label_px: int, value_px: int) -> None:
        value = to_ascii(value)
        self._y += value_px
        draw_text(self._canvas, to_ascii(label), self._left, self._y, label_px, _SOFT)
        at = self._left + self._width - text_size(value, value_px)[0]
        draw_text(self._canvas, value, at, self._y, value_px, WHITE)
        self._y += round(0.4 * value_px)

    def bar(self, share: float) -> None:
        right = self._left + round(self._width * min(max(share, 0.0), 1.0))
        cv2.rectangle(self._canvas, (self._left, self._y), (self._left + self._width, self._y + 14), (43, 54, 61), -1)
        if right > self._left:
            cv2.rectangle(self._canvas, (self._left, self._y), (right, self._y + 14), _GOOD, -1)
        self._y += 34

    def foot(self, text: str) -> None:
        text, cap_px = fit_text(text, 13, self._width, 8)
        draw_text(self._canvas, text, self._left, HEIGHT_PX - _PAD_PX, cap_px, _SOFT)
