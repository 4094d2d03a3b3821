"""From the first conversation to the third visit, on the command line: a runner with an old ankle sprain.

The clips show a drawn runner whose right heel comes down and whose shift to the left goes while the depth stays: 20, 10 and 1 % of
the foot, 26, 17 and 5 % of the ankle width, as the camera reads it.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from movescreen.model import Plane, Status
from movescreen.pipeline import known_signals
from movescreen.report.documents.load import load
from tests.conftest import Run
from tests.support.clients import QUESTIONS, SPRAIN, make_intake

VISITS = ("2026-03-02", "2026-03-30", "2026-04-27")

pytestmark = pytest.mark.network


def known_sagittal() -> set[str]:
    """Return the signals, without their sides, that the side shows best."""
    return {spec.stem for spec in known_signals().values() if spec.plane is Plane.SAGITTAL}


def ok(told: SimpleNamespace) -> str:
    assert told.code == 0, told.err
    return str(told.out)


def test_from_the_first_word_to_the_third_visit(run_kept: Run, three_visits: Path, tmp_path: Path) -> None:
    ok(run_kept("client", "add", "C017", "--born", "1991", "--sex", "female"))

    # first a red flag: nothing is screened, and the reason is told
    told = {"injuries": (SPRAIN,), "sports": ("running",), "goals": ("run",), "confidence": 6, "sitting_hours": 7}
    first = make_intake(**told, symptoms=QUESTIONS | {"calf_swelling": True, "joint_problem": True})
    (tmp_path / "i.json").write_text(first.model_dump_json(), "utf-8")
    assert run_kept("intake", "add", "C017", tmp_path / "i.json").code == 3
    stopped = run_kept("screen", three_visits / "visit1_front.mp4", "--client", "C017", "--date", "2026-03-02")
    assert stopped.code == 3
    assert "refer to a doctor, today" in stopped.err
    ok(run_kept("intake", "clear", "C017", "calf_swelling", "--by", "physician", "--date", "2026-03-02"))
    ok(run_kept("intake", "clear", "C017", "joint_problem", "--by", "physiotherapist", "--date", "2026-03-02"))

    # three visits
    heel_raises = {"2026-03-02": (24, 15), "2026-03-30": (25, 20), "2026-04-27": (25, 24)}
    for number, day in enumerate(VISITS, start=1):
        out = tmp_path / f"visit{number}"
        clips = [three_visits / f"visit{number}_{view}.mp4" for view in ("front", "side")]
        screened = ok(run_kept("screen", *clips, "--client", "C017", "--date", day, "--out", out))
        assert f"kept as the visit of {day}" in screened
        assert "away from the side of the 2023 right ankle sprain" in screened or number == 3
        shift = next(f for f in load(out).findings if f.check_id == "weight_shift")
        assert (shift.status is Status.FLAGGED) == (number == 1), (
            "26 percent are flagged; what is left is within the error"
        )
        left, right = heel_raises[day]
        values = [f"single_leg_heel_raise:left={left}", f"single_leg_heel_raise:right={right}", "knee_to_wall:left=11"]
        ok(run_kept("visit", "measure", "C017", *values, f"knee_to_wall:right={6 + 1.5 * number}", "--date", day))
        if number == 1:
            plan = ok(run_kept("plan", "make", "C017", "--date", day, "--out", tmp_path / "plan"))
            assert "[hamstring_slider]" not in plan
            assert "speed waits for these gates" in plan
        else:
            ok(run_kept("visit", "note", "C017", "--pain-now", 0, "--pain-next-day", 1, "--confidence", 9, "--done", 10, "--planned", 12, "--date", day))  # fmt: skip

    # what counts as of late is two weeks, and one note says nothing of the last two sessions
    ok(run_kept("visit", "note", "C017", "--pain-next-day", 1, "--date", "2026-04-22"))

    # the trainer changes the plan, and what was edited from an old one is refused
    counted = next(
        e["exercise"] for e in json.loads((tmp_path / "plan/plan.json").read_text("utf-8"))["exercises"] if e["reps"]
    )
    edits = ("--add", "hamstring_slider", "--dose", f"{counted}:sets=4", "--note", "before the race")
    ok(run_kept("plan", "edit", "C017", *edits))
    late = run_kept("plan", "save", "C017", tmp_path / "plan/plan.json")
    assert late.code == 2
    assert "nothing was overwritten" in late.err
    shown = ok(run_kept("plan", "show", "C017", "--out", tmp_path / "plan2"))
    assert "[hamstring_slider]" in shown
    ok(run_kept("plan", "save", "C017", tmp_path / "plan2/plan.json"))

    # what goes with the sprain
    ok(run_kept("visit", "report", "C017", "--date", "2026-03-02", "--out", tmp_path / "report"))
    page = (tmp_path / "report/visit.html").read_text("utf-8")
    assert "The shift is away from the side of the 2023 right ankle sprain" in page
    assert "It is the side of the 2023 right ankle sprain" in page
    assert "because of" not in page

    # progress
    said = ok(run_kept("progress", "C017", "--date", "2026-04-27", "--out", tmp_path / "progress"))
    table = pd.read_csv(tmp_path / "progress/progress.csv", keep_default_na=False)
    # from the front the depth is read as well, with an error of its own
    both = table[(table["name"] == "thigh_elevation") & (table["side"] == "right")]
    assert sorted(both["view"]) == ["front", "side"]
    table = table[(table["view"] != "front") | ~table["name"].isin(known_sagittal())].set_index(["name", "side"])
    assert table.loc[("heel_rise", "right"), ["result", "trend"]].to_list() == ["changed", "away_from_the_limit"]
    assert table.loc[("lateral_shift", ""), ["result", "trend"]].to_list() == ["changed", "away_from_the_limit"]
    assert table.loc[("thigh_elevation", "right"), "result"] == "no_change"
    assert table.loc[("knee_to_wall", "right"), "result"] == "changed"
    assert table.loc[("knee_to_wall", "left"), "result"] == "no_change"
    assert set(table.loc[("descent_s", ""), "result"]) == {"no_known_error"}
    assert "changed for the better by more than the error can explain" in said
    page = (tmp_path / "progress/progress.html").read_text("utf-8")
    assert "20\N{NO-BREAK SPACE}training sessions of 24 planned took place." in page
    assert page.count("data:image/jpeg") == 4, "two views, first and last"
    assert "No change beyond the error" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    data = json.loads((tmp_path / "progress/progress.json").read_text("utf-8"))
    assert data["retest_on"] == "2026-05-25"
    gates = {g["gate"]: g["result"] for g in next(s for s in data["readiness"] if s["set"] == "lower_limb")["gates"]}
    assert gates["calf_strength"] == "met"
    assert gates["pain_next_day"] == "met"
    assert gates["hop"] == "not_known"
    assert gates["squat_control"] == "not_known", "the left heel was not filmed from its own side"
    assert "still to measure: the single-leg hop" in ok(run_kept("readiness", "C017", "--date", "2026-04-27"))
