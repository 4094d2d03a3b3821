"""Power and balance in a clip's and a screening's files: what is printed is measured, and what is not says why."""

from __future__ import annotations

import html
import json
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from movescreen.catalog import load_catalog
from movescreen.model import Attempt, ClipResult, Measure, MovementMatch
from movescreen.pipeline import AnalysisRequest, analyze_poses
from movescreen.report import ReportJob, write_result
from movescreen.report.documents.reanalyze import reload_clip
from movescreen.report.documents.screening import write_screening
from movescreen.report.formats.columns import MEASURES_COLUMNS
from movescreen.report.formats.html import render_report
from movescreen.report.formats.json import to_json_dict
from movescreen.report.formats.tables import measures_table
from movescreen.report.pages.client import render_client_page
from movescreen.report.pages.screening import ScreeningPage, render_trainer_page
from movescreen.report.sections.measures import measured_words, pooled_measures
from movescreen.screening import merge_clips
from movescreen.settings import Settings
from tests.catalog.test_plain_words import grade
from tests.support import figure as p
from tests.support.figure import Camera, Clip
from tests.support.outline import Outline
from tests.support.results import as_movement, front_squat, side_squat

CATALOG = load_catalog()
NBSP = "\N{NO-BREAK SPACE}"


def stance(side: str, value: float, error: float = 0.5, **changes: Any) -> Measure:
    """Return a stance time; the attempts end with the value."""
    values = (value - 4.0, value - 2.0, value)
    told: dict[str, Any] = {
        "attempts": tuple(Attempt(rep=i + 1, value=v, error=0.1) for i, v in enumerate(values)), "hand_test": "single_leg_stance",
        "how": "longest", "definition": "from the foot's leaving the ground", "error_from": "rendered stances",
    }  # fmt: skip
    return Measure(
        name="stance_time",
        side=side,
        title="Standing on one leg",
        unit="s",
        digits=1,
        value=value,
        error=error,
        **(told | changes),
    )


def unseen(side: str, reason: str = "no complete attempt was seen") -> Measure:
    return stance(side, math.nan, math.nan, attempts=(), reason=reason)


def clip(*measures: Measure, name: str = "stance.mp4", movement: str = "single_leg_stance") -> ClipResult:
    """Return a clip of a front view with these measures and nothing else to tell."""
    made = front_squat(2)
    match = MovementMatch(name=movement, confidence=0.9, scores={movement: 0.9})
    made = replace(made, video=replace(made.video, name=name), movement=match, findings=(), measures=measures)
    return as_movement(made, movement)


def film(made: Clip, name: str) -> ClipResult:
    result = analyze_poses(made.poses, replace(made.video, name=name), AnalysisRequest(settings=Settings(raw=True)))
    assert result.movement.name in ("countermovement_jump", "single_leg_stance", "sit_to_stand")
    return result


@cache
def jumps() -> ClipResult:
    return film(p.jump(3, flight_s=(0.42, 0.55, 0.48)), "jump.mp4")


@cache
def stances() -> ClipResult:
    return film(p.one_leg_stance(4, lead="both", held_s=9.0), "stances.mp4")


@cache
def chair() -> ClipResult:
    return film(p.chair_stands(4), "chair.mp4")


@cache
def cut_off() -> ClipResult:
    made = p.one_leg_stance(1, held_s=20.0)
    return film(p.trim(made, end_s=made.events_s[0][0] + 9.0), "cut.mp4")


def trainer_page(*clips: ClipResult) -> str:
    merged = merge_clips(clips, CATALOG, "Client 017")
    return render_trainer_page(ScreeningPage(merged, [f"clip{i}" for i in range(len(clips))]))


