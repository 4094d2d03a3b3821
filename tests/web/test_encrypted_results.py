"""The web app over encrypted records: what it keeps is encrypted, what it hands out is not, and names tell nothing."""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from movescreen import encryption
from movescreen.app import ClipTask, Records, Screening
from movescreen.encryption import FORMER_FILE, KEY_FILE, VARIABLE
from movescreen.files import AGE, MARK
from movescreen.model import ClipResult
from movescreen.render.writer import VideoWriter
from movescreen.report import write_result
from movescreen.settings import RecordSettings
from movescreen.video.container import hash_file
from movescreen.video.reader import VideoReader
from movescreen.web.config import WebConfig
from movescreen.web.encrypted import follow_records
from tests.conftest import SAMPLES
from tests.support.killing import Moments
from tests.support.locked import PASSPHRASE, lock_home
from tests.support.results import front_squat
from tests.web.conftest import client_of
from tests.web.test_uploads import open_upload, send, wait

NAME = "2026-03-12_101500_Annabel-17"
CLIP = SAMPLES / "squat_front.mp4"


@pytest.fixture
def locked(config: WebConfig, monkeypatch: pytest.MonkeyPatch) -> WebConfig:
    """The records are encrypted ones."""
    monkeypatch.setattr(encryption, "_opened", {})
    monkeypatch.setenv(VARIABLE, PASSPHRASE)
    lock_home(config.records.data_folder)  # type: ignore[union-attr]
    return config


def write_plain(results: Path, name: str = NAME) -> Path:
    """Write a result that a plain web app kept."""
    folder, result = results / name, front_squat()
    write_result(result, folder / "annabel_front", client="Annabel 17")
    (folder / "annabel_front" / "overlay.mp4").write_bytes(bytes(range(256)) * 20)
    screening = Screening.open(Records(RecordSettings(folder=results.parent / "none")), "Annabel 17", "2026-03-12")
    screening.finish({Path("annabel_front"): result}, {}, folder)
    return folder


def names_and_bytes(folder: Path) -> list[tuple[str, bytes]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files if path.name != MARK]


def nothing_told(folder: Path) -> bool:
    return all(content.startswith(AGE) and "nnabel" not in name for name, content in names_and_bytes(folder))


@pytest.mark.slow
def test_results_of_before_are_encrypted_and_shown_as_they_were(locked: WebConfig) -> None:
    folder, today = write_plain(locked.results), f"{date.today():%Y%m%d}"
    write_plain(locked.results / ".bin", f"{today}T101500_{NAME}")
    plain_files = names_and_bytes(folder)
    plain = {name.rpartition("/")[2]: content for name, content in names_and_bytes(folder)}
    with client_of(locked) as client:
        assert nothing_told(locked.results)
        assert len(names_and_bytes(locked.results)) == 2 * len(plain_files)
        (listed,) = client.get("/api/results").json()
        name = listed["name"]
        assert (name, listed["client"]) == ("2026-03-12_101500", "Annabel 17")
        told = client.get(f"/api/results/{name}").json()
        assert [clip["folder"] for clip in told["screening"]["clips"]] == ["clip_1"]
        at = f"/api/results/{name}/files"
        assert client.get(f"{at}/clip_1/angles.csv").content == plain["angles.csv"]
        report = client.get(f"{at}/report.html")
        assert "sandbox" in report.headers["content-security-policy"]
        assert 'href="clip_1/report.html"' in report.text
        assert "Annabel 17" in client.get(f"/results/{name}/files/report.html").text
        with zipfile.ZipFile(io.BytesIO(client.get(f"/api/results/{name}/download").content)) as archive:
            assert archive.read("clip_1/angles.csv") == plain["angles.csv"]
            assert "tables.xlsx" in archive.namelist()
        (binned,) = client.app.state.services.store.list_bin()  # type: ignore[attr-defined]
        assert (binned.name, binned.client) == (f"{today}T101500_{NAME[:17]}", "Annabel 17")
        assert nothing_told(locked.results)


def ask(client: TestClient, wanted: str = "") -> tuple[int, bytes, str | None]:
    path = f"/api/results/{NAME[:17]}/files/clip_1/overlay.mp4"
    answer = client.get(path, headers={"range": wanted} if wanted else {})
    assert answer.headers["content-length"] == str(len(answer.content))
    return answer.status_code, answer.content, answer.headers.get("content-range")


@pytest.mark.slow
def test_a_player_gets_the_part_of_a_video_that_it_asks_for(locked: WebConfig) -> None:
    whole = (write_plain(locked.results) / "annabel_front" / "overlay.mp4").read_bytes()
    with client_of(locked) as client:
        assert ask(client) == (200, whole, None)
        assert ask(client, "bytes=0-") == (206, whole, "bytes 0-5119/5120")
        assert ask(client, "bytes=100-199") == (206, whole[100:200], "bytes 100-199/5120")
        assert ask(client, "bytes=5000-9999") == (206, whole[5000:], "bytes 5000-5119/5120")
        assert ask(client, "bytes=-20") == (206, whole[-20:], "bytes 5100-5119/5120")
        assert ask(client, "bytes=5120-") == (416, b"", "bytes */5120")
        assert ask(client, "bytes=1-2,4-5") == (200, whole, None)
        assert ask(client, "lines=1-2") == (200, whole, None)


