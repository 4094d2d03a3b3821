"""How long an intake takes on a phone: counted from the questions that a person is really asked, for people of every kind.

Reading: 238 words a minute, the mean of adults who read English non-fiction in silence; 175, where most of them begin, for children and from
65 years on, who are slower (Brysbaert M. J Mem Lang 2019;109:104047, abstract). Everything that is shown is
read, also every choice the first time that it is shown, but for the body map, where one points. 4 s to decide and tap, 2 s for each further
tick, 12 s to type a few words, and 2 s to go on to the next screen. "Another one?" is a button on the phone: who has no other one reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from movescreen.client.intake.model import Intake, Sex
from movescreen.client.intake.questions import Question, ask_intake, sections_for
from movescreen.client.person import Person
from movescreen.client.rules.red_flags import review_red_flags
from tests.client.test_intake import scripted, seconds_needed
from tests.support.clients import CARE, DAY

WORDS_A_SECOND, SLOW_WORDS_A_SECOND = 238 / 60, 175 / 60
TAP_S, TICK_S, TYPE_S, NEXT_S = 4.0, 2.0, 12.0, 2.0
LIMIT_S = 300.0


class Stopwatch:
    """Adds up what each question takes, s."""

    def __init__(self, words_a_second: float) -> None:
        self.pace, self.total = words_a_second, 0.0
        self.questions: list[Question] = []
        self.read: set[tuple[tuple[str, str], ...]] = set()

    @property
    def asked(self) -> list[str]:
        return [question.key for question in self.questions]

    def take(self, question: Question, answer: Any) -> None:
        words = len(question.text.split())
        if question.key != "place" and question.choices not in self.read:
            words += sum(len(text.split()) for _, text in question.choices)
        self.read.add(question.choices)
        self.questions.append(question)
        self.total += words / self.pace + self.hands(question, answer)

    def hands(self, question: Question, answer: Any) -> float:
        if question.key.startswith("more_") and question.kind == "yes_no" and not answer:
            return 0.0
        if question.kind == "text" and answer not in (None, ""):
            return TYPE_S
        return TAP_S + (TICK_S * max(0, len(answer) - 1) if isinstance(answer, list) else 0.0)


def take_intake(answers: Mapping[str, Any], born: int, sex: Sex) -> tuple[Stopwatch, Intake]:
    """Return how long an intake takes, and what it tells."""
    reply = scripted(answers)
    watch = Stopwatch(WORDS_A_SECOND if 18 <= DAY.year - born < 65 else SLOW_WORDS_A_SECOND)

    def ask(question: Question) -> Any:
        answer = reply(question)
        watch.take(question, answer)
        return answer

    intake = ask_intake(ask, CARE, DAY, born, sex)
    lists = sum(key.startswith("more_symptoms") for key in watch.asked)
    watch.total += NEXT_S * (len(sections_for(Person(DAY, born, sex), {}, CARE)) + lists)
    return watch, intake


EVERYBODY: dict[str, Any] = {
    "sitting_hours": 6, "sports": ["running", "strength"], "goals": ["run", "lift"], "goal_words": "10 km again", "confidence": 6,
    "records": True, "pictures": True,
}  # fmt: skip
KNEE_PAIN = {"pain": True, "place": ["knee"], "side": ["left"], "now": 2, "week": 4, "with_movement": "stairs"}
PEOPLE: dict[str, tuple[int, Sex, dict[str, Any]]] = {
    "healthy athlete": (1998, "male", {"goals": ["return_to_sport"]}),
    "pregnant": (1994, "female", {"pregnant": True, "pregnancy_week": 28, "symptoms": ["pelvic_floor"], "medication": "iron", "takes_medicine": True}),
    "after birth": (1992, "female", {"birth": True, "weeks_postpartum": 12, "symptoms": ["pelvic_floor"]}),
    "faller of 70": (1956, "female", {
        "symptoms": ["falls", "high_blood_pressure", "chronic_medicine"], "more_symptoms": ["unsteady"], "takes_medicine": True,
        "medication": "blood pressure", "injured": True, "kind": ["fracture"], "place": ["hand"], "side": ["left"], "when": "2025", "times": 1,
        "sports": ["walking"], "goals": ["balance", "daily_life"],
    }),
    "child": (2013, "male", {**KNEE_PAIN, "guardian": "mother", "sports": ["jumping_and_turning"], "goals": ["return_to_sport"]}),
    "ligament of the knee": (2000, "female", {
        **KNEE_PAIN, "place": ["knee", "knee"], "side": ["left", "left", "left"], "injured": True, "kind": ["knee_ligament"],
        "when": ["2025-06", "2025-08"], "times": 1, "gives_way": False, "operated": True, "what": "cruciate ligament", "cleared": True,
        "cleared_by": "surgeon", "cleared_on": "2026-01", "allowed": "load", "goals": ["return_to_sport"],
    }),
    "runner with a sprain": (1991, "female", {
        **KNEE_PAIN, "place": ["ankle"], "side": ["right", "right"], "injured": True, "kind": ["ankle_sprain"], "when": ["2023-05"], "times": 2,
        "gives_way": True, "takes_medicine": True, "medication": "the pill",
    }),
    "back pain": (1980, "male", {**KNEE_PAIN, "place": ["low_back"], "side": []}),
}  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
def test_nobody_needs_more_than_five_minutes(who: str) -> None:
    born, sex, told = PEOPLE[who]
    watch, intake = take_intake(EVERYBODY | told, born, sex)
    assert watch.total <= LIMIT_S
    assert (
        seconds_needed(watch.questions) <= LIMIT_S
    )  # by the count of before, too: 200 words a minute, without ways to the next screen
    # and nothing was left out for it: no question about health that belongs to them is open
    assert review_red_flags(Person(DAY, born, sex, intake), CARE).open_questions == ()


def test_the_count_grows_with_every_question_and_word() -> None:
    watch = Stopwatch(WORDS_A_SECOND)
    watch.take(Question("a", "one two three four five", "yes_no"), True)
    assert watch.total == pytest.approx(5 / WORDS_A_SECOND + 4)
    watch.take(Question("b", "one two", "ticks", (("x", "three four"), ("y", "five"))), ["x", "y"])
    assert watch.total == pytest.approx(10 / WORDS_A_SECOND + 10)
    watch.take(Question("c", "words", "text"), "typed")
    assert watch.total == pytest.approx(11 / WORDS_A_SECOND + 22)


def test_the_seven_questions_before_exercise_are_each_answered() -> None:
    _, intake = take_intake(EVERYBODY, 1990, "male")
    asked = {spec.id for spec in CARE.red_flags.values() if spec.asked and not spec.asked_if}
    assert asked <= set(intake.symptoms)
    assert not any(intake.symptoms.values())
    assert intake.day == DAY


@pytest.mark.parametrize(
    ("kind", "times", "gives_way"),
    [("ankle_sprain", True, True), ("knee_ligament", False, True), ("muscle_strain", True, False), ("fracture", False, True), ("other", True, True)],
)  # fmt: skip
def test_an_injury_brings_only_the_questions_that_its_kind_has(kind: str, times: bool, gives_way: bool) -> None:
    told = {
        "injured": True,
        "kind": [kind],
        "place": ["knee"],
        "side": ["left"],
        "when": ["2024"],
        "times": 3,
        "gives_way": True,
    }
    watch, intake = take_intake(EVERYBODY | told, 1990, "male")
    assert ("times" in watch.asked, "gives_way" in watch.asked) == (times, gives_way)
    assert intake.injuries is not None
    assert intake.injuries[0].gives_way is (True if gives_way else None)


@pytest.mark.parametrize(
    ("what", "words", "place"), [("cruciate ligament", None, "knee"), ("caesarean", None, "abdomen"), ("other", "disc of the back", "low_back")]
)  # fmt: skip
def test_an_operation_is_tapped_or_said_in_words(what: str, words: str | None, place: str) -> None:
    told = {"operated": True, "what": what, "what_words": words, "place": place, "side": "left", "when": "2015"}
    watch, intake = take_intake(EVERYBODY | told, 1990, "female")
    assert intake.operations is not None
    assert (intake.operations[0].what, intake.operations[0].place) == (words or what, place)
    assert ("what_words" in watch.asked) is (words is not None)


def test_medicine_is_asked_of_everybody_and_named_by_who_takes_any() -> None:
    for takes in (True, False):
        watch, intake = take_intake(EVERYBODY | {"takes_medicine": takes, "medication": "ciprofloxacin"}, 1990, "male")
        assert intake.takes_medicine is takes
        assert intake.medication == ("ciprofloxacin" if takes else "")
        assert "takes_medicine" in watch.asked
