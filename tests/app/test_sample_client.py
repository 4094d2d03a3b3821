"""The sample client: three visits, a plan, and progress to see; whole or not there."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
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


def test_half_a_sample_is_none(tmp_path: Path) -> None:
    def fail(_task: ClipTask) -> NoReturn:
        raise AnalysisError("no network here", "")

    with Records(RecordSettings(folder=tmp_path / "records")) as records:
        with pytest.raises(AnalysisError):
            add_sample_client(records, tmp_path / "results", Settings(), TODAY, fail)
        assert records.list_clients() == ()


def test_the_empty_page_offers_three_visits_a_plan_and_what_was_told_each_time(
    three_visits: Path, no_curves: None, tmp_path: Path
) -> None:
    assert (three_visits / "client.json").is_file()
    config = WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))
    with client_of(config) as client, ThreadPoolExecutor(1) as pool:
        services = client.app.state.services  # type: ignore[attr-defined]
        services.sample = SampleMaker(config, services.records, pool)
        assert "Try it with a sample client" in client.get("/clients").text
        assert client.post("/clients/sample").status_code == 303
        assert "being made" in client.get("/clients").text
        until(lambda: not services.sample.busy, seconds=600)  # six clips are analyzed
        assert services.sample.problem is None
        page = client.get("/clients").text
        assert f"<b>{CODE}</b>" in page
        assert "3 visits" in page
        assert "Try it" not in page
        assert client.get(f"/clients/{CODE}/progress").status_code == 200
        store = services.records.store
        days = [date.today() - timedelta(days=ago) for ago in (84, 42, 0)]
        assert [(v.day, len(v.screenings), len(v.measurements)) for v in store.visits(CODE)] == [
            (d, 1, 4) for d in days
        ]
        assert len(list((tmp_path / "results").glob("*/report.html"))) == 3
        assert len(store.intakes(CODE)) == 3
        assert store.latest_plan(CODE).plan.day == days[0]
        with pytest.raises(InputError, match="there already"):
            add_sample_client(services.records, tmp_path / "results", Settings(), date.today())


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
