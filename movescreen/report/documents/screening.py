"""The files of a whole screening: one person, several clips, each check answered by the clip that sees it best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from movescreen.codec import to_plain
from movescreen.model import SCHEMA_VERSION, ClipResult, Judgement, ScreeningResult, Status, judge
from movescreen.render.overlay import OVERLAY_FILE
from movescreen.report.documents.registry import LAST_FILE
from movescreen.report.figures.pictures import Picture, picture_from_file
from movescreen.report.formats.columns import columns_of, make_table
from movescreen.report.formats.json import CONTENTS, finding_dict, hash_contents
from movescreen.report.formats.key_pictures import MARKED_FILE, PLAIN_FILE
from movescreen.report.formats.pdf import make_pdf
from movescreen.report.formats.tables import findings_rows, measures_table, reps_table, summary_row, summary_table
from movescreen.report.formats.together import Content, write_together
from movescreen.report.pages.client import render_client_page
from movescreen.report.pages.player import PLAYER_FILE, clip_title, kept_film, render_player
from movescreen.report.pages.screening import PAIR_ENDING, ScreeningPage, headline, render_trainer_page
from movescreen.words.findings import source_text

_PDFS = ("report.pdf", "client.pdf")


def write_screening(
    screening: ScreeningResult, out_dir: Path | str, clip_folders: Sequence[str], recorded: str = "",
    pictures_from: Sequence[Path] | None = None, formats: Sequence[str] = (), *, anew: bool = False,
    watch: Sequence[str] = (), judgements: Sequence[Judgement] = (), label: str = "",
) -> list[Path]:  # fmt: skip
    """Write the files of a screening; all of them, or none. Those of the clips are written by ``write_result``.

    The key pictures are taken from the folders of the clips, where they have one.

    Parameters
    ----------
    clip_folders
        Folder of each clip's files, relative to ``out_dir``, in the order of ``screening.clips``.
    pictures_from
        Folders that hold the clips' key pictures; None = those of the clips.
    formats
        Names of formats beside the usual ones; of a screening there is ``pdf``, both pages to send or print. Others are of its clips.
    anew
        The screening is a new one, so that PDFs not written now belong to another one: they are removed.
    watch
        For the client's page: when this client gets help and when to stop, a line each; what holds for everybody when empty.
    judgements
        What the trainer says of the findings: pages and tables show it, ``result.json`` stays the camera's.
    label
        How the pages name the person; as the result does when empty.

    Returns
    -------
    list of Path
        ``findings.csv`` (merged), ``reps.csv``, ``measures.csv`` and ``summary.csv`` (all clips), ``sides.csv``, ``references.csv``,
        ``report.html`` for the trainer, ``client.html`` for the client, ``player.html`` to look at the clips, ``result.json``; with the format ``pdf`` also ``report.pdf`` and
        ``client.pdf``.

    Raises
    ------
    AssetError
        When PDFs are wanted and this machine cannot make them.
    InputError
        When the folder cannot be written to.
    ValueError
        When the number of folders is not that of the clips.
    """
    out = Path(out_dir)
    if len(clip_folders) != len(screening.clips):
        raise ValueError(f"{len(screening.clips)} clips, but {len(clip_folders)} folders")
    sources = [out / folder for folder in clip_folders] if pictures_from is None else pictures_from
    measured = ScreeningPage(
        screening,
        clip_folders,
        recorded,
        pictures=_pictures(screening, sources, MARKED_FILE),
        plain_pictures=_pictures(screening, sources, PLAIN_FILE),
        videos=_videos(out, clip_folders),
        watch=watch,
        label=label,
    )
    judged = judge_screening(screening, judgements)
    page = replace(measured, screening=judged)
    pages = {"report": render_trainer_page(page), "client": render_client_page(page)}
    titles, software = [clip_title(clip) for clip in screening.clips], screening.clips[0].provenance.software
    films = [kept_film(folder) for folder in sources]
    contents: dict[str, Content] = {
        "findings.csv": merged_findings_table(judged), "reps.csv": _joined_reps(screening),
        "summary.csv": summary_table([summary_row(clip, screening.client) for clip in judged.clips]),
        "measures.csv": _joined_measures(screening), "sides.csv": sides_table(screening),
        "references.csv": references_table(screening), **{f"{name}.html": html for name, html in pages.items()},
        **({f"{name}.pdf": make_pdf(html) for name, html in pages.items()} if "pdf" in formats else {}),
        PLAYER_FILE: render_player(screening.clips, titles, label or screening.client, software, films),
        LAST_FILE: _to_dict(measured),
    }  # fmt: skip
    return write_together(out, contents, last=LAST_FILE, drop=_PDFS if anew else ())


def judge_screening(screening: ScreeningResult, judgements: Sequence[Judgement]) -> ScreeningResult:
    """Return a screening with the trainer's word on its findings, and on those of the clips that answered them."""
    judged = judge(screening.findings, judgements)
    clips = [
        replace(clip, findings=judge(clip.findings, judgements_of_clip(screening, number, judgements)))
        for number, clip in enumerate(screening.clips)
    ]
    return replace(screening, findings=judged, clips=tuple(clips))


