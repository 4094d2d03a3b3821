"""A catalogue of one's own for tests: a limit with two sides, and a new check with two sides."""

from __future__ import annotations

from pathlib import Path

#: The packaged limit is 10 and 6 percent, to either side.
OWN_LIMIT = """
[[checks]]
id = "weight_shift"
flag = 8.0
note = 5.0
[checks.source]
citation = "Our practice, since 2025"
verified = "own_tolerance"
"""
NEW_CHECK = """
[[checks]]
id = "hips_aside"
kind = "threshold"
title = "Hips aside"
views = ["front"]
signal = "lateral_shift"
direction = "above"
absolute = true
flag = 4.0
note = 2.0
message = "The hips went aside by {abs_value} percent."
clear_message = "The hips stayed in the middle: {abs_value} percent."
why = "We look at it before every season."
cue = "Stay over the line."
[checks.plain]
saw = "Your hips went to one side."
good = "Your hips stayed in the middle."
matters = "One leg then works more than the other."
practise = "Squat slowly over a line on the floor."
[checks.source]
citation = "Our practice, since 2025"
verified = "own_tolerance"
"""


def write_own(folder: Path, name: str, text: str) -> Path:
    """Write one file of a catalogue of one's own, and return its folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder
