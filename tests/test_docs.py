"""What the documentation says is so: commands, files, signals, numbers, links, programs, and what is typed at a shell."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib as mpl
import pandas as pd
import pytest
import typer

import movescreen
from movescreen import errors
from movescreen.catalog import load_catalog
from movescreen.cli.app import COMMANDS as COMMAND_LINES
from movescreen.cli.app import app
from movescreen.kinematics import SIGNALS
from movescreen.model import ClipResult, SignalSpec
from movescreen.pipeline import AnalyzedVideo
from movescreen.pose import save_poses
from movescreen.report.documents.registry import available_formats, find_writer
from movescreen.report.formats.columns import (
    CONTRACT_SIGNALS,
    FINDINGS_COLUMNS,
    FINDINGS_EXTRA,
    MEASURES_COLUMNS,
    REPS_COLUMNS,
    SUMMARY_COLUMNS,
)
from movescreen.settings import ModelName, RecordSettings, Settings
from tests.conftest import Run
from tests.support.clients import make_intake

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
ACCURACY, ANGLES, ARCHITECTURE, COMMANDS, DATA, GLOSSARY, PROGRAMS, REPORT = (
    ROOT / f"docs/{name}.md"
    for name in ("accuracy", "angles", "architecture", "commands", "data", "glossary", "python", "report")
)
FOLDERS = ("", "docs", "benchmarks", "models", "sample_videos", "supply")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
MEASUREMENT = ROOT / "movescreen/catalog/measurement/rendered_people.toml"

SPECS: dict[str, list[SignalSpec]] = {}
for _name, _signal in SIGNALS.items():
    SPECS.setdefault(_name.removesuffix("_left").removesuffix("_right"), []).append(_signal.spec)


def read(page: Path) -> str:
    return page.read_text("utf-8")


def section(page: Path, heading: str) -> str:
    """Return the text from a heading to the next one of the same or a higher level."""
    text = read(page)
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found, f"{page.name} has no heading {heading!r}"
    rest = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def table_rows(text: str) -> list[list[str]]:
    """Return the cells of all table rows but heads and rules."""
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    rules = [i for i, row in enumerate(rows) if set("".join(row)) <= set("-: ")]
    return [row for i, row in enumerate(rows) if i not in rules and i + 1 not in rules]


def in_ticks(text: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def commands(text: str) -> Iterator[str]:
    """Yield the movescreen command lines of a page, in its fenced blocks and in its sentences."""
    fenced = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    for line in [*in_ticks(text), *(line for block in fenced for line in block.splitlines())]:
        for part in line.split("&&"):
            words = part.strip().removeprefix(".venv/bin/")
            if words.startswith("movescreen "):
                yield words


# --- the command line -----------------------------------------------------------------------------------------------


def find_command(words: list[str]) -> Any:
    command: Any = typer.main.get_command(app)
    context = typer.Context(command)
    for word in words:
        if not hasattr(command, "commands"):
            break
        assert word in command.list_commands(context), f"there is no command {' '.join(words)!r}"
        command = command.get_command(context, word)
    assert not hasattr(command, "commands"), f"{' '.join(words)!r} is not a whole command"
    return command


def options_of(command: Any) -> set[str]:
    return {opt for param in command.params for opt in (*param.opts, *param.secondary_opts) if opt.startswith("--")}


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_command_and_option_named_exists(page: Path) -> None:
    for line in commands(read(page)):
        words = line.split()[1:]
        command = find_command([w for w in words if not w.startswith("-")])
        unknown = {w for w in words if w.startswith("--")} - options_of(command)
        assert not unknown, f"{page.name}: {line!r} names {unknown}"


def test_readme_shows_commands_at_all() -> None:
    assert {line.split()[1] for line in commands(read(README))} >= {"analyze", "demo", "doctor"}


def test_every_command_is_in_the_list() -> None:
    rows = table_rows(section(COMMANDS, "Commands and options").partition("\n## ")[0])
    assert {line.split()[1] for row in rows for line in commands(row[0])} == set(COMMAND_LINES)


def test_the_readme_is_short() -> None:
    assert len(read(README).splitlines()) <= 150


def test_options_of_analyze_are_all_in_the_list() -> None:
    rows = table_rows(section(COMMANDS, "Options of `analyze`"))
    named = {ticks[0].split()[0] for row in rows if (ticks := in_ticks(row[0])) and ticks[0].startswith("--")}
    assert named == options_of(find_command(["analyze"])) - {"--help"}


def test_choices_of_the_options_are_all_in_the_list() -> None:
    listed = table_rows(section(COMMANDS, "Options of `analyze`"))
    rows = {in_ticks(row[0])[0].split()[0]: set(in_ticks(row[1])) for row in listed}
    assert rows["--movement"] == {*load_catalog().movements, "auto"}
    assert rows["--view"] == {"front", "side", "auto"}
    assert rows["--model"] == set(ModelName.__args__)  # type: ignore[attr-defined]


def test_pages_name_settings_that_exist() -> None:
    variables = [w.lower() for page in PAGES for w in re.findall(r"`MOVESCREEN_([A-Z_]+)=", read(page))]
    assert variables
    kept = {f"records_{name}" for name in RecordSettings.model_fields}
    assert set(variables) <= set(Settings.model_fields) | kept


def test_pages_name_parts_and_tasks_that_exist() -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))
    text = "\n".join(map(read, PAGES))
    parts = {part for some in re.findall(r"movescreen[\w.-]*\[([\w,]+)\]", text) for part in some.split(",")}
    assert {"all", "postgres", "cluster", "notebook"} <= parts <= set(project["project"]["optional-dependencies"])
    tasks = project["tool"]["poe"]["tasks"]
    assert set(re.findall(r"\bpoe (\w+)", text)) == set(tasks)
    listed = {in_ticks(row[0])[0] for row in table_rows(section(ROOT / "docs/start.md", "Parts"))}
    told = {name for row in table_rows(section(ROOT / "docs/start.md", "Parts")) for name in in_ticks(row[0])}
    assert listed <= told == set(project["project"]["optional-dependencies"])


@pytest.mark.parametrize(
    ("marker", "command"),
    [
        ("ci:use", "sh install.sh && .venv/bin/movescreen demo"),
        (
            "ci:test",
            'sh install.sh --dev && .venv/bin/pytest -m alone tests/web && .venv/bin/pytest -n auto -m "not alone"',
        ),
    ],
)
def test_the_two_commands_stand_behind_their_markers(marker: str, command: str) -> None:
    assert read(README).count(f"<!-- {marker} -->\n```sh\n{command}\n```\n") == 1


def test_exit_codes_are_those_of_the_errors() -> None:
    told = {name: row[1] for row in table_rows(section(DATA, "Errors and exit codes")) for name in in_ticks(row[0])}
    named = {n: e for n, e in vars(errors).items() if isinstance(e, type) and n != "MovescreenError"}
    assert told == {n: str(e.exit_code) for n, e in named.items() if issubclass(e, errors.MovescreenError)}
    for code in (0, *{int(c) for c in told.values()}, 1):
        assert re.search(rf"(?:^|[ ,:]){code} [a-z]", section(COMMANDS, "Exit status"), re.MULTILINE), code


# --- files and columns ----------------------------------------------------------------------------------------------


def test_every_output_file_is_described() -> None:
    written = {name for fmt in available_formats() for name in find_writer(fmt).files}
    told = [name for row in table_rows(section(REPORT, "The files")) for name in in_ticks(row[0])]
    assert sorted(told) == sorted({*written, "overlay.mp4"})


def test_every_column_of_the_contract_is_named() -> None:
    assert set(CONTRACT_SIGNALS.values()) <= set(in_ticks(read(ANGLES)))


# --- signals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stem", SPECS)
def test_every_signal_has_a_section_with_the_facts_of_the_code(stem: str) -> None:
    text = section(ANGLES, stem)
    told = {row[0]: row[1] for row in table_rows(text)}
    spec = SPECS[stem][0]
    any_view = {"front", "side", "oblique", "back", "unknown"} == set(spec.views)
    assert told == {
        "columns": ", ".join(f"`{s.column}`" for s in SPECS[stem]),
        "unit": {"deg": "degrees", "pct": "percent", "ratio": "ratio (no unit)"}[spec.unit],
        "read from": "any view" if any_view else "the " + " or ".join(spec.views),
        "zero": spec.zero,
        "grows with": spec.positive,
        "measured as": spec.definition,
    }
    assert re.search(rf"!\[.{{30,}}\]\(img/angles/{stem}\.svg\)", text), "a picture, with words for who cannot see it"
    assert len(text.split("**What it is not.** ")[1].split()) >= 10


def test_the_contents_list_every_signal_once() -> None:
    listed = re.findall(r"^\| \[`(\w+)`\]\(#\1\) \|", read(ANGLES), re.MULTILINE)
    headings = re.findall(r"^### (\w+)$", read(ANGLES), re.MULTILINE)
    assert sorted(listed) == sorted(headings) == sorted(SPECS)


@contextlib.contextmanager
def program_of_docs(name: str) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        yield importlib.import_module(name)


@pytest.fixture(scope="module")
def pictures() -> Iterator[ModuleType]:
    with program_of_docs("make_angle_pictures") as program:
        yield program


def test_there_is_one_picture_a_signal(pictures: ModuleType) -> None:
    drawn = sorted(p.stem for p in pictures.FOLDER.iterdir())
    assert drawn == sorted(pictures.PICTURES) == sorted(SPECS)


@pytest.mark.parametrize("stem", SPECS)
def test_pictures_show_zero_and_the_positive_direction(stem: str, pictures: ModuleType) -> None:
    neutral, grown = pictures.read_picture(stem)
    assert grown > neutral
    if stem == "knee_bend":  # the greater of two rough readings: straight legs read a little
        assert 0.0 <= neutral < 10.0
    elif stem == "stance_split":  # fitted to rendered people: feet side by side are near 0
        assert neutral == pytest.approx(0.0, abs=0.01)
    elif stem != "bend_dominance":  # that one compares a squat with a bend
        assert neutral == pytest.approx(1.0 if SPECS[stem][0].zero.startswith("1 ") else 0.0, abs=1e-6)


@pytest.mark.parametrize("stem", SPECS)
def test_pictures_print_what_the_signal_reads(stem: str, pictures: ModuleType) -> None:
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", read(pictures.FOLDER / f"{stem}.svg"))
    for value in pictures.read_picture(stem):
        shown = pictures.format_reading(value, SPECS[stem][0].unit)
        assert any(t == shown or t.endswith(f" {shown}") for t in texts), "run docs/make_angle_pictures.py again"


def test_pictures_are_drawn_the_same_every_time(tmp_path: Path, pictures: ModuleType) -> None:
    drawn = []
    for name in ("once", "again"):
        path = tmp_path / f"{name}.svg"
        with mpl.rc_context(pictures.STYLE):
            pictures.draw_picture("knee_flexion", path)
        drawn.append(path.read_bytes())
    assert drawn[0] == drawn[1]


# --- numbers --------------------------------------------------------------------------------------------------------


def test_accuracy_table_is_that_of_the_catalog() -> None:
    digits = {"deg": (".1f", "°"), "pct": (".1f", " %"), "ratio": (".2f", "")}
    expected = []
    for row in tomllib.loads(read(MEASUREMENT))["rows"]:
        form, unit = digits[SPECS[row["signal"]][0].unit]
        expected.append((row["signal"], row["view"], f"{row['error']:{form}}{unit}", str(row["clips"])))
    rows = table_rows(section(ACCURACY, "Typical error of a reading"))
    assert [(in_ticks(r[0])[0], r[1], r[2].split(" of ")[0], r[3]) for r in rows] == expected
    assert "rendered people" in section(ACCURACY, "Typical error of a reading")
    shown = {(row["signal"], row["view"]): row["error"] for row in tomllib.loads(read(MEASUREMENT))["rows"]}
    for page in (README, ROOT / "docs/model-card.md"):  # which repeat the knee's and the trunk's
        for signal in ("knee_flexion", "trunk_inclination"):
            assert f"{shown[signal, 'side']:.1f}°" in read(page)


# --- programs and shells --------------------------------------------------------------------------------------------

#: Pages whose code is a package's module and not a program; ``test_plugins.py`` installs and runs it.
MODULES = {ROOT / "docs/plugins.md"}
#: A program, and what it prints when that follows.
_PROGRAM = re.compile(r"```python\n(.*?)```(?:\n\nprints\n\n```text\n(.*?)```)?", re.DOTALL)


@pytest.mark.network
@pytest.mark.parametrize(
    "page", [p for p in PAGES if "```python\n" in read(p) and p not in MODULES], ids=lambda p: p.name
)
def test_programs_run_and_print_what_they_say(
    page: Path, sample_result: Callable[[str], ClipResult], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def analyze_once(path: Path | str, *_request: object, **_more: object) -> ClipResult:
        return sample_result(Path(path).stem)

    monkeypatch.setattr("movescreen.public.doors.analyze_video", analyze_once)
    monkeypatch.setattr("movescreen.public.doors.find_study", lambda: write_short_study(tmp_path / "study.csv"))
    (tmp_path / "sample_videos").symlink_to(ROOT / "sample_videos")
    save_poses(tmp_path / "results/squat_side/poses.npz", sample_result("squat_side").poses, {"engine": "mediapipe"})
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for program, printed in _PROGRAM.findall(read(page)):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(program, page.name, "exec"), names)  # what one block makes, the next one uses
        if printed:
            assert_same_but_for_digits(out.getvalue(), printed)


def write_short_study(manifest: Path) -> Path:
    """Write the sample study with four of its thirty people; the notebook about it runs with all of them."""
    people = pd.read_csv(ROOT / "sample_videos/study/clips.csv").groupby("group").head(2)
    people["file"] = [str(ROOT / "sample_videos/study" / name) for name in people["file"]]
    people.to_csv(manifest, index=False)
    return manifest


def assert_same_but_for_digits(printed: str, told: str) -> None:
    """Compare texts; the network's last digits differ from processor to processor."""
    number = re.compile(r"\d+\.\d+")
    assert number.sub("#", printed) == number.sub("#", told)
    found, expected = (list(map(float, number.findall(text))) for text in (printed, told))
    assert found == pytest.approx(expected, abs=0.06)