def judgements_of_clip(
    screening: ScreeningResult, number: int, judgements: Sequence[Judgement]
) -> tuple[Judgement, ...]:
    """Return what the trainer says of the findings that a clip of a screening answered."""
    answered = {
        (finding.movement, finding.check_id, finding.side)
        for finding, by in zip(screening.findings, screening.answered_by, strict=True)
        if by == number
    }
    return tuple(each for each in judgements if (each.movement, each.check_id, each.side) in answered)


def older_files(out: Path) -> list[str]:
    """Return the names of files that belong to the screening in a folder, and to no newer one that does not write them itself."""
    return [*_PDFS, *(path.name for path in out.glob(f"*{PAIR_ENDING}"))]


def _pictures(screening: ScreeningResult, folders: Sequence[Path], name: str) -> dict[int, Picture]:
    found = {i: picture_from_file(folder / name, screening.clips[i]) for i, folder in enumerate(folders)}
    return {i: picture for i, picture in found.items() if picture is not None}


def _videos(out: Path, folders: Sequence[str]) -> list[str]:
    """Return the annotated videos that an earlier step left in the folder and in those of the clips."""
    own = sorted(path.name for path in out.glob(f"*{PAIR_ENDING}")) if out.is_dir() else []
    return own + [f"{folder}/{OVERLAY_FILE}" for folder in folders if (out / folder / OVERLAY_FILE).is_file()]


def merged_findings_table(screening: ScreeningResult) -> pd.DataFrame:
    """Return the findings of a screening, each with the clip and the view that it was made from."""
    table = findings_rows(screening.findings)
    clips = [screening.clips[i] for i in screening.answered_by]
    return table.assign(file=[c.video.name for c in clips], view=[c.view.kind.value for c in clips])


def sides_table(screening: ScreeningResult) -> pd.DataFrame:
    """Return left against right, one row a signal: see :class:`movescreen.model.SideComparison`."""
    file = _file_of(screening)
    return make_table(screening.sides, columns_of(
        "movement signal unit left right difference measurement_error detectable_difference beyond_error limb_symmetry_index_pct left_file right_file",
        measurement_error="error", detectable_difference="detectable", limb_symmetry_index_pct="lsi_pct",
        left_file=lambda row: file(row.left_clip), right_file=lambda row: file(row.right_clip),
    ))  # fmt: skip


def references_table(screening: ScreeningResult) -> pd.DataFrame:
    """Return readings beside published values: see :class:`movescreen.model.ReferenceReading`."""
    file = _file_of(screening)
    return make_table(screening.references, columns_of(
        "movement quantity side value unit measurement_error verdict text note source file",
        source=lambda row: source_text(row.source), file=lambda row: file(row.clip),
    ))  # fmt: skip


def _file_of(screening: ScreeningResult) -> Callable[[int], str]:
    return lambda clip: screening.clips[clip].video.name


def _joined_measures(screening: ScreeningResult) -> pd.DataFrame:
    return measures_table(screening.clips).assign(file=[c.video.name for c in screening.clips for _ in c.measures])


def _joined_reps(screening: ScreeningResult) -> pd.DataFrame:
    tables = []
    for clip in screening.clips:
        table = reps_table(clip)
        table.insert(0, "movement", clip.movement.name)
        table.insert(0, "file", clip.video.name)
        tables.append(table)
    filled = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=["file", "movement"])


def _to_dict(page: ScreeningPage) -> dict[str, Any]:
    screening = page.screening
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": "screening",
        "client": screening.client,
        "recorded": page.recorded,
        "person": to_plain(screening.person),
        "pain": list(screening.pain),
        "summary": {
            "headline": headline(screening),
            **{status.value: sum(f.status is status for f in screening.findings) for status in Status},
        },
        "missing": list(screening.missing),
        "failed": [{"file": name, "error": why} for name, why in screening.failed],
        "clips": [_clip_dict(folder, clip) for folder, clip in zip(page.clip_folders, screening.clips, strict=True)],
        "findings": [
            {**finding_dict(finding), "clip": number}
            for finding, number in zip(screening.findings, screening.answered_by, strict=True)
        ],
        "measures": [
            {"movement": clip.movement.name, "clip": number, **to_plain(measure)}
            for number, clip in enumerate(screening.clips)
            for measure in clip.measures
        ],
        "movements": to_plain(screening.movements),
        "sides": to_plain(screening.sides),
        "references": to_plain(screening.references),
    }


def _clip_dict(folder: str, clip: ClipResult) -> dict[str, Any]:
    return {
        "folder": folder,
        "file": clip.video.name,
        "movement": clip.movement.name,
        "view": clip.view.kind.value,
        "reps": sum(rep.complete for rep in clip.reps),
        "notices": to_plain(clip.notices),
        CONTENTS: hash_contents(clip),
    }
