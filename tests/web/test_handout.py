"""What the client takes home: complete and plain, with consent only, never over a red flag; as page, PDF, draft and zip."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote

import cv2
import numpy as np
import pytest
from fastapi.routing import APIRoute
from pypdf import PdfReader
from starlette.testclient import TestClient

from movescreen.app.client_pages import make_next_plan
from movescreen.app.handout import gather_handout, read_logo
from movescreen.client.visits.visit import MovementPain, SessionNote
from movescreen.errors import InputError, SettingsError
from movescreen.records import RecordStore
from movescreen.web.config import WebConfig
from movescreen.web.pages import ROUTERS
from tests.report.test_client_pages import NASTY
from tests.support.clients import CARE, CONSENT, HEEL, QUESTIONS, SEEN, SPRAIN, by_hand, make_intake, make_visit
from tests.support.outline import Outline

TODAY = date.today()
LITERATURE = re.compile(r"PMC\d|et al|SHA-256|For the trainer|Support:|\d{4};\d")


def jpeg(folder: Path) -> Path:
    """Write a screening whose one clip has a key picture."""
    (folder / "clip").mkdir(parents=True)
    cv2.imwrite(str(folder / "clip" / "turn_plain.jpg"), np.full((80, 40, 3), 99, np.uint8))
    return folder


@pytest.fixture
def trained(store: RecordStore, runner: str, tmp_path: Path) -> str:
    """Return a runner who was filmed, agrees to pictures and has a plan of today."""
    store.change_client(store.client(runner), name="Anna Berg")
    told = make_intake(day=TODAY - timedelta(days=1), injuries=(SPRAIN,), goals=("run",), consent=CONSENT.model_copy(update={"pictures": True}), **SEEN)  # fmt: skip
    store.add_intake(runner, told)
    out = jpeg(tmp_path / "screening")
    record = make_visit(TODAY, findings=(HEEL,)).screenings[0]
    store.add_screening(runner, TODAY, record, files=out, clips={"clip": out / "clip"})
    make_next_plan(store, runner, TODAY, None)
    return runner


def test_the_page_names_shows_and_asks_for_nothing_else(client: TestClient, store: RecordStore, trained: str) -> None:
    page = client.get(f"/clients/{trained}/handout")
    plan = store.latest_plan(trained)
    assert plan is not None
    outline = Outline(page.text)
    assert "Your home program Anna Berg" in " ".join(outline.text.split())
    assert len(outline.all("img")) == 1
    assert page.text.count('class="task"') == len(plan.plan.exercises)
    assert page.text.count("exercise-figure") >= len(plan.plan.exercises)
    assert page.text.count('class="rank"') <= 3
    for said in (
        "the emergency number for chest pain",
        "Stop, and tell your trainer",
        "Next appointment",
        "Week 1",
        "Worst pain",
    ):
        assert said in outline.text
    assert not LITERATURE.search(outline.text)
    boxes = sum(len(day.exercises) for day in plan.plan.week)
    weeks = -(-(plan.plan.retest_on - plan.plan.day).days // 7)
    assert page.text.count('class="box"') == boxes * weeks


def test_no_picture_without_consent_and_none_of_a_movement_that_hurts(
    client: TestClient, store: RecordStore, trained: str
) -> None:
    store.add_note(trained, TODAY, SessionNote(movement_pain=(MovementPain(movement=HEEL.movement),)))
    page = client.get(f"/clients/{trained}/handout").text
    assert "<img" not in page
    assert "Please leave it out for now" in page
    store.add_client("NO", birth_year=1991, sex="female")
    store.add_intake("NO", make_intake(consent=CONSENT.model_copy(update={"pictures": False}), **SEEN))
    store.add_screening("NO", TODAY, make_visit(TODAY, findings=(HEEL,)).screenings[0])
    assert "<img" not in client.get("/clients/NO/handout").text


def test_a_film_from_long_before_the_program_is_not_told_beside_it(store: RecordStore, runner: str) -> None:
    store.add_intake(runner, make_intake(day=TODAY, goals=("run",), **SEEN))
    long_ago = TODAY - timedelta(weeks=8)
    store.add_screening(runner, long_ago, make_visit(long_ago, findings=(HEEL,)).screenings[0])
    assert gather_handout(store, runner, TODAY).seen is not None, "without a program it is what there is"
    store.add_measurements(runner, TODAY, list(by_hand("knee_to_wall", 11, 7)))
    make_next_plan(store, runner, TODAY, None)
    assert gather_handout(store, runner, TODAY).seen is None


def test_consent_that_is_taken_back_takes_the_picture_back(
    client: TestClient, store: RecordStore, trained: str
) -> None:
    assert "<img" in client.get(f"/clients/{trained}/handout").text
    store.add_intake(trained, make_intake(day=TODAY, consent=CONSENT.model_copy(update={"pictures": False}), **SEEN))
    assert "<img" not in client.get(f"/clients/{trained}/handout").text


@pytest.mark.parametrize("with_plan", [True, False])
def test_over_a_red_flag_nobody_is_told_to_train(
    client: TestClient, store: RecordStore, trained: str, runner: str, with_plan: bool
) -> None:
    code = trained
    if not with_plan:
        code = "NEW"
        store.add_client(code, birth_year=1991, sex="female")
        store.add_screening(code, TODAY, make_visit(TODAY, findings=(HEEL,)).screenings[0])
    store.add_intake(code, make_intake(day=TODAY, symptoms=QUESTIONS | {"saddle_numbness": True}))
    page = client.get(f"/clients/{code}/handout").text
    assert "Your program waits" in page
    assert f"Whom to see: {CARE.red_flags['saddle_numbness'].refer_to}." in page
    assert 'class="task"' not in page
    assert "What to practice" not in page
    assert "saddle" not in page
    assert "how you moved" not in page, "nothing that looks like a check that took place"


def test_with_nothing_to_tell_there_is_no_page(client: TestClient, store: RecordStore, runner: str) -> None:
    assert client.get(f"/clients/{runner}/handout").status_code == 400
    with pytest.raises(InputError, match="nothing to hand out"):
        gather_handout(store, runner, TODAY)


def test_what_people_typed_stays_text(client: TestClient, store: RecordStore, trained: str) -> None:
    store.change_client(store.client(trained), name=NASTY)
    page = client.get(f"/clients/{trained}/handout").text
    assert NASTY not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("page", ["handout", "plan", "visits/{day}", "progress"])
def test_pages_are_printed_and_had_as_pdf(client: TestClient, trained: str, page: str) -> None:
    path = f"/clients/{trained}/{page.format(day=TODAY)}"
    shown = client.get(path)
    assert '<button type="button" id="print">' in shown.text
    policy = shown.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "script-src 'self'" in shown.text
    assert '<a href="?form=pdf">PDF</a>' in shown.text
    if page == "handout":
        pdf = client.get(f"{path}?form=pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        pages = PdfReader(io.BytesIO(pdf.content)).pages
        assert len(pages) <= 2
        assert "Print" not in pages[0].extract_text().split()


def test_the_draft_says_nothing_about_health(client: TestClient, trained: str) -> None:
    found = re.search(r'href="(mailto:[^"]+)"', client.get(f"/clients/{trained}/handout").text)
    assert found is not None
    draft = unquote(found[1])
    assert "your page is attached" in draft
    assert "Anna" not in draft
    assert not re.search(r"heel|squat|knee|pain|exercise|program|sprain", draft, re.IGNORECASE)


def test_a_visit_is_taken_along_with_tables_that_run_nothing(
    client: TestClient, store: RecordStore, trained: str
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    store.add_note(trained, TODAY, SessionNote(pain_now=1, text="=HYPERLINK(1)"))
    store.add_note(trained, TODAY, SessionNote(pain_now=1, text="pasted\vfrom\x07 elsewhere"))
    answer = client.get(f"/clients/{trained}/visits/{TODAY}/download")
    assert answer.headers["content-type"] == "application/zip"
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {"visit.html", "client.html", "notes.csv", "tables.xlsx", "screening/clip/turn_plain.jpg"} <= set(
        files.namelist()
    )
    book = openpyxl.load_workbook(io.BytesIO(files.read("tables.xlsx")))
    cells = [cell for row in book["notes"].iter_rows(min_row=2) for cell in row]
    assert {"'=HYPERLINK(1)", "pasted\nfrom elsewhere"} <= {cell.value for cell in cells}
    assert "f" not in {cell.data_type for cell in cells}
    assert client.get(f"/clients/{trained}/visits/soon/download").status_code == 404
    assert client.get(f"/clients/{trained}/visits/2001-01-01/download").status_code == 400


def test_a_result_is_taken_along_and_nothing_beside_it(client: TestClient, config: WebConfig) -> None:
    pytest.importorskip("openpyxl")
    folder = config.results / "one"
    (folder / "clip").mkdir(parents=True)
    (folder / "result.json").write_text('{"kind": "screening"}', "utf-8")
    (folder / "findings.csv").write_text("check_id,value\nheel_rise,3\n", "utf-8")
    (folder / "clip" / "notes.secret").write_text("x", "utf-8")
    (config.results / "other.csv").write_text("a\n1\n", "utf-8")
    (folder / "link.csv").symlink_to(config.results / "other.csv")
    answer = client.get("/api/results/one/download")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {name for name in names if not name.endswith("/")} == {"result.json", "findings.csv", "tables.xlsx"}
    assert client.get("/api/results/two/download").status_code == 404
    assert "/api/results/one/download" in client.get("/results/one").text


@pytest.mark.parametrize(
    "table", [None, b"", b'a\n"x\n', b"a\n\xff\xfe\n"], ids=["none", "empty", "cut off", "no text"]
)
def test_a_result_whose_tables_cannot_be_read_is_taken_along_without_a_workbook(
    client: TestClient, config: WebConfig, table: bytes | None
) -> None:
    folder = config.results / "one"
    folder.mkdir(parents=True)
    (folder / "result.json").write_text('{"kind": "screening"}', "utf-8")
    if table is not None:
        (folder / "findings.csv").write_bytes(table)
    answer = client.get("/api/results/one/download")
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "result.json" in names
    assert ("findings.csv" in names) == (table is not None)
    assert "tables.xlsx" not in names


# --- the letterhead -----------------------------------------------------------------------------------------------------


def test_the_letterhead_is_the_practices_own(
    client: TestClient, trained: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logo = tmp_path / "logo.png"
    cv2.imwrite(str(logo), np.full((200, 1200, 4), 128, np.uint8))
    monkeypatch.setenv("MOVESCREEN_PRACTICE_NAME", "Berg <Training>")
    monkeypatch.setenv("MOVESCREEN_PRACTICE_CONTACT", "555 0123")
    monkeypatch.setenv("MOVESCREEN_PRACTICE_LOGO", str(logo))
    page = client.get(f"/clients/{trained}/handout").text
    assert "Berg &lt;Training&gt;" in page
    assert "Stop, and tell your trainer (555 0123)" in page
    assert 'src="data:image/png;base64,' in page


def test_a_logo_is_written_anew_and_nothing_else_comes_along(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    cv2.imwrite(str(logo), np.full((100, 1500, 3), 40, np.uint8))
    logo.write_bytes(logo.read_bytes() + b"<script>alert(1)</script>")
    import base64

    data = base64.b64decode(read_logo(logo).partition(",")[2])
    assert b"<script" not in data
    assert cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED).shape[1] == 640


@pytest.mark.parametrize("kind", ["svg", "huge", "text named png", "large picture", "missing"])
def test_what_is_no_small_picture_is_no_logo(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "logo.png"
    contents = {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "huge": b"\x89PNG\r\n\x1a\n" + bytes(2_000_001),
        "text named png": b"\x89PNG\r\n\x1a\nhello", "large picture": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\xff\xff\0\xff\xff\xff\x08\x02\0\0\0",
    }  # fmt: skip
    if kind != "missing":
        path.write_bytes(contents[kind])
    with pytest.raises(SettingsError, match="logo"):
        read_logo(path)


METRIC = re.compile(r".{0,40}\d\s?(?:cm|kg|m)\b(?!/).{0,20}")


def test_with_inches_set_no_page_shows_centimeters(
    client: TestClient, store: RecordStore, trained: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_measurements(trained, TODAY, by_hand("knee_to_wall", 11, 7.5))
    filled = {"code": trained, "day": TODAY.isoformat(), "number": "1", "reader": "doctor"}
    paths = [
        route.path.format(**filled)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        and "GET" in route.methods
        and set(route.param_convertors) <= set(filled)
        and not route.path.endswith(("/compare", "/joint", "/file", "team.csv", "team.xlsx"))
    ]

    def metric() -> dict[str, list[str]]:
        answers = {path: client.get(path) for path in paths}
        pages = {path: a.text for path, a in answers.items() if a.status_code == 200 and "text/html" in a.headers["content-type"]}  # fmt: skip
        assert len(pages) >= 35, sorted(set(paths) - set(pages))
        return {path: found for path, text in pages.items() if (found := METRIC.findall(Outline(text).text))}

    assert {f"/clients/{trained}/measure", f"/clients/{trained}/visits/{TODAY}"} <= set(metric()), "in centimeters"
    monkeypatch.setenv("MOVESCREEN_DISPLAY_UNITS", "us")
    assert metric() == {}
