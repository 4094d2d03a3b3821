"""``movescreen report``: make the files of a result again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from movescreen.app import Records
from movescreen.app.rebuilding import remake_result
from movescreen.cli.options import Catalogs, Format, OpenSim, Overlay, Pdf, choose_formats, read_settings


def report(
    folder: Annotated[Path, typer.Argument(help="Folder of a result, of a clip or of a screening.")],
    video: Annotated[Path | None, typer.Option(help="The clip, for the pictures in its report.")] = None,
    formats: Format = None,
    overlay: Overlay = False,
    opensim: OpenSim = False,
    pdf: Pdf = False,
    catalog: Catalogs = None,
) -> None:
    """Make the files of a result again from its recorded poses, with the catalog as it is now."""
    wanted = choose_formats(formats, overlay=overlay, opensim=opensim, pdf=pdf)
    with Records(catalog=read_settings(catalog=catalog).catalog) as records:
        for path in remake_result(records, folder, video, wanted):
            typer.echo(path)
