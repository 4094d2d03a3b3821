"""Results on disk: listed, handed out, deleted; and no name leads anywhere else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from movescreen.app import Records, Screening
from movescreen.report import write_result
from movescreen.settings import RecordSettings
from movescreen.web.config import WebConfig
from movescreen.web.result_store import ResultStore
from tests.support.results import front_squat

NAME = "2026-03-12_101500_Client-17"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A screening of one clip, written once; every test gets a copy."""
    folder = tmp_path_factory.mktemp("written")
    result = front_squat()
    write_result(result, folder / "squat_front", client="<b>Client</b> 17")
    screening = Screening.open(Records(RecordSettings(folder=folder / "none")), "<b>Client</b> 17", "2026-03-12")
    screening.finish({Path("squat_front"): result}, {}, folder)
    return folder


@pytest.fixture
def stored(config: WebConfig, written: Path) -> Path:
    folder = config.results / NAME
    shutil.copytree(written, folder)
    (config.results.parent / "secret.html").write_text("secret")
    (folder / "link.html").symlink_to(config.results.parent / "secret.html")
    (folder / ".hidden.html").write_text("secret")
    (folder / "key.pem").write_text("secret")
    return folder


def test_results_are_listed_and_shown_with_names_made_harmless(client: TestClient, stored: Path) -> None:
    (told,) = client.get("/api/results").json()
    assert (told["name"], told["client"], told["has_report"]) == (NAME, "<b>Client</b> 17", True)
    for path in ("/results", f"/results/{NAME}"):
        page = client.get(path).text
        assert "&lt;b&gt;Client&lt;/b&gt; 17" in page
        assert "<b>Client" not in page
    assert "12 March 2026" in client.get("/results").text


def test_files_of_a_result_are_handed_out(client: TestClient, stored: Path) -> None:
    for path, kind in (
        ("report.html", "text/html"),
        ("findings.csv", "text/csv"),
        ("squat_front/report.html", "text/html"),
        ("squat_front/poses.npz", "application/octet-stream"),
    ):
        answer = client.get(f"/api/results/{NAME}/files/{path}")
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith(kind)


@pytest.mark.parametrize(
    "path",
    [
        "link.html", ".hidden.html", "key.pem", "../secret.html", "..%2Fsecret.html", "%2e%2e/secret.html", "squat_front/../../../secret.html",
        "squat_front", "", "nothing.html", "%2Fetc%2Fpasswd", "squat_front//report.html", "report.html%00", "report.html/",
    ],
)  # fmt: skip
def test_no_path_leads_out(client: TestClient, stored: Path, path: str) -> None:
    answer = client.get(f"/api/results/{NAME}/files/{path}")
    assert answer.status_code == 404
    assert "secret" not in answer.text.replace("secret.html", "")


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2F..", ".uploads", "nothing", "a%2Fb", "%00"])
def test_no_name_leads_out(client: TestClient, stored: Path, name: str) -> None:
    assert client.get(f"/api/results/{name}").status_code in (404, 200 if name == ".." else 404)
    assert client.delete(f"/api/results/{name}").status_code in (404, 405)
    assert stored.is_dir()
    assert (stored.parent.parent / "secret.html").is_file()


def test_deleting(client: TestClient, stored: Path) -> None:
    assert client.delete(f"/api/results/{NAME}").status_code == 204
    assert not stored.exists()
    assert (stored.parent.parent / "secret.html").is_file()
    assert client.get(f"/api/results/{NAME}").status_code == 404


def test_deleting_by_the_page(client: TestClient, stored: Path) -> None:
    assert client.post(f"/results/{NAME}/delete").headers["location"] == "/results"
    assert "Nothing yet" in client.get("/results").text


def test_folders_that_are_no_results_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "clip").mkdir()
    (tmp_path / "clip/result.json").write_text(json.dumps({"kind": "clip"}))
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/result.json").write_text("[1")
    assert list(ResultStore(tmp_path).list()) == []
    assert list(ResultStore(tmp_path / "none").list()) == []


@pytest.mark.parametrize(
    "odd", ['{"kind": "screening", "summary": []}', '{"kind": "screening", "summary": {"flagged": "many"}}', "[" * 100_000, "[]",
     r'{"kind": "screening", "client": "\ud800", "summary": {"headline": "\udcff"}, "clips": [{"file": "a\udcff.mp4"}]}',
     '{"kind": "screening", "clips": [1, {}, {"file": [], "reps": {}}], "missing": 3}', '{"kind": "screening", "clips": {}, "missing": [{}]}'],
)  # fmt: skip
def test_one_odd_result_does_not_take_the_others_down(client: TestClient, stored: Path, odd: str) -> None:
    other = stored.parent / "2026-03-13_101500_Odd"
    other.mkdir()
    (other / "result.json").write_text(odd)
    assert NAME in [told["name"] for told in client.get("/api/results").json()]
    assert client.get("/results").status_code == 200
    for path in ("/results/{}", "/api/results/{}", "/api/results/{}/download", "/results/{}/judge"):
        assert client.get(path.format(other.name)).status_code < 500, path
