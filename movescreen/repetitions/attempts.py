"""Attempts that are no going down and up again: flights of a jump, and postures that are held."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from movescreen.model import BoolArray, FloatArray, Repetition

#: Share of the highest clearance from which on both feet count as off the ground; the exact times are read elsewhere.
_OFF_SHARE = 0.3
#: A person in the air longer than this does not jump but leaves the picture, s; one shorter than this did not leave the ground.
_LONGEST_FLIGHT_S, _SHORTEST_FLIGHT_S = 1.1, 0.12
#: In the air the body is thrown: it comes down again at least this fast, leg lengths/s2 (free fall is about 11, a sixth of it at a clip
#: that plays more than twice too slow). Feet that only seem to rise while the body goes down or stays, as behind a plate, do not.
_LEAST_FALL = 1.7
#: The dip before a jump and the landing after it are looked for this far from the flight, s.
_AROUND_S = 1.6
#: The body is back at its standing height within this share of the leg's length.
_STANDING = 0.03
#: A hold may be lost for this long, s: a landmark that slips for a moment is not a foot put down.
_LOST_S = 0.25


def find_jumps(
    time_s: FloatArray, clearance: FloatArray, body_rise: FloatArray, min_clearance: float
) -> list[Repetition]:
    """Return the jumps of a clip, from the beginning of the dip to the end of the landing; the turn is the flight.

    Parameters
    ----------
    time_s
        ``(n,)`` s.
    clearance
        ``(n,)`` height of the lower foot above its place in standing, share of leg length; NaN where not measured.
    body_rise
        ``(n,)`` height of the pelvis against standing, share of leg length.
    min_clearance
        A flight in which the lower foot stays below it is none.

    Returns
    -------
    list of Repetition
        ``complete`` is False for a flight of which only a part was seen.
    """
    out: list[Repetition] = []
    with np.errstate(invalid="ignore"):
        runs = _runs(clearance > 0.5 * min_clearance, clearance)
    for first, last in runs:
        top = float(clearance[first : last + 1].max())
        off = np.flatnonzero(clearance[first : last + 1] > _OFF_SHARE * top) + first
        lift_s, land_s = float(time_s[off[0]]), float(time_s[off[-1]])
        rises = bool((body_rise[first : last + 1] > 0.5 * min_clearance).any())
        thrown = _is_thrown(time_s[off], body_rise[off])
        if (
            top < min_clearance
            or not (rises and thrown)
            or not _SHORTEST_FLIGHT_S <= land_s - lift_s <= _LONGEST_FLIGHT_S
        ):
            continue
        start = _back_to_standing(time_s, body_rise, int(off[0]), -1)
        end = _back_to_standing(time_s, body_rise, int(off[-1]), 1)
        apex = float(time_s[first + int(np.argmax(clearance[first : last + 1]))])
        if start <= lift_s and land_s <= end and start < apex < end:
            out.append(
                Repetition(
                    number=len(out) + 1,
                    start_s=start,
                    turn_s=apex,
                    end_s=end,
                    complete=_is_whole(clearance, first, last),
                    excursion=top,
                    turn_start_s=lift_s,
                    turn_end_s=land_s,
                )
            )
    return out


def find_holds(time_s: FloatArray, held: FloatArray, least: float, min_duration_s: float) -> list[Repetition]:
    """Return the stretches in which a signal stays beyond a size on one side of zero; the turn is the whole stretch.

    Parameters
    ----------
    time_s, held
        ``(n,)`` s and the signal; NaN where not measured.
    least
        Size from which on it counts as held.
    min_duration_s
        Shorter ones are not told.

    Returns
    -------
    list of Repetition
        ``complete`` is False for one of which the begin or the end was not seen: its length is a lower bound.
    """
    out: list[Repetition] = []
    for sign in (1.0, -1.0):
        with np.errstate(invalid="ignore"):
            up = _bridge_short(time_s, sign * held > least)
        for first, last in _runs(up, np.where(np.isfinite(held), held, 0.0)):
            start, end = float(time_s[first]), float(time_s[last])
            if end - start >= min_duration_s:
                out.append(
                    Repetition(
                        number=len(out) + 1,
                        start_s=start,
                        turn_s=(start + end) / 2,
                        end_s=end,
                        complete=_is_whole(held, first, last),
                        excursion=float(np.nanmedian(np.abs(held[first : last + 1]))),
                        turn_start_s=start,
                        turn_end_s=end,
                    )
                )
    return [replace(rep, number=n) for n, rep in enumerate(sorted(out, key=lambda rep: rep.start_s), start=1)]


def _is_thrown(time_s: FloatArray, rise: FloatArray) -> bool:
    """Return whether the body's way in the air is bent downward as that of a body that falls; True when too little was seen."""
    seen = np.isfinite(rise)
    if seen.sum() < 4:
        return True
    bend = float(np.polyfit(time_s[seen] - time_s[0], rise[seen], 2)[0])
    return -2.0 * bend > _LEAST_FALL


def _runs(mask: BoolArray, values: FloatArray) -> list[tuple[int, int]]:
    """Return first and last index of every stretch of True."""
    edges = np.diff(np.concatenate([[0], (mask & np.isfinite(values)).astype(int), [0]]))
    return [(int(a), int(b) - 1) for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)]


def _is_whole(values: FloatArray, first: int, last: int) -> bool:
    """Return whether a stretch was seen to begin and to end: the clip went on, and so did the measuring."""
    return first > 0 and last < len(values) - 1 and bool(np.isfinite(values[[first - 1, last + 1]]).all())


def _bridge_short(time_s: FloatArray, mask: BoolArray) -> BoolArray:
    out = mask.copy()
    for first, last in _runs(~mask, np.zeros(len(mask))):
        if first > 0 and last < len(mask) - 1 and time_s[last + 1] - time_s[first - 1] <= _LOST_S:
            out[first : last + 1] = True
    return out


def _back_to_standing(time_s: FloatArray, body_rise: FloatArray, at: int, step: int) -> float:
    """Return when, going back or on from the flight, the body stood after it had dipped; at most the look-out's end."""
    dipped, i = False, at
    while 0 <= i + step < len(time_s) and abs(time_s[i + step] - time_s[at]) <= _AROUND_S:
        i += step
        dipped |= bool(body_rise[i] < -_STANDING)
        if dipped and body_rise[i] >= -_STANDING / 2:
            break
    return float(time_s[i])
