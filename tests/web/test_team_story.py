"""A team day from a spreadsheet of twelve athletes to the page that says who needs attention first: two before the camera of a
browser, one by a clip on the web page, the rest in a batch."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from movescreen.app import Records, tasks
from movescreen.batch import BatchPlan, Store, name_folders, read_manifest, run_batch
from movescreen.batch.executors import WorkerPool
from movescreen.catalog import load_catalog
from movescreen.model import ClipResult
from movescreen.pipeline import AnalyzedVideo
from movescreen.settings import RecordSettings, Settings
from movescreen.web.config import WebConfig
from movescreen.web.hub import SessionManager
from movescreen.web.services import Services
from movescreen.web.uploads import UploadService
from tests.conftest import SAMPLES, Run
from tests.support.cameras import write_camera
from tests.web.conftest import serving

TODAY = date.today()
#: As somebody's spreadsheet has them: not in order, with a title above.
ROSTER = [
    (n, f"Athlete {n}", "F" if n % 2 else "M", date(2003 + n % 4, 5, 1))
    for n in (10, 3, 12, 1, 7, 2, 11, 5, 9, 4, 8, 6)
]
REFERRED, NOT_ASKED, UPLOADED, BEFORE_THE_CAMERA = "J11", "J12", "J3", ("J1", "J2")
BATCH = [f"J{n}" for n in (4, 5, 6, 7, 8, 9, 10, 11)]
CLIP = "bend_side"
#: The address under which phones reach the server; in this test they are on the same machine.
PHONES = "https://192.168.1.20:8443"
PATIENCE_S = 120.0


@pytest.fixture
def records(tmp_path: Path) -> RecordSettings:
    return RecordSettings(folder=tmp_path / "records")


@pytest.fixture
def seen(sample_result: Callable[[str], ClipResult], monkeypatch: pytest.MonkeyPatch) -> Callable[..., AnalyzedVideo]:
    """Return what stands in for the analysis: what the network saw in the sample clip, which is looked at once."""

    def analyze(_path: Path, *_request: object, **_more: object) -> AnalyzedVideo:
        return AnalyzedVideo(sample_result(CLIP), {})

    monkeypatch.setattr(tasks, "analyze_with_pictures", analyze)
    return analyze


@pytest.fixture
def server(tmp_path: Path, records: RecordSettings, seen: object) -> Iterator[str]:
    config = WebConfig(results=tmp_path / "results", records=records, phones=(PHONES,))
    pool = ThreadPoolExecutor(1)

    def prepare(services: Services) -> None:
        services.hub = SessionManager(config, load_catalog(), services.records, pool)
        services.uploads = UploadService(config, services.records, pool)

    with serving(config, prepare) as address:
        yield address
    pool.shutdown()


def import_roster(page: Any, server: str, folder: Path) -> None:
    book = openpyxl.Workbook()
    for row in (("Spring roster",), ("No.", "Player", "F/M", "Date of birth"), *ROSTER):
        book.active.append(row)
    book.save(folder / "roster.xlsx")
    page.goto(f"{server}/teams/import")
    page.set_input_files("#file", str(folder / "roster.xlsx"))
    page.get_by_label("Team of everybody").fill("Sprinters")
    page.get_by_role("button", name="Import 12 athletes").click()
    page.get_by_role("heading", name="Sprinters").wait_for()


def count_clicks(page: Any) -> Callable[[], int]:
    """Return what tells how often somebody clicked in a page and those that came after it."""
    clicks: list[None] = []
    page.expose_function("noteClick", lambda: clicks.append(None))
    page.add_init_script("addEventListener('click', (event) => event.isTrusted && noteClick(), true)")
    return lambda: len(clicks)


def answer_alone(phone: Any, code: str) -> None:
    """Answer every health question on an athlete's phone with taps, as somebody whom nothing ails; one tells of a red flag."""

    def tap(*fields: str) -> None:
        for each in fields:
            phone.locator("label.tap", has=phone.locator(each)).first.click()
        phone.locator(".forward button", has_text=re.compile("Next|Finish")).click()

    phone.get_by_role("button", name="Yes, begin").click()
    for asked in ("pain", "injured", "operated"):
        tap(f"[name={asked}][value=no]")
    if int(code[1:]) % 2:
        tap("[name=pregnant][value=no]", "[name=birth][value=no]")
    tap("[name=sports]")
    tap("[name=goals]")
    told = "chest_pain" if code == REFERRED else "-none-"
    tap("[name=takes_medicine][value=no]", f"[name=symptoms][value='{told}']")
    tap("[name=records][value=yes]", "[name=pictures][value=no]")
    phone.get_by_role("heading", name="Do not train yet" if code == REFERRED else "Thank you").wait_for()


def ask_on_their_phones(page: Any, browser: Any, server: str) -> None:
    """Let everybody but one answer on a phone of their own."""
    page.get_by_role("button", name="Ask health questions on their own phones").click()
    asked = dict(
        zip(page.locator(".codes b").all_inner_texts(), page.locator(".codes span").all_inner_texts(), strict=True)
    )
    assert len(asked) == len(ROSTER)
    for name, url in asked.items():
        code = f"J{name.split()[0]}"
        if code != NOT_ASKED:
            with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True) as own:
                phone = own.new_page()
                phone.goto(url.replace(PHONES, server))
                answer_alone(phone, code)
    page.get_by_role("link", name="To the board").click()


