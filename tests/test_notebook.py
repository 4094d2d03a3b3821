"""The notebooks run from their first cell to their last, use the public door only, and show what their text promises."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

#: Packages of Jupyter that warn about their own future; nothing of ours runs in this process.
_JUPYTER = r"(ipykernel|jupyter_client|jupyter_core|nbclient|tornado|traitlets|zmq)(\..*)?"
_QUIET = [
    pytest.mark.filterwarnings(f"ignore::DeprecationWarning:{_JUPYTER}"),
    pytest.mark.filterwarnings(f"ignore::PendingDeprecationWarning:{_JUPYTER}"),
    pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning"),
]
NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_it_is_kept_without_results_and_uses_the_public_door_only(path: Path) -> None:
    cells = nbformat.read(path, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    source = "\n".join(cell.source for cell in code)
    assert re.findall(r"^(?:import|from) movescreen\S*.*$", source, re.MULTILINE) == ["import movescreen"]


class Ran:
    """A notebook that ran: what its cells printed and showed."""

    def __init__(self, name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for variable in (
            "IPYTHONDIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTER_CONFIG_DIR",
        ):  # nobody's startup files, nothing left
            monkeypatch.setenv(variable, str(home / variable))
        notebook = nbformat.read(next(path for path in NOTEBOOKS if path.stem == name), as_version=4)
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": home}}).execute()
        outputs: list[Any] = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
        shown = [out.data for out in outputs if out.output_type in ("execute_result", "display_data")]
        self.texts = [data["text/plain"] for data in shown if "image/png" not in data]
        self.pictures = sum("image/png" in data for data in shown)
        complaints = [out.text for out in outputs if out.output_type == "stream" and out.name == "stderr"]
        # matplotlib's first run says so
        assert not [text for text in complaints if "font cache" not in text]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda name: Ran(name, tmp_path, monkeypatch)


def quiet(test: Any) -> Any:
    for mark in _QUIET:
        test = mark(test)
    return test


@pytest.mark.network
@quiet
def test_one_clip(run: Any) -> None:
    ran = run("one_clip")
    assert re.match(r"squat_side\.mp4: Squat, side, right side to the camera, 3 repetitions: ", ran.texts[0])
    assert "not_assessed" in ran.texts[1]
    assert ran.pictures == 2
    assert "'units': 'degree'" in ran.texts[-2]
    assert ran.texts[-1] == "True"


@pytest.mark.slow
@quiet
def test_a_study(run: Any, tmp_path: Path) -> None:
    pytest.importorskip("pingouin")
    ran = run("study")
    assert re.fullmatch(r"30 clips \(Squat.*\): \d+ repetitions, 1 excluded", ran.texts[0])
    assert "to show how" in ran.texts[1]
    assert ran.pictures == 2
    assert (tmp_path / "results" / "tables" / "angles.parquet").is_file()


@pytest.mark.slow
@quiet
def test_a_check_of_ones_own(run: Any) -> None:
    ran = run("own_check")
    rows = [line.split() for line in ran.texts[1].splitlines() if line.startswith("person_")]
    judged = {row[0]: (row[1], float(row[-1])) for row in rows}
    assert len(judged) == 8, ran.texts[1]
    assert {status for status, true in judged.values() if true < 75} == {"flagged"}
    assert {status for status, true in judged.values() if true > 112} == {"clear"}
    assert ran.texts[-1] == "(True, True)"
