"""What else comes in spoiled: words that are typed, settings, rosters, pictures, forms of the web app, and what lies encrypted on the disk."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import random
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
import openpyxl
import tomlkit
import typer
from starlette.testclient import TestClient

import movescreen
from movescreen import encryption
from movescreen.encryption import VARIABLE, mark_folder
from movescreen.files import copy_file
from movescreen.model import ClipResult
from movescreen.report import write_result
from movescreen.settings import TABLES, RecordSettings, load_settings
from movescreen.settings_file import write_tables
from movescreen.web.app import create_app
from movescreen.web.config import WebConfig
from tests.support.fuzzing import ODD, Kind, run, spoil_bytes, spoil_json, spoil_value, spoil_zip
from tests.support.locked import PASSPHRASE, lock_home

Random = random.Random
HOST = "http://127.0.0.1:8000"
#: Settings of every table.
SETTINGS = b"""max_fps = 25.0
cutoff_hz = 4.0
catalog = ["own"]
[display]
units = "us"
dates = "iso"
[practice]
name = "Practice"
logo = "p.png"
keep_months = 12
[voice]
on = true
speed = 1.5
[presets]
session = "squat"
view = "both"
repetitions = 5
[records]
url = "sqlite:///x.db"
"""
#: A roster, as it stands in a spreadsheet.
ROSTER = (
    ("Name", "Jersey", "Sex", "Year of birth", "Team"),
    ("Ann B", 7, "f", 2001, "A"),
    ("Ben C", 11, "m", 2002, "A"),
)
#: What makes a result one of a screening.
SCREENING = {
    "kind": "screening",
    "client": "",
    "summary": {"headline": "x"},
    "findings": [],
    "clips": [{"folder": "clip"}],
}
#: What somebody types; ``FINDING`` is one of the result in the folder ``clip``. None writes to a place that is named.
TYPED = (
    "account list", "account keep ann --role owner --client C001 --team A", "account password ann", "account remove ann",
    "correct judge clip FINDING not_there --reason seen --by me", "correct leave-out clip clip 1 --reason stumbled",
    "correct move-joint clip clip 1 left_knee --right 3.5 --down -2 --reason seen", "correct name clip clip --movement lunge --view side --side left",
    "correct give clip C001 --by me", "correct list C001 --date 2026-01-02", "records trail --who me --date 2026-01-02 --most 3",
    "client add C7 --name Ann --born 2001 --sex female --note x --team A --group B --jersey 7", "client change C001 --name Ann --born 2001 --team A",
    "client list --team A", "client show C001 --date 2026-01-02", "client delete C001 --yes", "intake clear C001 chest_pain --by me --note x",
    "intake agree C001 --coach", "intake read C001 stroke --by me --note x", "visit measure C001 knee_to_wall:left=9.5 --date 2026-01-02",
    "visit note C001 text --pain-now 3 --effort 5", "visit hurt C001 squat --score 3 --place knee --side left", "visit move C001 2026-01-02 --to C002 --reason seen",
    "visit observe C001 lachman --result negative --side left", "visit list C001", "plan edit C001 --note x", "plan make C001 --days mon,wed", "progress C001", "readiness C001", "team show A", "bin erase C001 --yes",
)  # fmt: skip


#: So many forms of the web app's pages are looked for.
_MOST_FORMS = 120

#: Where what was sent by a form is shown and handed out.
_SHOWN = (
    "/clients", "/clients/C001", f"/clients/C001/visits/{date.today()}/download", "/clients/C001/plan", "/teams/results?team=A", "/teams/team.xlsx?team=A", "/trail",
)  # fmt: skip


def spoil_toml(data: bytes, chance: Random) -> bytes:
    """Spoil settings, mostly so that they are still TOML."""
    if chance.random() < 0.3:
        return spoil_bytes(data, chance)
    with contextlib.suppress(Exception):  # TOML knows neither null nor every text
        return tomlkit.dumps(spoil_value(tomllib.loads(data.decode()), chance)).encode("utf-8", "surrogatepass")
    return spoil_bytes(data, chance)


def spoil_words(data: bytes, chance: Random) -> bytes:
    """Put something odd in the place of what was said behind a command, leave it out, or say it twice."""
    words: list[str] = json.loads(data)
    for _ in range(chance.choice((1, 1, 2))):
        said = [at for at in range(2, len(words)) if not words[at].startswith("--")] or [len(words)]
        at, odd = chance.choice(said), str(chance.choice(ODD))
        words[at : at + 1] = chance.choice(([], [odd], [odd], [odd], [odd], [words[at - 1]] * 2))
    return json.dumps(words).encode("utf-8", "surrogatepass")


def make_more_kinds(home: Path, result: ClipResult) -> dict[str, Kind]:
    """Return the kinds of this module; parameters as of :func:`tests.support.fuzzing.make_kinds`, which comes first."""
    clip = (home / "clip" / "result.json").read_bytes()
    book = io.BytesIO()
    sheet = openpyxl.Workbook()
    for row in ROSTER:
        sheet.active.append(row)
    sheet.save(book)
    csv = "\n".join(",".join(map(str, row)) for row in ROSTER).encode()
    finding = next(f"{f.movement}:{f.check_id}:{f.side}".rstrip(":") for f in result.findings)
    words = {
        f"{number}.json": json.dumps(line.replace("FINDING", finding).split()).encode()
        for number, line in enumerate(TYPED)
    }
    picture = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    pictures = {f"p.{end}": cv2.imencode(f".{end}", picture)[1].tobytes() for end in ("jpg", "png")}
    return {
        "list": Kind(
            {"clip.json": clip, "screening.json": json.dumps(json.loads(clip) | SCREENING).encode()}, spoil_json, _list
        ),
        "settings": Kind({"movescreen.toml": SETTINGS}, spoil_toml, _settings),
        "roster": Kind({"r.xlsx": book.getvalue()}, spoil_zip, _roster, True),
        "roster as text": Kind({"r.csv": csv}, spoil_bytes, _roster, True),
        "picture": Kind(pictures, spoil_bytes, lambda file, home, out: _judge(finding, file, home, out), True),
        "words": Kind(words, spoil_words, _words, True),
        "form": Kind(_forms(home, result), spoil_json, _form, True),
        "encrypted": Kind(_encrypted(home, result), spoil_bytes, _open_encrypted),
    }


def _settings(file: Path, home: Path, out: Path) -> None:
    with contextlib.chdir(file.parent):
        run("client", "list")
        load_settings()
        for table in TABLES:
            table()
        write_tables({"display": {"units": "metric", "dates": None}})


def _roster(file: Path, home: Path, out: Path) -> None:
    run("client", "import", str(file), "--yes")


def _judge(finding: str, file: Path, home: Path, out: Path) -> None:
    shutil.copytree(home / "clip", out / "clip")
    run("correct", "judge", str(out / "clip"), finding, "there", "--reason", "seen by me", "--picture", str(file))


def _words(file: Path, home: Path, out: Path) -> None:
    shutil.copytree(home / "clip", out / "clip")
    answers = mock.patch.multiple(
        typer, prompt=lambda *_, **__: "four words nobody guesses", confirm=lambda *_, **__: True
    )
    with contextlib.chdir(out), answers:
        run(*json.loads(file.read_bytes().decode("utf-8", "surrogatepass")))


# --- forms of the web app: all that its pages have -----------------------------------------


class _Page(HTMLParser):
    """Finds the links of a page, and its forms with what is in them."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.append(told["href"].partition("#")[0])
        if tag == "form":
            self.forms.append({"method": told.get("method", "get").upper(), "path": told.get("action", ""), "data": {}})
        if tag in ("input", "select", "textarea", "button") and told.get("name") and self.forms:
            self.forms[-1]["data"][told["name"]] = told.get("value", "1")