def power(page: str) -> str:
    """Return the words of the section, with a single blank wherever something ends."""
    (found,) = re.findall(r'<section id="measures".*?</section>', page, re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", found)))


PAGES = {"a clip's page": lambda *clips: render_report(ReportJob(clips[0])), "a screening's page": trainer_page}


# --- the section ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_side_against_side_with_percent_and_error(page: str) -> None:
    text = power(PAGES[page](clip(stance("left", 40.0), stance("right", 30.0))))
    assert "Power and balance" in text
    assert "Standing on one leg, left Single-leg stance 40.0 s ± 0.5 s 36.0, 38.0, 40.0: longest attempt" in text
    assert "Standing on one leg, right Single-leg stance 30.0 s ± 0.5 s 26.0, 28.0, 30.0: longest attempt" in text
    assert (
        "Side against side Standing on one leg: left 40.0 s, right 30.0 s; the right is 75 % of the other one. "
        "The difference is more than the error of reading."
    ) in text


@pytest.mark.parametrize(("apart", "verdict"), [(1.37, "within"), (1.40, "more than")])
def test_sides_differ_from_196_errors_on(apart: float, verdict: str) -> None:
    # 1.96 * hypot(0.5, 0.5) = 1.386
    text = power(trainer_page(clip(stance("left", 30.0), stance("right", 30.0 + apart))))
    assert f"The difference is {verdict} the error of reading." in text


def test_two_clips_of_one_leg_each_are_compared_in_the_screening() -> None:
    left, right = clip(stance("left", 30.0), name="l.mp4"), clip(stance("right", 40.0), name="r.mp4")
    assert "the left is 75 % of the other one" in power(trainer_page(left, right))
    for alone in (left, right):
        assert "Side against side" not in power(trainer_page(alone))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("bound", ["left", "right"])
def test_a_lower_bound_says_at_least_and_gives_no_percentage(page: str, bound: str) -> None:
    other = "right" if bound == "left" else "left"
    made = clip(stance(bound, 40.0, at_least=True), stance(other, 30.0))
    text = power(PAGES[page](made))
    assert f"Standing on one leg, {bound} Single-leg stance at least 40.0 s" in text
    assert "40.0 s ±" not in text
    assert "Side against side" not in text
    assert not re.search(r"\d\s*% of the other", text)


@pytest.mark.parametrize("page", PAGES)
def test_a_missing_one_says_why(page: str) -> None:
    text = power(PAGES[page](clip(stance("left", 40.0), unseen("right"))))
    assert re.search(r"Standing on one leg, right Single-leg stance \S No complete attempt was seen\.", text)
    assert "Side against side" not in text
    assert "nan" not in text


def test_a_cut_off_stance_of_a_figure_is_a_lower_bound_all_the_way() -> None:
    text = power(render_report(ReportJob(cut_off())))
    assert re.search(r"Standing on one leg, right Single-leg stance at least 9\.\d s", text)
    (row,) = measures_table([cut_off()]).query("measure == 'stance_time'").to_dict("records")
    assert row["at_least"]


def test_fewer_than_five_chair_stands_say_so_and_each_rise_is_listed() -> None:
    text = power(render_report(ReportJob(chair())))
    assert "Needs 5 complete repetitions, 4 seen." in text
    assert re.search(
        r"One rise from the chair Five chair stands 0\.\d\d s ± 0\.\d\d s (0\.\d\d, ){3}0\.\d\d: middle", text
    )


def test_what_is_timed_from_the_side_leaves_sway_with_its_reason() -> None:
    made = film(p.one_leg_stance(1, Camera(90.0), held_s=4.0), "side.mp4")
    assert "Needs the front view; this clip shows the side view." in power(render_report(ReportJob(made)))


@pytest.mark.parametrize("made", [side_squat(), front_squat(), side_squat(0)], ids=["side", "front", "nothing"])
def test_other_movements_have_no_section(made: ClipResult) -> None:
    for page in (render_report(ReportJob(made)), trainer_page(made)):
        assert 'id="measures"' not in page
        assert "Power and balance" not in page


def test_a_page_about_power_is_well_formed_and_escapes() -> None:
    evil = "<script>alert(1)</script>"
    odd = replace(stance("left", 40.0, definition=evil, error_from=evil), title=evil)
    for page in (
        render_report(ReportJob(jumps())),
        trainer_page(jumps(), stances(), chair()),
        trainer_page(clip(odd, unseen("right", evil))),
    ):
        outline = Outline(page)
        assert (outline.wrong, outline.open) == ([], [])
        assert "<script" not in page


# --- numbers and files --------------------------------------------------------------------------------------------------

_ROW = re.compile(r'rowheader">(?P<title>[^<]+)<small>.*?data-label="Measured">(?P<cell>.*?)</td>', re.DOTALL)


def _printed(page: str) -> dict[str, list[str]]:
    """Return title of a row -> every number in its cell."""
    (found,) = re.findall(r'<section id="measures".*?</section>', page, re.DOTALL)
    rows = {html.unescape(m["title"].strip()): re.sub(r"<[^>]*>", " ", m["cell"]) for m in _ROW.finditer(found)}
    return {
        title: re.findall(r"\d+(?:\.\d+)?", re.sub(r"needs \d", "", cell, flags=re.I)) for title, cell in rows.items()
    }


@pytest.mark.slow
def test_every_printed_number_is_in_the_table(tmp_path: Path) -> None:
    clips = (jumps(), stances())
    folders = [made.video.name.removesuffix(".mp4") for made in clips]
    for made, folder in zip(clips, folders, strict=True):
        write_result(made, tmp_path / folder, formats=["csv", "html", "json"])
    write_screening(merge_clips(clips, CATALOG, "Client 017"), tmp_path, folders)
    for folder in (tmp_path, *(tmp_path / name for name in folders)):
        table = pd.read_csv(folder / "measures.csv", keep_default_na=False)
        printed = _printed((folder / "report.html").read_text("utf-8"))
        assert len(printed) == len(table) == (6 if folder == tmp_path else 2 if folder.name == "jump" else 4)
        for _, row in table.iterrows():
            title = f"{row['title']}, {row['side']}" if row["side"] else row["title"]
            known = [float(row["value"]), float(row["measurement_error"]), *map(float, row["attempts"].split())]
            assert len(printed[title]) == len(known), title
            for number in printed[title]:
                digits = len(number.partition(".")[2])
                assert any(abs(float(number) - value) <= 0.5 * 10**-digits + 1e-3 for value in known), (title, number)


def test_the_columns_and_values_of_the_table() -> None:
    made = clip(stance("left", 40.0, at_least=True), unseen("right"))
    table = measures_table([made, side_squat()])
    assert list(table.columns) == list(MEASURES_COLUMNS) == [
        "movement", "view", "measure", "side", "value", "unit", "measurement_error", "at_least", "attempts", "summary",
        "reason", "hand_test", "title", "definition", "error_from",
    ]  # fmt: skip
    left, right = table.to_dict("records")
    assert left == {
        "movement": "single_leg_stance", "view": "front", "measure": "stance_time", "side": "left", "value": 40.0, "unit": "s",
        "measurement_error": 0.5, "at_least": True, "attempts": "36.000 38.000 40.000", "summary": "longest attempt",
        "reason": "", "hand_test": "single_leg_stance", "title": "Standing on one leg",
        "definition": "from the foot's leaving the ground", "error_from": "rendered stances",
    }  # fmt: skip
    assert math.isnan(right["value"])
    assert math.isnan(right["measurement_error"])
    assert (right["attempts"], right["reason"], right["at_least"]) == ("", "no complete attempt was seen", False)


@pytest.mark.parametrize("clips", [(), (side_squat(),)], ids=["no clip", "a squat"])
def test_a_table_without_measures_has_its_columns(clips: tuple[ClipResult, ...]) -> None:
    table = measures_table(clips)
    assert len(table) == 0
    assert list(table.columns) == list(MEASURES_COLUMNS)


def test_a_clip_of_another_movement_has_a_table_of_its_head_alone(tmp_path: Path) -> None:
    write_result(side_squat(), tmp_path / "clip", formats=["csv", "json"])
    write_screening(merge_clips((side_squat(),), CATALOG, "Client 017"), tmp_path, ["clip"])
    head = ",".join(MEASURES_COLUMNS)
    assert (tmp_path / "clip" / "measures.csv").read_text("utf-8-sig") == f"{head}\n"
    assert (tmp_path / "measures.csv").read_text("utf-8-sig") == f"{head},file\n"
    assert json.loads((tmp_path / "clip" / "result.json").read_text("utf-8"))["measures"] == []
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["measures"] == []


def test_a_screenings_table_names_the_clip_and_leaves_none_out(tmp_path: Path) -> None:
    clips = (side_squat(), clip(stance("left", 30.0), name="l.mp4"), clip(stance("left", 40.0), name="again.mp4"))
    write_screening(merge_clips(clips, CATALOG, "Client 017"), tmp_path, ["a", "b", "c"])
    table = pd.read_csv(tmp_path / "measures.csv")
    assert list(table.columns) == [*MEASURES_COLUMNS, "file"]
    assert table[["file", "value"]].to_numpy().tolist() == [["l.mp4", 30.0], ["again.mp4", 40.0]]
    told = json.loads((tmp_path / "result.json").read_text("utf-8"))["measures"]
    assert [(m["movement"], m["clip"], m["value"]) for m in told] == [
        ("single_leg_stance", 1, 30.0), ("single_leg_stance", 2, 40.0),
    ]  # fmt: skip


def test_the_result_file_holds_every_measure_with_its_attempts() -> None:
    told = to_json_dict(clip(stance("left", 40.0), unseen("right")))["measures"]
    assert [(m["name"], m["side"], m["value"], m["error"]) for m in told] == [
        ("stance_time", "left", 40.0, 0.5), ("stance_time", "right", None, None),
    ]  # fmt: skip
    assert told[0]["attempts"][2] == {"rep": 3, "value": 40.0, "error": 0.1, "at_least": False}
    assert told[1]["reason"] == "no complete attempt was seen"
    for key in ("unit", "digits", "at_least", "hand_test", "how", "definition", "error_from"):
        assert key in told[0]


def test_a_report_made_again_measures_the_same(tmp_path: Path) -> None:
    write_result(jumps(), tmp_path)
    again = reload_clip(tmp_path).result
    assert [(m.name, len(m.attempts)) for m in again.measures] == [("jump_height", 3), ("flight_time", 3)]
    assert [m.value for m in again.measures] == pytest.approx([m.value for m in jumps().measures], rel=1e-3)


# --- which one is told ----------------------------------------------------------------------------------------------------


def test_the_attempts_of_several_clips_are_put_together() -> None:
    short, long, lost = clip(stance("left", 30.0, 0.9)), clip(stance("left", 31.0, 0.3)), clip(unseen("left"))
    for clips in ([short, long, lost], [lost, long, short]):
        ((_, measure),) = pooled_measures(clips)
        assert measure.value == 31.0, "the longest of all"
        assert len(measure.attempts) == 6
    ((_, measure),) = pooled_measures([lost, lost])
    assert not measure.known
    assert pooled_measures([]) == pooled_measures([side_squat()]) == []


def test_sides_measures_and_movements_stay_apart() -> None:
    sway = replace(stance("left", 3.0, 0.2), name="stance_sway")
    clips = [clip(stance("left", 30.0), sway, stance("right", 29.0)), clip(stance("left", 9.0), movement="lunge")]
    assert [(c.movement.name, m.name, m.side, m.value) for c, m in pooled_measures(clips)] == [
        ("single_leg_stance", "stance_time", "left", 30.0), ("single_leg_stance", "stance_sway", "left", 3.0),
        ("single_leg_stance", "stance_time", "right", 29.0), ("lunge", "stance_time", "left", 9.0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "digits", "value", "error", "words"),
    [
        ("cm", 0, 31.26, 2.4, "31 cm ± 2 cm"),
        # an error that would read as none has a digit more
        ("cm", 0, 31.26, 0.4, "31 cm ± 0.4 cm"),
        ("s", 2, 0.4567, 0.0123, "0.46 s ± 0.01 s"),
        ("pct", 1, 3.24, 0.51, "3.2 % ± 0.5 %"),
    ],
)
def test_words_of_a_value(unit: str, digits: int, value: float, error: float, words: str) -> None:
    made = replace(stance("", value, error), unit=unit, digits=digits)
    assert measured_words(made).replace(NBSP, " ") == words
    assert measured_words(replace(made, at_least=True)).replace(NBSP, " ") == f"at least {words.partition(' ±')[0]}"
    assert measured_words(unseen("")) == measured_words(replace(unseen(""), unit="cm"))


# --- the client's page ----------------------------------------------------------------------------------------------------


def test_the_client_reads_what_was_filmed_and_no_number() -> None:
    merged = merge_clips((jumps(), chair(), stances()), CATALOG, "Ann")
    text = Outline(render_client_page(ScreeningPage(merged, ("a", "b", "c")))).text
    assert "We filmed your jump on the spot, chair stands and one-leg stand." in text
    body = re.sub(r"\d\. In the", "In the", text.partition("one-leg stand.")[2])
    assert not re.search(r"\d", body), body
    assert grade(body) <= 6.5
    assert grade("We filmed your jump on the spot, chair stands and one-leg stand.") <= 6.5
    assert "Power" not in text
    assert not re.search(r"\bcm\b|percent|attempt", body)
