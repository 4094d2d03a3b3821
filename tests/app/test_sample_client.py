"""The sample client: three visits, a plan, and progress to see; whole or not there."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pytest

from movescreen.app import ClipTask, Records
from movescreen.app.sample_client import CODE, add_sample_client
from movescreen.errors import AnalysisError, InputError
from movescreen.settings import RecordSettings, Settings
from movescreen.web.config import WebConfig
from movescreen.web.sample import SampleMaker
from tests.support.waiting import until
from tests.web.conftest import client_of

TODAY = date(2026, 6, 1)


def test_three_visits_a_plan_and_what_was_told_each_time(three_visits: Path, tmp_path: Path) -> None:
    assert (three_visits / "client.json").is_file()
    with Records(RecordSettings(folder=tmp_path / "records")) as records:
        visits = add_sample_client(records, tmp_path / "results", Settings(), TODAY)
        assert [v.day.isoformat() for v in visits] == ["2026-03-09", "2026-04-20", "2026-06-01"]
        assert all((v.folder / "report.html").is_file() for v in visits)
        kept = records.store.visits(CODE)
        assert [(v.day, len(v.screenings), len(v.measurements)) for v in kept] == [(v.day, 1, 4) for v in visits]
        assert len(records.store.intakes(CODE)) == 3
        plan = records.store.latest_plan(CODE)
        assert plan is not None
        assert plan.plan.day == visits[0].day
        with pytest.raises(InputError, match="there already"):
            add_sample_client(records, tmp_path / "results", Settings(), TODAY)


def test_half_a_sample_is_none(tmp_path: Path) -> None:
    def fail(_task: ClipTask) -> NoReturn:
        raise AnalysisError("no network here", "")

    with Records(RecordSettings(folder=tmp_path / "records")) as records:
        with pytest.raises(AnalysisError):
            add_sample_client(records, tmp_path / "results", Settings(), TODAY, fail)
        assert records.list_clients() == ()


def test_the_empty_page_offers_it(three_visits: Path, tmp_path: Path) -> None:
    config = WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))
    with client_of(config) as client, ThreadPoolExecutor(1) as pool:
        services = client.app.state.services  # type: ignore[attr-defined]
        services.sample = SampleMaker(config, services.records, pool)
        assert "Try it with a sample client" in client.get("/clients").text
        assert client.post("/clients/sample").status_code == 303
        assert "being made" in client.get("/clients").text
        until(lambda: not services.sample.busy)
        assert services.sample.problem is None
        page = client.get("/clients").text
        assert f"<b>{CODE}</b>" in page
        assert "3 visits" in page
        assert "Try it" not in page
        assert client.get(f"/clients/{CODE}/progress").status_code == 200


@pytest.mark.parametrize(
    ("fault", "told"), [(TimeoutError(), "took longer than it may"), (RuntimeError("a pipe broke"), "a pipe broke")]
)
def test_an_analysis_that_ends_unexpectedly_is_told(tmp_path: Path, fault: Exception, told: str) -> None:
    class Failing(ThreadPoolExecutor):
        def submit(self, *_args: object, **_kwargs: object) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_exception(fault)
            return future

    config = WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))
    with client_of(config) as client, Failing(1) as pool:
        services = client.app.state.services  # type: ignore[attr-defined]
        services.sample = SampleMaker(config, services.records, pool)
        client.post("/clients/sample")
        until(lambda: not services.sample.busy)
        page = client.get("/clients").text
        assert "The sample client could not be made" in page
        assert told in page
        assert services.records.list_clients() == ()
