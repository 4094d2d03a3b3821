"""The commands around clients: what they keep, what they refuse, and that nothing is deleted by accident."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from movescreen.app import ClipTask
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.cli import screen as screen_module
from movescreen.client.intake.answers import read_answer
from movescreen.client.intake.questions import Question
from movescreen.errors import EditConflict
from movescreen.model import ClipResult
from movescreen.records import open_store
from movescreen.records.tables import now_utc
from movescreen.screening import merge_clips
from tests.conftest import Run
from tests.support.clients import CARE, QUESTIONS, make_intake
from tests.support.results import front_squat, side_squat


def write_intake(tmp_path: Path, **changes: object) -> Path:
    path = tmp_path / "intake.json"
    path.write_text(make_intake(**changes).model_dump_json(), "utf-8")
    return path


@pytest.mark.slow
def test_a_client_from_first_word_to_deletion(run_kept: Run, tmp_path: Path) -> None:
    assert run_kept("client", "add", "--born", "1991", "--sex", "female", "--name", "A name").out == "C001\n"
    assert "no red flag was named" in run_kept("intake", "add", "C001", write_intake(tmp_path)).out
    assert "left: 9.5 cm" in run_kept("visit", "measure", "C001", "knee_to_wall:left=9.5", "--date", "2026-03-02").out
    assert run_kept("visit", "note", "C001", "went well", "--pain-during", "2", "--date", "2026-03-09").code == 0
    listed = run_kept("client", "list").out
    assert "C001" in listed
    assert "2026-03-09" in listed
    shown = run_kept("client", "show", "C001").out
    assert "visit 2026-03-02: 1\N{NO-BREAK SPACE}measurement" in shown
    assert json.loads(run_kept("client", "show", "C001", "--json").out)["client"]["birth_year"] == 1991
    assert "knee_to_wall left 9.5" in run_kept("visit", "list", "C001").out
    assert "changed" in run_kept("client", "change", "C001", "--note", "prefers mornings").out
    assert run_kept("client", "export", "C001", "--out", tmp_path / "export").code == 0
    assert pd.read_csv(tmp_path / "export/measurements.csv")["value"].to_list() == [9.5]
    assert json.loads((tmp_path / "export/person.json").read_text("utf-8"))["client"]["note"] == "prefers mornings"
    assert run_kept("backup", tmp_path / "b.zip").code == 0
    assert run_kept("client", "delete", "C001", "--yes", "--now").code == 0
    assert "no clients yet" in run_kept("client", "list").out
    restored = run_kept("restore", tmp_path / "b.zip").out
    assert "restored 1" in restored
    assert f"took back consent after {now_utc():%Y-%m}" in restored
    assert run_kept("client", "show", "C001").code == 0
    assert run_kept("visit", "delete", "C001", "2026-03-02", "--yes").code == 0
    assert "knee_to_wall" not in run_kept("visit", "list", "C001").out


def test_one_wrong_value_is_named_and_none_is_kept(run_kept: Run) -> None:
    run_kept("client", "add", "M1")
    right, wrong = "knee_to_wall:left=9.5", "visa_z=50"
    told = run_kept("visit", "measure", "M1", right, wrong, "--date", "2026-03-02")
    assert told.code == 2
    assert f"{wrong}: " in told.err
    assert "none of the 2 values was kept" in told.err
    assert f"{right}: " not in told.err
    assert "9.5" not in run_kept("visit", "list", "M1").out
    assert "9.5 cm" in run_kept("visit", "measure", "M1", right, "--date", "2026-03-02").out
    assert "9.5" in run_kept("visit", "list", "M1").out


def test_what_was_typed_holds_the_plan_at_every_command_until_it_is_read(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991", "--sex", "female")
    today = date.today()
    assert run_kept("intake", "add", "P", write_intake(tmp_path, day=today, consent=None)).code == 0
    assert run_kept("plan", "make", "P").code == 0
    typed = {"goal_words": "sleep through", "note": "felt a pop, then numb"}
    told = run_kept("intake", "add", "P", write_intake(tmp_path, day=today, consent=None, **typed))
    assert told.code == 3
    assert "read this before you go on" in told.out
    for command in (("plan", "make"), ("plan", "show"), ("intake", "show"), ("intake", "words")):
        held = run_kept(*command, "P")
        assert held.code == 3, command
        assert "“pop”" in held.err
        assert "intake read" in held.err
    assert run_kept("plan", "edit", "P", "--note", "x").code == 3
    assert "read this before you go on" in run_kept("client", "show", "P").out
    by = ("--by", "A trainer")
    for wrong in (
        ("snap", *by),
        ("pop", "--by", ""),
        ("pop", *by, "--note", "old"),
        ("pop", "numb", *by),
        by,
        ("pop", "numb", *by, "--means", "weather"),
    ):
        assert run_kept("intake", "read", "P", *wrong).code == 2, wrong
    said = run_kept("intake", "read", "P", "pop", "numb", *by, "--note", "2019, gone since").out
    assert "still to be read:" in said
    assert "sleep through" in said
    assert run_kept("plan", "make", "P").code == 3, "a text without a hint waits, too"
    key = json.loads(run_kept("intake", "words", "P", "--json").out)[0]["key"]
    assert "nothing else waits" in run_kept("intake", "read", "P", key, *by).out
    assert run_kept("intake", "words", "P").code == 0
    assert run_kept("plan", "make", "P").code == 0
    assert run_kept("plan", "show", "P").code == 0
    kept = json.loads(run_kept("client", "show", "P", "--json").out)["words_read"]
    assert [(each["by"], each["what"][0]["text"], each["means"]) for each in kept] == [
        ("A trainer", "felt a pop, then numb", []), ("A trainer", "sleep through", []),
    ]  # fmt: skip
    assert "read this before you go on: a note of" in run_kept("visit", "note", "P", "went well").out
    assert run_kept("plan", "show", "P").code == 3, "new words hold again"


def test_a_question_waits_for_an_answer_that_is_kept_with_its_day_and_printed(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991", "--sex", "female")
    asked = {"goal_words": "Run far. Race on 12 December.", "note": "Do I have to stop?"}
    run_kept("intake", "add", "P", write_intake(tmp_path, day=date.today(), **asked))
    rows = json.loads(run_kept("intake", "words", "P", "--json").out)
    path = tmp_path / "read.json"
    path.write_text(json.dumps([row | {"means": ["nothing"], "note": "asked"} for row in rows]))
    assert run_kept("intake", "read", "P", "--by", "AT", "--from", path).code == 0, (
        "a question without an answer goes on waiting"
    )
    listed = run_kept("intake", "words", "P")
    assert listed.code == 0, "a question holds nothing back"
    assert "waits for your answer: “Do I have to stop?”" in listed.out
    made = run_kept("plan", "make", "P", "--out", tmp_path / "plan").out
    assert "2 questions wait for your answer: “Run far. Race on 12 December.”; “Do I have to stop?”" in made
    answer = ("intake", "answer", "P", "do i have to stop?")
    assert run_kept("intake", "answer", "P", "May I swim?", "Yes.", "--by", "AT").code == 2
    assert run_kept(*answer, "No.", "--by", "").code == 2
    assert run_kept(*answer, " ", "--by", "AT").code == 2
    assert (
        "1 question waits for your answer: “Run far. Race on 12 December.”"
        in run_kept(*answer, "No: run as now.", "--by", "AT").out
    )
    rows = json.loads(run_kept("intake", "words", "P", "--json").out)
    path.write_text(json.dumps([row | {"answer": "Yes."} for row in rows]))
    assert run_kept("intake", "read", "P", "--by", "AT", "--from", path).code == 0
    assert "your answer" not in run_kept("plan", "show", "P", "--out", tmp_path / "plan").out
    kept = json.loads(run_kept("client", "show", "P", "--json").out)["words_read"]
    assert {(each["what"][0]["text"], each["answer"], each["by"]) for each in kept if each["answer"]} == {
        ("Do I have to stop?", "No: run as now.", "AT"), ("Run far. Race on 12 December.", "Yes.", "AT"),
    }  # fmt: skip


def test_all_texts_are_read_from_a_file_and_a_yes_stops_like_the_question(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991", "--sex", "female")
    typed = {"goal_words": "sleep through", "note": "something below is asleep", "medication": "iron"}
    assert run_kept("intake", "add", "P", write_intake(tmp_path, day=date.today(), **typed)).code == 0
    rows = json.loads(run_kept("intake", "words", "P", "--json").out)
    assert [row["text"] for row in rows] == ["something below is asleep", "sleep through", "iron"]
    assert all(row["may_mean"].keys() == {spec.id for spec in CARE.red_flags.values() if spec.question} for row in rows)
    path, read = tmp_path / "read.json", ("intake", "read", "P", "--by", "AT", "--from", tmp_path / "read.json")

    def fill(*means: object) -> None:
        path.write_text(json.dumps([row | {"means": each} for row, each in zip(rows, means, strict=True)]), "utf-8")

    fill(["saddle"], "nothing", ["nothing"])
    assert run_kept(*read).code == 2
    assert len(json.loads(run_kept("intake", "words", "P", "--json").out)) == 3, "all or nothing is kept"
    fill(["saddle_numbness"], "nothing", None)
    told = run_kept(*read)
    assert told.code == 3
    assert "emergency department" in told.err
    assert "“iron”" in told.out
    fill("nothing", "nothing", "nothing")
    assert run_kept(*read).code == 2, "what was read does not wait any more"
    rows = rows[2:]
    fill("nothing")
    assert run_kept(*read).code == 3, "the red flag goes on"
    assert run_kept("intake", "words", "P").code == 0
    assert run_kept("plan", "make", "P").code == 3
    assert run_kept("intake", "clear", "P", "saddle_numbness", "--by", "physician", "--allows", "load").code == 0
    assert run_kept("plan", "make", "P").code == 0
    run_kept("visit", "note", "P", "my left calf is thicker")
    assert run_kept("intake", "read", "P", "my left calf is thicker", "--by", "AT", "--note", "asked").code == 0
    assert "whatever was answered" in run_kept("plan", "show", "P").err, (
        "a sign that was told stops a plan that is kept, too"
    )


def test_no_edit_adds_what_a_ban_keeps_from_somebody(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991", "--sex", "female")
    run_kept(
        "intake", "add", "P", write_intake(tmp_path, day=date.today(), consent=None, pregnant=True, pregnancy_week=30)
    )
    assert run_kept("plan", "make", "P", "--out", tmp_path / "plan").code == 0
    for edit in (("--add", "jump_squat"), ("--add", "glute_bridge"), ("--swap", "easy_start=pogo_hops")):
        refused = run_kept("plan", "edit", "P", *edit)
        assert refused.code == 2, edit
        assert "not in a plan of this person now" in refused.err
    path = tmp_path / "plan/plan.json"
    plan = json.loads(path.read_text("utf-8"))
    for name, why in (("jump_squat", "care profile: pregnancy"), ("my_own_jumps", "no such exercise")):
        path.write_text(json.dumps({**plan, "exercises": [{**plan["exercises"][0], "exercise": name}]}), "utf-8")
        refused = run_kept("plan", "save", "P", path)
        assert refused.code == 2
        assert why in refused.err
    assert run_kept("plan", "edit", "P", "--add", "leg_swings").code == 0


def test_an_operation_is_cleared_with_how_far(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    told = [{"what": "meniscus", "place": "knee", "side": "left", "when": "2026-01"}]
    path = tmp_path / "i.json"
    path.write_text(json.dumps({**json.loads(make_intake().model_dump_json()), "operations": told}), "utf-8")
    assert run_kept("intake", "add", "P", path).code == 3
    clear = ("intake", "clear", "P", "recent_operation", "--by", "surgeon", "--date", "2026-03-03")
    assert "how far" in run_kept(*clear).err
    assert run_kept(*clear, "--allows", "everything").code == 2
    assert "up to: weights" in run_kept(*clear, "--allows", "load").out


def test_deleting_needs_the_code(run_kept: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run_kept("client", "add", "P")
    for typed in ("", "p", "yes"):
        monkeypatch.setattr("typer.prompt", lambda *_a, _t=typed, **_k: _t)
        assert run_kept("client", "delete", "P").code == 2
    assert "P" in run_kept("client", "list").out
    monkeypatch.setattr("typer.prompt", lambda *_a, **_k: "P")
    assert run_kept("client", "delete", "P").code == 0


def test_activities_of_ones_own_are_kept_and_asked_again_by_their_names(run_kept: Run) -> None:
    run_kept("client", "add", "P")
    said = run_kept("visit", "activities", "P", "climbing stairs=4", "kneeling=2", "--date", "2026-03-02").out
    assert "3 of 10 (climbing stairs: 4; kneeling: 2)" in said
    assert run_kept("visit", "activities", "P").out.split("\n")[:2] == ["climbing stairs=4", "kneeling=2"]
    other = run_kept("visit", "activities", "P", "swimming=8", "--date", "2026-03-30").out
    assert "other activities than the last time (climbing stairs, kneeling)" in other
    assert "Only the score is kept" in " ".join(run_kept("visit", "tests").out.split())


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("client", "add", "../x"), "cannot be the code"),
        (("client", "add", "P"), "already"),
        (("client", "add", "--sex", "femal"), "femal"),
        (("client", "show", "Q"), "no client called 'Q'"),
        (("client", "change", "P"), "nothing to change"),
        (("client", "export", "P", "--out", "."), "is not empty"),
        (("intake", "show", "P"), "no intake yet"),
        (("intake", "add", "P", "gone.json"), "there is no intake"),
        (("visit", "measure", "P", "knee_to_wall=9"), "needs left or right"),
        (("visit", "measure", "P", "knee_to_wall:left"), "not a measurement"),
        (("visit", "measure", "P", "knee_to_wall:up=3"), "not a measurement"),
        (("visit", "measure", "P", "knee_to_wall:left=9", "--date", "soon"), "not a day"),
        (("visit", "activities", "P", "climbing stairs"), "not ACTIVITY=SCORE"),
        (("visit", "activities", "P", "climbing stairs=11"), "cannot be"),
        (("visit", "measure", "P", "visa_a=140"), "cannot be"),
        (("visit", "note", "P"), "nothing to note"),
        (("visit", "hurt", "P", "sqat"), "no movement called 'sqat'"),
        (("visit", "hurt", "P", "squat", "--place", "nee"), "place"),
        (("visit", "delete", "P", "2026-01-01", "--yes"), "no visit"),
        (("restore", "gone.zip"), "no file"),
        (("plan", "show", "P"), "no plan yet"),
        (("plan", "edit", "P"), "nothing to change"),
        (("plan", "edit", "P", "--add", "star_reach"), "no plan yet"),
        (("plan", "save", "P", "something"), "is not a plan"),
        (("plan", "exercises", "--serves", "balanse"), "no need called 'balanse'"),
        (("progress", "P"), "no visit yet"),
        (("visit", "report", "P", "--out", "r"), "no visit of any day"),
    ],
)
def test_what_cannot_be_is_said_in_two_lines(run_kept: Run, words: tuple[str, ...], named: str, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    (tmp_path / "something").write_text("x")
    told = run_kept(*words)
    assert told.code == 2
    error, hint = told.err.splitlines()
    assert named in error
    assert hint.startswith("hint: ")


def test_a_red_flag_stops_and_a_clinicians_word_lets_it_go_on(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    told = run_kept("intake", "add", "P", write_intake(tmp_path, symptoms=QUESTIONS | {"calf_swelling": True}))
    assert told.code == 3
    assert "A blood clot has to be ruled out" in told.err
    assert "refer to a doctor, today" in told.err
    screened = run_kept("screen", tmp_path / "never_read.mp4", "--client", "P", "--date", "2026-03-03")
    assert screened.code == 3
    assert "blood clot" in screened.err
    cleared = run_kept("intake", "clear", "P", "calf_swelling", "--by", "physician", "--date", "2026-03-04")
    assert cleared.code == 0
    assert "Seen by physician" in cleared.out
    assert (
        run_kept("screen", tmp_path / "never_read.mp4", "--client", "P", "--date", "2026-03-05").code == 2
    )  # now it looks for the clip


def test_a_condition_that_does_not_stop_says_how_to_note_the_doctors_word(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    told = run_kept("intake", "add", "P", write_intake(tmp_path, symptoms=QUESTIONS | {"high_blood_pressure": True}))
    assert told.code == 0
    assert "mind: Ask the doctor about the blood pressure" in told.out
    assert "note what they said with 'movescreen intake clear' (high_blood_pressure)" in told.out
    shown = run_kept("intake", "show", "P", "--date", "2026-03-02").out
    assert f"asked {len(QUESTIONS)} questions about health and red flags: yes to high blood pressure" in shown
    assert "intake of 2026-03-02" in shown
    cleared = run_kept("intake", "clear", "P", "high_blood_pressure", "--by", "physician", "--date", "2026-03-04").out
    assert "Seen by physician" in cleared
    assert "note what they said" not in cleared


def test_a_later_no_does_not_take_a_red_flag_back(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    run_kept("intake", "add", "P", write_intake(tmp_path, symptoms=QUESTIONS | {"calf_swelling": True}))
    again = run_kept("intake", "add", "P", write_intake(tmp_path, day="2026-03-03"))
    assert again.code == 3
    assert "no clinician has cleared it since" in again.err
    assert "(calf_swelling)" in again.err.splitlines()[-1]
    assert run_kept("intake", "clear", "P", "calf_swelling", "--by", "physician", "--date", "2026-03-04").code == 0
    assert run_kept("screen", tmp_path / "never_read.mp4", "--client", "P", "--date", "2026-03-05").code == 2
    assert run_kept("intake", "add", "P", write_intake(tmp_path, day="2026-03-06")).code == 0


@pytest.mark.parametrize("typed", ["c017", "C071", "C0017"])
def test_a_mistyped_client_is_no_name(run_kept: Run, tmp_path: Path, typed: str) -> None:
    run_kept("client", "add", "C017")
    told = run_kept("screen", tmp_path / "never_read.mp4", "--client", typed)
    assert told.code == 2
    assert "C017" in told.err
    free = run_kept("screen", tmp_path / "never_read.mp4", "--client", "Somebody else")
    assert "no client's code: the visit is not kept" in free.out


def test_a_day_that_is_none_or_lies_ahead_is_refused(run_kept: Run, tmp_path: Path) -> None:
    for day, named in (("banana", "not a day"), ("20.11.2026", "not a day"), ("2999-01-01", "lies ahead")):
        told = run_kept("screen", tmp_path / "never_read.mp4", "--date", day)
        assert told.code == 2
        assert named in told.err


def test_open_questions_and_unknown_flags_are_named(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    assert "not asked yet: chest_pain" in run_kept("intake", "add", "P", write_intake(tmp_path, symptoms={})).out
    told = run_kept("intake", "add", "P", write_intake(tmp_path, symptoms={"chest": False}))
    assert told.code == 2
    assert "chest" in told.err


def test_the_template_can_be_given_back(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    (tmp_path / "t.json").write_text(run_kept("intake", "template").out, "utf-8")
    assert run_kept("intake", "add", "P", tmp_path / "t.json").code == 0
    assert "2 times, gives way" in run_kept("intake", "show", "P").out


@pytest.fixture
def recorded_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``screen`` find results that were made beforehand instead of reading clips."""

    def run_clip(task: ClipTask) -> ClipResult:
        task.folder.mkdir(parents=True, exist_ok=True)
        (task.folder / "result.json").write_text("{}", "utf-8")
        return front_squat() if "front" in task.video.name else side_squat()

    monkeypatch.setattr(screen_module, "run_clip", run_clip)


