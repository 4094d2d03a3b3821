"""Begin a check of one's own: a file in which only the limit and its source are still to be filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from movescreen.catalog.schema import MovementSpec
from movescreen.doors import Door
from movescreen.errors import InputError, UnknownNameError
from movescreen.files import write_text
from movescreen.model import SignalSpec

_HEAD = """\
# Checks of your own in the movement "{movement}", laid over the packaged ones ('movescreen catalog show {movement}' prints those).
# To change a packaged check, add a block [[checks]] with its id and the keys that you change; a limit needs a source of your own.
"""

_CHECK = """
[[checks]]
id = "{id}"
kind = "threshold"
# Name of the check in reports.
title = "{title}"
# Cameras that can see it.
views = [{views}]
# {definition}
# It grows with: {positive}. It is zero for: {zero}.
signal = "{signal}"
{scope}# What is read of a repetition: turn (where it turns back), max, min or excursion.
statistic = "turn"
# The side of the limit that stands out: above or below. With absolute = true both signs count alike.
direction = "above"
absolute = false
# FILL IN your limit{unit}, without the #: beyond flag it stands out, beyond note it is borderline; note is passed first.
# flag =
# note =
# {{value}}, {{abs_value}}, {{side}}, {{affected}} and {{seen}} are replaced.
message = "{title}{of_side}: {{value}}{said_unit} in {{affected}} of {{seen}} repetitions."
clear_message = "{title}{of_side}: {{value}}{said_unit}, within the limit."
why = "This is a limit of our own: it is worth a look when it is passed."
cue = "Look at it together, and measure again at the next visit."
# For the person who was screened: short words, no numbers.
[checks.plain]
saw = "There is one thing here that we want to look at with you."
good = "This looked just as we hoped."
matters = "Your trainer looks at this closely and can tell you why."
practise = "Ask your trainer what to practice for it."
[checks.source]
# FILL IN whose limit it is: a paper, or the name of your practice.
# citation = ""
# own_tolerance, or paper or secondary when you have read the paper or a text about it.
verified = "own_tolerance"
"""
_SIDED = """\
# Which leg: each (both, one by one), nearest (the one next to the camera) or working (the one that the repetition is done with).
scope = "each"
"""
_UNITS = {"deg": "degrees", "pct": "percent", "s": "seconds"}


def write_new_check(
    folder: Path, check_id: str, movement: MovementSpec, signal: str, signals: Mapping[str, SignalSpec]
) -> Path:
    """Write the beginning of a check into a catalog of one's own, and return the file.

    Parameters
    ----------
    folder
        Of the catalog; made when it is missing. A file of the movement that is there already is added to.
    check_id
        Id of the new check.
    movement
        What it is made in.
    signal
        What it reads, without a side.
    signals
        Registered signals by name.

    Raises
    ------
    InputError
        When the id cannot be one or is taken, the signal is not readable in any recording of the movement, or the file is no TOML.
    UnknownNameError
        When there is no such signal.
    """
    if not re.fullmatch("[a-z][a-z0-9_]*", check_id):
        raise InputError(
            f"{check_id!r} cannot be the id of a check", "begin with a small letter; then letters, digits and _"
        )
    path = folder / "movements" / f"{movement.name}.toml"
    before = _read(path)
    if f'id = "{check_id}"' in before or check_id in {check.id for check in movement.checks}:
        raise InputError(
            f"{movement.name} has a check {check_id} already", f"choose another id, or change it in {path}"
        )
    head = before.rstrip("\n") + "\n" if before else _HEAD.format(movement=movement.name)
    return write_text(path, head + _fill_in(check_id, movement, signal, signals))


def _read(path: Path) -> str:
    if not path.is_file():
        return ""
    door = Door("catalog", "correct it first, or choose another folder")
    door.read_toml(path)
    return door.read_text(path)


def _fill_in(check_id: str, movement: MovementSpec, signal: str, signals: Mapping[str, SignalSpec]) -> str:
    spec = signals.get(signal) or signals.get(f"{signal}_left")
    if spec is None:
        raise UnknownNameError("signal", signal, dict.fromkeys(re.sub("_(left|right)$", "", name) for name in signals))
    sided = signal not in signals
    views = [view for view in movement.recording if view in spec.views]
    if not views:
        raise InputError(
            f"{signal} cannot be read in a recording of the movement {movement.name} ({', '.join(movement.recording)})",
            f"it can be read from: {', '.join(spec.views)}",
        )
    unit = _UNITS.get(spec.unit, "")
    return _CHECK.format(
        id=check_id, title=signal.replace("_", " ").capitalize(), views=", ".join(f'"{view}"' for view in views),
        definition=" ".join(spec.definition.split()), positive=spec.positive, zero=spec.zero, signal=signal,
        scope=_SIDED if sided else "", unit=f", in {unit}" if unit else "", of_side=" ({side})" if sided else "",
        said_unit=f" {unit}" if unit else "",
    )  # fmt: skip