@contextlib.contextmanager
def _app(records: Path, results: Path) -> Iterator[TestClient]:
    config = WebConfig(results=results, records=RecordSettings(folder=records))
    with TestClient(create_app(config), base_url=HOST, follow_redirects=False) as client:
        client.headers["origin"] = HOST
        yield client


def _forms(home: Path, result: ClipResult) -> dict[str, bytes]:
    """Return every form that is met on the way through the pages, by number; and what scripts send."""
    write_result(result, home / "web" / "2026-01-02_030405")
    run("visit", "measure", "C001", "knee_to_wall:left=9.5")
    run("client", "change", "C001", "--team", "A", "--name", "Ann")
    asked: list[dict[str, Any]] = [
        {"method": "POST", "path": "/api/live", "json": {"client": "C001", "protocol": "squat", "repetitions": 3, "model": "lite"}},
        {"method": "POST", "path": "/api/uploads", "json": {"client": "C001", "formats": ["csv"], "recorded": "2026-01-02"}},
        {"method": "GET", "path": "/clients", "params": {"q": "C", "team": "A", "gone": "x"}},
        {"method": "GET", "path": "/trail", "params": {"client": "C001", "who": "x", "day": "2026-01-02", "page": "2"}},
        {"method": "GET", "path": "/results/2026-01-02_030405/joint", "params": {"clip": "clip", "rep": "1"}},
        {"method": "GET", "path": "/results/2026-01-02_030405/files/result.json", "headers": {"range": "bytes=1-2"}},
    ]  # fmt: skip
    with _app(home / "records", home / "web") as client:
        client.headers["accept"] = "text/html"
        ways = ["/results/2026-01-02_030405", "/clients/C001", "/results", "/teams", "/bin", "/"]
        seen, shapes = {*ways}, set[str]()
        for path in itertools.takewhile(lambda _: len(asked) < _MOST_FORMS, ways):
            answer = client.get(path)
            page = _Page()
            if answer.headers.get("content-type", "").startswith("text/html"):
                page.feed(answer.text)
            found = {*page.links, answer.headers.get("location", "")} - seen
            ways += sorted(link for link in found if link.startswith("/") and not link.startswith("/static"))
            seen |= found
            for form in page.forms:
                form["path"] = form["path"] or path
                shape = f"{form['method']} {form['path']} {sorted(form['data'])}"
                if shape not in shapes:
                    shapes.add(shape)
                    asked.append(form if form["method"] == "POST" else {**form, "params": form["data"], "data": {}})
    return {f"f{number:03}.json": json.dumps(each).encode() for number, each in enumerate(asked)}


