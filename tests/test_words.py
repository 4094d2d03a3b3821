"""What is said of findings: the same words at every door, and nothing that was not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from movescreen.model import Finding, Status
from movescreen.words.findings import finding_words, in_short, is_good_result


def _finding(check: str, status: Status, side: str = "", statistic: str = "turn") -> Finding:
    reason = "hidden" if status is Status.NOT_ASSESSED else ""
    return Finding(
        check_id=check, movement="squat", side=side, status=status, title=check, statistic=statistic, reason=reason
    )


CLEAR, UNSEEN = Status.CLEAR, Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("findings", "good"),
    [
        ([_finding("depth", CLEAR), _finding("knees", CLEAR)], True),
        # the depth may be anything
        ([_finding("depth", UNSEEN), _finding("knees", CLEAR)], False),
        # one heel hides the other
        ([_finding("heel", UNSEEN, "left"), _finding("heel", CLEAR, "right")], True),
        # two repetitions are too few to tell how alike they are
        ([_finding("depth", CLEAR), _finding("alike", UNSEEN, statistic="spread")], True),
        ([_finding("alike", CLEAR, statistic="spread")], False),
        ([_finding("depth", Status.BORDERLINE), _finding("knees", CLEAR)], False),
        ([], False),
    ],
)
def test_a_good_result_is_one_in_which_every_fault_could_be_seen(findings: list[Finding], good: bool) -> None:
    assert is_good_result(findings) is good


def test_a_finding_is_said_with_what_to_bear_in_mind() -> None:
    plain = replace(_finding("depth", Status.BORDERLINE), message="The thighs stopped 16 degrees above level.")
    assert finding_words(plain) == "The thighs stopped 16 degrees above level."
    doubted = replace(plain, reason="seen in one repetition only")
    assert finding_words(doubted) == "The thighs stopped 16 degrees above level (seen in one repetition only)."


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((1, 0, 3), "1 thing stood out"),
        ((2, 1, 0), "2 things stood out, 1 borderline"),
        ((0, 1, 3), "1 borderline"),
        ((0, 0, 3), "nothing stood out"),
        ((0, 0, 0), "nothing could be judged"),
    ],
)
def test_nothing_stood_out_only_where_something_was_judged(counts: tuple[int, int, int], words: str) -> None:
    assert in_short(*counts).replace("\N{NO-BREAK SPACE}", " ") == words
