"""Notes and letters in the web app: from the client's and the visit's page, with the trainer's words, as page and as text."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from movescreen.app.client_pages import gather_case, make_next_plan
from movescreen.records import RecordStore
from movescreen.report.formats.sheet import sheet_text
from movescreen.report.pages.handover import make_sheet
from tests.support.clients import DAY, HEEL, QUESTIONS, make_intake, make_visit
from tests.web.conftest import post


@pytest.fixture
def screened(store: RecordStore, runner: str) -> str:
    store.add_screening(runner, DAY, make_visit(findings=(HEEL,)).screenings[0])
    return runner


@pytest.mark.parametrize(
    ("reader", "said"), [("soap", "S: subjective"), ("doctor", "What is asked of you"), ("coach", "Watch for")]
)
def test_each_sheet_opens_from_the_client_and_the_visit(
    client: TestClient, screened: str, reader: str, said: str
) -> None:
    page = client.get(f"/clients/{screened}/letters/{reader}")
    assert page.status_code == 200
    assert said in page.text
    assert "<img" not in page.text
    assert f"/clients/{screened}/letters/{reader}" in client.get(f"/clients/{screened}").text
    assert f"/clients/{screened}/letters" in client.get(f"/clients/{screened}/visits/2026-03-02").text
    assert f"/clients/{screened}/letters/{reader}" in client.get(f"/clients/{screened}/letters").text


def test_the_trainers_words_stand_on_the_sheet_and_are_escaped(client: TestClient, screened: str) -> None:
    page = post(
        client, f"/clients/{screened}/letters/doctor", by="A. Trainer", to="<b>Dr. B</b>", ask="Is it stable?"
    ).text
    assert "A. Trainer" in page
    assert 'id="print"' in page
    assert ">PDF<" not in page  # what was posted has no address of its own
    assert "&lt;b&gt;Dr. B&lt;/b&gt;" in page
    assert "Is it stable?" in page


def test_a_sheet_as_text_is_a_file(client: TestClient, screened: str) -> None:
    answer = post(client, f"/clients/{screened}/letters/coach", by="", to="", ask="", form="text")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "coach_note.txt" in answer.headers["content-disposition"]
    assert answer.text.startswith("NOTE FOR THE COACH")


def test_a_red_flag_leaves_the_letter_and_stops_the_coach(
    client: TestClient, store: RecordStore, screened: str
) -> None:
    flags = QUESTIONS | {"saddle_numbness": True}
    store.add_intake(screened, make_intake(day=date.today(), symptoms=flags))
    assert "an emergency department, today" in client.get(f"/clients/{screened}/letters/doctor").text
    coach = client.get(f"/clients/{screened}/letters/coach").text
    assert "Please pause the program" in coach
    assert "saddle" not in coach.lower()


def test_nobody_and_nothing_have_no_sheet(client: TestClient, runner: str) -> None:
    assert client.get(f"/clients/{runner}/letters/friend").status_code == 404
    assert client.get("/clients/NOBODY/letters/soap").status_code == 404


def test_a_coach_learns_where_it_hurts_after_a_yes_and_until_it_is_taken_back(
    client: TestClient, screened: str
) -> None:
    page, sheet = f"/clients/{screened}/letters", f"/clients/{screened}/letters/coach"
    assert "the client was not asked" in client.get(page).text
    assert "sprain" not in client.get(sheet).text
    assert post(client, f"{page}/agreed", coach="yes").status_code == 303
    assert "2023 right ankle sprain" in client.get(sheet).text
    post(client, f"{page}/agreed", coach="no")
    assert "sprain" not in client.get(sheet).text
    assert post(client, f"{page}/agreed", coach="").status_code == 400


def test_a_case_of_an_earlier_day_knows_no_later_plan_and_no_flag_is_left_behind(
    store: RecordStore, screened: str
) -> None:
    today = date.today()
    make_next_plan(store, screened, DAY, None)
    assert gather_case(store, screened, DAY).plan is not None
    assert gather_case(store, screened, DAY - timedelta(days=1)).plan is None
    store.add_intake(screened, make_intake(day=today, symptoms=QUESTIONS | {"saddle_numbness": True}))
    earlier = gather_case(store, screened, DAY)  # the flag came later, and the plan waits all the same
    assert (earlier.plan, earlier.plan_waits) == (None, True)
    assert "Please pause the program" in sheet_text(make_sheet(earlier, "coach"))


def test_letters_of_a_visit_are_written_as_of_its_day(client: TestClient, screened: str) -> None:
    visit = client.get(f"/clients/{screened}/visits/2026-03-02").text
    assert f"/clients/{screened}/letters?day=2026-03-02" in visit
    assert "As it was known on 2 March 2026" in client.get(f"/clients/{screened}/letters?day=2026-03-02").text
    page = post(client, f"/clients/{screened}/letters/soap", by="", to="", ask="", day="2026-03-02").text
    assert re.search(r"Written</dt><dd>2 March 2026", page)
    assert client.get(f"/clients/{screened}/letters?day=soon").status_code == 404
