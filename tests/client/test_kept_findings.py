"""Findings in records: kept whole, and read from records of before they knew what they are about."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from pydantic import ValidationError

from movescreen.client.visits.visit import ScreeningRecord
from movescreen.model import Evidence, Finding, Source, Status
from tests.support.results import front_squat, side_squat

#: As it lies in the records of somebody who has used movescreen since before.
OLD: dict[str, Any] = json.loads("""
{"clips": [{"file": "squat_front.mp4", "setup": {"movement": "squat", "view": "front", "near_side": "", "yaw_deg": 2.0,
  "model_name": "pose_landmarker_full", "model_sha256": "aaaa", "catalog_sha256": "bbbb", "raw": false},
  "readings": [{"signal": "lateral_shift", "side": "", "value": -21.5, "unit": "pct", "error": 2.3, "reps": [-21.0, -21.5, -22.0],
   "measure": false, "test": "", "at_least": false, "how": "median", "errors": []}],
  "reps": 3, "notices": ["The camera is tilted."], "folder": "squat_front", "pictures": []}],
 "findings": [
  {"check_id": "weight_shift", "movement": "squat", "side": "", "status": "flagged", "title": "Lateral weight shift", "severity": 3,
   "value": -21.5, "limit": 10.0, "unit": "pct", "direction": "above", "error": 2.3, "reps_seen": 3, "reps_affected": [1, 2, 3],
   "reason": "", "message": "The hips moved 21 % to the right.", "why": "It loads one leg more.", "cue": "Use a mirror.",
   "source": "movescreen's tolerance.", "source_verified": "own_tolerance", "source_note": "no limit is published",
   "whole_clip": false},
  {"check_id": "tempo", "movement": "squat", "side": "", "status": "clear", "title": "Uneven tempo", "severity": 0, "value": 8.0,
   "limit": 25.0, "unit": "pct", "direction": "above", "error": 5.0, "reps_seen": 3, "reps_affected": [], "reason": "",
   "message": "Evenly timed.", "why": "", "cue": "", "source": "", "source_verified": "", "source_note": "", "whole_clip": true},
  {"check_id": "heel_rise", "movement": "squat", "side": "left", "status": "not_assessed", "title": "Heel rise", "severity": 0,
   "value": null, "limit": 5.0, "unit": "pct", "direction": "above", "error": null, "reps_seen": 0, "reps_affected": [],
   "reason": "needs the side view; this clip shows the front view", "message": "Not assessed.", "why": "", "cue": "", "source": "",
   "source_verified": "", "source_note": "", "whole_clip": false},
  {"check_id": "wings_fold", "movement": "flying", "side": "", "status": "borderline", "title": "Wings fold", "severity": 1, "value": 4.0,
   "limit": 3.0, "unit": "deg", "direction": "above", "error": 1.0, "reps_seen": 2, "reps_affected": [1], "reason": "",
   "message": "Folded.", "why": "", "cue": "", "source": "", "source_verified": "", "source_note": "", "whole_clip": false}],
 "missing": ["the squat from the side, to judge heel rise"]}
""")


def old_findings() -> dict[str, Finding]:
    return {f.check_id: f for f in ScreeningRecord.model_validate(OLD).findings}


def test_an_older_record_says_what_it_said() -> None:
    shift = old_findings()["weight_shift"]
    assert (shift.status, shift.severity, shift.value, shift.limit, shift.unit) == (
        Status.FLAGGED,
        3,
        -21.5,
        10.0,
        "pct",
    )
    assert (shift.measurement_error, shift.reps_seen, shift.reps_affected) == (2.3, 3, (1, 2, 3))
    assert shift.source == Source("movescreen's tolerance.", "own_tolerance", "no limit is published")
    assert (shift.message, shift.why, shift.cue) == (
        "The hips moved 21 % to the right.", "It loads one leg more.", "Use a mirror.",
    )  # fmt: skip
    assert shift.evidence == ()
    record = ScreeningRecord.model_validate(OLD)
    assert record.missing == ("the squat from the side, to judge heel rise",)
    assert record.clips[0].readings[0].reps == (-21.0, -21.5, -22.0)


def test_missing_numbers_of_an_older_record_stay_missing() -> None:
    heel = old_findings()["heel_rise"]
    assert heel.status is Status.NOT_ASSESSED
    assert math.isnan(heel.value)
    assert math.isnan(heel.measurement_error)


def test_an_older_value_of_all_repetitions_together_is_one_still() -> None:
    (value,) = old_findings()["tempo"].evidence
    assert value == Evidence(rep=0, time_s=0.0, value=8.0, limit=25.0, unit="pct", measurement_error=5.0)


def test_an_older_finding_learns_from_the_catalogue_what_it_is_about() -> None:
    shift = old_findings()["weight_shift"]
    assert (shift.two_sided, shift.positive_side, shift.signal, shift.statistic) == (
        True,
        "left",
        "lateral_shift",
        "turn",
    )
    assert shift.views == ("front",)
    assert shift.seen_side == "right"
    assert not old_findings()["heel_rise"].two_sided


def test_an_older_finding_of_a_check_that_is_gone_is_read_without_it() -> None:
    wings = old_findings()["wings_fold"]
    assert (wings.title, wings.value, wings.signal, wings.seen_side) == ("Wings fold", 4.0, "", "")


def test_what_was_read_from_an_older_record_is_kept_whole_from_then_on() -> None:
    record = ScreeningRecord.model_validate(OLD)
    kept = record.model_dump(mode="json")
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept
    assert "error" not in kept["findings"][0]
    assert ScreeningRecord.model_validate(kept) == record
    assert ScreeningRecord.model_validate_json(record.model_dump_json()) == record


@pytest.mark.parametrize("clip", [front_squat(), side_squat()])
def test_a_finding_comes_back_with_its_evidence_and_its_words(clip: Any) -> None:
    record = ScreeningRecord(clips=(), findings=clip.findings)
    again = ScreeningRecord.model_validate(record.model_dump(mode="json"))
    assert again.findings == clip.findings
    assert again == record


@pytest.mark.parametrize("broken", [3, "text", {"signal": "", "check_id": 5}, {"check_id": "x"}, None])
def test_what_is_no_finding_is_refused(broken: object) -> None:
    with pytest.raises(ValidationError):
        ScreeningRecord.model_validate(OLD | {"findings": [broken]})
