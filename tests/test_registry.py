"""The one form of holding functions by name: registered once, found by name, and a slip is answered with close names."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import movescreen
from movescreen.errors import UnknownNameError
from movescreen.registry import Registry


def greetings() -> Registry[Callable[[], str]]:
    made: Registry[Callable[[], str]] = Registry("greeting")

    @made.register("hello", "hi")
    def greet() -> str:
        return "hello"

    return made


def test_entries_are_found_under_each_of_their_names_in_their_order() -> None:
    made = greetings()
    made.add("bye", lambda: "bye")
    assert tuple(made) == ("hello", "hi", "bye")
    assert (made.find("hi")(), made["bye"](), len(made)) == ("hello", "bye", 3)
    assert "hey" not in made


def test_a_slip_is_answered_with_close_names() -> None:
    with pytest.raises(UnknownNameError, match="there is no greeting called 'helo'") as caught:
        greetings().find("helo")
    assert caught.value.hint == "did you mean hello?"


def test_a_name_is_registered_once() -> None:
    made = greetings()
    with pytest.raises(RuntimeError, match="greeting 'hello' is registered twice"):
        made.register("hello")(lambda: "again")
    assert made["hello"]() == "hello"


def test_no_module_holds_functions_by_name_in_a_table_of_its_own() -> None:
    tables = re.compile(r"^_?[A-Za-z_]+: (?:dict|Mapping)\[[^=\n]*Callable[^=\n]*= \{", re.MULTILINE)
    found = {p.name for p in Path(movescreen.__file__).parent.rglob("*.py") if tables.search(p.read_text("utf-8"))}
    assert not found
