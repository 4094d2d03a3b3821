"""Conversations under way: found by their id, forgotten in time, never too many."""

from __future__ import annotations

from datetime import date

import pytest

from movescreen.web.errors import NotThere
from movescreen.web.forms import drafts
from movescreen.web.forms.drafts import DraftStore
from movescreen.web.forms.intake import Draft


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def draft(code: str = "C017") -> Draft:
    return Draft(code, date(2026, 3, 2))


def test_a_conversation_is_found_until_it_was_left_alone_for_long() -> None:
    clock = Clock()
    kept = DraftStore(clock)
    first = kept.open(draft())
    assert kept.find("C017", first).code == "C017"
    with pytest.raises(NotThere):
        kept.find("C018", first)
    clock.now += drafts._IDLE_S - 1
    kept.find("C017", first)
    clock.now += drafts._IDLE_S - 1
    kept.find("C017", first)
    clock.now += drafts._IDLE_S + 1
    with pytest.raises(NotThere):
        kept.find("C017", first)
    kept.open(draft())
    assert len(kept._drafts) == 1, "the old one is gone from memory, too"


def test_there_are_never_too_many_and_a_deleted_client_has_none() -> None:
    clock = Clock()
    kept = DraftStore(clock)
    ids = []
    for i in range(drafts._MOST + 5):
        clock.now += 1
        ids.append(kept.open(draft(f"C{i}")))
    assert len(kept._drafts) == drafts._MOST
    with pytest.raises(NotThere):
        kept.find("C0", ids[0])
    kept.forget_client("C20")
    with pytest.raises(NotThere):
        kept.find("C20", ids[20])
