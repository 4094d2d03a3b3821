"""Reports about more than one clip: a screening of one person, and the overview of a batch."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest_regressions.file_regression import FileRegressionFixture

from movescreen.catalog import load_catalog
from movescreen.errors import InputError, NoPersonFound, UnknownNameError, VideoError
from movescreen.model import ClipResult, Demographics, ScreeningResult, Status
from movescreen.report.documents.screening import merged_findings_table, write_screening
from movescreen.report.formats.json import load_result_json
from movescreen.report.formats.tables import error_row, summary_row
from movescreen.report.pages.batch import OverviewRow, render_overview
from movescreen.report.pages.client import render_client_page
from movescreen.report.pages.screening import ScreeningPage, render_trainer_page
from movescreen.report.sections.ranking import top_priorities
from movescreen.screening import merge_clips
from tests.support.outline import Outline, section
from tests.support.results import front_squat, side_squat

CATALOG = load_catalog()


def screening(**told: Any) -> ScreeningResult:
    """Return front and side of a squat, each check answered by the view that can see it."""
    return replace(
        merge_clips((front_squat(), side_squat()), CATALOG, "Client 017", **told), missing=("a lunge from the side",)
    )


def page_of(merged: ScreeningResult, *folders: str, recorded: str = "") -> str:
    return render_trainer_page(ScreeningPage(merged, folders, recorded))


def test_screening_page_merges_both_views() -> None:
    html = page_of(screening(), "front squat", "side", recorded="2026-03-12")
    page = Outline(html)
    assert page.wrong == []
    assert "Client 017 Squat" in page.text
    first = section(html, "summary")
    assert "Looked at 2 clips with 6 repetitions. Two things stood out and one came close to the limit." in first
    assert first.index("Work on this first") < first.index("The knees came in") < first.index("Then this")
    assert first.index("The knees came in") < first.index("The upper body leaned")
    assert "Still to record. A lunge from the side." in section(html, "not-assessed")
    assert [a["href"] for a in page.all("a") if "report" in str(a["href"])] == [
        "front%20squat/report.html",
        "side/report.html",
    ]
    squat = section(html, "movement-squat")
    assert "The camera is tilted by about 3 degrees" in squat
    assert squat.index("Seen from the front") < squat.index("Seen from the side")
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_every_finding_names_its_clip_on_the_page_and_in_the_table() -> None:
    merged = screening()
    squat = section(page_of(merged, "front", "side"), "movement-squat")
    rows = merged_findings_table(merged).set_index(["check_id", "side"])
    assert rows.loc[("knee_valgus", ""), ["file", "view"]].tolist() == ["squat_front.mp4", "front"]
    assert rows.loc[("excessive_trunk_lean", ""), ["file", "view"]].tolist() == ["squat_side.mp4", "side"]
    assert re.search(r"3\Wof\W3\W*front\Wview", squat)
    assert re.search(r"side\Wview", squat)


def test_movements_have_a_section_each_and_equal_checks_stay_apart() -> None:
    squat = side_squat()
    lunge = replace(
        squat,
        movement=replace(squat.movement, name="lunge"),
        findings=tuple(
            replace(f, movement="lunge")
            for f in squat.findings
            if f.check_id in {c.id for c in CATALOG.movement("lunge").checks}
        ),
    )
    html = page_of(merge_clips((squat, lunge), CATALOG), "a", "b")
    assert "Excessive forward trunk lean" in section(html, "movement-lunge")
    assert "Excessive forward trunk lean" in section(html, "movement-squat")
    # the same check of two movements is two matters
    assert section(html, "summary").count("The upper body leaned") == 2
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(set(ids)) == sorted(ids), "an id is used twice on the page"


def test_numbers_of_the_repetition_tables_are_those_of_the_files(tmp_path: Path) -> None:
    write_screening(screening(), tmp_path, ["front", "side"])
    squat = section((tmp_path / "report.html").read_text("utf-8"), "movement-squat")
    reps = pd.read_csv(tmp_path / "reps.csv").query("file == 'squat_side.mp4'")
    for value in reps["knee_flexion_right_deg_turn"]:
        assert f"{round(value)}°" in squat
    findings = pd.read_csv(tmp_path / "findings.csv").query("status == 'flagged'")
    assert len(findings) == 2
    for _, row in findings.iterrows():
        digits = 2 if row["unit"] == "ratio" else 0
        assert f"{row['value']:.{digits}f}" in squat


def test_what_could_hardly_be_seen_is_not_praised() -> None:
    def unseen(clip: ClipResult, kept: int) -> ClipResult:
        findings = [
            f if i < kept else replace(f, status=Status.NOT_ASSESSED, reason="hidden", evidence=())
            for i, f in enumerate(
                f for f in clip.findings if f.status is Status.CLEAR or f.status is Status.NOT_ASSESSED
            )
        ]
        return replace(clip, findings=tuple(findings))

    merged = merge_clips((unseen(side_squat(), 1),), CATALOG)
    trainer = Outline(page_of(merged, "side")).text
    client = Outline(render_client_page(ScreeningPage(merged, ("side",)))).text
    assert "Most of the checks could not be made" in trainer
    assert "good result" not in trainer
    assert "We could not see enough this time" in client
    assert "What went well" not in client


def test_three_signs_of_one_problem_do_not_hide_another_one() -> None:
    base = next(f for f in side_squat().findings if f.status is Status.FLAGGED)
    ids = ("excessive_trunk_lean", "shallow_depth", "limited_knee_flexion", "weight_shift")
    equal = [replace(base, check_id=c, severity=3, views=("front",) if c == "weight_shift" else ("side",)) for c in ids]
    assert [m.lead.check_id for m in top_priorities(equal)] == ["excessive_trunk_lean", "weight_shift", "shallow_depth"]
    milder = [*equal[:3], replace(equal[3], severity=2)]
    assert "weight_shift" not in [m.lead.check_id for m in top_priorities(milder)]


def test_pain_is_said_first_and_means_refer() -> None:
    html = page_of(screening(pain=["squat"]), "front", "side")
    text = Outline(html).text
    assert text.index("Refer before training on") < text.index("Looked at 2 clips")
    assert "Pain counts as 0" in text
    assert "This hurt." in section(html, "movement-squat")
    assert "Refer before" not in Outline(page_of(screening(), "front", "side")).text
    with pytest.raises(UnknownNameError, match="handstand"):
        screening(pain=["handstand"])


@pytest.mark.slow
def test_age_and_sex_are_printed_and_a_name_stays_text() -> None:
    merged = replace(screening(person=Demographics(34, "female")), client="<script>alert(1)</script>")
    for html in (page_of(merged, "a", "b"), render_client_page(ScreeningPage(merged, ("a", "b")))):
        assert "<script" not in html
        assert "<script>alert(1)</script>" in Outline(html).text
    assert "34 years, female" in Outline(page_of(merged, "a", "b")).text


def test_screening_files(tmp_path: Path) -> None:
    paths = write_screening(screening(), tmp_path, ["front", "side"])
    assert [p.name for p in paths] == [
        "client.html", "findings.csv", "measures.csv", "player.html", "references.csv", "report.html", "reps.csv", "result.json",
        "sides.csv", "summary.csv",
    ]  # fmt: skip
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
    by_check = {f["check_id"]: data["clips"][f["clip"]]["view"] for f in data["findings"]}
    assert (by_check["knee_valgus"], by_check["excessive_trunk_lean"]) == ("front", "side")
    with pytest.raises(InputError, match="not the result of a clip"):
        load_result_json(tmp_path)


def test_key_pictures_are_taken_from_the_clips_folders(tmp_path: Path) -> None:
    import cv2

    for name, color in (("turn.jpg", 200), ("turn_plain.jpg", 90)):
        (tmp_path / "front").mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / "front" / name), np.full((80, 40, 3), color, np.uint8))
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / "turn.jpg").write_text("damaged")
    write_screening(screening(), tmp_path, ["front", "side"])
    (image,) = Outline((tmp_path / "report.html").read_text("utf-8")).all("img")
    assert (image["width"], image["height"]) == ("40", "80")
    assert "deepest point of repetition" in str(image["alt"])
    (plain,) = Outline((tmp_path / "client.html").read_text("utf-8")).all("img")
    assert plain["src"] != image["src"]


@pytest.mark.parametrize("name", ["report", "client"])
def test_the_words_of_a_page(name: str, file_regression: FileRegressionFixture) -> None:
    """What both pages say of two known clips, as text; rerun with --force-regen after a wanted change, and read the diff."""
    page = ScreeningPage(screening(person=Demographics(34, "female")), ("front", "side"), "2026-03-12")
    html = (render_trainer_page if name == "report" else render_client_page)(page)
    words = re.sub(r"[0-9a-f]{64}", "(hash)", Outline(html).text)
    file_regression.check("\n".join(re.split(r"(?<=[.:?!]) +", words)) + "\n")


def test_screening_without_any_clip_or_finding_still_makes_a_page() -> None:
    html = page_of(ScreeningResult(client="", clips=(), findings=()))
    assert "Movement screening" in Outline(html).text


def test_every_clip_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="2 clips, but 1 folders"):
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
    assert "Files4 Analyzed2 With something flagged1 Without a result2" in page.text
    assert [img["src"] for img in page.all("img")] == ["data:image/jpeg;base64,AAAA"]


def test_overview_of_nothing() -> None:
    assert "Files0" in Outline(render_overview([])).text


@pytest.mark.parametrize(
    ("video", "linked"),
    [
        ("squat_front_and_side.mp4", True),
        ("squat_left_right_front_and_side.mp4", True),
        ("squat_right_left_front_and_side.mp4", True),
        ("overhead_squat_front_and_side.mp4", False),
        ("lunge_left_front_and_side.mp4", False),
        ("squat.mp4", False),
    ],
)
def test_a_movement_links_the_video_of_its_own_two_views(video: str, linked: bool) -> None:
    html = render_trainer_page(ScreeningPage(screening(), ("front", "side"), videos=(video, "side/overlay.mp4")))
    links = [a["href"] for a in Outline(html).all("a")]
    assert (video in links) is linked
    assert "side/overlay.mp4" in links
