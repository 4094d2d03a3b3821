"""What all tests share: marks for what costs time, no settings from outside, and each sample clip analyzed once."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from xdist.scheduler import LoadScopeScheduling

from movescreen.model import ClipResult
from tests.support.shared import make_once, session_folder

_SLOW_IS_FINE = [HealthCheck.too_slow]
# shrinking a failure means running the whole pipeline a few hundred times more: only when asked for
_QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile(
    # the same examples every time: a red run must mean a change, and "thorough" is there to look for new ones
    "quick",
    deadline=None,
    max_examples=25,
    suppress_health_check=_SLOW_IS_FINE,
    phases=_QUICK,
    derandomize=True,
)
settings.register_profile("thorough", deadline=None, max_examples=300, suppress_health_check=_SLOW_IS_FINE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

SAMPLES = Path(__file__).resolve().parent.parent / "sample_videos"

#: What a test that uses one of these fixtures costs.
_COST_OF_FIXTURE = {
    "sample_result": "network",
    "three_visits": "network",
    "browser": "browser",
    "playing": "browser",
}
#: A test with none of these marks is fast. The longest begin first, so that no process is left with one of them at the end.
_COSTS = ("alone", "browser", "network", "processes", "database", "slow")


#: Modules whose tests share what is long in the making: one process runs all of them. (Pytest-xdist's own groups are not heeded with pytest 9.2.)
_TOGETHER = {
    "tests/live/test_saving.py", "tests/report/test_browser.py", "tests/report/test_client_page.py",
    "tests/report/test_handover_pages.py", "tests/test_fuzz.py", "tests/test_wheel.py", "tests/web/test_browser.py",
    "tests/web/test_client_story.py", "tests/web/test_player.py",
}  # fmt: skip


class _Scheduling(LoadScopeScheduling):
    """Hands tests out one by one, but those that belong together to the same process."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return "one server of PostgreSQL" if "postgresql" in nodeid else module if module in _TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Return what hands out the tests when several processes run them."""
    return _Scheduling(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Return one process a processor that this run may use; pytest-xdist would count only whole cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the fixtures cost, and as fast whatever costs nothing; put the long ones first."""
    for item in items:
        for fixture in _COST_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(_COST_OF_FIXTURE[fixture])
        if not _costs(item):
            item.add_marker("fast")
        if "alone" in _costs(item) and not item.path.is_relative_to(Path(__file__).parent / "web"):
            raise pytest.UsageError(f"{item.nodeid}: the README looks for tests that run alone in tests/web")
    items.sort(key=lambda item: min(map(_COSTS.index, _costs(item)), default=len(_COSTS)))


def pytest_collection_finish() -> None:
    """Let the garbage collector leave alone what lives as long as the run: modules and thousands of collected tests."""
    gc.collect()
    gc.freeze()


def _costs(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()} & set(_COSTS)


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's config folder, records and MOVESCREEN_ variables out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        # MOVESCREEN_MODELS_DIR stays: it says where this machine keeps the networks, not what to make of a clip
        for name in [n for n in os.environ if n.startswith("MOVESCREEN_") and n != "MOVESCREEN_MODELS_DIR"]:
            patch.delenv(name)
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def sample_result(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ClipResult]:
    """Return a function that analyzes a sample clip by its stem, once for all tests and all processes."""
    from movescreen.pipeline import analyze_video

    folder = session_folder(tmp_path_factory)

    @cache
    def analyze(stem: str) -> ClipResult:
        return make_once(folder / f"{stem}.pickle", lambda: analyze_video(SAMPLES / f"{stem}.mp4"))

    return analyze


@pytest.fixture
def three_visits(sample_result: Callable[[str], ClipResult], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the runner's clips; whoever analyzes one of them gets what the network saw the first time.

    Two stories are played with these six clips. Everything but the network's work is done each time, the pictures from the
    clip included.
    """
    import movescreen.app.tasks as tasks
    from movescreen.pipeline import AnalyzedVideo

    def analyze(path: Path, *_request: object, **_more: object) -> AnalyzedVideo:
        return AnalyzedVideo(sample_result(f"three_visits/{path.stem}"), {})

    monkeypatch.setattr(tasks, "analyze_with_pictures", analyze)
    return SAMPLES / "three_visits"


@pytest.fixture
def no_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the curves out of reports: they take longest to draw, where a test is about something else."""
    for module in ("formats.html.chart_svg", "pages.screening.repetition_svg"):
        monkeypatch.setattr(f"movescreen.report.{module}", lambda *_: "")


#: Runs a command line; gives its exit code, stdout and stderr.
Run = Callable[..., SimpleNamespace]


@pytest.fixture
def run_kept(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs a command line in a folder of its own, with records of its own."""
    from movescreen.cli import main

    monkeypatch.setenv("MOVESCREEN_RECORDS_FOLDER", str(tmp_path / "records"))
    monkeypatch.chdir(tmp_path)

    def run_command(*words: object) -> SimpleNamespace:
        code = 0
        try:
            main([str(word) for word in words])
        except SystemExit as ended:
            code = int(ended.code or 0)
        told = capsys.readouterr()
        return SimpleNamespace(code=code, out=told.out, err=told.err)

    return run_command