def shell_lines(page: Path, heading: str = "") -> list[list[str]]:
    """Return the words of every line that a page says to type, of movescreen's commands."""
    blocks = re.findall(r"```sh\n(.*?)```", section(page, heading) if heading else read(page), re.DOTALL)
    lines = (line.removeprefix(".venv/bin/") for block in blocks for line in block.splitlines())
    return [shlex.split(line)[1:] for line in lines if line.startswith("movescreen ")]


@pytest.mark.network
def test_what_the_pages_about_clients_and_plans_say_to_type_works(
    run_kept: Run, sample_result: Callable[[str], ClipResult], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def analyze(path: Path, *_request: object, **_more: object) -> AnalyzedVideo:
        return AnalyzedVideo(sample_result(path.stem), {})

    monkeypatch.setattr("movescreen.app.tasks.analyze_with_pictures", analyze)
    for stem in ("squat_front", "squat_side"):
        (tmp_path / f"{stem}.mp4").symlink_to(ROOT / f"sample_videos/{stem}.mp4")
    (tmp_path / "intake.json").write_text(make_intake().model_dump_json(), "utf-8")
    typed = shell_lines(ROOT / "docs/clients.md", "Clients")
    assert typed[0][:2] == ["client", "add"]
    lines = [line for line in typed if line[0] != "correct" and line[:2] != ["visit", "move"]]
    lines += shell_lines(ROOT / "docs/plan.md")
    assert len(lines) > 12
    for line in lines:
        if line[:2] == ["intake", "ask"]:  # asks somebody who sits there
            line = ["intake", "add", line[2], "intake.json"]
        if "--did" in line:  # exercises of this client's plan
            made = json.loads((tmp_path / "results/C017/plan/plan.json").read_text("utf-8"))["exercises"]
            line[line.index("--did") + 1], line[line.index("--skipped") + 1] = (e["exercise"] for e in made[:2])
        done = run_kept(*line)
        if line[:2] == ["intake", "words"]:  # what waits; as JSON, to fill in
            assert done.code == 3
            if "--json" in line:
                rows = [row | {"means": "nothing", "note": "asked"} for row in json.loads(done.out)]
                (tmp_path / "read.json").write_text(json.dumps(rows), "utf-8")
            continue
        assert done.code == 0, f"{shlex.join(line)}: {done.err}"


@pytest.mark.slow
def test_the_catalog_of_the_page_about_ones_own_is_sound_and_begins_a_check(run_kept: Run, tmp_path: Path) -> None:
    page = ROOT / "docs/own-catalog.md"
    files = re.findall(r"```toml\n(.*?)```", read(page), re.DOTALL)
    own = tmp_path / "clinic-limits"
    for name, text in (("movements/squat.toml", files[0]), ("exercises/ours.toml", files[2])):
        (own / name).parent.mkdir(parents=True)
        (own / name).write_text(text, "utf-8")
    begin, check, diff = shell_lines(page)
    assert "hips_aside" not in run_kept(*check).err
    assert {"weight_shift", "sled_push", "star_reach"} <= set(re.findall(r"\w+", run_kept(*diff).out))
    assert run_kept(*begin).code == 0
    asked = run_kept(*check)
    assert (asked.code, "flag" in asked.err, "citation" in asked.err) == (2, True, True)
    (own / "movements/squat.toml").write_text(files[0] + files[1], "utf-8")
    filled = run_kept(*check)
    assert (filled.code, "hips_aside" in filled.err) == (0, False), "its figures prove it"
    proof = [sys.executable, "-m", "pytest", "-q", "tests/screening/test_every_check.py", "-k", "hips_aside"]
    proven = subprocess.run(
        proof, cwd=ROOT, env={**os.environ, "OWN_CATALOG": str(own)}, capture_output=True, text=True
    )
    assert "4 passed" in proven.stdout


# --- links and names ------------------------------------------------------------------------------------------------


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", read(page), flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).strip().replace(" ", "-") for h in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_file(), f"{page.name}: {target}"
        assert ROOT in file.parents
        if anchor:
            assert anchor in anchors(file), f"{page.name}: {target}"


#: Endings of files that are written by hand; a bare name with another ending may be a file of a result.
SOURCE = r"(?:py|js|jinja|sh|ipynb)"


def is_there(name: str) -> bool:
    """Return whether a path exists in the repository or in the package, or a bare file name anywhere in them."""
    if any((base / name).exists() for base in (ROOT, ROOT / "movescreen", ROOT / "movescreen/catalog")):
        return True
    return "/" not in name and any(
        True for base in ("movescreen", "docs", "benchmarks", "models", "tests") for _ in (ROOT / base).rglob(name)
    )


def named_paths(text: str) -> list[str]:
    """Return the files and folders of the repository that a page names."""
    folder, file, bare = r"\w[\w-]*/(?:[\w-]+/)*", rf"\w[\w.-]*/[\w./-]*\.(?:toml|md|{SOURCE})", rf"[\w.-]+\.{SOURCE}"
    return [name for name in in_ticks(text) if re.fullmatch(f"{folder}|{file}|{bare}", name)]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_named_files_and_folders_exist(page: Path) -> None:
    for name in named_paths(read(page)):
        assert is_there(name), f"{page.name}: {name}"


def test_a_file_or_folder_that_is_gone_would_be_found() -> None:
    gone = ["report/elements.py", "care/", "catalog/care/", "widgets.py", "app/room/gate.py", "movements/jog.toml"]
    assert named_paths(" ".join(f"`{name}`" for name in gone)) == gone
    assert not any(map(is_there, gone))


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("furo") is None, reason="the part docs is not installed")
def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """Sphinx warns of pages that nothing leads to, links and headings that are not there, and names that cannot be imported."""
    site = tmp_path / "site"
    options = f"-W --keep-going -q -d {tmp_path / 'kept'} -c docs . {site}"
    command = [sys.executable, "-m", "sphinx", *options.split()]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert (site / "index.html").is_file()
    checks = {check.id for movement in load_catalog().movements.values() for check in movement.checks}
    assert {p.stem.removeprefix("check-") for p in (site / "docs/made").glob("check-*.html")} == checks
    api = (site / "docs/api.html").read_text("utf-8")
    for name in set(movescreen.__all__) - {"__version__"}:
        assert f'id="movescreen.{name}"' in api, name
    loads = re.compile(
        r"""<(?:link|script|img|iframe|source)\b[^>]*?(?:href|src)=["'](?:https?:)?//|url\(["']?(?:https?:)?//|@import"""
    )
    for file in [*site.rglob("*.html"), *site.rglob("*.css")]:
        assert not loads.search(file.read_text("utf-8")), file