@pytest.mark.slow
@pytest.mark.usefixtures("recorded_clips")
def test_screen_keeps_the_visit_of_a_known_client(run_kept: Run, tmp_path: Path) -> None:
    told = run_kept("screen", "front.mp4", "--client", "P", "--out", tmp_path / "out")
    assert "kept as the visit" not in told.out
    assert not (tmp_path / "records").exists(), "a name on a report begins no records"
    run_kept("client", "add", "P")
    run_kept("intake", "add", "P", write_intake(tmp_path))
    told = run_kept(
        "screen", "front.mp4", "side.mp4", "--client", "P", "--date", "2026-03-02", "--out", tmp_path / "out"
    )
    assert told.code == 0
    assert "kept as the visit of 2026-03-02 of P" in told.out
    with open_store() as store:
        (visit,) = store.visits("P")
        assert visit.day == date(2026, 3, 2)
        assert [clip.setup.view for clip in visit.clips] == ["front", "side"]
        shift = next(r for r in visit.clips[0].readings if r.signal == "lateral_shift")
        assert shift.value == pytest.approx(6.0, abs=0.1)
        assert shift.error is not None
        assert shift.error > 1
        assert len(shift.reps) == 3
        names = store.files.list_files(store.client("P").uid)
    assert {name.partition("/")[2] for name in names} >= {"front/result.json", "side/result.json", "result.json"}
    assert run_kept("screen", "other.mp4", "--client", "Somebody else", "--out", tmp_path / "out2").code == 0


