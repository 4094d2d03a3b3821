"""The shape of the package: what importing it costs, and who may talk."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import movescreen

PACKAGE = Path(movescreen.__file__).parent
HEAVY = (
    "numpy",
    "scipy",
    "cv2",
    "av",
    "mediapipe",
    "pandas",
    "matplotlib",
    "pydantic",
    "typer",
    "rich",
    "jinja2",
    "fastapi",
)


def _modules_after(statement: str) -> set[str]:
    code = f"import json, sys\n{statement}\nprint(json.dumps(sorted(sys.modules)))"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    return set(json.loads(made.stdout.splitlines()[-1]))


@pytest.mark.processes
def test_importing_movescreen_pulls_in_nothing_heavy() -> None:
    assert not set(HEAVY) & _modules_after("import movescreen, movescreen.errors; movescreen.__version__")


@pytest.mark.processes
def test_the_model_needs_numpy_and_nothing_else() -> None:
    assert set(HEAVY) & _modules_after("import movescreen.model") <= {"numpy"}


@pytest.mark.processes
def test_measuring_poses_needs_no_pose_engine_and_no_video() -> None:
    loaded = _modules_after(
        "import movescreen.kinematics, movescreen.repetitions, movescreen.measures, movescreen.screening, movescreen.catalog"
    )
    assert not {"mediapipe", "cv2", "av", "pandas", "matplotlib", "typer"} & loaded


@pytest.mark.processes
def test_the_command_line_starts_without_pose_engine_web_and_database() -> None:
    heavy = {"mediapipe", "fastapi", "uvicorn", "sqlalchemy", "alembic"}
    assert not heavy & _modules_after("import movescreen.cli.app")
    assert not set(HEAVY) & _modules_after("import movescreen.cli")  # which each worker of a batch loads


@pytest.mark.processes
def test_one_person_is_measured_without_scipy() -> None:
    """Its parts take 80 MB and half a second, which every worker would pay."""
    measure = "from tests.support import figure as p; from movescreen.pipeline import analyze_poses; clip = p.squat(2); assert analyze_poses(clip.poses, clip.video).reps"
    assert not {"scipy.signal", "scipy.ndimage", "scipy.optimize", "scipy.linalg"} & _modules_after(measure)


#: Lower may not know of higher; those in one line do not know of each other.
LAYERS = [
    {"errors", "statistics", "registry"},
    {"model"},
    {"catalog", "settings", "words", "files", "codec", "archives", "thumbnail"},
    {"video", "pose", "scene", "kinematics", "repetitions", "measures", "screening", "client"},
    {"pipeline"},
    {"render"},
    {"report", "records"},
    {"app"},
    {"live", "batch"},
    {"public", "web"},
    {"cli"},
]
RANK = {name: i for i, names in enumerate(LAYERS) for name in names}


def _imports(path: Path) -> set[str]:
    """Return the parts of movescreen that a module names, also inside functions."""
    parts = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module] if "." in node.module else [f"{node.module}.{a.name}" for a in node.names]
        parts |= {n.split(".")[1] for n in names if n.startswith("movescreen.")}
    return parts


MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)


def _part(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0] if len(inside.parts) > 1 else inside.stem


@pytest.mark.parametrize("path", [m for m in MODULES if _part(m) in RANK], ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_downward(path: Path) -> None:
    own = _part(path)
    higher = {n for n in _imports(path) if RANK.get(n, -1) > RANK[own]}
    assert not higher, f"{own} may not know of {higher}"


def test_the_stages_between_poses_and_findings_know_neither_video_nor_pose() -> None:
    for path in MODULES:
        if _part(path) in ("kinematics", "repetitions", "measures", "screening", "catalog", "model"):
            assert not _imports(path) & {"video", "pose"}, path


#: A batch's worker ends its own process, when nobody else can end a clip that hangs and when its parent is gone.
ENDS_ITSELF = {("worker.py", "os._exit")}


def test_library_code_neither_prints_nor_exits() -> None:
    for path in MODULES:
        if _part(path) in ("cli", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if _part(path) == "batch" and (path.name, called) in ENDS_ITSELF:
                    continue
                assert called not in ("print", "sys.exit", "exit", "quit", "os._exit"), f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


def test_pages_are_made_from_results_and_load_no_catalog() -> None:
    loaders = {"load_catalog", "load_client_catalog", "load_norms"}
    for path in MODULES:
        if _part(path) == "report":
            named = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
            assert not named & loaders, path


#: What could reach the network.
OUTSIDE = {"socket", "http", "urllib", "requests", "httpx", "smtplib", "ftplib", "asyncio", "fsspec"}


def test_nothing_about_a_person_can_leave_the_machine() -> None:
    for path in MODULES:
        if _part(path) not in ("client", "records"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & OUTSIDE, path
