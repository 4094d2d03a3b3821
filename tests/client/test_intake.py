"""What a person tells: the shape, the questions, and how long they take."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from movescreen.cli.intake import make_template
from movescreen.client.dates import days_since, latest_day
from movescreen.client.intake.model import Injury, Intake, Pain, parse_intake, read_intake
from movescreen.client.intake.questions import Question, ask_intake, fill, read_answers, sections_for
from movescreen.client.intake.words import injury_words, operation_words, pain_words
from movescreen.client.person import Person
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.errors import InputError
from tests.support.clients import CARE, DAY, SPRAIN, make_intake


def scripted(answers: Mapping[str, Any], asked: list[Question] | None = None) -> Callable[[Question], Any]:
    """Return a function that answers by key; a list is used up one answer at a time; what is not given is "no"."""
    left = {key: list(value) if isinstance(value, list) else None for key, value in answers.items()}

    def ask(question: Question) -> Any:
        if asked is not None:
            asked.append(question)
        if question.key not in answers:
            return {"yes_no": False, "ticks": [], "score": 0, "number": 0}.get(question.kind)
        queue = left[question.key]
        return queue.pop(0) if queue is not None and question.kind != "ticks" else answers[question.key]

    return ask


def test_a_healthy_person_is_asked_little() -> None:
    asked: list[Question] = []
    intake = ask_intake(scripted({"records": True}, asked), CARE, DAY, 1990, "male")
    assert (intake.pains, intake.injuries, intake.operations) == ((), (), ())
    assert intake.pregnant is False
    assert not any(intake.symptoms.values())
    assert intake.consent is not None
    assert not intake.consent.pictures
    assert len(asked) <= 13


def seconds_needed(asked: list[Question]) -> float:
    """Read at 200 words a minute, and take 4 s to point, or 12 s to type; a list is looked over for the one entry that fits."""
    total = 0.0
    for question in asked:
        words = len(question.text.split())
        if question.kind == "ticks":
            words += sum(len(text.split()) for _, text in question.choices)
        total += words / (200 / 60) + (12 if question.kind == "text" else 4)
    return total


def test_someone_with_pain_and_a_sprain_needs_five_minutes_at_most() -> None:
    asked: list[Question] = []
    answers = {
        "pain": True, "place": ["ankle"], "side": ["right", "right"], "now": 1, "week": 3, "with_movement": "running",
        "injured": True, "kind": "ankle_sprain", "when": "2023-05", "times": 2, "gives_way": True, "sitting_hours": 8,
        "sports": ["running"], "goals": ["run"], "goal_words": "10 km", "confidence": 6, "medication": "none", "records": True,
        "pictures": True,
    }  # fmt: skip
    intake = ask_intake(scripted(answers, asked), CARE, DAY, 1991, "female")
    assert intake.injuries == (SPRAIN,)
    assert intake.pains == (Pain(place="ankle", side="right", now=1, week=3, with_movement="running"),)
    assert seconds_needed(asked) < 300
    # a sprain of the ankle is one of the ankle, and nobody with pain of the ankle only is asked about the saddle area
    assert [q.key for q in asked].count("place") == 1
    assert "saddle_numbness" not in intake.symptoms
    assert intake.symptoms["night_pain"] is False


def test_back_pain_brings_the_questions_about_the_back() -> None:
    answers = {"pain": True, "place": "low_back", "now": 2, "week": 4, "records": True, "symptoms": ["night_pain"]}
    intake = ask_intake(scripted(answers), CARE, DAY, 1980, "male")
    assert intake.symptoms["night_pain"] is True
    assert intake.symptoms["saddle_numbness"] is False
    assert intake.pains is not None
    assert intake.pains[0].side == ""


def test_pain_of_hip_and_hamstring_brings_them_too_and_a_sign_stops() -> None:
    answers = {
        "pain": True, "place": ["hip", "hamstring"], "side": ["left", "left"], "now": 4, "week": 7, "more_pain": [True, False],
        "records": True, "symptoms": ["saddle_numbness"],
    }  # fmt: skip
    intake = ask_intake(scripted(answers), CARE, DAY, 1980, "male")
    assert intake.symptoms["saddle_numbness"] is True
    review = review_red_flags(Person(DAY, 1980, "male", intake), CARE)
    assert review.stopping[0].spec.refer_to == "an emergency department, today"


@pytest.mark.parametrize("numb", [True, False])
def test_numbness_of_a_leg_is_asked_on(numb: bool) -> None:
    asked: list[Question] = []
    answers = {"records": True, "symptoms": ["numbness"] if numb else [], "more_symptoms": ["bladder_bowel"]}
    intake = ask_intake(scripted(answers, asked), CARE, DAY, 1980, "male")
    assert ("more_symptoms" in {q.key for q in asked}) is numb
    assert intake.symptoms.get("bladder_bowel") is (True if numb else None)
    assert intake.symptoms.get("saddle_numbness") is (False if numb else None)


def test_men_are_not_asked_about_births_and_women_are() -> None:
    for sex, expected in (("male", False), ("female", True)):
        asked: list[Question] = []
        ask_intake(scripted({"records": True}, asked), CARE, DAY, 1990, sex)  # type: ignore[arg-type]
        assert ("birth" in {q.key for q in asked}) is expected


@pytest.mark.parametrize(
    ("answers", "pains"),
    [
        ({}, None),
        ({"pain": None}, None),
        ({"pain": True}, None),
        ({"pain": True, "pains": []}, None),
        ({"pain": False}, ()),
    ],
)
def test_what_was_not_answered_is_never_a_no(answers: dict[str, Any], pains: tuple[Pain, ...] | None) -> None:
    intake = read_answers(Person(DAY), answers, CARE)
    assert intake.pains == pains
    assert (intake.pregnant, intake.asked_birth, intake.symptoms, intake.consent) == (None, False, {}, None)


def test_answers_are_read_alike_whoever_brings_them() -> None:
    ankle = {"place": "ankle", "side": "right", "now": 1, "week": 3, "with_movement": "running"}
    asked = {"pain": True, **ankle, "birth": True, "weeks_postpartum": 30, "symptoms": ["numbness"], "records": True}
    held = ask_intake(scripted(asked), CARE, DAY, 1991, "female")
    person = Person(DAY, 1991, "female")
    given = {
        "pain": True, "pains": [ankle], "injured": False, "operated": False, "pregnant": False, "birth": True,
        "weeks_postpartum": 30, "sitting_hours": 0, "equipment": [], "goes_well": [], "confidence": 0, "takes_medicine": False, "symptoms": ["numbness"], "more_symptoms": [],
        "records": True, "pictures": False,
    }  # fmt: skip
    assert read_answers(person, given, CARE) == held
    # a list left out ends the lists, and none of its red flags was told
    left_out = read_answers(person, {k: v for k, v in given.items() if k != "more_symptoms"}, CARE)
    assert "saddle_numbness" not in left_out.symptoms
    assert left_out.symptoms["numbness"] is True


def test_a_list_of_red_flags_follows_from_the_answers() -> None:
    def keys(answers: dict[str, Any], sex: str = "") -> list[str]:
        return [section.key for section in sections_for(Person(DAY, 1980, sex), answers, CARE)]  # type: ignore[arg-type]

    plain = ["pains", "injuries", "operations", "births", "day", "goals", "health", "consent"]
    assert keys({}) == plain
    assert keys({}, "male") == [key for key in plain if key != "births"]
    calm = {"pain": False, "injured": False, "operated": False}
    assert keys(calm | {"symptoms": []}) == plain
    assert keys(calm | {"symptoms": ["numbness"]}) == [*plain[:-1], "signs", "consent"]


def test_a_question_that_hangs_on_another_is_asked_after_a_yes_only() -> None:
    questions = (Question("birth", "?", "yes_no"), Question("weeks_postpartum", "?", "number", when="birth"))
    assert fill(questions, lambda q: {"birth": True}.get(q.key, 8), DAY) == {"birth": True, "weeks_postpartum": 8}
    assert fill(questions, lambda q: {"birth": False}.get(q.key, 8), DAY) == {"birth": False}


def test_answers_that_do_not_go_together_are_named() -> None:
    with pytest.raises(InputError, match="worst of the week"):
        ask_intake(scripted({"pain": True, "place": "knee", "side": "left", "now": 5, "week": 2}), CARE, DAY)


def test_json_round_trip_and_template(tmp_path: Path) -> None:
    intake = make_template(DAY)
    assert parse_intake(intake.model_dump_json()) == intake
    (tmp_path / "i.json").write_text(intake.model_dump_json(), "utf-8")
    assert read_intake(tmp_path / "i.json") == intake
    # the example shows every key but the ones that only clinicians fill
    empty = {key for key, value in json.loads(intake.model_dump_json()).items() if value in (None, [], "")}
    assert empty <= {"clearances", "note", "weeks_postpartum", "pregnancy_week"}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"pains": [{"place": "knee", "now": 11, "week": 11}]}, "pains.0.now"),
        ({"pains": [{"place": "kneee", "now": 1, "week": 1}]}, "pains.0.place"),
        ({"injuries": [{"kind": "ankle_sprain", "place": "ankle", "when": "last May"}]}, "a year, a month or a day"),
        ({"injuries": [{"kind": "ankle_sprain", "place": "ankle", "when": "2023-13"}]}, "month"),
        ({"injuries": [{"kind": "ankle_sprain", "place": "ankle", "when": "2027"}]}, "lies after"),
        ({"sports": ["none", "running"]}, "does not go with"),
        ({"sitting_hours": 30}, "sitting_hours"),
        ({"pregnant": True, "weeks_postpartum": 2}, "pregnant"),
        ({"color": "blue"}, "color"),
    ],
)
def test_every_wrong_key_is_named(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named) as error:
        parse_intake(json.dumps({"day": "2026-03-02", **changes}))
    assert error.value.hint


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no intake"):
        read_intake(tmp_path / "gone.json")
    with pytest.raises(InputError, match="JSON"):
        parse_intake("not json")


def test_a_year_counts_as_the_latest_it_can_mean() -> None:
    assert latest_day("2023") == date(2023, 12, 31)
    assert latest_day("2024-02") == date(2024, 2, 29)
    assert latest_day("2023-12") == date(2023, 12, 31)
    assert latest_day("2023-05-04") == date(2023, 5, 4)
    assert days_since("2026", DAY) == 0
    assert days_since("2026-03-01", DAY) == 1


def test_words() -> None:
    assert injury_words(SPRAIN) == "2023 right ankle sprain (2 times, gives way)"
    sore = Injury(kind="tendon_pain", place="achilles", side="right", when="2021", times=2)
    assert injury_words(sore) == "2021 right Achilles tendon trouble (2 times)"
    assert injury_words(sore.model_copy(update={"place": "knee"})) == "2021 right knee tendon trouble (2 times)"
    both = Injury(kind="fracture", place="hand", side="both", when="2020")
    assert injury_words(both) == "2020 hand fracture (on both sides)"
    intake = make_template(DAY)
    assert operation_words(intake.operations[0]) == "2016 operation of the abdomen (appendix)"  # type: ignore[index]
    assert pain_words(intake.pains[0]).startswith("pain in the right ankle (1 of 10 now, 3 at worst")  # type: ignore[index]


def test_weeks_since_birth_go_on_after_the_intake() -> None:
    person = Person(date(2026, 3, 30), 1991, "female", make_intake(weeks_postpartum=8))
    assert person.weeks_postpartum == 12
    assert Person(DAY, 1991, "female", make_intake()).weeks_postpartum is None
    assert Person(DAY).age is None
    assert Intake(day=DAY).pains is None


def test_what_goes_well_is_asked_only_of_whom_something_hurts_and_nobody_operated() -> None:
    def asked(**answers: bool) -> bool:
        sections = sections_for(Person(DAY, 1991, "female"), answers, CARE)
        return any(question.key == "goes_well" for section in sections for question in section.questions)

    assert asked(pain=True, operated=False)
    assert asked(pain=False, injured=True)
    assert not asked(pain=False, injured=False)
    assert not asked(pain=True, operated=True)