def _list(file: Path, home: Path, out: Path) -> None:
    for name in ("sound", "odd"):
        shutil.copytree(home / "clip", out / "web" / name / "clip")
    (out / "web" / "sound" / "result.json").write_text(json.dumps(SCREENING), "utf-8")
    shutil.copy(file, out / "web" / "odd" / "result.json")
    with _app(out / "none", out / "web") as client:
        answers = [_ask(client, path) for path in ("/results", "/api/results", "/results/odd", "/api/results/odd", "/api/results/odd/download")]  # fmt: skip
    if {answer.status_code for answer in answers[:2]} != {200} or "/results/sound" not in answers[0].text:
        raise AssertionError("one odd result takes the others down")


def _ask(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    if answer.status_code >= 500:
        raise AssertionError(f"{path} answered {answer.status_code}: {answer.text[:300]}")
    return answer


def _form(file: Path, home: Path, out: Path) -> None:
    try:
        told = json.loads(file.read_bytes())
        method, path = told.pop("method"), told.pop("path")
        known = {key: told[key] for key in ("data", "json", "params", "headers") if isinstance(told.get(key), dict)}
        if not (isinstance(method, str) and isinstance(path, str) and path.startswith("/")):
            return
        request = TestClient(lambda *_: None, base_url=HOST).build_request(method, path, **known)  # type: ignore[arg-type]
    except Exception:  # what no browser could send
        return
    shutil.copytree(home / "web", out / "web")
    with _app(Path(os.environ["MOVESCREEN_RECORDS_FOLDER"]), out / "web") as client:
        request.headers["origin"] = HOST
        answer = client.send(request)
        for path in _SHOWN:
            _ask(client, path)
    if answer.status_code >= 500 and answer.status_code != 503:
        raise AssertionError(f"{method} {path} answered {answer.status_code}: {answer.text[:300]}")


# --- what lies encrypted on the disk -------------------------------------------------------


@contextlib.contextmanager
def _passphrase(records: Path) -> Iterator[None]:
    """Have the passphrase said where nobody is asked, and no key opened yet."""
    said = {VARIABLE: PASSPHRASE, "MOVESCREEN_RECORDS_FOLDER": str(records)}
    with mock.patch.dict(os.environ, said), mock.patch.object(encryption, "_opened", {}):
        yield


def _encrypted(home: Path, result: ClipResult) -> dict[str, bytes]:
    """Return every file of encrypted records, of a result that follows them, and a backup."""
    records, results = home / "locked" / "records", home / "locked" / "results"
    lock_home(records)
    with _passphrase(records):
        run("client", "add", "C001", "--name", "Ann")
        run("intake", "add", "C001", str(home / "intake.json"))
        mark_folder(results, records)
        for path in (home / "clip").iterdir():
            if path.is_file():
                copy_file(path, results / "clip" / path.name)
        run("backup", str(home / "locked" / "backup.zip"))
    found = [path for path in (home / "locked").rglob("*") if path.is_file() and path.suffix not in (".html", ".png")]
    return {str(path.relative_to(home / "locked")).replace("/", "+"): path.read_bytes() for path in found}


def _open_encrypted(file: Path, home: Path, out: Path) -> None:
    place = out / "locked"
    shutil.copytree(home / "locked", place)
    shutil.copy(file, place / file.name.replace("+", "/"))
    if file.name == "backup.zip":
        shutil.rmtree(place / "records")
    with _passphrase(place / "records"):
        if file.name == "backup.zip":
            run("restore", str(place / "backup.zip"))
        elif "results" in file.name:
            movescreen.load(place / "results" / "clip")
        else:
            run("client", "show", "C001")
            run("records", "status")
