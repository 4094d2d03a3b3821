"""What the trainer saw and felt, beside the camera's value about the same thing."""

from __future__ import annotations

from collections.abc import Sequence

from movescreen.client.visits.observation import Observation, SeenByBoth, What, pair_with_camera
from movescreen.client.visits.visit import Visit
from movescreen.model import Finding, Status
from movescreen.report.sections.element import Element, table_element
from movescreen.report.sections.findings import status_label
from movescreen.report.sections.person import day_words
from movescreen.words.findings import format_measured
from movescreen.words.numbers_and_units import DASH
from movescreen.words.sentences import title_of

#: How each kind of entry is called.
WHAT_WORDS: dict[What, str] = {
    "observation": "seen by the trainer", "palpation": "felt by the trainer", "special_test": "special test by the trainer",
}  # fmt: skip
TITLE = "Seen and felt by the trainer"
COLUMNS = ("What", "How", "Result", "By the camera", "Note")
_LEAD_IN = "A trainer's eyes and hands have no measured error here. Where they and the camera differ, neither is taken to be right."


def observation_title(observation: Observation) -> str:
    """Return ``Heel rise, right``."""
    side = {"": "", "both": ", both sides"}.get(observation.side, f", {observation.side}")
    return f"{title_of(observation.name)}{side}"


def camera_words(both: SeenByBoth) -> str:
    """Return what the camera says about the same thing; a dash when it looks at nothing of that name."""
    said = [_finding_words(f, both.observation) for f in both.findings]
    return "; ".join(said) + (" (differs)" if both.differs else "") if said else DASH


def _finding_words(finding: Finding, observation: Observation) -> str:
    side = f"{finding.seen_side}: " if finding.seen_side and finding.seen_side != observation.side else ""
    if finding.status is Status.NOT_ASSESSED:
        return f"{side}not assessed ({finding.reason.rstrip('.')})"
    return f"{side}{format_measured(finding)}, {status_label(finding).lower()}"


def observation_rows(seen: Sequence[SeenByBoth]) -> list[list[str]]:
    """Return a row an entry, in the order of :data:`COLUMNS`."""
    return [
        [
            observation_title(each.observation), WHAT_WORDS[each.observation.what], each.observation.result_words,
            camera_words(each), each.observation.note,
        ]
        for each in seen
    ]  # fmt: skip


def observations_element(visit: Visit) -> Element | None:
    """Return what the trainer saw and felt on the day of a visit; None without any."""
    rows = observation_rows(pair_with_camera(visit.day, visit.observations, visit.findings))
    return table_element("observations", TITLE, COLUMNS, rows, _LEAD_IN)


def observed_over_visits(visits: Sequence[Visit]) -> Element | None:
    """Return the entries of all visits, those of one thing after each other; None without any."""
    found: dict[tuple[str, str, str], list[list[str]]] = {}
    for visit in visits:
        for both in pair_with_camera(visit.day, visit.observations, visit.findings):
            each = both.observation
            title = observation_title(each)
            row = [title, day_words(visit.day), WHAT_WORDS[each.what], each.result_words, camera_words(both)]
            found.setdefault((each.what, each.name.casefold(), each.side), []).append(row)
    rows = [[row[0] if number == 0 else "", *row[1:]] for group in found.values() for number, row in enumerate(group)]
    lead_in = "As noted, day by day. A trainer's eyes and hands have no measured error here, so no verdict is given."
    return table_element("observations", TITLE, ("What", "Day", "How", "Result", "By the camera"), rows, lead_in)
