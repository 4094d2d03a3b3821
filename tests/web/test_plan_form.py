"""A plan changed in a form: by one, by two at once, and wrongly."""

from __future__ import annotations

from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from starlette.testclient import TestClient

from movescreen.client.intake.model import Clearance
from movescreen.records import RecordStore
from tests.support.clients import QUESTIONS, SEEN, SPRAIN, make_intake
from tests.web.conftest import post

TODAY = date.today()
FRESH: dict[str, Any] = {
    "day": TODAY, "injuries": (SPRAIN,), "sports": ("running",), "goals": ("run",), "symptoms": SEEN["symptoms"],
    "clearances": (Clearance(flag="joint_problem", by="physiotherapist", on=TODAY),),
}  # fmt: skip


@pytest.fixture
def runner(store: RecordStore) -> str:
    """Add a runner with an old sprain, asked today."""
    store.add_client("C017", birth_year=1991, sex="female")
    store.add_intake("C017", make_intake(**FRESH))
    return "C017"


def plan_fields(client: TestClient, code: str) -> dict[str, str]:
    """Return the fields of the plan's form as the page has them."""

    class Fields(HTMLParser):
        found: dict[str, str]
        select = area = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            told = {k: v or "" for k, v in attrs}
            if tag == "input" and "name" in told:
                self.found[told["name"]] = told.get("value", "")
            elif tag == "select":
                self.select = told["name"]
            elif tag == "option" and self.select and ("selected" in told or self.select not in self.found):
                self.found[self.select] = told["value"]
            elif tag == "textarea":
                self.area = told["name"]
                self.found[self.area] = ""

        def handle_data(self, data: str) -> None:
            if self.area:
                self.found[self.area] += data

        def handle_endtag(self, tag: str) -> None:
            if tag == "textarea":
                self.area = ""

    reader = Fields()
    reader.found = {}
    reader.feed(client.get(f"/clients/{code}/plan/edit").text)
    return reader.found


def test_a_plan_changed_by_two_at_once_keeps_both_changes(client: TestClient, store: RecordStore, runner: str) -> None:
    assert "Make a plan" in client.get(f"/clients/{runner}/plan").text
    post(client, f"/clients/{runner}/plan/make", based_on="")
    first = store.latest_plan(runner)
    assert first is not None
    names = [e.exercise for e in first.plan.exercises]
    mine, yours = plan_fields(client, runner), plan_fields(client, runner)
    assert mine["based_on"] == "1"
    yours |= {f"{names[0]}.sets": "4", f"{names[1]}.do": "remove", "note": "yours"}
    assert post(client, f"/clients/{runner}/plan/edit", **yours).headers["location"].endswith("/plan")

    mine |= {f"{names[1]}.sets": "4", f"{names[2]}.per_week": "5", "retest_on": "2999-01-01"}
    told = post(client, f"/clients/{runner}/plan/edit", **mine)
    assert "Somebody else saved plan 2 in the meantime" in told.text
    assert f"What you changed in {first.plan.exercises[1].title} has no place any more" in told.text
    latest = store.latest_plan(runner)
    assert latest is not None
    assert latest.number == 2, "nothing was overwritten"

    client.get(f"/clients/{runner}/plan/edit")
    merged = plan_fields_of(told.text)
    assert merged["based_on"] == "2"
    assert (merged[f"{names[0]}.sets"], merged[f"{names[2]}.per_week"], merged["note"]) == ("4", "5", "yours")
    post(client, f"/clients/{runner}/plan/edit", **merged)
    saved = store.latest_plan(runner)
    assert saved is not None
    assert saved.number == 3
    by_name = {e.exercise: e for e in saved.plan.exercises}
    assert names[1] not in by_name
    assert (by_name[names[0]].sets, by_name[names[2]].per_week, saved.plan.note) == (4, 5, "yours")
    assert saved.plan.retest_on == date(2999, 1, 1)
    assert "Plan 2" in client.get(f"/clients/{runner}/plan").text
    assert client.get(f"/clients/{runner}/plans/1").status_code == 200
    assert client.get(f"/clients/{runner}/plans/9").status_code == 404
    late = post(client, f"/clients/{runner}/plan/make", based_on="1")
    assert "Somebody else saved plan 3" in late.text


def plan_fields_of(text: str) -> dict[str, str]:
    class Page:
        def get(self, _path: str) -> Any:
            return type("Answer", (), {"text": text})()

    return plan_fields(Page(), "")  # type: ignore[arg-type]


def test_a_red_flag_comes_before_a_plan(client: TestClient, store: RecordStore, runner: str) -> None:
    store.add_intake(runner, make_intake(symptoms=QUESTIONS | {"calf_swelling": True}))
    for answer in (client.get(f"/clients/{runner}/plan"), post(client, f"/clients/{runner}/plan/make", based_on="")):
        assert "Refer: a doctor, today" in answer.text
        assert "Make the plan" not in answer.text
    assert store.latest_plan(runner) is None


@pytest.mark.parametrize(("weeks", "waits"), [(7, False), (9, True)])
def test_a_plan_that_waits_for_questions_says_which_and_leads_to_them(
    client: TestClient, store: RecordStore, weeks: int, waits: bool
) -> None:
    day = TODAY - timedelta(weeks=weeks)
    store.add_client("C018", birth_year=1991, sex="female")
    store.add_intake(
        "C018",
        make_intake(
            **(FRESH | {"day": day, "clearances": (Clearance(flag="joint_problem", by="physiotherapist", on=day),)})
        ),
    )
    page = post(client, "/clients/C018/plan/make", based_on="").text
    assert ("The plan waits until the questions about health are asked again" in page) is waits
    assert ('<a class="button" href="/clients/C018/intake">' in page) is waits


def test_a_plan_that_cannot_be_is_told_beside_its_field(client: TestClient, store: RecordStore, runner: str) -> None:
    post(client, f"/clients/{runner}/plan/make", based_on="")
    fields = plan_fields(client, runner)
    name = next(k for k in fields if k.endswith(".sets"))
    told = post(
        client, f"/clients/{runner}/plan/edit", **(fields | {name: "99", "retest_on": "2020-01-01", "note": "mine"})
    )
    assert f'id="wrong-{name}"' in told.text
    assert "has to lie after that of the plan" in told.text
    assert "mine" in told.text
    latest = store.latest_plan(runner)
    assert latest is not None
    assert latest.number == 1