def test_the_overview_fits_on_a_screen() -> None:
    assert len(read(ARCHITECTURE).splitlines()) <= 80


def test_every_package_is_explained() -> None:
    told = [in_ticks(row[0])[0] for row in table_rows(section(ARCHITECTURE, "Where things are"))]
    package = ROOT / "movescreen"
    assert {p.parent.name for p in package.glob("*/__init__.py")} <= set(told)
    assert all((package / name).is_dir() or (package / f"{name}.py").is_file() for name in told)


def test_the_picture_has_the_layers_that_are_checked() -> None:
    layers = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"][0]["layers"]
    with program_of_docs("make_architecture_picture") as program:
        row = {name: i for i, (_about, packages) in enumerate(program.ROWS) for name, _gives in packages}
        assert read(program.PICTURE) == program.draw(), "run docs/make_architecture_picture.py again"
    packages = {p.parent.name for p in (ROOT / "movescreen").glob("*/__init__.py")}
    assert packages <= set(row)
    shown = [[row[n] for n in re.findall(r"movescreen\.(\w+)", layer) if n in row] for layer in layers]
    for higher, lower in pairwise(shown):
        assert max(higher, default=-1) <= min(lower, default=len(row)), (higher, lower)
    for of_one_layer in filter(None, shown):
        assert len(set(of_one_layer)) == 1


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_outlines_name_functions_and_classes_that_exist(page: Path) -> None:
    source = " ".join(read(path) for path in (ROOT / "movescreen").rglob("*.py"))
    for block in re.findall(r"```text\n(.*?)```", read(page), re.DOTALL) if page != PROGRAMS else []:
        for name in re.findall(r"^ *(?:-> |\.)?((?:[a-z]+_[a-z_]+|[A-Z]\w*[a-z][A-Z]\w+))\b", block, re.MULTILINE):
            assert re.search(rf"\b(?:def|class) {name}\b|\b{name} = ", source), f"{page.name}: {name}"


def test_columns_of_the_glossary_exist() -> None:
    columns = {*FINDINGS_COLUMNS, *FINDINGS_EXTRA, *MEASURES_COLUMNS, *REPS_COLUMNS, *SUMMARY_COLUMNS}
    named = [
        found for row in table_rows(read(GLOSSARY)) for found in re.findall(r"columns? ((?:`\w+`(?:, )?)+)", row[2])
    ]
    assert len(named) > 8
    assert {name for some in named for name in in_ticks(some)} <= columns


def test_pictures_are_small_enough_to_load_at_once() -> None:
    for picture in (ROOT / "docs/img").rglob("*.*"):
        assert picture.stat().st_size < 200_000, picture.name
