"""The intake as a form: the same intake as the conversation, nothing typed lost, nothing kept without consent."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from movescreen.client.intake.model import Consent
from movescreen.records import RecordStore
from tests.support.clients import DAY, QUESTIONS, SPRAIN, make_intake
from tests.web.conftest import post


def begin(client: TestClient, code: str) -> str:
    where = str(post(client, f"/clients/{code}/intake", day="2026-03-02").headers["location"])
    return where.rpartition("/")[0]


NEXT = {"go": "next"}
CALM: dict[str, dict[str, Any]] = {
    "pains": {"pain": "no"}, "injuries": {"injured": "no"}, "operations": {"operated": "no"},
    "births": {"pregnant": "no", "birth": "no"}, "day": {"sitting_hours": "7,5", "sports": "running"},
    "goals": {"goals": ["run", "lift"], "confidence": "6"}, "health": {"takes_medicine": "no", "symptoms": "-none-"},
    "consent": {"records": "yes", "pictures": "no"},
}  # fmt: skip


def tell(client: TestClient, where: str, **changes: dict[str, Any]) -> Any:
    answer = None
    for step, fields in (CALM | changes).items():
        answer = client.post(f"{where}/{step}", data={**fields, **NEXT})
        assert answer.status_code in (200, 303), step
        assert "check=1" not in answer.headers.get("location", ""), step
    return answer


def test_the_form_makes_the_intake_that_the_conversation_makes(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="female")
    done = tell(client, begin(client, "C019"))
    assert done.headers["location"] == "/clients/C019/intake"
    intake = store.latest_intake("C019")
    assert intake is not None
    assert (intake.day, intake.pains, intake.injuries, intake.asked_birth) == (DAY, (), (), True)
    assert (intake.sitting_hours, intake.sports, intake.goals, intake.confidence) == (7.5, ("running",), ("run", "lift"), 6)  # fmt: skip
    assert intake.symptoms
    assert not any(intake.symptoms.values())
    assert intake.takes_medicine is False
    assert intake.consent == Consent(records=True, pictures=False, on=DAY)
    assert "No red flag was named" in client.get("/clients/C019/intake").text


def test_mistakes_stand_beside_their_question_and_nothing_typed_is_lost(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    where = begin(client, "C019")
    fields = {
        "pain": "yes", "pains.0.place": "ankle", "pains.0.side": "right", "pains.0.now": "7", "pains.0.week": "3",
        "pains.0.with_movement": "<b>stairs</b> & running",
    }  # fmt: skip
    answer = client.post(f"{where}/pains", data={**fields, **NEXT})
    assert answer.headers["location"].endswith("/pains?check=1")
    page = client.get(answer.headers["location"]).text
    beside = page.partition('id="wrong-pains.0.week">')[2]
    assert beside.startswith("The worst of the week (3) cannot be less than the pain now (7).")
    assert "&lt;b&gt;stairs&lt;/b&gt; &amp; running" in page
    assert page.count("checked") >= 5
    again = client.get(f"{where}/pains").text
    assert "&lt;b&gt;stairs" in again, "a page that is loaded again has everything"


def test_several_injuries_are_added_and_taken_out(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    where = begin(client, "C019")
    sprain = {"injuries.0.kind": "ankle_sprain", "injuries.0.side": "right", "injuries.0.when": "2023-05", "injuries.0.times": "2"}  # fmt: skip
    answer = client.post(f"{where}/injuries", data={"injured": "yes", **sprain, "go": "add"})
    assert answer.headers["location"].endswith("/injuries#injuries-1")
    assert client.get(f"{where}/injuries").text.count('class="entry stack"') == 2
    back = {"injuries.1.kind": "back_pain_episode", "injuries.1.when": "2024", "injuries.1.times": "1"}
    client.post(f"{where}/injuries", data={"injured": "yes", **sprain, **back, "go": "remove:0"})
    moved = {name.replace(".1.", ".0."): value for name, value in back.items()}
    tell(client, where, injuries={"injured": "yes", **moved})
    intake = store.latest_intake("C019")
    assert intake is not None
    assert intake.injuries is not None
    assert [(i.kind, i.place, i.side) for i in intake.injuries] == [("back_pain_episode", "low_back", "")]


def test_without_consent_nothing_is_kept_and_a_red_flag_is_still_told(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    where = begin(client, "C019")
    done = tell(
        client,
        where,
        health={"takes_medicine": "no", "symptoms": "chest_pain"},
        consent={"records": "no", "pictures": "no"},
    )
    assert "nothing of this intake was stored" in done.text
    assert "Chest pain or breathlessness" in done.text
    assert store.latest_intake("C019") is None
    assert client.get(f"{where}/pains").status_code == 404, "the conversation is forgotten"


HIP = {"pain": "yes", "pains.0.place": "hip", "pains.0.side": "left", "pains.0.now": "4", "pains.0.week": "7"}


def test_pain_of_the_hip_is_asked_about_the_saddle_area_and_a_yes_stops(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="male")
    where = begin(client, "C019")
    client.post(f"{where}/pains", data={"pain": "no", **NEXT})
    assert 'value="saddle_numbness"' not in client.get(f"{where}/health").text
    client.post(f"{where}/pains", data={**HIP, **NEXT})
    assert 'value="saddle_numbness"' in client.get(f"{where}/health").text
    answers = {step: fields for step, fields in CALM.items() if step != "births"}
    for step, fields in (
        answers | {"pains": HIP, "health": {"takes_medicine": "no", "symptoms": "saddle_numbness"}}
    ).items():
        client.post(f"{where}/{step}", data={**fields, **NEXT})
    assert "Refer: an emergency department, today" in client.get("/clients/C019/intake").text


def test_none_of_these_is_no_answer_to_questions_that_came_later(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="female")
    where = begin(client, "C019")
    for step in ("pains", "injuries", "operations", "births", "day", "goals", "health"):
        client.post(f"{where}/{step}", data={**CALM[step], **NEXT})
    client.post(f"{where}/pains", data={**HIP, **NEXT})
    answer = client.post(f"{where}/consent", data={**CALM["consent"], **NEXT})
    assert answer.headers["location"].endswith("/health?check=1")
    assert store.latest_intake("C019") is None
    client.post(f"{where}/health", data={**CALM["health"], **NEXT})
    # going back over a step without a change keeps what was said
    client.post(f"{where}/pains", data={**HIP, **NEXT})
    client.post(f"{where}/consent", data={**CALM["consent"], **NEXT})
    intake = store.latest_intake("C019")
    assert intake is not None
    assert intake.symptoms["saddle_numbness"] is False


def test_numbness_of_a_leg_is_asked_on_at_a_step_of_its_own(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="female")
    where = begin(client, "C019")
    assert client.get(f"{where}/signs").status_code == 404, "nobody said numb yet"
    for step in ("pains", "injuries", "operations", "births", "day", "goals"):
        client.post(f"{where}/{step}", data={**CALM[step], **NEXT})
    answer = client.post(f"{where}/health", data={"takes_medicine": "no", "symptoms": "numbness", **NEXT})
    assert answer.headers["location"].endswith("/signs")
    assert 'value="saddle_numbness"' in client.get(f"{where}/signs").text
    left_out = client.post(f"{where}/signs", data=NEXT)
    assert left_out.headers["location"].endswith("/signs?check=1"), "a step left out is no no"
    client.post(f"{where}/signs", data={"more_symptoms": "bladder_bowel", **NEXT})
    client.post(f"{where}/consent", data={**CALM["consent"], **NEXT})
    intake = store.latest_intake("C019")
    assert intake is not None
    assert [flag for flag, yes in intake.symptoms.items() if yes] == ["numbness", "bladder_bowel"]
    assert intake.symptoms["saddle_numbness"] is False


def test_asking_again_begins_with_what_rarely_changes(client: TestClient, runner: str, store: RecordStore) -> None:
    where = begin(client, runner)
    page = client.get(f"{where}/injuries").text
    assert 'value="2023-05"' in page
    assert "Filled in from the last time" in page
    assert "checked" not in client.get(f"{where}/pains").text
    assert "checked" not in client.get(f"{where}/health").text
    kept = {"injured": "yes", "injuries.0.kind": "ankle_sprain", "injuries.0.side": "right", "injuries.0.when": "2023-05", "injuries.0.times": "2", "injuries.0.gives_way": "yes"}  # fmt: skip
    tell(client, where, injuries=kept)
    intake = store.latest_intake(runner)
    assert intake is not None
    assert intake.injuries == (SPRAIN,)


def test_a_step_left_out_is_asked_before_anything_is_kept(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="male")
    where = begin(client, "C019")
    answer = client.post(f"{where}/consent", data={"records": "yes", "pictures": "no", **NEXT})
    assert answer.headers["location"].endswith("/pains?check=1")
    assert store.latest_intake("C019") is None


def test_before_a_session_it_says_what_is_open(client: TestClient, store: RecordStore, runner: str) -> None:
    store.add_client("C019")
    assert "Nobody has asked C019 about red flags yet." in client.get("/?client=C019").text
    assert "red flags" not in client.get(f"/?client={runner}").text
    store.add_intake(runner, make_intake(symptoms={k: v for k, v in QUESTIONS.items() if k != "fainting"}))
    assert (
        "1\N{NO-BREAK SPACE}question about red flags is still open: fainting."
        in client.get(f"/clips?client={runner}").text
    )


def test_a_conversation_that_was_left_can_be_gone_on_with(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019")
    assert "Continue it" not in client.get("/clients/C019").text
    where = begin(client, "C019")
    client.post(f"{where}/pains", data={"pain": "no", **NEXT})
    assert f'<a href="{where}/pains">Continue it</a>' in client.get("/clients/C019").text
    tell(client, where)
    assert "Continue it" not in client.get("/clients/C019").text


def test_men_are_not_asked_about_births_and_nobody_reads_another_s_conversation(client: TestClient, store: RecordStore) -> None:  # fmt: skip
    store.add_client("C019", sex="male")
    store.add_client("C020")
    where = begin(client, "C019")
    assert client.get(f"{where}/births").status_code == 404
    assert client.get(f"{where}/pains".replace("C019", "C020")).status_code == 404
    assert client.get("/clients/C019/intake/guess/pains").status_code == 404


OPERATION = {"operated": "yes", "operations.0.side": "left", "operations.0.when": "2015"}


def test_an_operation_is_tapped_or_typed_and_found_again_the_next_time(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="female")
    tapped = OPERATION | {"operations.0.what": "cruciate ligament"}
    tell(client, begin(client, "C019"), operations=tapped)
    typed = OPERATION | {
        "operations.0.what": "other",
        "operations.0.what_words": "disc",
        "operations.0.place": "low_back",
    }
    where = begin(client, "C019")
    page = client.get(f"{where}/operations").text
    assert 'value="cruciate ligament" checked' in page
    missing = client.post(
        f"{where}/operations", data={k: v for k, v in {**typed, **NEXT}.items() if not k.endswith("words")}
    )
    assert missing.headers["location"].endswith("check=1"), "something else is said in words"
    tell(client, where, operations=typed)
    said = [each.operations[0] for each in store.intakes("C019") if each.operations]
    assert [(o.what, o.place, o.side) for o in said] == [
        ("cruciate ligament", "knee", "left"),
        ("disc", "low_back", ""),
    ]
    assert ">disc</textarea>" in client.get(f"{begin(client, 'C019')}/operations").text


def test_that_no_medicine_is_taken_is_asked_anew_each_time(client: TestClient, store: RecordStore) -> None:
    store.add_client("C019", sex="female")
    tell(client, begin(client, "C019"))
    assert 'name="takes_medicine" value="no" checked' not in client.get(f"{begin(client, 'C019')}/health").text
    tell(client, begin(client, "C019"), health={"takes_medicine": "yes", "medication": "iron", "symptoms": "-none-"})
    page = client.get(f"{begin(client, 'C019')}/health").text
    assert 'name="takes_medicine" value="yes" checked' in page
    assert ">iron</textarea>" in page


def test_who_hurts_is_asked_what_goes_well_and_leaving_it_is_no_answer(client: TestClient, store: RecordStore) -> None:
    sore = {"pain": "yes", "pains.0.place": "ankle", "pains.0.side": "right", "pains.0.now": "1", "pains.0.week": "1"}
    for code, ticked, told in (("A1", ["easy_runs"], ("easy_runs",)), ("A2", "-none-", ()), ("A3", None, None)):
        store.add_client(code, birth_year=1991, sex="female")
        day = CALM["day"] | ({} if ticked is None else {"goes_well": ticked})
        tell(client, begin(client, code), pains=sore, day=day)
        intake = store.latest_intake(code)
        assert intake is not None
        assert intake.goes_well == told
