"""Between the dataclasses of a result and plain JSON values: one codec for everything that is written, so that nothing is lost.

A missing number (NaN) is ``null``, an infinite one the text ``Infinity`` or ``-Infinity``, every other one keeps all its digits. Enums are
their value, tuples lists, NumPy scalars and arrays plain numbers and lists, days and paths text.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date
from enum import StrEnum
from pathlib import PurePath
from typing import Any, TypeVar, get_args, get_origin

import cattrs
import numpy as np
from cattrs.dispatch import StructureHook
from cattrs.gen import make_dict_structure_fn

_T = TypeVar("_T")
_INFINITE = ("Infinity", "-Infinity")
_WORDS: dict[type, str] = {
    float: "a number", int: "a whole number", bool: "true or false", str: "text", list: "a list", dict: "an object",
}  # fmt: skip


def to_plain(value: Any) -> Any:
    """Return a value as JSON knows it.

    Parameters
    ----------
    value
        Numbers, text, paths, days, enums, dataclasses, mappings, sequences, sets and arrays, nested at will.

    Returns
    -------
    None, bool, int, float, str, list or dict
        Sets are sorted lists; anything unknown is its text.
    """
    return _LENIENT.unstructure(value)


def from_plain(kind: type[_T], value: Any, where: str = "value", *, whole: bool = False) -> _T:
    """Return what :func:`to_plain` was given.

    Parameters
    ----------
    kind
        A dataclass with annotated fields, or something like ``tuple[Finding, ...]``.
    value
        Plain values. Keys that the dataclass does not have are ignored.
    where
        How a message names the value.
    whole
        Refuse what lacks a key; otherwise the field takes its default, where it has one.

    Raises
    ------
    ValueError
        When the values do not fit, or break what a dataclass demands; says where.
    """
    try:
        return (_WHOLE if whole else _LENIENT).structure(value, kind)
    except (cattrs.BaseValidationError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise ValueError(cattrs.transform_error(error, where, _say)[0]) from error


def _say(error: BaseException, _kind: Any) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _expect(value: Any, *kinds: type) -> Any:
    """Return a value of one of the kinds: nothing is turned into something else, and a truth value is no number."""
    if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
        return value
    raise TypeError(f"expected {_WORDS[kinds[0]]}, found {type(value).__name__}")


def _number_to_plain(value: float) -> float | str | None:
    if math.isfinite(value):
        return float(value)
    return None if math.isnan(value) else _INFINITE[value < 0]


def _read_number(value: Any, _kind: Any) -> float:
    if value is None:
        return math.nan
    return float(value if value in _INFINITE else _expect(value, float, int))


def _read_tuple(kind: Any, converter: cattrs.Converter) -> StructureHook:
    parts = get_args(kind)

    def read(value: Any, _kind: Any) -> tuple[Any, ...]:
        items = _expect(value, list)
        wanted = parts[:1] * len(items) if parts[-1] is Ellipsis else parts
        return tuple(converter.structure(item, part) for item, part in zip(items, wanted, strict=True))

    return read


def _read_mapping(kind: Any, converter: cattrs.Converter) -> StructureHook:
    name, part = get_args(kind)

    def read(value: Any, _kind: Any) -> dict[Any, Any]:
        return {converter.structure(k, name): converter.structure(v, part) for k, v in _expect(value, dict).items()}

    return read


def _read_dataclass(kind: Any, converter: cattrs.Converter) -> StructureHook:
    make = make_dict_structure_fn(kind, converter)
    return lambda value, _kind: make(_expect(value, dict), kind)


def _read_whole_dataclass(kind: Any, converter: cattrs.Converter) -> StructureHook:
    make = _read_dataclass(kind, converter)
    names = [field.name for field in dataclasses.fields(kind) if field.init]

    def read(value: Any, _kind: Any) -> Any:
        if missing := [name for name in names if name not in _expect(value, dict)]:
            raise ValueError(f"{', '.join(missing)} is missing")
        return make(value, kind)

    return read


def _is_mapping(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_numpy(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, np.ndarray | np.generic)


def _make_converter(read_dataclass: Callable[[Any, cattrs.Converter], StructureHook]) -> cattrs.Converter:
    made = cattrs.Converter(
        unstruct_collection_overrides={Sequence: list, Mapping: dict, Set: lambda items: sorted(items, key=str)},
        unstructure_fallback_factory=lambda _kind: str,
    )
    made.register_unstructure_hook(type(None), lambda _none: None)
    for kind in (bool, int, str):
        made.register_unstructure_hook(kind, kind)
        made.register_structure_hook(kind, lambda value, wanted: _expect(value, wanted))
    made.register_structure_hook(StrEnum, lambda value, wanted: wanted(value))
    made.register_unstructure_hook(float, _number_to_plain)
    made.register_structure_hook(float, _read_number)
    made.register_unstructure_hook(date, date.isoformat)
    made.register_unstructure_hook_func(lambda kind: isinstance(kind, type) and issubclass(kind, PurePath), str)
    made.register_unstructure_hook_func(_is_numpy, lambda value: to_plain(value.tolist()))
    made.register_structure_hook_factory(dataclasses.is_dataclass)(read_dataclass)
    made.register_structure_hook_factory(_is_tuple)(_read_tuple)
    made.register_structure_hook_factory(_is_mapping)(_read_mapping)
    return made


_LENIENT, _WHOLE = _make_converter(_read_dataclass), _make_converter(_read_whole_dataclass)
