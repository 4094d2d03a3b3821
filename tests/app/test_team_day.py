"""A team's day out of the records: who is next, who must not be, what is missing, and who needs attention first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from movescreen.app import Records, Screening
from movescreen.app.teams.day import choose_next, gather_board, gather_team, list_teams
from movescreen.catalog import load_catalog
from movescreen.client.intake.model import Consent
from movescreen.client.team.board import Place, TeamDay
from movescreen.client.team.summary import Need
from movescreen.client.visits.visit import ClipRecord, MovementPain, Reading, ScreeningRecord, SessionNote
from movescreen.errors import NeedsReferral, UnknownNameError
from movescreen.model import Finding, Status
from movescreen.records import RecordStore
from movescreen.report.pages.team import render_team, team_table, write_team
from movescreen.settings import RecordSettings
from tests.support.clients import QUESTIONS, make_intake, make_record, make_setup
from tests.support.outline import Outline

TODAY = date.today()
YES = Consent(records=True, pictures=True, on=TODAY)
SQUATS = TeamDay(protocol="squat")
FRONT, SIDE = make_setup(view="front", near_side="", yaw_deg=0.0), make_setup()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore(None, tmp_path / "records") as opened:
        yield opened


def add(store: RecordStore, number: int, asked: bool = True, **told: Any) -> str:
    code = f"J{number}"
    store.add_client(code, name=f"Athlete {number}", birth_year=2000, sex="female", team="Team", jersey=str(number))
    if asked:
        store.add_intake(code, make_intake(**{"day": TODAY, "consent": YES, **told}))
    return code


def clip(setup: Any = SIDE, depth: float = 90.0, reps: int = 5) -> ClipRecord:
    reading = Reading(signal="knee_flexion", side="right", value=depth, unit="deg", error=3.0, reps=(depth,) * 3)
    return ClipRecord(file="clip.mp4", setup=setup, readings=(reading,), reps=reps)


def screen(store: RecordStore, code: str, *findings: Finding, clips: tuple[ClipRecord, ...] = (clip(FRONT), clip()), day: date = TODAY) -> None:  # fmt: skip
    store.add_screening(code, day, ScreeningRecord(clips=clips, findings=findings))


def board(store: RecordStore, chosen: TeamDay = SQUATS, **now: str) -> dict[str, Place]:
    found = gather_board(store, load_catalog(), "Team", TODAY, chosen, now)
    return {entry.client.code: entry.place for entry in found}


def test_the_board_goes_by_number_and_says_what_is_missing(store: RecordStore) -> None:
    for number in (10, 2, 1, 7):
        add(store, number)
    screen(store, "J2", clips=(clip(FRONT),))
    screen(store, "J7")
    screen(store, "J1", day=TODAY - timedelta(days=1))
    found = gather_board(store, load_catalog(), "Team", TODAY, SQUATS, {})
    assert [(e.client.code, e.place, [p.id for p in e.missing]) for e in found] == [
        ("J1", Place.TO_DO, ["squat_front", "squat_side"]),
        ("J2", Place.MISSING, ["squat_side"]),
        ("J7", Place.DONE, []),
        ("J10", Place.TO_DO, ["squat_front", "squat_side"]),
    ]
    assert [each.client.code for each in [choose_next(found)] if each] == ["J1"]
    assert board(store, J1="a session")["J1"] is Place.NOW
    with pytest.raises(UnknownNameError):
        choose_next(found, "J99")


def test_a_clip_without_a_repetition_and_the_other_leg_are_still_missing(store: RecordStore) -> None:
    add(store, 1)
    left = Reading(signal="descent_s", side="left", value=1.0, unit="s")
    lunge = ClipRecord(file="l.mp4", setup=make_setup(movement="lunge", near_side="left"), readings=(left,), reps=3)
    screen(store, "J1", clips=(clip(FRONT, reps=0), clip(), lunge))
    for protocol, missing in (("squat", ["squat_front"]), ("lunge", ["lunge_right"])):
        (entry,) = gather_board(store, load_catalog(), "Team", TODAY, TeamDay(protocol=protocol), {})
        assert [part.id for part in entry.missing] == missing


def test_nobody_is_begun_around_a_red_flag_or_before_health_and_consent_were_asked(store: RecordStore) -> None:
    add(store, 1, symptoms=QUESTIONS | {"chest_pain": True})
    add(store, 2, asked=False)
    add(store, 3, symptoms={})
    add(store, 4, consent=None)
    add(store, 5)
    add(store, 6, goal_words="to sleep through")
    assert board(store)["J6"] is Place.QUESTIONS, "what was typed waits until somebody has read it"
    assert board(store) | {"J6": Place.TO_DO} == {
        "J1": Place.REFER, "J2": Place.QUESTIONS, "J3": Place.QUESTIONS, "J4": Place.QUESTIONS, "J5": Place.TO_DO, "J6": Place.TO_DO,
    }  # fmt: skip
    found = gather_board(store, load_catalog(), "Team", TODAY, SQUATS, {})
    assert [e.client.code for e in [choose_next(found)] if e] == ["J5"]
    for code in ("J1", "J2", "J3", "J4", "J6"):
        with pytest.raises(NeedsReferral):
            choose_next(found, code)
    # being absent, or having been screened in part, opens nothing
    absent = TeamDay(protocol="squat", absent=tuple(c.uid for c in store.list_clients()))
    assert board(store, absent)["J1"] is Place.REFER
    screen(store, "J1", clips=(clip(),))
    screen(store, "J2", clips=(clip(),))
    assert (board(store)["J1"], board(store)["J2"]) == (Place.REFER, Place.QUESTIONS)


def test_a_minor_nobody_has_asked_stands_under_questions_and_one_without_a_guardian_is_referred(
    store: RecordStore,
) -> None:
    young = TODAY.year - 15
    for number, told in ((1, None), (2, YES), (3, YES.model_copy(update={"guardian": "Kim, mother"}))):
        store.add_client(f"J{number}", birth_year=young, team="Team", jersey=str(number))
        if told:
            store.add_intake(f"J{number}", make_intake(day=TODAY, consent=told))
    assert board(store) == {"J1": Place.QUESTIONS, "J2": Place.REFER, "J3": Place.TO_DO}
    with pytest.raises(NeedsReferral, match="health questions"):
        choose_next(gather_board(store, load_catalog(), "Team", TODAY, SQUATS, {}), "J1")
    report = gather_team(store, load_catalog(), "Team")
    assert [(row.code, row.need) for row in report.rows] == [
        ("J2", Need.REFER), ("J1", Need.QUESTIONS), ("J3", Need.NOT_KNOWN),
    ]  # fmt: skip
    assert "one is to be asked about health first" in render_team(report)
    # nobody around the gate: no door opens for them
    with Records(RecordSettings(folder=store.folder)) as records, pytest.raises(NeedsReferral):
        Screening.open(records, "J1")


def test_who_reported_pain_is_not_asked_for_what_is_missing(store: RecordStore) -> None:
    add(store, 1)
    screen(store, "J1", clips=(clip(FRONT),))
    assert board(store)["J1"] is Place.MISSING
    store.add_note("J1", TODAY, SessionNote(movement_pain=(MovementPain(movement="squat"),)))
    assert board(store)["J1"] is Place.DONE
    assert gather_team(store, load_catalog(), "Team").rows[0].need is Need.PAIN


def test_rows_are_sorted_by_need_and_what_is_unknown_is_not_fine(store: RecordStore) -> None:
    flags, beyond = make_record("heel_rise"), make_record("heel_rise", severity=3)
    also = make_record("knee_valgus")
    near, fine = make_record("heel_rise", Status.BORDERLINE), make_record("heel_rise", Status.CLEAR)
    unseen = [make_record(name, Status.NOT_ASSESSED) for name in ("knee_valgus", "weight_shift")]
    told: dict[int, tuple[Finding, ...]] = {
        1: (fine,), 2: (fine, *unseen), 4: (near,), 5: (flags,), 6: (beyond,), 7: (flags, also), 8: (fine,), 9: (fine,),
    }  # fmt: skip
    for number in range(1, 10):
        add(store, number, **({"symptoms": QUESTIONS | {"chest_pain": True}} if number == 9 else {}))
        if number in told:
            screen(store, f"J{number}", *told[number])
    store.add_note("J8", TODAY, SessionNote(movement_pain=(MovementPain(movement="squat"),)))
    rows = gather_team(store, load_catalog(), "Team").rows
    assert [(row.code, row.need.name) for row in rows] == [
        ("J9", "REFER"), ("J8", "PAIN"), ("J7", "STOOD_OUT"), ("J6", "STOOD_OUT"), ("J5", "STOOD_OUT"), ("J4", "CLOSE"),
        ("J2", "NOT_KNOWN"), ("J3", "NOT_KNOWN"), ("J1", "NOTHING"),
    ]  # fmt: skip


def test_a_day_of_which_a_recording_is_missing_is_not_known_to_be_fine(store: RecordStore) -> None:
    for number, clips in ((1, (clip(FRONT),)), (2, (clip(FRONT), clip()))):
        screen(store, add(store, number), make_record("heel_rise", Status.CLEAR), clips=clips)
    assert {row.need for row in gather_team(store, load_catalog(), "Team").rows} == {Need.NOTHING}, (
        "no session was chosen"
    )
    store.keep_team_day("Team", TODAY, SQUATS)
    rows = gather_team(store, load_catalog(), "Team").rows
    assert [(row.code, row.need, row.missing) for row in rows] == [
        ("J1", Need.NOT_KNOWN, ("Squat, from the side",)),
        ("J2", Need.NOTHING, ()),
    ]


def test_one_side_that_stands_out_marks_the_check_and_a_hidden_one_does_not_hide_the_other(store: RecordStore) -> None:
    add(store, 1)
    screen(
        store, "J1", make_record("heel_rise", Status.CLEAR, side="left"), make_record("heel_rise", side="right"),
        make_record("limited_knee_flexion", Status.CLEAR, side="right"),
        make_record("limited_knee_flexion", Status.NOT_ASSESSED, side="left"),
    )  # fmt: skip
    (row,) = gather_team(store, load_catalog(), "Team").rows
    heel, knee = row.checks["squat", "heel_rise"], row.checks["squat", "limited_knee_flexion"]
    assert (heel.status, heel.sides) == (Status.FLAGGED, ("right",))
    assert knee.status is Status.CLEAR


def test_only_what_changed_beyond_the_error_is_a_change_since_the_last_day(store: RecordStore) -> None:
    limit = make_record(
        "shallow_depth", signal="knee_flexion", statistic="turn", direction="below", limit=100.0, unit="deg"
    )
    before = TODAY - timedelta(days=30)
    for number, depth in ((1, 130.0), (2, 91.0)):
        code = add(store, number)
        screen(store, code, limit, clips=(clip(),), day=before)
        screen(store, code, limit, clips=(clip(depth=depth),))
    table = team_table(gather_team(store, load_catalog(), "Team")).set_index("code")
    assert table["compared_with"].unique().tolist() == [before.isoformat()]
    assert "Knee bend" in table.loc["J1", "changed_better"]
    assert table.loc["J2", ["changed_better", "changed_worse", "changed_other"]].tolist() == ["", "", ""]
    old = team_table(gather_team(store, load_catalog(), "Team", before))
    assert old["compared_with"].tolist() == ["", ""]


def test_the_day_shown_is_one_of_the_team_and_not_of_somebody_alone(store: RecordStore) -> None:
    days = [TODAY - timedelta(days=n) for n in (9, 2)]
    for number in (1, 2, 3):
        screen(store, add(store, number), day=days[0])
    screen(store, "J1", day=days[1])
    assert gather_team(store, load_catalog(), "Team").day == days[0]
    assert gather_team(store, load_catalog(), "Team", days[1]).day == days[1]
    (team,) = list_teams(store)
    assert team.days == {days[1]: 1, days[0]: 3}
    with pytest.raises(UnknownNameError):
        gather_team(store, load_catalog(), "Tea")


def test_page_table_and_workbook_say_the_same(store: RecordStore, tmp_path: Path) -> None:
    store.add_client("Z1", name="<b>Zoë</b>", team="Team", group="=1+1")
    screen(store, "Z1", make_record("heel_rise", side="right"))
    screen(store, add(store, 5), make_record("heel_rise", Status.CLEAR))
    report = gather_team(store, load_catalog(), "Team")
    write_team(report, tmp_path / "out")
    table = pd.read_csv(tmp_path / "out" / "team.csv", keep_default_na=False, dtype=str)
    book = pd.read_excel(tmp_path / "out" / "team.xlsx", keep_default_na=False, dtype=str)
    assert table["code"].tolist() == book["code"].tolist() == ["Z1", "J5"]
    assert table["group"].tolist() == book["group"].tolist() == ["'=1+1", ""]
    assert table["squat:heel_rise"].tolist() == ["flagged", "clear"]
    page = Outline(render_team(report))
    assert "<b>Zoë</b>" in page.text
    assert "Stood out, right" in page.text
    assert "Within the limit" in page.text