@pytest.mark.slow
def test_an_uploaded_clip_waits_encrypted_and_its_name_is_told_to_the_trainer_only(
    locked: WebConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bytes, int]] = []

    def analyze(task: ClipTask, on_progress: object) -> ClipResult:
        with VideoReader(task.video) as reader:
            seen.append((task.video.name, task.video.read_bytes(), reader.info.frames))
        result, pictures = task.analyze(analyze=lambda *_a, **_k: _Analyzed())
        write_result(result, task.folder, client=task.client, pictures=pictures)
        return result

    class _Analyzed:
        result, pictures = front_squat(), {}

    monkeypatch.setattr(ClipTask, "run", analyze)
    with client_of(locked) as client:
        upload = open_upload(client, client="Annabel 17")
        assert send(client, upload, "annabel.mp4").json()["name"] == "annabel.mp4"
        wait(client, upload, lambda told: all(c["state"] == "done" for c in told["clips"]))
        client.post(f"/api/uploads/{upload}/finish")
        told = wait(client, upload, lambda told: told["state"] in ("done", "failed"))
        assert told["state"] == "done", told
        result = client.get(f"/api/results/{told['result']}").json()
        assert [(c["folder"], c["file"]) for c in result["screening"]["clips"]] == [("clip", "annabel.mp4")]
        assert "nnabel" not in told["result"]
        assert nothing_told(locked.results)
        assert send(client, open_upload(client), "x.mp4", b"hello " * 100).status_code == 415
    ((name, content, frames),) = seen
    assert name == "clip.mp4"
    assert content.startswith(AGE)
    with VideoReader(CLIP) as reader:
        assert frames == reader.info.frames


def test_an_encrypted_clip_is_read_as_the_plain_one_is(locked: WebConfig) -> None:
    follow_records(locked.results, locked.records)  # type: ignore[arg-type]
    path = locked.results / "clip.mp4"
    with encryption.create(path) as file:
        file.write(CLIP.read_bytes())
    assert path.read_bytes().startswith(AGE)
    with VideoReader(path) as one, VideoReader(CLIP) as other:
        assert hash_file(path) == hash_file(CLIP)
        for _, mine, theirs in zip(range(3), one.frames(), other.frames(), strict=False):
            assert (mine.time_s, mine.image.tobytes()) == (theirs.time_s, theirs.image.tobytes())


def test_a_video_is_written_encrypted_and_plays(locked: WebConfig) -> None:
    follow_records(locked.results, locked.records)  # type: ignore[arg-type]
    with VideoReader(CLIP) as reader, VideoWriter(locked.results / "a" / "overlay.mp4") as writer:
        for _, frame in zip(range(5), reader.frames(), strict=False):
            writer.write(frame.image, frame.time_s)
    assert [path.name for path in (locked.results / "a").iterdir()] == ["overlay.mp4"]
    assert nothing_told(locked.results)
    with VideoReader(locked.results / "a" / "overlay.mp4") as reader:
        assert len(list(reader.frames())) == 5


@pytest.mark.processes
@pytest.mark.skipif(os.name != "posix", reason="kills as on Linux and macOS")
@pytest.mark.parametrize("back", [False, True], ids=["encrypt", "decrypt"])
def test_whoever_is_killed_on_the_way_loses_no_result(locked: WebConfig, tmp_path: Path, back: bool) -> None:
    records = locked.records
    assert records is not None
    first = tmp_path / "first"
    for name in ("result.json", "report.html", "annabel_front/result.json"):
        (first / NAME / name).parent.mkdir(parents=True, exist_ok=True)
        (first / NAME / name).write_text("{}")
    if back:
        follow_records(first, records)
        (records.data_folder / KEY_FILE).rename(records.data_folder / FORMER_FILE)
    for moment in range(1, 100):
        shutil.copytree(first, locked.results)
        child = os.fork()
        if child == 0:
            Moments(moment)
            follow_records(locked.results, records)
            os._exit(0)
        alive = not os.WIFSIGNALED(os.waitpid(child, 0)[1])
        follow_records(locked.results, records)
        (folder,) = (path for path in locked.results.iterdir() if path.is_dir())
        assert len(names_and_bytes(folder)) == 3, moment
        assert nothing_told(locked.results) != back
        assert folder.name == NAME[:17], "the name is not made again"
        shutil.rmtree(locked.results)
        if alive:
            break
    assert alive
    assert moment > 5
