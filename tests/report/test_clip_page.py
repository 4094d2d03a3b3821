"""report.html: self-contained, escaped, honest in its wording, and complete for a screen reader."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from movescreen.catalog import load_catalog
from movescreen.model import ClipResult, Frame, MovementInfo, Notice, Source, Status
from movescreen.report import ReportJob, write_result
from movescreen.report.figures.pictures import ClipPictures, _crop_of, _draw, take_pictures
from movescreen.report.formats.html import render_report
from movescreen.report.pages.clip import Page, build_elements
from tests.support.outline import Outline, section
from tests.support.results import as_movement, front_squat, make_finding, side_squat


def page_of(result: ClipResult, **job: Any) -> Outline:
    return Outline(render_report(ReportJob(result, **job)))


@pytest.fixture(scope="module")
def side_html() -> str:
    job = ReportJob(side_squat(), client="Client 017", recorded="2026-03-12", files={"angles.csv": "", "poses.npz": ""})
    return render_report(job)


@pytest.fixture(scope="module")
def side_page(side_html: str) -> Outline:
    return Outline(side_html)


def test_is_one_well_formed_document(side_html: str, side_page: Outline) -> None:
    assert side_html.startswith("<!DOCTYPE html>")
    assert side_page.wrong == []
    assert side_page.open == []
    assert len(side_page.all("h1")) == len(side_page.all("main")) == 1
    ids = Counter(attrs["id"] for _, attrs in side_page.tags if "id" in attrs)
    assert [name for name, count in ids.items() if count > 1] == []


def test_loads_nothing_from_anywhere(side_html: str, side_page: Outline) -> None:
    assert not {"script", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in side_page.tags}
    assert [attrs.get("rel") for tag, attrs in side_page.tags if tag == "link"] in ([], ["icon"])
    for _, attrs in side_page.tags:
        for name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster", "background"):
            assert (attrs.get(name) or "#").startswith(("#", "data:image/", "data:,")), (name, attrs)
        assert not [name for name in attrs if name.startswith("on")]
    assert "@import" not in side_html
    assert re.findall(r"url\((?!#)", side_html) == []
    assert "http://" not in side_html
    assert "https://" not in side_html
    policy = next(a for a in side_page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in str(policy["content"])


def test_every_text_of_a_user_stays_text() -> None:
    evil = '<script>alert("x")</script><img src=x onerror=y>'
    result = side_squat()
    finding = replace(
        result.findings[0],
        title=evil,
        message=evil,
        why=evil,
        cue=evil,
        reason=evil,
        source=Source(evil, "paper", evil),
    )
    result = replace(
        result,
        video=replace(result.video, name=f"{evil}.mp4"),
        findings=(finding, make_finding("odd", Status.NOT_ASSESSED, reason=evil, title=evil)),
        notices=(Notice(evil, evil, (evil,)),),
        movement=replace(result.movement, name=evil),
        provenance=replace(result.provenance, software=evil, settings={evil: evil}),
    )
    html = render_report(ReportJob(result, client=evil, recorded=evil))
    page = Outline(html)
    assert "<script" not in html
    assert page.all("img") == []
    assert page.wrong == []
    assert 'alert("x")' in page.text


def test_says_who_what_and_when(side_page: Outline) -> None:
    for words in ("Squat", "Seen from the side, facing right", "Client 017", "12 March 2026", "squat_side.mp4"):
        assert words in side_page.text


def test_says_what_matters_most_with_its_numbers(side_html: str) -> None:
    first = section(side_html, "summary")
    assert "Three repetitions were seen. One thing stood out and one came close to the limit." in first
    lean = first.index("The upper body leaned further forward than the shins did.")
    heel = first.index("The right heel lifted a little off the floor.")
    assert lean < first.index("Excessive forward trunk lean") < heel
    assert "28° ± 3° Stands out above 20°; seen in 2 of 3 repetitions (1, 3)." in first
    assert "6 % ± 2 % Stands out above 5 %; seen in 2 of 3 repetitions (1, 2)." in first
    assert "Worth practicing: Keep the chest proud" in first


def test_says_what_could_not_be_assessed_and_why(side_html: str) -> None:
    text = section(side_html, "not-assessed")
    assert text.index("Needs a front view.") < text.index("Knee valgus")
    assert text.index("Lateral trunk lean") < text.index("The far leg is hidden") < text.index("Asymmetry")


def test_says_what_to_film_instead(side_html: str) -> None:
    front = load_catalog().movement("squat").recording["front"]
    assert f"To answer more, film from the front. {front}" in section(side_html, "not-assessed")
    assert "film from the side" not in side_html


def test_a_movement_is_called_what_its_result_says() -> None:
    result = side_squat()
    info = MovementInfo(title="Calf raise", plain_name="calf raise", turn_words="the highest point")
    page = page_of(replace(result, movement=replace(result.movement, name="calf_raise"), movement_info=info))
    assert "Calf raise" in page.text
    assert "Squat" not in page.text
    assert "the highest point" in page.text
    assert "film from" not in page.text


def test_recording_notices_name_what_they_weaken(side_html: str) -> None:
    text = section(side_html, "recording")
    assert "The camera is tilted by about 3 degrees; this was corrected." in text
    assert "Weakens: forward lean of the trunk." in text
    assert "99 % of the frames" in text


def test_table_of_all_checks_has_limits_and_sources(side_html: str) -> None:
    text = section(side_html, "findings")
    assert "Example A, Sample B. Journal of Worked Examples 2020;1:1-9 (checked in the paper itself)" in text
    assert "Movescreen's own tolerance. No published limit for a bodyweight squat." in text
    assert "Provisional limit, origin not verified. From memory." in text
    assert (
        "Heel rise, right Close to the limit 6 % ± 2 % above 5 % 2 of 3 (1, 2) movescreen's own tolerance, note 2"
        in text
    )
    assert "108° ± 5° below 90° none of 3" in text
    assert "Nobody D" not in side_html


def test_notes_that_are_pointed_to_exist(side_page: Outline) -> None:
    ids = {attrs.get("id") for _, attrs in side_page.tags}
    targets = {str(a["href"]).removeprefix("#") for a in side_page.all("a")}
    assert targets == {"source-1", "source-2", "source-3", "source-4"}
    assert targets <= ids


def test_never_predicts_injury(side_page: Outline) -> None:
    assert re.findall(r"[^.]*injur[^.]*\.", side_page.text) == [
        " It is not a diagnosis, and it does not predict injury."
    ]
    assert not re.search(r"dysfunction|abnormal|will hurt|at risk", side_page.text, re.IGNORECASE)


def test_screen_readers_get_words_for_everything(side_html: str, side_page: Outline) -> None:
    assert side_page.all("html")[0]["lang"] == "en"
    drawings = [svg for svg in side_page.all("svg") if svg.get("aria-hidden") != "true"]
    assert len(drawings) >= 6
    assert all(svg.get("role") == "img" and svg.get("aria-label") for svg in drawings)
    assert side_html.count("<caption") == len(side_page.all("table")) == 2
    assert all(th.get("scope") in ("col", "row") for th in side_page.all("th"))


def test_status_is_told_in_words_and_shapes_not_by_color_alone(side_html: str) -> None:
    for word in ("Stood out", "Close to the limit", "Within the limit", "Not assessed"):
        assert re.search(rf'<span class="status \w+"><svg.*?</svg>{word}</span>', side_html, re.DOTALL)


def test_provenance_is_complete(side_page: Outline) -> None:
    for words in ("movescreen 0.1.0", "a" * 64, "b" * 64, "c" * 64, "filter.cutoff_hz = 6.0", "angles.csv, poses.npz"):
        assert words in side_page.text


def test_nothing_found_is_said_kindly() -> None:
    result = side_squat()
    result = replace(result, findings=tuple(f for f in result.findings if f.severity == 0), notices=())
    html = render_report(ReportJob(result))
    first = section(html, "summary")
    assert "Nothing stood out in what could be seen." in first
    assert "What could be seen stayed within its limit." in first
    # the faults that this view cannot show may be there
    assert "good result" not in first
    assert "Needs a front view." in section(html, "not-assessed")
    assert "Nothing about the recording itself" in section(html, "recording")


def test_only_borderline_is_not_called_nothing() -> None:
    result = side_squat()
    result = replace(result, findings=tuple(f for f in result.findings if f.severity < 2))
    assert "Nothing stood out, but one thing came close to the limit." in section(
        render_report(ReportJob(result)), "summary"
    )


def test_no_repetition_is_said_first() -> None:
    html = render_report(ReportJob(side_squat(0)))
    assert "No repetition was found in this clip." in section(html, "summary")
    assert "Without a repetition there is nothing to measure." in section(html, "summary")
    assert "No repetition was found" in section(html, "repetitions")
    assert "No repetition was seen." in section(html, "not-assessed")


def test_unfinished_repetitions_are_marked() -> None:
    result = side_squat()
    reps = (*result.reps[:2], replace(result.reps[2], complete=False))
    html = render_report(ReportJob(replace(result, reps=reps)))
    assert "Two repetitions were seen, and one more that was not finished." in section(html, "summary")
    assert "3 (not finished)" in section(html, "repetitions")


def test_empty_result_still_makes_a_page() -> None:
    result = side_squat(0)
    bare = replace(
        result.series,
        values={},
        valid={},
        absent=dict.fromkeys(result.series.specs, "nobody was seen"),
    )
    page = page_of(as_movement(replace(result, series=bare, findings=(), notices=()), "none"))
    assert "No known movement" in page.text
    assert page.wrong == []
    assert page.all("table") == []


def test_sections_without_content_are_left_out() -> None:
    ids = [element.id for element in build_elements(Page(side_squat(0))) if element]
    assert ids == [
        "masthead", "summary", "not-assessed", "recording", "repetitions", "findings", "glossary", "provenance",
    ]  # fmt: skip


def test_long_clip_with_many_repetitions_stays_small() -> None:
    html = render_report(ReportJob(side_squat(60)))
    assert len(html.encode()) < 1_000_000
    assert "60\N{NO-BREAK SPACE}repetitions" in html


def test_front_view_has_its_own_curves() -> None:
    html = render_report(ReportJob(front_squat()))
    assert "Stood out clearly" in section(html, "summary")
    assert "0.70 ± 0.04" in section(html, "summary")
    curves = section(html, "curves")
    assert curves.index("Knee width against ankle width") < curves.index("Sideways shift of the hips")
    assert "Knee bend" not in curves


def write_clip(path: Path, frames: int) -> None:
    """Write a clip in which everything but the stick figure's surroundings is plain gray."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 272, 480, "yuv420p"
        for i in range(frames):
            picture = np.full((480, 272, 3), 60 + i % 120, dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def test_pictures_of_every_turn_are_inside_the_page(tmp_path: Path) -> None:
    import base64

    import cv2

    write_clip(tmp_path / "squat.mp4", 348)
    html = render_report(ReportJob(side_squat(), pictures=take_pictures(side_squat(), tmp_path / "squat.mp4")))
    images = Outline(html).all("img")
    assert len(images) == 3
    for number, image in enumerate(images, start=1):
        assert f"repetition {number}" in str(image["alt"])
        data = np.frombuffer(base64.b64decode(str(image["src"]).split(",", 1)[1]), dtype=np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape[:2] == (int(str(image["height"])), int(str(image["width"])))
    text = section(html, "pictures")
    assert "Repetition 2, 5.8 s: knee bend 108° and forward lean of the trunk 54°" in text
    assert len(html.encode()) < 1_500_000


def test_pictures_kept_while_reading_are_used_only_when_every_turn_has_one(tmp_path: Path) -> None:
    result = side_squat()
    turns = [int(np.argmin(np.abs(result.poses.time_s - rep.turn_s))) for rep in result.reps]
    width, height = result.poses.image_size_px
    kept = {
        int(result.poses.frame_index[i + 2]): Frame(np.full((height, width, 3), 90, np.uint8), 0.0, 0) for i in turns
    }
    pictures = take_pictures(result, tmp_path / "gone.mp4", kept=kept)
    assert [picture.caption.split(",")[0] for picture in pictures.turns] == [
        "Repetition 1",
        "Repetition 2",
        "Repetition 3",
    ]
    kept.popitem()
    # the clip itself is asked, and it is not there
    assert take_pictures(result, tmp_path / "gone.mp4", kept=kept) == ClipPictures()


def test_skeleton_is_drawn_where_the_landmarks_are() -> None:
    result = side_squat()
    pose = int(np.argmin(np.abs(result.poses.time_s - result.reps[0].turn_s)))
    crop = np.array([[0.0, 0.0], [1.0, 1.0]])
    # the original picture is twice as large as the analyzed one
    drawn = _draw(np.full((1920, 1080, 3), 90, dtype=np.uint8), crop, result, pose)
    share = drawn.shape[0] / 1920
    changed = np.abs(drawn.astype(int) - 90).max(axis=2) > 20
    for name in ("right_knee", "right_hip", "right_ankle"):
        x, y = result.poses.xy(name)[pose] * 2 * share
        assert changed[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].any(), name
    knee_x, knee_y = result.poses.xy("right_knee")[pose] * 2 * share
    assert not changed[round(knee_y) - 3 : round(knee_y) + 3, round(knee_x) + 60 : round(knee_x) + 70].any()


def test_cut_is_the_same_for_all_and_holds_the_person() -> None:
    result = side_squat()
    left_top, right_bottom = _crop_of(result, [60, 170, 280])
    points = result.poses.image_xy_px[[60, 170, 280]] / np.array(result.poses.image_size_px)
    assert (points >= left_top).all()
    assert (points <= right_bottom).all()
    assert (left_top >= 0).all()
    assert (right_bottom <= 1).all()


def test_missing_or_broken_video_gives_a_page_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"not a video")
    for name in ("broken.mp4", "gone.mp4"):
        html = render_report(ReportJob(side_squat(), pictures=take_pictures(side_squat(), tmp_path / name)))
        assert 'id="pictures"' not in html
        assert 'id="curves"' in html


def test_file_is_written_as_rendered(tmp_path: Path) -> None:
    write_result(side_squat(), tmp_path, formats=["html"], client="Zoë")
    assert "Zoë" in (tmp_path / "report.html").read_text(encoding="utf-8")
