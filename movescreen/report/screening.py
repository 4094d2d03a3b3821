"""The report of a whole screening: one person, several clips, each check answered by the clip that sees it best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from movescreen.atomic import staged_folder, write_text
from movescreen.model import SCHEMA_VERSION, ClipResult, Finding, ScreeningResult, Status
from movescreen.report.catalogued import movement_title
from movescreen.report.csv import write_csv
from movescreen.report.html import render_page
from movescreen.report.json import finding_dict, plain, write_json_file
from movescreen.report.registry import LAST_FILE
from movescreen.report.sections import (
    Element,
    findings_element,
    glossary_element,
    not_assessed_element,
    summary_element,
)
from movescreen.report.tables import findings_rows, reps_table, summary_row, summary_table
from movescreen.report.wording import date_words, findings_headline, join_words, plural, sentence, view_words


def write_screening(
    screening: ScreeningResult, out_dir: Path | str, clip_folders: Sequence[str], recorded: str = ""
) -> list[Path]:
    """Write the files of a screening; all of them, or none. Those of the clips are written by ``write_result``.

    Parameters
    ----------
    screening
        The merged result.
    out_dir
        Folder of the screening.
    clip_folders
        Folder of each clip's files, relative to ``out_dir``, in the order of ``screening.clips``.
    recorded
        Day of the recording.

    Returns
    -------
    list of Path
        ``findings.csv`` (merged), ``reps.csv`` and ``summary.csv`` (all clips), ``report.html``, ``result.json``.

    Raises
    ------
    InputError
        When the folder cannot be written to.
    ValueError
        When the number of folders is not that of the clips.
    """
    out = Path(out_dir)
    folders = list(zip(clip_folders, screening.clips, strict=True))
    with staged_folder(out, last=LAST_FILE) as stage:
        write_csv(findings_rows(screening.findings), stage / "findings.csv")
        write_csv(_joined_reps(screening), stage / "reps.csv")
        write_csv(
            summary_table([summary_row(clip, screening.client) for clip in screening.clips]), stage / "summary.csv"
        )
        write_text(stage / "report.html", render_screening(screening, clip_folders, recorded))
        write_json_file(stage / LAST_FILE, _to_dict(screening, folders, recorded))
        names = sorted(path.name for path in stage.iterdir())
    return [out / name for name in names]


def render_screening(screening: ScreeningResult, clip_folders: Sequence[str], recorded: str = "") -> str:
    """Return the report of a screening as one HTML document that links to the reports of its clips.

    Parameters
    ----------
    screening
        The merged result.
    clip_folders
        Folder of each clip's files, relative to the page.
    recorded
        Day of the recording.
    """
    movements = dict.fromkeys(movement_title(clip) for clip in screening.clips)
    title = " · ".join(part for part in ("Movement screen", screening.client) if part)
    titles = {clip.movement.name: movement_title(clip) for clip in screening.clips}
    elements = [
        _masthead(screening, list(movements), recorded),
        summary_element(screening.findings, _headline(screening), _kindly(screening.findings)),
        not_assessed_element(screening.findings, _advice(screening)),
        _clips(screening, clip_folders),
        findings_element(screening.findings, titles if len(titles) > 1 else None),
        glossary_element(),
        _provenance(screening),
    ]
    software = screening.clips[0].provenance.software if screening.clips else ""
    return render_page([e for e in elements if e is not None], title, software)


def _advice(screening: ScreeningResult) -> list[tuple[str, str]]:
    wanted = [("Still to record.", sentence(text)) for text in screening.missing]
    return wanted + [("Could not be read.", sentence(f"{name}: {why}")) for name, why in screening.failed]


def _headline(screening: ScreeningResult) -> str:
    reps = sum(rep.complete for clip in screening.clips for rep in clip.reps)
    seen = f"Looked at {plural(len(screening.clips), 'clip')} with {plural(reps, 'repetition')}."
    return " ".join([seen, *findings_headline(screening.findings, "these clips")])


def _kindly(findings: Sequence[Finding]) -> str:
    if any(f.status is Status.CLEAR for f in findings):
        return "Everything that could be seen stayed within its limit. That is a good result."
    return "None of the checks could be made from these clips. The list below says why, and what to record instead."


def _masthead(screening: ScreeningResult, movements: list[str], recorded: str) -> Element:
    made = max((clip.provenance.created_utc for clip in screening.clips), default="")
    facts = [
        ("Recorded", date_words(recorded)),
        ("Clips", str(len(screening.clips))),
        ("Analysed", date_words(made)),
    ]
    data = {
        "movement": screening.client or "Movement screening",
        "view": sentence(join_words(movements)).rstrip("."),
        "facts": [(name, value) for name, value in facts if value],
    }
    return Element("masthead", "", "masthead.html.jinja", data, place="header")


def _clips(screening: ScreeningResult, clip_folders: Sequence[str]) -> Element:
    rows = [
        {
            "href": f"{folder}/report.html",
            "name": clip.video.name,
            "movement": movement_title(clip),
            "view": sentence(view_words(clip.view)).rstrip("."),
            "reps": str(sum(rep.complete for rep in clip.reps)),
            "notices": [sentence(notice.message) for notice in clip.notices],
        }
        for folder, clip in zip(clip_folders, screening.clips, strict=True)
    ]
    return Element("clips", "The clips", "clips.html.jinja", {"rows": rows})


def _provenance(screening: ScreeningResult) -> Element:
    made = [clip.provenance for clip in screening.clips]
    rows = [
        ("Software", ", ".join(dict.fromkeys(m.software for m in made)), False),
        ("Pose model", ", ".join(dict.fromkeys(f"{m.pose_engine}, {m.model_name}" for m in made)), False),
        *(("Catalogue SHA-256", sha, True) for sha in dict.fromkeys(m.catalog_sha256 for m in made)),
        ("More", "The report of each clip states the rest.", False),
    ]
    return Element("provenance", "", "provenance.html.jinja", {"rows": [r for r in rows if r[1]]}, place="footer")


def _joined_reps(screening: ScreeningResult) -> pd.DataFrame:
    tables = []
    for clip in screening.clips:
        table = reps_table(clip)
        table.insert(0, "movement", clip.movement.name)
        table.insert(0, "file", clip.video.name)
        tables.append(table)
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=["file", "movement"])


def _to_dict(screening: ScreeningResult, folders: Sequence[tuple[str, ClipResult]], recorded: str) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "screening",
        "client": screening.client,
        "recorded": recorded,
        "summary": {
            "headline": _headline(screening),
            **{status.value: sum(f.status is status for f in screening.findings) for status in Status},
        },
        "missing": list(screening.missing),
        "failed": [{"file": name, "error": why} for name, why in screening.failed],
        "clips": [
            {
                "folder": folder,
                "file": clip.video.name,
                "movement": clip.movement.name,
                "view": clip.view.kind.value,
                "reps": sum(rep.complete for rep in clip.reps),
                "notices": plain(clip.notices),
            }
            for folder, clip in folders
        ],
        "findings": [finding_dict(finding) for finding in screening.findings],
    }
