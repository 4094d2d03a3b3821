"""The codec: what is written is what is read, and nothing is turned into something else on the way."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from movescreen.codec import from_plain, to_plain
from movescreen.model import Attempt, Finding, Measure, Status, View, ViewKind, is_same


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(to_plain(value), allow_nan=False))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (np.float64("nan"), None),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([1.5, np.nan]), [1.5, None]),
        (np.array(["a"]), ["a"]),
        (ViewKind.FRONT, "front"),
        (Path("a/b"), "a/b"),
        (date(2026, 3, 2), "2026-03-02"),
        ({Status.CLEAR: (1, True)}, {"clear": [1, True]}),
        (frozenset({"b", "a"}), ["a", "b"]),
        (0.1 + 0.2, 0.1 + 0.2),
        (None, None),
    ],
)
def test_values_become_plain(value: object, expected: object) -> None:
    assert to_plain(value) == expected
    assert type(to_plain(value)) is type(expected)


NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


@given(NUMBERS, NUMBERS, st.text(max_size=20), st.booleans())
def test_every_number_and_text_comes_back(value: float, error: float, reason: str, at_least: bool) -> None:
    reason = reason or "why"
    attempts = (Attempt(rep=1, value=value, error=error, at_least=at_least),)
    measure = Measure(
        name="height", side="", title="Height", unit="cm", digits=1, value=value, error=error, attempts=attempts,
        reason=reason,
    )  # fmt: skip
    assert from_plain(Measure, through_json(measure)) == measure


@given(st.lists(NUMBERS, max_size=5))
def test_numpy_numbers_come_back_as_the_same_numbers(values: list[float]) -> None:
    back = from_plain(tuple[float, ...], through_json(tuple(map(np.float64, values))))
    assert is_same(back, tuple(values))
    assert all(type(value) is float for value in back)


@dataclass
class Box:
    """Something of every kind."""

    whole: int
    part: float
    name: str
    sure: bool
    pair: tuple[str, int] = ("a", 1)
    by_name: dict[str, float] = field(default_factory=dict)
    maybe: float | None = None
    anything: Any = None


GOOD = {"whole": 1, "part": 2.5, "name": "n", "sure": True}


def test_a_whole_number_is_a_number_and_null_a_missing_one() -> None:
    box = from_plain(Box, GOOD | {"part": 2, "by_name": {"a": None}})
    assert (box.part, type(box.part)) == (2.0, float)
    assert math.isnan(box.by_name["a"])
    assert from_plain(Box, GOOD | {"maybe": None}).maybe is None
    assert from_plain(Box, GOOD | {"part": "-Infinity"}).part == -math.inf
    assert from_plain(Box, GOOD | {"anything": [1, {"b": None}], "new key": 5}).anything == [1, {"b": None}]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"whole": 1.0}, "expected a whole number, found float @ box.whole"),
        ({"whole": True}, "expected a whole number, found bool @ box.whole"),
        ({"whole": None}, "expected a whole number, found NoneType @ box.whole"),
        ({"part": "2.5"}, "expected a number, found str @ box.part"),
        ({"part": False}, "expected a number, found bool @ box.part"),
        ({"part": 10**400}, "too large"),
        ({"name": 3}, "expected text, found int @ box.name"),
        ({"sure": 1}, "expected true or false, found int @ box.sure"),
        ({"pair": "ab"}, "expected a list, found str @ box.pair"),
        ({"pair": ["a"]}, "box.pair"),
        ({"pair": ["a", 1, 2]}, "box.pair"),
        ({"by_name": [1]}, "expected an object, found list @ box.by_name"),
        ({"by_name": {"a": []}}, "expected a number, found list @ box.by_name"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match="box") as error:
        from_plain(Box, GOOD | changes, "box")
    assert says in str(error.value)


@pytest.mark.parametrize("value", [[], "text", None, 3])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="expected an object"):
        from_plain(View, value)


def test_what_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(ValueError, match=r"'kind' is missing @ view"):
        from_plain(View, {}, "view")
    with pytest.raises(ValueError, match=r"'sideways' is not a valid ViewKind @ view\.kind"):
        from_plain(View, {"kind": "sideways"}, "view")


def test_what_a_dataclass_demands_holds_for_what_is_read() -> None:
    unseen = {"check_id": "lean", "movement": "squat", "status": "not_assessed", "title": "Lean"}
    with pytest.raises(ValueError, match="not_assessed needs a reason"):
        from_plain(Finding, unseen)
    assert from_plain(Finding, unseen | {"reason": "hidden"}).status is Status.NOT_ASSESSED


def test_what_must_be_whole_lacks_nothing() -> None:
    assert from_plain(Box, GOOD).pair == ("a", 1)
    with pytest.raises(ValueError, match="pair, by_name, maybe, anything is missing @ box"):
        from_plain(Box, GOOD, "box", whole=True)
    assert from_plain(Box, to_plain(Box(1, 2.0, "n", True)), whole=True) == Box(1, 2.0, "n", True)
