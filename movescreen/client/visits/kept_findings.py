"""Findings as records keep them: the result's own findings, in plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

from movescreen.catalog import load_catalog
from movescreen.catalog.schema import CheckBase
from movescreen.codec import from_plain, to_plain
from movescreen.model import Finding

#: Keys of a finding kept by versions that did not say what it is about; the model's finding has others in their place.
_BEFORE = ("error", "source", "source_verified", "source_note", "whole_clip")


def _read(kept: Any) -> Finding:
    if isinstance(kept, Finding):
        return kept
    if not isinstance(kept, Mapping):
        raise ValueError("a finding is an object")
    return from_plain(Finding, dict(kept) if "signal" in kept else _complete(kept), "finding")


#: A finding inside a record; also reads what versions kept that did not say what it is about.
KeptFinding = Annotated[Finding, BeforeValidator(_read), PlainSerializer(to_plain)]


def _complete(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return a finding of an older record, with what it is about as far as the catalogue of today has its check."""
    check = _find_check(str(kept.get("movement")), str(kept.get("check_id")))
    source = {"citation": "source", "verified": "source_verified", "note": "source_note"}
    return {
        **{key: value for key, value in kept.items() if key not in _BEFORE},
        **(_about(check, str(kept.get("side", ""))) if check else {}),
        "measurement_error": kept.get("error"),
        "source": {new: kept.get(old, "") for new, old in source.items()},
        "evidence": [_whole_clip(kept)] if kept.get("whole_clip") else [],
    }


def _find_check(movement: str, check_id: str) -> CheckBase | None:
    spec = load_catalog().movements.get(movement)
    return next((check for check in spec.checks if check.id == check_id), None) if spec else None


def _about(check: CheckBase, side: str) -> dict[str, Any]:
    return {
        "two_sided": check.two_sided, "positive_side": check.positive_side_of(side), "signal": check.signal,
        "statistic": check.value_from, "views": list(check.views),
    }  # fmt: skip


def _whole_clip(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the one value that belongs to all repetitions together; of others the single values were not kept."""
    same = {key: kept.get(key) for key in ("value", "limit")}
    return same | {"rep": 0, "time_s": 0.0, "unit": kept.get("unit", ""), "measurement_error": kept.get("error")}
