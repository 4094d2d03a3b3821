"""Time of the pictures: real rates, slow motion, repair of broken stamps, and which frames to keep."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from movescreen.errors import SettingsError
from movescreen.model import Notice

#: An interval further from the median than this share counts as odd.
ODD_INTERVAL_FRAC = 0.1
#: Share of odd intervals above which a clip has a variable frame rate. Phones often write a single short first interval.
VARIABLE_RATE_FRAC = 0.01
#: Rate assumed when a file holds neither time stamps nor a rate, Hz.
FALLBACK_FPS = 30.0
#: Capture rates below this are never taken for slow motion: in dim light a phone records fewer frames than it aims at, Hz.
MIN_HIGH_SPEED_FPS = 90.0
#: Capture rate over playback rate from which a clip counts as slow motion, and below whose inverse square as time lapse.
MIN_SLOW_MOTION = 1.8
MAX_TIME_LAPSE = 0.34
#: A factor this close to a whole number is that number: recorders stretch time by whole factors, and stamps jitter.
WHOLE_FACTOR_FRAC = 0.02
#: A pause in the stamps that the reader of a result should know about, s and median intervals.
GAP_S, GAP_INTERVALS = 0.5, 10.0
#: So many pictures in a row may be dropped for lack of rising time before the clock is taken to have been set back.
MAX_DROPPED_IN_ROW = 2

_CAPTURE_RATE_TAG = re.compile(r"capture[._-]?(frame[._-]?rate|fps)$", re.IGNORECASE)


@dataclass(frozen=True)
class Rate:
    """Pace of a row of time stamps.

    Attributes
    ----------
    fps
        Mean rate, Hz; 0 when unknown.
    duration_s
        From the first picture to the end of the last one, s.
    variable
        True when more than one in a hundred intervals (and at least two) are over a tenth off their median.
    """

    fps: float
    duration_s: float
    variable: bool


def measure_rate(times_s: Sequence[float], nominal_fps: float) -> Rate:
    """Measure the pace of rising time stamps.

    Parameters
    ----------
    times_s
        ``(n,)`` rising times, s.
    nominal_fps
        Rate stated by the container, used when there are fewer than two stamps, Hz; 0 when it states none.
    """
    n = len(times_s)
    if n < 2:
        return Rate(nominal_fps, n / nominal_fps if nominal_fps > 0 else 0.0, False)
    times = np.asarray(times_s, dtype=np.float64)
    gaps = np.diff(times)
    fps = (n - 1) / float(times[-1] - times[0])
    median = float(np.median(gaps))
    odd = int(np.sum(np.abs(gaps - median) > ODD_INTERVAL_FRAC * median))
    return Rate(fps, n / fps, odd >= 2 and odd > VARIABLE_RATE_FRAC * len(gaps))


def find_gap(times_s: Sequence[float]) -> tuple[float, float] | None:
    """Return ``(start_s, length_s)`` of the longest pause in the stamps, or None when there is none worth a word."""
    if len(times_s) < 3:
        return None
    gaps = np.diff(np.asarray(times_s, dtype=np.float64))
    worst = int(np.argmax(gaps))
    if gaps[worst] <= max(GAP_S, GAP_INTERVALS * float(np.median(gaps))):
        return None
    return float(times_s[worst]), float(gaps[worst])


@dataclass(frozen=True)
class SlowMotion:
    """How many times slower than life the file plays, and who says so.

    Attributes
    ----------
    factor
        1 for life; 8 for a clip recorded at 240 Hz that plays at 30 Hz.
    notice
        What the reader of a result is told; None at life's pace.
    """

    factor: float = 1.0
    notice: Notice | None = None


def detect_slow_motion(tags: Mapping[str, str], playback_fps: float, override: float | None = None) -> SlowMotion:
    """Find out how much slower than life a file plays.

    Only what the file states counts: the capture rate that Android cameras write (``com.android.capture.fps``) held against
    the rate of the stamps. A clip that merely looks slow is left alone, and so is one whose stamps already run at the
    capture rate.

    Parameters
    ----------
    tags
        Metadata of container and stream.
    playback_fps
        Measured rate of the stamps, Hz.
    override
        Factor named by the user; wins over everything.

    Raises
    ------
    SettingsError
        When ``override`` is not a positive number.
    """
    if override is not None:
        if not (math.isfinite(override) and override > 0):
            raise SettingsError(
                f"slow motion factor {override} is not a positive number", "give 8 for 240 fps that plays at 30"
            )
        return SlowMotion(float(override), None if override == 1 else _slow_notice(override, "as given"))
    capture = capture_rate(tags)
    if capture is None or playback_fps <= 0:
        return SlowMotion()
    factor = capture / playback_fps
    if factor >= MIN_SLOW_MOTION and capture >= MIN_HIGH_SPEED_FPS:
        whole = round(factor)
        factor = float(whole) if abs(factor - whole) < WHOLE_FACTOR_FRAC * factor else factor
        return SlowMotion(
            factor, _slow_notice(factor, f"the file states that it was recorded at {capture:g} frames a second")
        )
    if factor <= MAX_TIME_LAPSE:
        message = (
            f"The clip is a time lapse: it plays {1 / factor:.3g} times faster than life (the file states that it was recorded "
            f"at {capture:g} frames a second). Times were corrected, but movements may be missed."
        )
        return SlowMotion(factor, Notice("time_lapse", message, ("all",)))
    return SlowMotion()


def capture_rate(tags: Mapping[str, str]) -> float | None:
    """Return the rate at which the camera took the pictures, as stated in the file's tags, Hz."""
    for key, value in tags.items():
        if _CAPTURE_RATE_TAG.search(key):
            try:
                rate = float(value)
            except ValueError:
                continue
            if math.isfinite(rate) and rate > 0:
                return rate
    return None


