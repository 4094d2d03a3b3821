"""The Typer application, and how errors become exit codes."""

from __future__ import annotations

import sys
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from movescreen._version import __version__
from movescreen.cli import (
    analyze,
    backup,
    batch,
    catalog,
    client,
    demo,
    doctor,
    intake,
    live,
    models,
    plan,
    progress,
    report,
    screen,
    serve,
    visit,
)
from movescreen.client.intake.model import describe_mistakes
from movescreen.errors import InputError, MovescreenError
from movescreen.settings import refuse_misspelled

_SEE_HELP = "see --help of the command"
app = typer.Typer(
    name="movescreen",
    help="Screen how a person squats, lunges, bends, jumps and balances, from a phone or webcam video.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
analyze.register(app)
screen.register(app)
live.register(app)
serve.register(app)
batch.register(app)
demo.register(app)
client.register(app)
intake.register(app)
visit.register(app)
plan.register(app)
progress.register(app)
backup.register(app)
report.register(app)
catalog.register(app)
models.register(app)
doctor.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"movescreen {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options that hold for every command."""
    if context.invoked_subcommand != "doctor":  # which tells what is wrong with them
        refuse_misspelled()


def main(args: list[str] | None = None) -> None:
    """Run the command line. Errors raised on purpose are printed in two lines; bugs keep their traceback and exit with 1."""
    try:
        app(args)
    except MovescreenError as error:
        _end(error)
    except ValidationError as error:
        _end(InputError(f"what was typed does not fit: {describe_mistakes(error)}", _SEE_HELP))
    except UnicodeEncodeError as error:
        _end(InputError(f"what was typed holds something that is no text: {error.object!a:.60}", _SEE_HELP))
    except OSError as error:
        if error.filename is None:  # nothing that was named
            raise
        _end(InputError(f"cannot use {str(error.filename)[:300]}: {error.strerror}", "choose another name or folder"))
    except SystemExit as end:
        if end.code == 1:  # a question was not answered
            sys.exit(InputError.exit_code)
        raise


def _end(error: MovescreenError) -> NoReturn:
    print_error(error)
    sys.exit(error.exit_code)


def print_error(error: MovescreenError) -> None:
    """Print what went wrong and what to do about it, two lines on stderr."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    console.print(f"error: {error.message}")
    if error.hint:
        console.print(f"hint: {error.hint}")
