"""Clips over the API: refused before they fill the disk, analyzed, merged, forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import movescreen.web.uploads as uploads
from movescreen.app import ClipTask
from movescreen.errors import NoPersonFound
from movescreen.model import ClipResult
from movescreen.report import write_result
from movescreen.web.clip_files import looks_like_video
from movescreen.web.config import Limits, WebConfig
from tests.conftest import SAMPLES
from tests.support.results import front_squat, side_squat
from tests.support.waiting import until
from tests.web.conftest import client_of

CLIP = (SAMPLES / "squat_front.mp4").read_bytes()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Put ready results in the place of the analysis; return the clips that were looked at."""
    seen: list[Path] = []

    def analyze(task: ClipTask, on_progress: Callable[..., None]) -> ClipResult:
        assert task.video.is_file()
        seen.append(task.video)
        on_progress(5, 0.1)
        if "nobody" in task.video.name:
            raise NoPersonFound("nobody was found in any of the 300 frames", "step into the picture")
        result = side_squat() if "side" in task.video.name else front_squat()
        write_result(result, task.folder, client=task.client, recorded=task.recorded)
        return result

    monkeypatch.setattr(ClipTask, "run", analyze)
    return seen


def open_upload(client: TestClient, /, **told: str) -> str:
    return str(client.post("/api/uploads", json=told).json()["id"])


def send(client: TestClient, upload: str, name: str, content: Any = CLIP) -> Any:
    return client.put(f"/api/uploads/{upload}/clips/{name}", content=content)


def wait(client: TestClient, upload: str, done: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    told: dict[str, Any] = {}

    def is_done() -> bool:
        told.update(client.get(f"/api/uploads/{upload}").json())
        return done(told)

    until(is_done)
    return told


def left_behind(config: WebConfig) -> list[str]:
    return [str(p) for p in (config.results / uploads.WAITING_FOLDER).rglob("*") if p.is_file()]


@pytest.mark.slow
def test_several_clips_become_one_screening(client: TestClient, config: WebConfig, quick: list[Path]) -> None:
    upload = open_upload(client, client="Client 17", recorded="2026-03-12")
    assert send(client, upload, "front.mp4").status_code == 201
    assert send(client, upload, "my%20side.mp4").json()["name"] == "my side.mp4"
    assert send(client, upload, "nobody.mp4").status_code == 201
    told = wait(client, upload, lambda t: all(c["state"] in ("done", "failed") for c in t["clips"]))
    assert [(c["state"], c["movement"], c["view"], c["reps"]) for c in told["clips"][:2]] == [
        ("done", "squat", "front", 3), ("done", "squat", "side", 3)
    ]  # fmt: skip
    assert told["clips"][2]["error"]["code"] == "no_person"
    assert client.post(f"/api/uploads/{upload}/finish").status_code == 202
    told = wait(client, upload, lambda t: t["state"] == "done")
    result = client.get(f"/api/results/{told['result']}").json()
    assert (result["client"], result["recorded"]) == ("Client 17", "2026-03-12")
    assert [c["folder"] for c in result["screening"]["clips"]] == ["front", "my side"]
    report = client.get(f"/api/results/{told['result']}/files/report.html")
    assert report.status_code == 200
    assert "sandbox" in report.headers["content-security-policy"]
    assert left_behind(config) == [], "clips are deleted"
    assert [p.name for p in quick] == ["front.mp4", "my_side.mp4", "nobody.mp4"]
    page = client.get(f"/results/{told['result']}").text
    assert "Open the report" in page
    assert send(client, upload, "late.mp4").json()["error"]["message"] == "this upload is finished"


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("notes.mp4", b"hello " * 100, 415, "is not a video"),
        ("empty.mp4", b"", 415, "is not a video"),
        ("broken.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 5000, 400, "broken.mp4"),
    ],
)
def test_what_is_no_video_is_refused(
    client: TestClient, config: WebConfig, name: str, content: bytes, status: int, said: str
) -> None:
    upload = open_upload(client)
    answer = send(client, upload, name, content)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]
    assert left_behind(config) == []
    assert client.get(f"/api/uploads/{upload}").json()["clips"] == []


def test_a_clip_too_large_is_refused_when_it_says_so_and_when_it_does_not(config: WebConfig) -> None:
    small = replace(config, limits=Limits(upload_bytes=100_000))
    taken = []

    def endless() -> Any:
        for _ in range(1000):
            taken.append(1)
            yield CLIP[:50_000]

    with client_of(small) as client:
        upload = open_upload(client)
        stated = send(client, upload, "large.mp4")
        assert (stated.status_code, stated.json()["error"]["code"]) == (413, "too_large")
        silent = send(client, upload, "large.mp4", endless())
        assert silent.status_code == 413
        assert left_behind(small) == []


