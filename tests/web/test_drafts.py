"""Conversations under way: found by their id, forgotten in time, never too many."""

from __future__ import annotations

from datetime import date

import pytest

from movescreen.web.drafts import Drafts
from movescreen.web.errors import NotThere
from movescreen.web.forms.intake import Draft
from tests.support.waiting import Clock

MOST, IDLE_S = 60, 3600.0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(clock: Clock) -> Drafts[Draft]:
    return Drafts("intake", "begin again", MOST, IDLE_S, clock)


def draft(code: str = "C017") -> Draft:
    return Draft(code, date(2026, 3, 2))


def test_a_conversation_is_found_until_it_was_left_alone_for_long(kept: Drafts[Draft], clock: Clock) -> None:
    first = kept.open(draft())
    assert kept.find(first, lambda each: each.code == "C017").code == "C017"
    with pytest.raises(NotThere):
        kept.find(first, lambda each: each.code == "C018")
    clock.now_s += IDLE_S - 1
    kept.find(first)
    clock.now_s += IDLE_S - 1
    kept.find(first)
    assert kept.newest(lambda each: each.code == "C017") == first
    clock.now_s += IDLE_S + 1
    assert kept.newest(lambda each: each.code == "C017") == ""
    with pytest.raises(NotThere):
        kept.find(first)
    assert kept._drafts == {}, "the old one is gone from memory, too"


def test_there_are_never_too_many_and_a_deleted_client_has_none(kept: Drafts[Draft], clock: Clock) -> None:
    ids = []
    for i in range(MOST):
        clock.now_s += 1
        ids.append(kept.open(draft(f"C{i}")))
    kept.find(ids[0])  # touched: the second one is now the one that nobody asked about for longest
    kept.open(draft("new"))
    assert len(kept._drafts) == MOST
    assert kept.find(ids[0]).code == "C0"
    with pytest.raises(NotThere):
        kept.find(ids[1])
    kept.forget_all(lambda each: each.code == "C20")
    with pytest.raises(NotThere):
        kept.find(ids[20])
