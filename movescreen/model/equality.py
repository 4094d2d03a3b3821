"""When two results are the same: all that they hold is equal, NaN to NaN, arrays element by element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np


class ValueEquality:
    """Base of the frozen dataclasses that make up a result; they are declared with ``eq=False``, so that this equality holds."""

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(is_same(getattr(self, name), getattr(other, name)) for name in _compared(self))

    def __hash__(self) -> int:
        # equal results have equal texts; numbers stay out, because NaN equals NaN here and hashes by identity
        texts = (value for name in _compared(self) if isinstance(value := getattr(self, name), str))
        return hash((type(self).__name__, *texts))


def _compared(result: Any) -> list[str]:
    return [field.name for field in fields(result) if field.compare]


def is_same(a: Any, b: Any) -> bool:
    """Return whether two values are equal: numbers, texts, arrays, mappings, sequences and dataclasses, nested at will."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and _same_array(a, b)
    if isinstance(a, float | np.floating) and isinstance(b, float | np.floating):
        return bool(a == b or (np.isnan(a) and np.isnan(b)))
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(is_same(value, b[key]) for key, value in a.items())
    if isinstance(a, tuple | list) and type(a) is type(b):
        return len(a) == len(b) and all(map(is_same, a, b))
    return bool(a == b)


def _same_array(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    floating = a.dtype.kind == b.dtype.kind == "f"
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=floating)
