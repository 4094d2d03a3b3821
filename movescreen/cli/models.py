"""``movescreen models``: the pose networks on this machine."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from movescreen.pose import list_models, load_model


def list_all() -> None:
    """List the networks, whether they are here, and where."""
    table = Table("name", "here", "path", box=None)
    for asset in list_models():
        table.add_row(asset.name, "yes" if asset.present else "no", str(asset.path))
    Console(soft_wrap=True).print(table)


def verify() -> None:
    """Check every network that is here against its checksum."""
    for asset in list_models():
        if asset.present:
            load_model(asset.name)
            typer.echo(f"{asset.name}: intact (sha256 {asset.sha256_expected[:12]})")
        else:
            typer.echo(f"{asset.name}: not here")


GROUP = {"list": list_all, "verify": verify}