def test_a_clip_too_long_is_refused(config: WebConfig) -> None:
    with client_of(replace(config, limits=Limits(upload_s=5.0))) as client:
        answer = send(client, open_upload(client), "long.mp4")
        assert answer.status_code == 413
        assert "lasts 0.2 minutes; 0.08" in answer.json()["error"]["message"]
        assert left_behind(config) == []


def test_a_full_disk_refuses_before_anything_is_written(config: WebConfig) -> None:
    with client_of(replace(config, limits=Limits(spare_disk_bytes=10**18))) as client:
        answer = send(client, open_upload(client), "clip.mp4")
        assert "not enough room" in answer.json()["error"]["message"]
        assert not (config.results / uploads.WAITING_FOLDER).exists()


def test_limits_on_clips_and_uploads(config: WebConfig, quick: list[Path]) -> None:
    with client_of(replace(config, limits=Limits(clips=1, uploads=2))) as client:
        upload = open_upload(client)
        assert send(client, upload, "a.mp4").status_code == 201
        assert "1 clips at most" in send(client, upload, "b.mp4").json()["error"]["message"]
        open_upload(client)
        assert client.post("/api/uploads", json={}).status_code == 503


@pytest.mark.parametrize(
    "name", ["..", "..%2F..%2Fx.mp4", "%00x.mp4", ".hidden", "con%0A.mp4", "a" * 300, "%2Fetc%2Fpasswd"]
)
def test_names_lead_nowhere(client: TestClient, config: WebConfig, quick: list[Path], name: str) -> None:
    upload = open_upload(client)
    answer = send(client, upload, name)
    if answer.status_code == 201:
        wait(client, upload, lambda t: t["clips"][0]["state"] == "done")
        (seen,) = quick
        assert seen.resolve().is_relative_to(config.results.resolve())
        assert not seen.name.startswith(".")
    outside = [p for p in config.results.parent.iterdir() if p != config.results]
    assert outside == []


def test_an_upload_without_clips_or_with_bad_ones_only_makes_no_screening(
    client: TestClient, config: WebConfig, quick: list[Path]
) -> None:
    upload = open_upload(client)
    assert client.post(f"/api/uploads/{upload}/finish").json()["error"]["message"] == "there are no clips yet"
    send(client, upload, "nobody.mp4")
    client.post(f"/api/uploads/{upload}/finish")
    told = wait(client, upload, lambda t: t["state"] == "failed")
    assert "nobody was found" in told["error"]["message"]
    assert client.get("/api/results").json() == []
    assert [p for p in config.results.iterdir() if not p.name.startswith(".")] == []


def test_an_upload_can_be_canceled(client: TestClient, config: WebConfig, quick: list[Path]) -> None:
    upload = open_upload(client)
    send(client, upload, "front.mp4")
    assert client.delete(f"/api/uploads/{upload}").status_code == 204
    assert client.get(f"/api/uploads/{upload}").status_code == 404
    assert left_behind(config) == []


@pytest.mark.parametrize(
    ("head", "is_one"),
    [
        (CLIP[:256], True), (b"\x1aE\xdf\xa3" + bytes(60), True), (b"RIFF\0\0\0\0AVI LIST", True), (b"RIFF\0\0\0\0WAVEfmt ", False),
        (b"\x47" + bytes(187) + b"\x47", True), (b"%PDF-1.7", False), (b"PK\x03\x04", False), (b"", False), (b"GIF89a", False),
    ],
)  # fmt: skip
def test_first_bytes(head: bytes, is_one: bool) -> None:
    assert looks_like_video(head) is is_one


@pytest.mark.slow
def test_formats_are_offered_and_written(client: TestClient, quick: list[Path]) -> None:
    page = client.get("/clips").text
    assert all(f'name="formats" value="{name}"' in page for name in ("opensim", "overlay", "pdf"))
    wrong = client.post("/api/uploads", json={"formats": ["pfd"]})
    assert wrong.status_code == 404
    assert "did you mean pdf" in wrong.json()["error"]["hint"]
    upload = str(client.post("/api/uploads", json={"formats": ["pdf"]}).json()["id"])
    send(client, upload, "side.mp4")
    client.post(f"/api/uploads/{upload}/finish")
    told = wait(client, upload, lambda t: t["state"] == "done")
    answer = client.get(f"/api/results/{told['result']}/files/client.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
