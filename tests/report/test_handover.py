"""SOAP note, letter and note for the coach: one case, three languages, nothing invented, and no more than was agreed to."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from movescreen.app.page_data import make_case
from movescreen.catalog.norms_library import load_norms
from movescreen.client.intake.model import Consent, Operation, Pain
from movescreen.client.person import Person
from movescreen.client.plan.model import Plan
from movescreen.client.visits.observation import Observation
from movescreen.client.visits.visit import MovementPain, SessionNote, Visit
from movescreen.model import Status
from movescreen.report.formats.sheet import Block, Sheet, render_sheet, sheet_text
from movescreen.report.pages.handover import READERS, Reader, Writing, make_sheet, write_sheets
from movescreen.report.sections.case import Case
from movescreen.report.sections.person import PersonHead
from tests.report.test_client_pages import NASTY, check_page
from tests.support.clients import (
    CARE,
    DAY,
    QUESTIONS,
    SPRAIN,
    by_hand,
    make_intake,
    make_record,
    make_visit,
    runner_with_sprain,
)
from tests.support.plans import make_plan

NORMS = load_norms()
LATER = DAY + timedelta(weeks=5)
HEEL = make_record(
    "heel_rise", side="right", severity=3, title="Heel rise", views=("side",), reps_affected=(1, 2, 3, 4, 5),
    message="The right heel left the floor by 15 percent.", cue="Press the heel into the floor.",
)  # fmt: skip
KNEE = make_record("knee_valgus", Status.CLEAR, title="Knee valgus", value=4.0, views=("front",))
DEPTH = make_record("depth", Status.NOT_ASSESSED, title="Depth")
SEEN = (
    Observation(name="heel rise", side="right", result="negative"),
    Observation(what="palpation", name="front of the ankle", side="right", result="firm", painful=3),
    Observation(what="special_test", name="anterior drawer", side="right", result="negative"),
)
FLAGS = QUESTIONS | {"saddle_numbness": True}


def screened(day: date = DAY, *seen: Observation, **more: object) -> Visit:
    note = SessionNote(observations=seen, **more)  # type: ignore[arg-type]
    return make_visit(day, findings=(HEEL, KNEE, DEPTH), measurements=by_hand("knee_to_wall", 11, 7.5), notes=(note,))


def case_of(person: Person, *visits: Visit, plan: Plan | None = None, waits: bool = False, label: str = "C017") -> Case:
    return make_case(PersonHead(label, person.age, person.sex), person, visits, plan, plan_waits=waits)


def runner(**told: object) -> Case:
    person, visit = runner_with_sprain(medication="an inhaler", **told), screened(DAY, *SEEN)  # type: ignore[arg-type]
    return case_of(person, visit, plan=make_plan(person, [visit], CARE, NORMS))


def flagged(*visits: Visit) -> Case:
    back = (Pain(place="low_back", now=5, week=7),)
    person = Person(LATER, 1991, "female", make_intake(day=LATER, pains=back, injuries=(SPRAIN,), symptoms=FLAGS))
    return case_of(person, *visits, waits=True)


def text_of(case: Case, reader: Reader, writing: Writing | None = None) -> str:
    return re.sub(r"\s+", " ", sheet_text(make_sheet(case, reader, writing or Writing())))


@pytest.mark.parametrize("reader", READERS)
def test_every_sheet_is_a_page_that_loads_nothing_and_holds_no_picture(reader: Reader) -> None:
    sheet = make_sheet(case_of(runner_with_sprain(), screened(), label=f"C1 {NASTY}"), reader)  # agreed to pictures
    page = render_sheet(sheet)
    check_page(page)
    assert "<img" not in page
    assert "data:image" not in page


@pytest.mark.parametrize("reader", READERS)
def test_page_and_text_say_the_same(reader: Reader) -> None:
    sheet = make_sheet(runner(), reader, Writing("A. Trainer", "Dr. B", "Is the ankle stable?"))
    seen = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", render_sheet(sheet)))).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    text = re.sub(r"\s+", " ", sheet_text(sheet))
    for _, blocks in sheet.shown:
        for block in blocks:
            for said in (*block.lines, *(cell for row in block.rows for cell in row)):
                words = re.sub(r"\s+", " ", said[1:40].replace("\N{NO-BREAK SPACE}", " "))
                if not re.search(r"\d{4}-\d\d", words):
                    assert words in seen
                    assert words in text


def test_the_soap_note_has_its_four_parts_with_values_errors_and_views() -> None:
    sheet = make_sheet(runner(), "soap")
    assert [title[0] for title, _ in sheet.shown] == ["S", "O", "A", "P"]
    text = text_of(runner(), "soap")
    assert "Pain in the right ankle (1 of 10 now, 2 at worst this week; told: “running downhill”)" in text
    assert re.search(r"Heel rise, right \| Measured: 15 % ± 3 % .* View: side", text)
    assert "right 3.5 cm behind" in text
    assert "It is the side of the 2023 right ankle sprain" in text
    assert "Plan of 2 March 2026." in text
    assert "an inhaler" in text


@pytest.mark.parametrize("reader", ["soap", "doctor"])
def test_trainer_and_camera_stand_side_by_side(reader: Reader) -> None:
    text = text_of(runner(), reader)
    assert (
        "Heel rise, right | How: seen by the trainer | Result: negative | By the camera: 15 % ± 3 %, stood out clearly (differs)"
        in text
    )
    assert "Front of the ankle, right | How: felt by the trainer | Result: firm, pain 3 of 10" in text
    assert "special test by the trainer" in text
    assert ("neither is taken to be right" in text) is (reader == "soap")


@pytest.mark.parametrize("reader", ["soap", "doctor"])
def test_what_was_not_asked_says_so_and_is_never_a_no(reader: Reader) -> None:
    nobody = text_of(case_of(Person(DAY)), reader)
    assert "Pain was not asked" in nobody
    assert "Injuries and operations were not asked" in nobody
    assert "No question about health was asked" in nobody
    assert "No pain" not in nobody
    some = make_intake(
        pains=None, injuries=None, operations=None, pregnant=None, asked_birth=False, symptoms={"fainting": False}
    )
    text = text_of(case_of(Person(DAY, 1991, "female", some)), reader)
    for said in ("Injuries were not asked", "Operations were not asked", "Pregnancy was not asked", "NO (2 March 2026) to: fainting or dizziness.", "NOT ASKED"):  # fmt: skip
        assert said in text
    assert "No injury was named" not in text
    asked = text_of(runner(), reader)
    assert "NOT ASKED" not in asked
    assert "No operation was named" in asked


def test_a_no_of_more_than_a_year_ago_is_open_again() -> None:
    old = Person(DAY + timedelta(days=400), 1991, "female", make_intake())
    text = text_of(case_of(old), "doctor")
    assert "NOT ASKED, or more than a year ago: chest pain or breathlessness" in text
    assert "NO (" not in text


def test_the_letter_under_a_red_flag_says_it_first_and_shows_only_what_was_seen_before() -> None:
    sheet = make_sheet(flagged(screened()), "doctor")
    assert sheet.warning_title == "Red flag, told on 6 April 2026. No screening was made since."
    assert "an emergency department, today" in sheet.warning[0]
    assert dict(sheet.facts)["To"] == "an emergency department, today"
    text = text_of(flagged(screened()), "doctor")
    assert "SEEN AND MEASURED EARLIER, ON 2 MARCH 2026" in text
    assert "YES to: Numbness or pins and needles where you would sit on a saddle" in text
    assert "None from the trainer: the plan waits" in text
    same_day = text_of(flagged(screened(LATER)), "doctor")  # whatever was screened since is not shown
    assert "Nothing was screened or measured before" in same_day
    assert "15 %" not in same_day
    assert (
        "A screening of 6 April 2026 is not shown here." in make_sheet(flagged(screened(LATER)), "doctor").warning_title
    )
    assert "Red flag" not in "".join(make_sheet(runner(), "doctor").warning_title)


def test_the_letter_has_who_why_now_what_is_asked_and_a_slip_to_answer() -> None:
    text = text_of(runner(), "doctor", Writing("A. Trainer", "Dr. B", "Is the ankle stable?"))
    assert "To: Dr. B" in text
    assert "C017, about 35 years, female, trains with me" in text
    assert text.index("Is the ankle stable?") < text.index("WHAT WAS TOLD")
    assert "[ ] squats and the like with body weight" in text
    assert "WHAT IS NOT KNOWN" in text
    assert "No palpation and no special test" not in text
    assert "No palpation and no special test" in text_of(case_of(runner_with_sprain(), screened()), "doctor")
    assert "Not assessed (needs the front view): Depth" in text


def test_a_movement_that_hurt_is_the_reason_of_a_letter() -> None:
    hurt = screened(DAY, movement_pain=(MovementPain(movement="squat", score=6, place="knee", side="left"),))
    assert "because a movement hurt: squat hurt on 2 March 2026 (6 of 10, left knee)" in text_of(
        case_of(runner_with_sprain(), hurt), "doctor"
    )


#: What a coach must not learn without the client's word.
HEALTH = ("sprain", "inhaler", "ankle joint", "of 10", "firm", "drawer", "red flag", "female", "about 35", "physiotherapist", "joint or muscle", "pregnan", "operation")  # fmt: skip


def test_the_coach_learns_nothing_about_health_without_consent() -> None:
    for agreed in (None, False):
        consent = Consent(records=True, pictures=True, on=DAY, coach=agreed)
        text = text_of(runner(consent=consent), "coach")
        assert [word for word in HEALTH if word in text.lower()] == []
        assert "the client has not agreed to that" in text
        for part in ("CAN DO", "NOT YET", "WATCH FOR"):
            assert part in text
        assert "Say: “Press the heel into the floor”." in text
        assert "seen by the trainer" not in text  # the trainer did not see it: it was noted as negative


def test_the_coach_learns_where_it_hurts_with_consent_and_no_more() -> None:
    consent = Consent(records=True, pictures=True, on=DAY, coach=True)
    knee = (Operation(what="cruciate ligament", place="knee", side="left", when="2019"),)
    text = text_of(runner(consent=consent, operations=knee), "coach")
    assert "Right ankle, 2 of 10 at worst" in text
    assert "2023 right ankle sprain" in text
    assert "2019 operation of the left knee" in text
    assert "inhaler" not in text
    assert "drawer" not in text


def test_the_coach_is_told_to_pause_and_not_why() -> None:
    text = text_of(flagged(screened()), "coach")
    assert "Please pause the program" in text
    for word in ("saddle", "back", "emergency", "numb", *HEALTH):
        assert word not in text.lower()
    assert "Heel" not in text
    assert "pause" not in text_of(runner(), "coach")


def test_a_movement_that_hurt_is_not_yet_for_the_coach_without_the_word_pain() -> None:
    person, hurt = runner_with_sprain(), screened(DAY, movement_pain=(MovementPain(movement="squat", score=6),))
    text = text_of(case_of(person, hurt, plan=make_plan(person, [hurt], CARE, NORMS)), "coach")
    assert "Loading the squat" in text
    assert "6 of 10" not in text
    assert "heel left the floor" not in text  # nobody trains what hurt


def test_no_sheet_shows_a_plan_that_waits() -> None:
    person = runner_with_sprain()
    visit = screened(DAY, text="felt a pop in the calf")
    case = case_of(person, visit, waits=True)
    doctor = text_of(case, "doctor")
    assert "yped, and not asked about yet: " in doctor
    assert "“felt a pop in the calf” (“pop”: " in doctor
    assert "running downhill" not in doctor.partition("not asked about yet")[2], "without a hint it stays here"
    for reader in READERS:
        assert "sets of" not in text_of(case, reader)


def test_sheets_are_written_as_page_and_text(tmp_path: Path) -> None:
    written = write_sheets(runner(), ("soap", "coach"), Writing(), tmp_path / "out")
    assert [path.name for path in written] == ["soap_note.html", "soap_note.txt", "coach_note.html", "coach_note.txt"]
    assert all(path.is_file() for path in written)


def test_a_part_without_anything_to_say_is_left_out() -> None:
    sheet = Sheet("a", "A", "C1", [("Born", "")], "", [("Empty", [Block("t")]), ("Full", [Block("", ["one"])])])
    assert [title for title, _ in sheet.shown] == ["Full"]
    assert "Empty" not in sheet_text(sheet)
    assert "Born" not in render_sheet(sheet)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "whether any is taken was not asked"), ({"takes_medicine": False}, "No medicine in the last three months"),
        ({"takes_medicine": True}, "which was not named"), ({"takes_medicine": True, "medication": "iron"}, "Medicine: iron"),
    ],
)  # fmt: skip
def test_what_is_known_of_medicine(told: dict[str, object], said: str) -> None:
    assert said in text_of(case_of(Person(DAY, 1991, "female", make_intake(**told))), "doctor")


@pytest.mark.parametrize(("result", "asked"), [("positive", True), ("negative", False), ("unclear", False)])
def test_a_positive_special_test_is_asked_about(result: str, asked: bool) -> None:
    test = Observation(what="special_test", name="anterior drawer", side="right", result=result)
    text = text_of(case_of(runner_with_sprain(), screened(DAY, test)), "doctor")
    assert ("Please look at this: Anterior drawer, right, positive, on 2 March 2026" in text) is asked