@pytest.mark.usefixtures("recorded_clips")
def test_screen_without_an_intake_says_that_nobody_asked(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    assert (
        "Nobody has asked P about red flags yet."
        in run_kept("screen", "side.mp4", "--client", "P", "--out", tmp_path / "out").out
    )


CHOICES = (("left", "left"), ("", "in the middle"))


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        ("yes_no", "Y", True), ("yes_no", "no", False), ("score", "7", 7), ("number", "7,5", 7.5), ("text", "hi", "hi"),
        ("day", "2023-05", "2023-05"), ("choice", "1", "left"), ("choice", "left", "left"), ("choice", "2", ""), ("ticks", "1, 1", ["left"]),
    ],
)  # fmt: skip
def test_answers_are_read(kind: str, text: str, answer: object) -> None:
    assert read_answer(Question("q", "?", kind, CHOICES), text) == answer  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("yes_no", "maybe"), ("score", "11"), ("score", "2.5"), ("score", "-1"), ("number", "many"), ("text", ""),
        ("day", "May"), ("choice", "3"), ("choice", "1,2"), ("ticks", "1,9"),
    ],
)  # fmt: skip
def test_wrong_answers_are_asked_again(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        read_answer(Question("q", "?", kind, CHOICES), text)  # type: ignore[arg-type]


@pytest.mark.slow
def test_plans_are_made_edited_and_saved(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991")
    run_kept("intake", "add", "P", write_intake(tmp_path, goals=("run", "balance")))
    assert "plan 1 of P" in run_kept("plan", "make", "P", "--date", "2026-03-02").out
    for words, named in (
        (("--swap", "easy_start"), "is not OLD=NEW"),
        (("--dose", "easy_start:sets"), "is not a dose"),
        (("--dose", "easy_start:color=3"), "is not a dose"),
        (("--dose", "easy_start:sets=many"), "cannot be changed so"),
        (("--remove", "nothing"), "no exercise in the plan called 'nothing'"),
        (("--add", "nothing"), "no exercise called 'nothing'"),
    ):
        told = run_kept("plan", "edit", "P", *words)
        assert told.code == 2
        assert named in told.err
    assert "plan 2 of P" in run_kept("plan", "edit", "P", "--swap", "star_reach=stance_support", "--out", "p").out
    assert "[stance_support]" in run_kept("plan", "show", "P").out
    data = json.loads((tmp_path / "p/plan.json").read_text("utf-8"))
    data["exercises"][0]["sets"] = 2
    (tmp_path / "mine.json").write_text(json.dumps(data), "utf-8")
    assert "plan 3 of P" in run_kept("plan", "save", "P", "mine.json").out
    assert "nothing was overwritten" in run_kept("plan", "save", "P", "mine.json").err
    data["exercises"][0]["sets"] = 99
    (tmp_path / "mine.json").write_text(json.dumps(data | {"number": 3}), "utf-8")
    assert "exercises.0.sets" in run_kept("plan", "save", "P", "mine.json").err
    assert "stance_support" in run_kept("plan", "exercises", "--serves", "balance").out
    assert "gates met" in run_kept("readiness", "P", "--date", "2026-03-02").out


def test_a_movement_that_hurt_is_kept_and_can_be_cleared(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    run_kept("intake", "add", "P", write_intake(tmp_path, goals=("lift",)))

    def make_plan() -> tuple[set[str], str]:
        assert run_kept("plan", "make", "P", "--date", "2026-03-06").code == 0
        with open_store() as store:
            saved = store.latest_plan("P")
        assert saved is not None
        return {e.exercise for e in saved.plan.exercises}, " ".join(saved.plan.cautions)

    squats = {spec.id for spec in load_client_catalog().exercises.values() if "squat" in spec.movements}
    assert make_plan()[0] & squats
    words = ("squat", "--score", "6", "--place", "knee", "--side", "left", "--date", "2026-03-03")
    assert "refer before loading it: Squat (6 of 10, left knee)" in run_kept("visit", "hurt", "P", *words).out
    assert "(6 of 10, left knee)" in run_kept("visit", "list", "P").out
    planned, cautions = make_plan()
    assert not planned & squats
    assert "squat hurt on 2026-03-03 (6 of 10, left knee)" in cautions
    run_kept("visit", "hurt", "P", "squat", "--cleared-by", "physician", "--date", "2026-03-05")
    planned, cautions = make_plan()
    assert planned & squats
    assert "hurt on" not in cautions


def test_a_red_flag_makes_no_plan(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P")
    run_kept("intake", "add", "P", write_intake(tmp_path, symptoms=QUESTIONS | {"chest_pain": True}))
    assert run_kept("plan", "make", "P").code == 3
    assert run_kept("plan", "show", "P").code == 2


def _kept_visit(run_kept: Run, tmp_path: Path, catalog_sha256: str) -> None:
    """Keep a visit whose clip has its landmarks, as an older catalog read them."""
    from movescreen.catalog import load_catalog
    from movescreen.client.visits.visit import record_screening
    from movescreen.model import VideoInfo
    from movescreen.pipeline import analyze_poses
    from movescreen.report import write_result
    from tests.support import figure

    squat = figure.squat().poses
    width, height = squat.image_size_px
    result = analyze_poses(squat, VideoInfo("a.mp4", width, height, 30.0, float(squat.time_s[-1])))
    assert result.reps
    write_result(result, tmp_path / "out/a")
    record = record_screening(merge_clips((result,), load_catalog(), "P"), load_catalog(), ["a"])
    old = record.clips[0].setup.model_copy(update={"catalog_sha256": catalog_sha256})
    clip = record.clips[0].model_copy(update={"setup": old, "pictures": ()})
    run_kept("client", "add", "P")
    run_kept("intake", "add", "P", write_intake(tmp_path))
    with open_store() as store:
        store.add_screening(
            "P",
            date(2026, 3, 2),
            record.model_copy(update={"clips": (clip,)}),
            tmp_path / "out",
            {"a/turn_1.jpg": b"x"},
        )


@pytest.mark.slow
def test_a_visit_is_analyzed_again_from_its_landmarks(run_kept: Run, tmp_path: Path) -> None:
    from movescreen.catalog import load_catalog

    _kept_visit(run_kept, tmp_path, "0" * 64)
    with open_store() as store:
        (before,) = store.visits("P")
    told = run_kept("visit", "redo", "P", "2026-03-02")
    assert told.code == 0, told.err
    with open_store() as store:
        (after,) = store.visits("P")
        (kept,) = store.screenings("P", date(2026, 3, 2))
        with pytest.raises(EditConflict):
            store.replace_screening("P", replace(kept, record=before.screenings[0]), kept.record)
    old, new = before.clips[0], after.clips[0]
    assert (old.setup.catalog_sha256, new.setup.catalog_sha256) == ("0" * 64, load_catalog().sha256)
    assert new.pictures == old.pictures != ()
    assert [r.value for r in new.readings] == pytest.approx([r.value for r in old.readings], abs=1e-3)
    assert len(after.screenings) == 1
    for words, named in ((("P", "2026-03-03"), "no screening"), (("Q", "2026-03-02"), "no client")):
        missing = run_kept("visit", "redo", *words)
        assert missing.code == 2
        assert named in missing.err


def test_a_session_is_told_and_the_next_plan_knows_it(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991", "--sex", "female")
    long_ago, recent = date.today() - timedelta(weeks=4), date.today() - timedelta(days=1)
    assert run_kept("intake", "add", "P", write_intake(tmp_path, day=long_ago, consent=None, goals=("lift",))).code == 0
    made = run_kept("plan", "make", "P", "--date", long_ago, "--days", "tue,fri", "--out", tmp_path / "first")
    assert made.code == 0
    assert "Tue, Fri: " in made.out
    first = json.loads((tmp_path / "first/plan.json").read_text("utf-8"))
    names = [e["exercise"] for e in first["exercises"]]
    refused = run_kept("visit", "note", "P", "--did", "no_such_exercise")
    assert refused.code == 2
    assert run_kept("visit", "note", "P", "--did", f"{names[-1]}:pain=3").code == 2
    told = (
        "--pain-during",
        "1",
        "--pain-next-day",
        "1",
        "--confidence",
        "8",
        "--effort",
        "6",
        "--done",
        "10",
        "--planned",
        "12",
    )
    ticks = (*(a for name in names[:-1] for a in ("--did", name)), "--skipped", names[-1])
    assert run_kept("visit", "note", "P", "--date", recent, *told, *ticks).code == 0
    made = run_kept("plan", "make", "P", "--out", tmp_path / "second")
    assert made.code == 0
    second = json.loads((tmp_path / "second/plan.json").read_text("utf-8"))
    assert second["version"] == 2
    assert second["started_from"] == long_ago.isoformat()
    assert second["days"] == [1, 4]
    changes = {e["exercise"]: e["change"] for e in second["exercises"]}
    assert "up" in changes.values()
    assert changes.get(names[-1]) != "up"
    assert "up: Pain 1 of 10 the next morning, 10 of 12 sessions" in made.out
    # made again on the same day it starts from the same plan, and goes up once
    assert run_kept("plan", "make", "P", "--out", tmp_path / "third").code == 0
    third = json.loads((tmp_path / "third/plan.json").read_text("utf-8"))
    assert [e["reps"] for e in third["exercises"]] == [e["reps"] for e in second["exercises"]]


def test_what_the_trainer_saw_is_kept_and_a_letter_written(run_kept: Run, tmp_path: Path) -> None:
    run_kept("client", "add", "P", "--born", "1991", "--sex", "female")
    run_kept("intake", "add", "P", write_intake(tmp_path))
    observe = ("visit", "observe", "P", "anterior drawer", "--what", "special-test", "--side", "right")
    assert run_kept(*observe).code == 2  # a test without a result is none
    assert run_kept(*observe, "--result", "negative", "--painful", "0", "--date", "2026-03-02").code == 0
    held = run_kept("visit", "observe", "P", "calf", "--what", "palpation", "--result", "a pop was felt")
    assert "read this before you go on: what the trainer noted of" in held.out
    assert "(“pop”: " in held.out
    assert "observations" in json.loads(run_kept("client", "show", "P", "--json").out)["visits"][0]["notes"][0]
    assert "calf: a pop was felt" in run_kept("visit", "list", "P").out
    run_kept("client", "export", "P", "--out", tmp_path / "all")
    assert pd.read_csv(tmp_path / "all/observations.csv")["name"].to_list() == ["anterior drawer", "calf"]
    out = tmp_path / "sheets"
    written = run_kept("client", "letter", "P", "--for", "soap", "--for", "coach", "--for", "doctor", "--out", out, "--by", "A. Trainer")  # fmt: skip
    assert written.code == 0
    assert "anterior drawer, right" in (out / "soap_note.txt").read_text("utf-8").lower()
    assert "From: A. Trainer" in (out / "referral_letter.txt").read_text("utf-8")
    assert "pause the program" in (out / "coach_note.html").read_text("utf-8")  # what was typed waits to be read
    assert run_kept("intake", "agree", "P", "--coach").code == 0
    assert "true" in json.dumps(
        json.loads(run_kept("client", "show", "P", "--json").out)["intakes"][-1]["consent"]["coach"]
    )
    assert run_kept("client", "letter", "P", "--for", "friend", "--out", out).code == 2
    assert (
        run_kept("client", "letter", "P", "--for", "client", "--out", out).code == 2
    )  # no screening and no plan, no page
    for each in json.loads(run_kept("intake", "words", "P", "--json").out):
        assert run_kept("intake", "read", "P", each["key"], "--by", "A. Trainer", "--note", "long ago").code == 0
    assert run_kept("plan", "make", "P").code == 0
    assert run_kept("client", "letter", "P", "--for", "client", "--out", out).code == 0
    assert "When to stop, and whom to call" in (out / "client.html").read_text("utf-8")