def finish_both(stations: list[Any]) -> None:
    """Wait until the sessions at both cameras have their reports."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        states = [page.evaluate("() => window.movescreen?.state") or {} for page in stations]
        if all(state.get("result") or state.get("error") for state in states):
            break
        stations[0].wait_for_timeout(150)
    assert all(state.get("result") for state in states), states


def send_clip(page: Any, server: str) -> None:
    page.goto(f"{server}/clips?client={UPLOADED}")
    page.set_input_files("#files", str(SAMPLES / f"{CLIP}.mp4"))
    page.get_by_role("button", name="Make the report").click(timeout=1000 * PATIENCE_S)
    page.get_by_role("heading", name=UPLOADED).wait_for(timeout=1000 * PATIENCE_S)


def run_the_rest(folder: Path, records: RecordSettings, analyze: Callable[..., AnalyzedVideo]) -> dict[str, str]:
    """Screen the others in a batch; return code -> what its row says is wrong."""
    data = (SAMPLES / f"{CLIP}.mp4").read_bytes()
    for code in BATCH:
        (folder / f"{code}.mp4").write_bytes(data)
    rows = "".join(f"{code}.mp4,{code},{TODAY}\n" for code in BATCH)
    (folder / "manifest.csv").write_text(f"file,client,date\n{rows}")
    items = name_folders(read_manifest(str(folder / "manifest.csv")))
    plan = BatchPlan(Store(str(folder / "out")), "run", Settings(), analyze=analyze)
    with ThreadPoolExecutor(2) as pool, Records(records) as clients:
        outcome = run_batch(items, plan, lambda: WorkerPool(pool, lambda: 2), clients=clients)
    assert len(outcome.kept) == len(BATCH) - 1
    return {
        str(r.summary["client"]): str(r.summary["error_code"])
        for r in outcome.records
        if r.summary["status"] == "error"
    }


@pytest.mark.alone
@pytest.mark.network
def test_a_team_day_of_twelve(
    server: str,
    records: RecordSettings,
    seen: Callable[..., AnalyzedVideo],
    tmp_path: Path,
    playing: Callable[..., Any],
    run_kept: Run,
) -> None:
    browser = playing(write_camera(tmp_path / "camera.mjpeg", [(CLIP, 6.0)]))
    page, second = (browser.new_page(viewport={"width": 1366, "height": 768}) for _ in range(2))
    clicks = [count_clicks(each) for each in (page, second)]
    import_roster(page, server, tmp_path)
    ask_on_their_phones(page, browser, server)
    page.get_by_role("radio", name="Forward bend about 2 minutes").check()
    page.get_by_label("Repetitions of each movement").select_option("3")
    page.get_by_label("Finding the joints").select_option("lite")
    page.get_by_role("button", name="Begin the team day").click()

    # one click an athlete: the queue at two cameras, the next one takes whom nobody has
    second.goto(page.url)
    page.get_by_role("button", name="Next athlete: 1 Athlete 1").click()
    page.wait_for_url("**/live/*")
    second.get_by_role("button", name="Next athlete").click()
    second.wait_for_url("**/live/*")
    finish_both([page, second])
    page.get_by_role("button", name="Next athlete").click()
    page.wait_for_url("**/live/*")
    assert page.get_by_role("heading", name="Guided session with J3").count() == 1
    page.goto(f"{server}/teams/day?team=Sprinters")
    assert "Athlete 3" in page.locator("[data-place=now]").inner_text()
    done = page.locator("[data-place=done]").inner_text()
    assert all(f"Athlete {code[1:]}" in done for code in BEFORE_THE_CAMERA)
    assert "Athlete 11" in page.locator("[data-place=refer]").inner_text()
    assert "Athlete 12" in page.locator("[data-place=questions]").inner_text()

    send_clip(second, server)
    filmed = [*BEFORE_THE_CAMERA, UPLOADED]
    assert sum(count() for count in clicks) <= 3 * len(filmed), (
        "all clicks of a trainer, those for the whole team among them"
    )
    assert run_the_rest(tmp_path, records, seen) == {REFERRED: "needs_referral"}

    page.goto(f"{server}/teams/results?team=Sprinters")
    on_the_page = page.locator(".team tbody tr").evaluate_all(
        "rows => rows.map((row) => row.querySelector('small').textContent.trim())"
    )
    assert run_kept("team", "report", "Sprinters", "--out", str(tmp_path / "report")).code == 0
    table = pd.read_csv(tmp_path / "report" / "team.csv", keep_default_na=False, dtype=str).set_index("code")
    assert list(table.index) == on_the_page, "the same rows in the same order"
    assert len(on_the_page) == 12
    assert on_the_page[0] == REFERRED
    assert set(table.index[table["screened"] == "False"]) == {REFERRED, NOT_ASKED}
    assert table.loc[NOT_ASKED, "gate"] == "questions"
    checks = [name for name in table.columns if name.startswith("bend:")]
    words = "day need gate flagged borderline clear not_assessed stood_out close missing"
    same = [*words.split(), *checks]
    by_clip = table.loc[[UPLOADED, *BATCH[:-1]], same]
    assert len(by_clip.drop_duplicates()) == 1, "a clip says the same whichever way it came in"
    assert {"clear"} <= set(table.loc[UPLOADED, checks])
    for code in BEFORE_THE_CAMERA:
        assert all(table.loc[code, checks] != ""), "the camera answered the same checks"
    heat = page.locator(".heat tbody tr:not(.movement)")
    assert heat.count() == len(checks)
    assert heat.first.locator("td").count() == 11, "ten athletes, and in how many it stood out"
