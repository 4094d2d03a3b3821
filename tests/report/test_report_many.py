"""Reports about more than one clip: a screening of one person, and the overview of a batch."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from movescreen.errors import InputError, NoPersonFound, VideoError
from movescreen.model import ScreeningResult, Status
from movescreen.report.json import load_result_json
from movescreen.report.overview import OverviewRow, render_overview
from movescreen.report.screening import render_screening, write_screening
from movescreen.report.tables import error_row, summary_row
from tests.builders import front_squat, side_squat
from tests.report.test_report_html import Outline, section


def screening() -> ScreeningResult:
    """Return front and side of a squat, each check answered by the view that can see it."""
    front, side = front_squat(), side_squat()
    answered = {(f.check_id, f.side): f for f in (*side.findings, *front.findings)}
    for finding in (*side.findings, *front.findings):
        if finding.status is not Status.NOT_ASSESSED:
            answered[finding.check_id, finding.side] = finding
    return ScreeningResult("Client 017", (front, side), tuple(answered.values()), ("a lunge from the side",))


def test_screening_page_merges_both_views() -> None:
    html = render_screening(screening(), ["front squat", "side"], recorded="2026-03-12")
    page = Outline(html)
    assert page.wrong == []
    assert "Client 017 Squat" in page.text
    first = section(html, "summary")
    assert "Looked at 2 clips with 6 repetitions. Two things stood out and one came close to the limit." in first
    assert first.index("The knees came in") < first.index("The upper body leaned")
    assert "Still to record. A lunge from the side." in section(html, "not-assessed")
    assert [a["href"] for a in page.all("a") if "report" in str(a["href"])] == [
        "front%20squat/report.html",
        "side/report.html",
    ]
    assert "The camera is tilted by about 3 degrees" in section(html, "clips")
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_screening_of_several_movements_names_them_in_the_table() -> None:
    both = screening()
    lunge = replace(both.clips[1], movement=replace(both.clips[1].movement, name="lunge"))
    findings = (*both.findings, *(replace(f, movement="lunge") for f in lunge.findings))
    html = render_screening(replace(both, clips=(*both.clips, lunge), findings=findings), ["a", "b", "c"])
    assert re.search(r"Lunge[^:]*: Excessive forward trunk lean", section(html, "findings"))
    assert "Squat: Excessive forward trunk lean" in section(html, "findings")
    # the same check of two movements is two matters
    assert section(html, "summary").count("The upper body leaned") == 2


def test_screening_files(tmp_path: Path) -> None:
    paths = write_screening(screening(), tmp_path, ["front", "side"])
    assert [p.name for p in paths] == ["findings.csv", "report.html", "reps.csv", "result.json", "summary.csv"]
    findings = pd.read_csv(tmp_path / "findings.csv").set_index("check_id")
    assert findings.loc["knee_valgus", "status"] == "flagged"
    assert findings.loc["excessive_trunk_lean", "status"] == "flagged"
    reps = pd.read_csv(tmp_path / "reps.csv")
    assert reps["file"].tolist() == ["squat_front.mp4"] * 3 + ["squat_side.mp4"] * 3
    assert reps["rep"].tolist() == [1, 2, 3, 1, 2, 3]
    assert pd.read_csv(tmp_path / "summary.csv")["client"].tolist() == ["Client 017", "Client 017"]
    data = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert (data["kind"], data["missing"]) == ("screening", ["a lunge from the side"])
    assert [clip["folder"] for clip in data["clips"]] == ["front", "side"]
    with pytest.raises(InputError, match="not the result of a clip"):
        load_result_json(tmp_path)


def test_screening_without_any_clip_or_finding_still_makes_a_page() -> None:
    html = render_screening(ScreeningResult("", (), ()), [])
    assert "Movement screening" in Outline(html).text


def test_every_clip_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write_screening(screening(), tmp_path, ["front"])
    assert list(tmp_path.iterdir()) == []


def test_overview_lists_the_worst_first_and_what_failed_last() -> None:
    mild = summary_row(side_squat(findings=()), file="mild.mp4")
    rows = [
        OverviewRow(error_row("empty.mp4", NoPersonFound("nobody was seen in 90 frames"))),
        OverviewRow(mild, "mild/report.html"),
        OverviewRow(
            summary_row(side_squat(), client="<b>Client</b>", file="a b/squat.mp4"),
            "a b/squat#1/report.html", "data:image/jpeg;base64,AAAA", ("Forward lean", "Heels <up>"), 2.0,
        ),
        OverviewRow(error_row("broken.mp4", VideoError("not a video"))),
    ]  # fmt: skip
    html = render_overview(rows, "movescreen 0.1.0")
    page = Outline(html)
    assert page.wrong == []
    assert [a["href"] for a in page.all("a")] == ["a%20b/squat%231/report.html", "mild/report.html"]
    assert html.index("a b/squat.mp4") < html.index("mild.mp4") < html.index("empty.mp4")
    assert "<b>Client</b>" in page.text
    assert "Forward lean, Heels <up>" in page.text
    assert "nobody was seen in 90 frames (no_person)" in page.text
    assert "Files4 Analysed2 With something flagged1 Without a result2" in page.text
    assert [img["src"] for img in page.all("img")] == ["data:image/jpeg;base64,AAAA"]


def test_overview_of_nothing() -> None:
    assert "Files0" in Outline(render_overview([])).text
