"""A running server, a client of it, and a browser with a file as camera."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from movescreen.catalog import load_catalog
from movescreen.model import Frame
from movescreen.pose import DetectedPose, EngineInfo, PoseEstimator
from movescreen.records import RecordStore
from movescreen.settings import RecordSettings
from movescreen.web.app import create_app
from movescreen.web.config import WebConfig
from movescreen.web.hub import SessionManager
from movescreen.web.server import listen, make_server
from movescreen.web.services import Services
from movescreen.web.uploads import UploadService
from tests.support.clients import SEEN, SPRAIN, make_intake
from tests.support.sights import FRONT, sights_of, squat
from tests.support.waiting import until

HOST = "http://127.0.0.1:8000"
CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)

#: Chromium's own offline mode leaves sockets alone: end the one there is, and let new ones knock at the wrong door.
DROP_THE_NETWORK = """() => {
    window.RealWebSocket = window.WebSocket;
    window.WebSocket = function () { return new window.RealWebSocket(location.origin.replace("http", "ws") + "/nowhere"); };
    window.WebSocket.OPEN = 1;
    window.movescreen.socket.close();
}"""


class FigureEstimator(PoseEstimator):
    """Sees the stick figure squatting three times, whatever the pictures show; starts with the first one."""

    def __init__(self, people: int = 1, hold_s: float = 7.5) -> None:
        self.poses = [s.pose for s in sights_of(squat(3, FRONT, tail_s=3.0).poses, hold_s=hold_s)]
        self.first_s: float | None = None

    @property
    def info(self) -> EngineInfo:
        return EngineInfo("figure", "none", "0" * 64)

    def detect(self, frame: Frame) -> tuple[DetectedPose, ...]:
        self.first_s = frame.time_s if self.first_s is None else self.first_s
        pose = self.poses[min(int((frame.time_s - self.first_s) * 30), len(self.poses) - 1)]
        assert pose is not None
        scale = frame.image.shape[0] / FRONT.size_px[1]
        offset = (frame.image.shape[1] - FRONT.size_px[0] * scale) / 2
        return (replace(pose, image_xy_px=pose.image_xy_px * scale + [offset, 0.0]),)

    def close(self) -> None:
        pass


def attend(client: TestClient, path: str, headers: dict[str, str] | None = None) -> Any:
    """Return a socket; the test client would call another host."""
    return client.websocket_connect(f"{HOST.replace('http', 'ws')}{path}", headers=dict(headers or {}))


@pytest.fixture
def config(tmp_path: Path) -> WebConfig:
    return WebConfig(results=tmp_path / "results", records=RecordSettings(folder=tmp_path / "records"))


@contextmanager
def client_of(config: WebConfig, address: str = "127.0.0.1") -> Iterator[TestClient]:
    """Yield a client that talks to the app without a network; the pose engine sees the stick figure."""
    app = create_app(config)
    pool = ThreadPoolExecutor(1)
    app.state.services.hub.close()
    app.state.services.hub = SessionManager(
        config, load_catalog(config.settings.catalog), app.state.services.records, pool, FigureEstimator
    )
    app.state.services.uploads = UploadService(config, app.state.services.records, pool)
    with TestClient(app, base_url=HOST, client=(address, 5000), follow_redirects=False) as client:
        client.headers["origin"] = HOST
        yield client
    app.state.services.hub.close()
    pool.shutdown(wait=True)


@pytest.fixture
def client(config: WebConfig) -> Iterator[TestClient]:
    with client_of(config) as made:
        yield made


@contextmanager
def serving(config: WebConfig, prepare: Callable[[Services], None] = lambda _services: None) -> Iterator[str]:
    """Yield the address of a real server; ``prepare`` may put stand-ins in the place of what analyzes pictures."""
    listening = listen(replace(config, port=0))
    port = listening.getsockname()[1]
    server = make_server(replace(config, port=port))
    prepare(server.config.app.state.services)  # type: ignore[union-attr]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def playing() -> Iterator[Callable[..., Any]]:
    """Return a function that opens a browser, with a file of pictures as its camera."""
    if CHROMIUM is None:
        pytest.skip("needs chromium: sh install.sh --dev installs it where it may use apt-get")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = []

        def open_browser(camera: Path | None = None) -> Any:
            arguments = [
                "--no-sandbox",
                "--disable-gpu",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ]
            arguments += [f"--use-file-for-fake-video-capture={camera}"] if camera else []
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
            opened.append(browser)
            return browser

        yield open_browser
        for browser in opened:
            browser.close()


def post(client: TestClient, path: str, /, **fields: Any) -> Any:
    return client.post(path, data=fields)


@pytest.fixture
def store(client: TestClient) -> RecordStore:
    return client.app.state.services.records.store  # type: ignore[attr-defined]


@pytest.fixture
def runner(store: RecordStore) -> str:
    """Add a runner with an old sprain and nothing that stops."""
    store.add_client("C017", birth_year=1991, sex="female")
    store.add_intake("C017", make_intake(injuries=(SPRAIN,), sports=("running",), goals=("run",), **SEEN))
    return "C017"