def _slow_notice(factor: float, reason: str) -> Notice:
    return Notice(
        "slow_motion",
        f"The clip plays {factor:.3g} times slower than life ({reason}). Times are given in real seconds.",
    )


@dataclass
class StampRepair:
    """Turns raw stamps into rising times from 0, and counts what had to be mended.

    A picture whose time does not rise is dropped. When the clock of the file was set back for good (recordings that were
    joined), the pictures after the jump are shifted to follow on.

    Parameters
    ----------
    factor
        Slow motion factor; times are divided by it.
    interval_s
        Expected interval in file time, used after the first picture when the next one has no stamp, s.
    """

    factor: float
    interval_s: float
    times_s: list[float] = field(default_factory=list)
    missing: int = 0
    dropped: int = 0
    _origin_s: float | None = None
    _last_stamp_s: float = -math.inf
    _dropped_in_row: int = 0

    def accept(self, stamp_s: float | None, *, even: bool = False) -> float | None:
        """Return the real time of the next picture, or None when it must be dropped because time did not rise.

        Parameters
        ----------
        stamp_s
            Presentation time stated in the file, s; None when it states none.
        even
            True for files whose pictures are evenly spaced by design: a missing stamp is then nothing to mention.
        """
        if stamp_s is None:
            self.missing += not even
            return self._append(self._next_s())
        if self._origin_s is None:
            self._origin_s = stamp_s
        time_s = (stamp_s - self._origin_s) / self.factor
        if self.times_s and time_s <= self.times_s[-1]:
            if not self._clock_was_set_back(stamp_s):
                return None
            time_s = self._next_s()
            self._origin_s = stamp_s - time_s * self.factor
        self._dropped_in_row = 0
        self._last_stamp_s = stamp_s
        return self._append(time_s)

    def _clock_was_set_back(self, stamp_s: float) -> bool:
        """Count a picture that does not rise; True when several in a row rise among themselves."""
        rises = stamp_s > self._last_stamp_s
        self._last_stamp_s = stamp_s
        self._dropped_in_row = self._dropped_in_row + 1 if rises or not self._dropped_in_row else 1
        if self._dropped_in_row > MAX_DROPPED_IN_ROW:
            return True
        self.dropped += 1
        return False

    def _next_s(self) -> float:
        if not self.times_s:
            return 0.0
        interval_s = self.times_s[-1] - self.times_s[-2] if len(self.times_s) > 1 else self.interval_s / self.factor
        return self.times_s[-1] + interval_s

    def _append(self, time_s: float) -> float:
        self.times_s.append(time_s)
        return time_s

    def notices(self) -> list[Notice]:
        """Return what the reader of a result must know about the stamps."""
        found = []
        if self.missing:
            message = f"{self.missing} pictures carry no time; {1 / self.interval_s:.3g} frames a second were assumed for them."
            found.append(Notice("times_missing", message))
        if self.dropped:
            message = (
                f"{self.dropped} pictures were left out because their time does not rise (doubled or out of order)."
            )
            found.append(Notice("times_repaired", message))
        if gap := find_gap(self.times_s):
            message = f"The recording stops for {gap[1]:.2g} s at {gap[0]:.1f} s; what happened there is unknown."
            found.append(Notice("recording_gap", message))
        return found


class FramePicker:
    """Picks frames so that about ``max_fps`` of them a second remain, evenly spaced in time.

    Every n-th frame of an even clip is picked, n being the nearest whole number to rate over ``max_fps``; on an uneven clip the
    same grid is laid over the real times, so that nothing drifts. Clips below one and a half times ``max_fps`` are left whole.

    Parameters
    ----------
    fps
        Real rate of the clip, Hz.
    max_fps
        Wanted rate, Hz; None keeps every frame.

    Raises
    ------
    SettingsError
        When ``max_fps`` is not a positive number.
    """

    def __init__(self, fps: float, max_fps: float | None) -> None:
        if max_fps is not None and not (math.isfinite(max_fps) and max_fps > 0):
            raise SettingsError(f"frame rate limit {max_fps} is not a positive number", "give 30, or leave it out")
        self.stride = 1 if max_fps is None or fps <= 0 else max(1, round(fps / max_fps))
        self._step_s = self.stride / fps if fps > 0 else 0.0
        self._slack_s = 0.5 / fps if fps > 0 else 0.0
        self._due_s = 0.0

    def wants(self, time_s: float) -> bool:
        """True when the frame at ``time_s`` is to be kept; call once a frame, in order."""
        if self.stride == 1:
            return True
        if time_s < self._due_s - self._slack_s:
            return False
        self._due_s += self._step_s
        if self._due_s <= time_s:
            # after a pause, start the grid again at this frame
            self._due_s = time_s + self._step_s
        return True
