"""The command line: one module a command."""

from __future__ import annotations

import gc

__all__ = ["main"]

# thousands of objects come with the libraries and stay: looking through them again and again takes a tenth of the start
gc.set_threshold(50_000)


def main(args: list[str] | None = None) -> None:
    """Run the command line, as :func:`movescreen.cli.app.main`. It is loaded here, because workers load this module and need none of it."""
    from movescreen.cli.app import main as run

    run(args)
