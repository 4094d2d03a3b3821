"""Activities of the client's own, rated 0 to 10: the mean is the score, and the note keeps what was rated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import fmean

from movescreen.catalog.care_schema import HandTestSpec
from movescreen.client.visits.visit import HandMeasurement, Visit
from movescreen.errors import InputError

#: As many as the questionnaire takes.
MOST = 5
_RATED = re.compile(r"(?P<words>.+?): (?P<score>\d+(?:\.\d+)?)(?:; |$)")


def rate_activities(spec: HandTestSpec, rated: Sequence[tuple[str, float]]) -> HandMeasurement:
    """Return the score that activities make, with the activities in its note.

    Parameters
    ----------
    spec
        A questionnaire of the client's own activities.
    rated
        What is hard, in the client's words, and how it goes from 0, cannot, to 10, as well as before.

    Raises
    ------
    InputError
        For none or too many, one without words or with two scores, or a score outside of the scale.
    """
    names = [" ".join(words.replace(";", ",").replace(":", ",").split()) for words, _ in rated]
    if not 1 <= len(rated) <= MOST or len({name.lower() for name in names}) != len(names) or not all(names):
        raise InputError(f"{spec.title} takes one to {MOST} different activities", spec.how)
    for name, score in zip(names, (score for _, score in rated), strict=True):
        if not 0 <= score <= 10:
            raise InputError(f"{name}: {score:g} cannot be", "rate from 0, cannot do it, to 10, as well as before")
    note = "; ".join(f"{name}: {score:g}" for name, (_, score) in zip(names, rated, strict=True))
    return HandMeasurement(test=spec.id, value=round(fmean(score for _, score in rated), 2), note=note)


def read_activities(note: str) -> dict[str, float]:
    """Return what was rated, with its score; empty for a note of another kind."""
    return {found["words"]: float(found["score"]) for found in _RATED.finditer(note)}


def last_activities(visits: Sequence[Visit], test: str) -> dict[str, float]:
    """Return what was rated the last time, with its score; empty when nothing was."""
    notes = [taken.note for visit in visits for taken in visit.measurements if taken.test == test]
    return read_activities(notes[-1]) if notes else {}


def same_activities(first: Visit, last: Visit, test: str) -> bool:
    """Return whether the same activities were rated at two visits; a score without activities is like any other."""
    named = [{name.lower() for name in last_activities([visit], test)} for visit in (first, last)]
    return named[0] == named[1]
