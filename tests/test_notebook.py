"""The notebook runs from its first cell to its last and shows what its text promises."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

#: Packages of Jupyter that warn about their own future; nothing of ours runs in this process.
_JUPYTER = r"(ipykernel|jupyter_client|jupyter_core|nbclient|tornado|traitlets|zmq)(\..*)?"

NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "quickstart.ipynb"


def test_it_is_kept_without_results() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@pytest.mark.network
@pytest.mark.filterwarnings(f"ignore::DeprecationWarning:{_JUPYTER}")
@pytest.mark.filterwarnings(f"ignore::PendingDeprecationWarning:{_JUPYTER}")
@pytest.mark.filterwarnings("ignore:There is no current event loop:DeprecationWarning")
def test_it_runs_and_shows_tables_and_a_curve(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):  # nobody's startup files, nothing left
        monkeypatch.setenv(variable, str(tmp_path / variable))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()

    outputs: list[Any] = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    said = "".join(out.text for out in outputs if out.output_type == "stream" and out.name == "stdout")
    assert said == "3 repetitions: squat, seen from the side, right side to the camera\n"
    data = [out.data for out in outputs if out.output_type in ("execute_result", "display_data")]
    tables = [d["text/html"] for d in data if "text/html" in d]
    assert len(tables) == 3
    assert "not_assessed" in tables[0]
    assert "heel_rise_right" in tables[2]
    assert sum("image/png" in d for d in data) == 1
    complaints = [out.text for out in outputs if out.output_type == "stream" and out.name == "stderr"]
    assert not [text for text in complaints if "font cache" not in text]  # matplotlib's first run says so
