"""``movescreen doctor``: what is wrong with this machine, in words."""

from __future__ import annotations

import typer

from movescreen.errors import AssetError


def doctor() -> None:
    """Check everything movescreen needs on this machine and say how to mend what is missing."""
    from movescreen.doctor import diagnose

    checks = diagnose()
    for check in checks:
        typer.echo(
            f"{'ok     ' if check.ok else 'MISSING' if check.needed else 'note   '} {check.name}: {check.detail}"
        )
        if not check.ok and check.remedy:
            typer.echo(f"        {check.remedy}")
    broken = [c.name for c in checks if c.blocking]
    if broken:
        raise AssetError(
            f"movescreen cannot work here yet: {', '.join(broken)}", "follow the lines above, then run this again"
        )
