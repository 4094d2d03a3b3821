"""Reports of results that were made with another catalog: every page says what that one says, whatever the packaged one does."""

from __future__ import annotations

import importlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

import movescreen
from movescreen.app.page_data import list_names, make_progress_report, make_visit_report
from movescreen.catalog import Catalog, load_catalog
from movescreen.client.visits.visit import Visit, record_screening
from movescreen.model import ClipResult, Finding, Status
from movescreen.pipeline import AnalysisRequest, analyze_poses, known_signals
from movescreen.report import write_result
from movescreen.report.documents.load import load
from movescreen.report.documents.screening import write_screening
from movescreen.report.figures.curves import choose_charts
from movescreen.report.pages.client import render_client_page
from movescreen.report.pages.progress import render_progress
from movescreen.report.pages.screening import ScreeningPage, render_trainer_page
from movescreen.report.pages.visit import render_visit
from movescreen.report.sections.person import PersonHead
from movescreen.screening import merge_clips
from movescreen.settings import Settings
from tests.support import figure as p
from tests.support.clients import DAY, make_person
from tests.support.outline import Outline

PACKAGED = Path(movescreen.__file__).parent / "catalog"
SAW = "Your hips went off the line."
PRACTISE = "Squat on a line of tape."


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for pattern, new in changes:
        text, count = re.subn(pattern, new, text, count=1, flags=re.DOTALL | re.MULTILINE)
        assert count, pattern
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Return a catalog in which the squat has another name, and a check of its own in place of the weight shift."""
    folder = tmp_path_factory.mktemp("own")
    for part in ("movements", "measurement"):
        shutil.copytree(PACKAGED / part, folder / part)
    squat = folder / "movements" / "air_squat.toml"
    (folder / "movements" / "squat.toml").rename(squat)
    edit(folder / "movements" / "overhead_squat.toml", ('extends = "squat"', 'extends = "air_squat"'))
    edit(
        squat,
        (r'^name = "squat"', 'name = "air_squat"'),
        (r'^title = "Squat"', 'title = "Air squat"'),
        (r'^plain_name = "squat"', 'plain_name = "air squat"\nturn_words = "the lowest seat"'),
        (r'^id = "weight_shift"', 'id = "off_line"'),
        (r'(^id = "off_line".*?^title = )"[^"]*"', r'\1"Hips off the line"'),
        (r'(^id = "off_line".*?^flag = )[\d.]+', r"\g<1>12.0"),
        (r'(^id = "off_line".*?^note = )[\d.]+', r"\g<1>9.0"),
        (r'(^id = "off_line".*?^saw = )"[^"]*"', rf'\1"{SAW}"'),
        (r'(^id = "off_line".*?^practise = )"[^"]*"', rf'\1"{PRACTISE}"'),
    )
    for errors in (folder / "measurement").glob("*.toml"):
        errors.write_text(errors.read_text("utf-8").replace('movement = "squat"', 'movement = "air_squat"'), "utf-8")
    return load_catalog((), known_signals(), base=folder)


def squat(own: Catalog, shift_m: float = -0.06) -> ClipResult:
    """Return a squat from the front whose hips go to the right, made with the own catalog."""
    clip = p.squat(3, p.Camera(0.0), shift=shift_m)
    return analyze_poses(clip.poses, clip.video, AnalysisRequest("air_squat", settings=Settings(raw=True)), catalog=own)


@pytest.fixture(scope="module")
def clip(own: Catalog) -> ClipResult:
    return squat(own)


def off_line(clip: ClipResult) -> Finding:
    (finding,) = (f for f in clip.findings if f.check_id == "off_line")
    return finding


def said(html: str) -> str:
    return Outline(html).text.replace("\N{NO-BREAK SPACE}", " ")


def clip_page(clip: ClipResult, folder: Path) -> str:
    write_result(clip, folder, formats=["html"])
    return (folder / "report.html").read_text("utf-8")


def test_the_finding_knows_what_it_is_about(clip: ClipResult, own: Catalog) -> None:
    finding = off_line(clip)
    assert finding.status is Status.FLAGGED
    assert (finding.limit, finding.two_sided, finding.seen_side) == (12.0, True, "right")
    assert (finding.signal_name, finding.statistic, finding.views) == ("lateral_shift", "turn", ("front",))
    assert finding.plain.saw == SAW
    assert off_line(squat(own, 0.06)).seen_side == "left"


def test_the_clips_page_says_the_own_words(clip: ClipResult, tmp_path: Path) -> None:
    text = said(clip_page(clip, tmp_path))
    assert "Air squat" in text
    assert "beyond ±12 %" in text
    assert "±10 %" not in text
    assert "Hips off the line" in text
    assert "weight shift" not in text.lower()
    assert "values at the turn, the lowest seat." in text


def test_the_limit_is_drawn_where_the_own_catalog_has_it(clip: ClipResult) -> None:
    (chart,) = (c for c in choose_charts(clip) if c.key == "lateral_shift")
    assert list(chart.limits) == [12.0, -12.0]
    assert chart.beyond == ((12.0, "above"), (-12.0, "below"))
    assert choose_charts(clip)[0].key == "lateral_shift"


@pytest.mark.parametrize("merged_with", ["own", "packaged"])
def test_the_pages_of_a_screening_say_the_own_words(clip: ClipResult, own: Catalog, merged_with: str) -> None:
    merged = merge_clips([clip], own if merged_with == "own" else load_catalog())
    assert "off_line" in {f.check_id for f in merged.findings}
    assert [text for text in merged.missing if text.startswith("the air squat from the side, to judge ")]
    page = ScreeningPage(merged, ["front"])
    trainer, client = said(render_trainer_page(page)), said(render_client_page(page))
    assert "Air squat" in trainer
    assert "beyond ±12 %" in trainer
    assert "We filmed your air squat." in client
    assert "In the air squat" in client
    assert SAW in client
    assert PRACTISE in client


def test_pain_is_told_of_the_movement_by_its_own_name(clip: ClipResult, own: Catalog) -> None:
    page = ScreeningPage(merge_clips([clip], own, pain=["air_squat"]), ["front"])
    assert "Air squat: The person said that this movement hurt." in said(render_trainer_page(page))
    assert "You told us that the air squat hurt." in said(render_client_page(page))


def test_what_is_kept_of_a_visit_says_the_own_limit(clip: ClipResult, own: Catalog) -> None:
    record = record_screening(merge_clips([clip], own), own, ["front"])
    again = type(record).model_validate_json(record.model_dump_json())
    (kept,) = (f for f in again.findings if f.check_id == "off_line")
    assert kept == off_line(clip)
    report = make_visit_report(PersonHead("C017"), Visit(day=DAY, screenings=(again,)), make_person())
    assert "beyond ±12 %" in said(render_visit(report))


@pytest.mark.slow
def test_a_result_that_is_loaded_gives_the_same_pages(clip: ClipResult, own: Catalog, tmp_path: Path) -> None:
    write_result(clip, tmp_path / "front")
    merged = merge_clips([clip], own)
    write_screening(merged, tmp_path, ["front"])
    loaded = load(tmp_path)
    assert loaded == merged
    page, again = (ScreeningPage(result, ["front"]) for result in (merged, loaded))
    assert render_trainer_page(again) == render_trainer_page(page)
    assert render_client_page(again) == render_client_page(page)
    assert clip_page(load(tmp_path / "front"), tmp_path / "b") == clip_page(clip, tmp_path / "a")


#: Where the catalog's loaders are called from: what they find is shut away.
LOADERS = [
    ("movescreen.catalog.loader", "_load"),
    ("movescreen.catalog.loader", "_load_once"),
    ("movescreen.catalog.client_loader", "load_client_catalog"),
    ("movescreen.catalog.norms_library", "load_norms"),
]


def refuse(*_: Any, **__: Any) -> NoReturn:
    raise AssertionError("a page has asked the catalog")


@pytest.fixture
def shut_away(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def shut() -> None:
        for module, name in LOADERS:
            monkeypatch.setattr(importlib.import_module(module), name, refuse)

    return shut


def test_no_page_asks_the_catalog(
    clip: ClipResult, own: Catalog, shut_away: Callable[[], None], tmp_path: Path
) -> None:
    merged = merge_clips([clip], own, pain=["air_squat"])
    visits = [
        Visit(day=day, screenings=(record_screening(merged, own, ["front"]),)) for day in (DAY, DAY.replace(month=5))
    ]
    visit = make_visit_report(PersonHead("C017"), visits[0], make_person())
    progress = make_progress_report(PersonHead("C017"), make_person(visits[1].day), visits)
    shut_away()
    with pytest.raises(AssertionError, match="asked the catalog"):
        load_catalog()
    assert "Air squat" in clip_page(clip, tmp_path / "front")
    write_result(clip, tmp_path / "all")
    assert write_screening(merged, tmp_path, ["front"])
    assert "beyond" in render_visit(visit)
    assert "Sideways shift of the hips" in render_progress(progress, lambda _: None)


def test_names_for_the_pages_about_a_person_are_those_of_the_catalog() -> None:
    names = list_names()
    assert names.movement("squat") == load_catalog().movement("squat").title
    assert names.movement("calf_raise") == "Calf raise"
    assert names.reading("jump_height") == "Jump height"
    assert names.reading("heel_rise", "left") == "Heel height, left"
    assert names.test("knee_to_wall").startswith("Knee")
    assert names.units["knee_to_wall"] == "cm"
