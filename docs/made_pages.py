"""Pages of the site that are made each time: one a check, from the catalog, and one a notebook; and a front page that leads to the site's.

They are written into ``docs/made/``, which git does not know.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
MADE = DOCS / "made"
NOTEBOOKS = DOCS.parent / "notebooks"
_VERIFIED = {
    "own_tolerance": "movescreen's own tolerance",
    "paper": "the paper was read",
    "secondary": "a text about the paper was read",
}


def setup(app: Any) -> dict[str, bool]:
    """Connect the makers to Sphinx."""
    app.connect("config-inited", lambda _app, _config: write_made_pages())
    app.connect("build-finished", _write_front_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _write_front_page(app: Any, failure: Exception | None) -> None:
    if failure is None and app.builder.name == "html":
        page = '<!doctype html><meta charset="utf-8"><title>movescreen</title><meta http-equiv="refresh" content="0; url=docs/index.html">'
        (Path(app.outdir) / "index.html").write_text(f'{page}<a href="docs/index.html">movescreen</a>\n', "utf-8")


def write_made_pages() -> None:
    """Write all pages anew; what is no longer made goes."""
    MADE.mkdir(exist_ok=True)
    pages = {**dict(check_pages()), **dict(notebook_pages())}
    for old in MADE.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        path = MADE / name
        if not path.exists() or path.read_text("utf-8") != text:  # an untouched page is not read again
            path.write_text(text, "utf-8")


# --- checks --------------------------------------------------------------------------------


def check_pages() -> Iterator[tuple[str, str]]:
    """Yield file name and text of a page for each check of the packaged catalog, with every movement that it is made in."""
    from movescreen.catalog import load_catalog

    uses: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for movement in load_catalog().movements.values():
        for check in movement.checks:
            uses[check.id].append((movement, check))
    for check_id, found in sorted(uses.items()):
        yield f"check-{check_id}.md", _check_page(check_id, found)


def _check_page(check_id: str, found: list[tuple[Any, Any]]) -> str:
    parts = [f"# {found[0][1].title}", f"`{check_id}` in [`findings.csv`](../data.md#files-of-a-result)."]
    parts += [_section(movement, check) for movement, check in found]
    return "\n\n".join(parts) + "\n"


def _section(movement: Any, check: Any) -> str:
    plain, source = check.plain, check.source
    rows = [
        ("seen from", ", ".join(check.views)),
        ("reads", _reading(check)),
        ("flagged", _limit(check, "flag")),
        ("borderline", _limit(check, "note")),
        ("whose limit", f"{source.citation} ({_VERIFIED.get(source.verified, source.verified)})"),
        ("what it leans on", getattr(source, "note", "")),
        ("says when it stands out", check.message),
        ("says when it is clear", check.clear_message),
        ("why it is looked at", check.why),
        ("cue", check.cue),
        ("to the client", " ".join(filter(None, (plain.saw, plain.matters, plain.practise))) if plain else ""),
    ]
    table = "\n".join(f"| {name} | {_cell(text)} |" for name, text in rows if text)
    return f"## {movement.title}\n\n| | |\n|---|---|\n{table}\n\n{_proofs(movement, check)}"


def _cell(text: str) -> str:
    return re.sub(r"\{\w+\}", "…", text).replace("|", r"\|").replace("\n", " ").replace("<", "&lt;")


def _reading(check: Any) -> str:
    signal = getattr(check, "signal", "") or ""
    said = f"[`{signal}`](../angles.md#{signal})" if signal else ""
    statistic = getattr(check, "statistic", "")
    return " ".join(filter(None, (said, f"({statistic} of each repetition)" if statistic else "")))


def _limit(check: Any, name: str) -> str:
    value = getattr(check, name, None)
    return "" if value is None else f"{getattr(check, 'direction', 'above')} {value:g}"


def _proofs(movement: Any, check: Any) -> str:
    """Show the drawn people that prove the check."""
    from proof_pictures import draw_proofs

    drawn = draw_proofs(movement, getattr(check, "figures", ()))
    lead = "**Drawn people prove it** in every test run, they and their mirror images. Changed about a sound repetition is:"
    return f"{lead}\n\n{drawn}" if drawn else ""


# --- notebooks -----------------------------------------------------------------------------


def notebook_pages() -> Iterator[tuple[str, str]]:
    """Yield file name and text of a page for each notebook."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        shown = "\n\n".join(_show(cell) for cell in cells)
        note = f"The notebook is [{path.name}](../../notebooks/{path.name}); the tests run it from its first cell to its last."
        title, _, rest = shown.partition("\n")
        yield f"notebook-{path.stem}.md", f"{title}\n\n{note}\n{rest}\n"


def _show(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"]).replace("](../", "](../../")
    return text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```"
