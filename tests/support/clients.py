"""People with known histories, for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.intake.model import Clearance, Consent, Injury, Intake, Pain, WordsRead
from movescreen.client.person import Person
from movescreen.client.rules.danger_words import find_unread_words
from movescreen.client.visits.visit import (
    ClipRecord,
    HandMeasurement,
    Reading,
    ScreeningRecord,
    SessionNote,
    Setup,
    Visit,
)
from movescreen.model import Finding, Status
from tests.support.results import known_about

CARE = load_client_catalog()
DAY = date(2026, 3, 2)
CONSENT = Consent(records=True, pictures=True, on=DAY)
SPRAIN = Injury(kind="ankle_sprain", place="ankle", side="right", when="2023-05", times=2, gives_way=True)
QUESTIONS = {spec.id: False for spec in CARE.red_flags.values() if spec.asked}
#: A joint that still troubles, which a physiotherapist has looked at.
SEEN: dict[str, Any] = {
    "symptoms": QUESTIONS | {"joint_problem": True},
    "clearances": (Clearance(flag="joint_problem", by="physiotherapist", on=DAY),),
}


def make_intake(**changes: Any) -> Intake:
    """Return an intake in which everything was asked and nothing was the matter."""
    told: dict[str, Any] = {
        "day": DAY, "pains": (), "injuries": (), "operations": (), "pregnant": False, "asked_birth": True,
        "sitting_hours": 3, "sports": ("walking",), "goals": ("daily_life",), "confidence": 9,
        "symptoms": QUESTIONS, "consent": CONSENT,
    }  # fmt: skip
    return Intake(**(told | changes))


def make_person(today: date = DAY, birth_year: int | None = 1991, **changes: Any) -> Person:
    return Person(today, birth_year, "female", make_intake(**changes))


def runner_with_sprain(**changes: Any) -> Person:
    told: dict[str, Any] = {
        "injuries": (SPRAIN,), "sports": ("running",), "goals": ("run",), "confidence": 6,
        "pains": (Pain(place="ankle", side="right", now=1, week=2, with_movement="running downhill"),), **SEEN,
    }  # fmt: skip
    return make_person(**(told | changes))


def make_record(check_id: str, status: Status = Status.FLAGGED, **changes: Any) -> Finding:
    told: dict[str, Any] = {
        "check_id": check_id, "movement": "squat", "status": status, "title": check_id.replace("_", " ").capitalize(),
        "severity": {Status.FLAGGED: 2, Status.BORDERLINE: 1}.get(status, 0), "value": 15.0, "limit": 10.0, "unit": "pct",
        "direction": "above", "measurement_error": 3.0, "reps_seen": 5, "message": f"{check_id} was seen.",
        "reason": "needs the front view" if status is Status.NOT_ASSESSED else "",
    }  # fmt: skip
    about = known_about(str(changes.get("movement", "squat")), check_id, str(changes.get("side", "")))
    return Finding(**(told | about | changes))


def make_setup(**changes: Any) -> Setup:
    told: dict[str, Any] = {
        "movement": "squat", "view": "side", "near_side": "right", "yaw_deg": 88.0, "model_name": "full",
        "model_sha256": "m" * 64, "catalog_sha256": "c" * 64,
    }  # fmt: skip
    return Setup(**(told | changes))


def make_visit(
    day: date = DAY,
    findings: tuple[Finding, ...] = (),
    readings: tuple[Reading, ...] = (),
    measurements: tuple[HandMeasurement, ...] = (),
    notes: tuple[SessionNote, ...] = (),
    setup: Setup | None = None,
) -> Visit:
    clip = ClipRecord(file="clip.mp4", setup=setup or make_setup(), readings=readings, reps=5, folder="clip")
    screening = ScreeningRecord(clips=(clip,), findings=findings)
    seen = (screening,) if findings or readings else ()
    return Visit(day=day, screenings=seen, measurements=measurements, notes=notes)


HEEL = make_record("heel_rise", side="right", severity=3, message="The right heel left the floor by 15 percent.")


def by_hand(test: str, left: float, right: float) -> tuple[HandMeasurement, ...]:
    return tuple(HandMeasurement(test=test, side=s, value=v) for s, v in (("left", left), ("right", right)))  # type: ignore[arg-type]


#: Legs that are alike and strong enough, and legs that are alike only.
STRONG_LEGS = {"single_leg_stance": (45, 44), "single_leg_heel_raise": (25, 24), "single_leg_squat_count": (16, 16), "single_leg_hop": (120, 118)}  # fmt: skip
WEAK_LEGS = {"single_leg_stance": (3, 3), "single_leg_heel_raise": (3, 3), "single_leg_squat_count": (1, 1), "single_leg_hop": (40, 42), "knee_to_wall": (2, 2.2)}  # fmt: skip


def ready_visits(**legs: tuple[float, float]) -> tuple[Visit, ...]:
    notes = tuple(SessionNote(pain_now=0, pain_next_day=1) for _ in range(2))
    room = {"knee_to_wall": (11.0, 10.5)}
    taken = tuple(m for test, sides in (room | STRONG_LEGS | legs).items() for m in by_hand(test, *sides))
    leg = HandMeasurement(test="leg_length", value=90.0)
    return (make_visit(findings=(HEEL,), measurements=(*taken, leg), notes=notes),)


def read_all(person: Person, *visits: Visit, means: tuple[str, ...] = (), note: str = "asked") -> Person:
    """Return a person of whom the trainer has read on their day whatever was typed and waited: nothing in it, or what it means."""
    texts = find_unread_words(person, visits, CARE)
    read = (WordsRead(by="trainer", on=person.today, what=texts, means=means, note=note),) if texts else ()
    return replace(person, words_read=(*person.words_read, *read))
