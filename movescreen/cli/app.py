"""The Typer application, and how errors become exit codes."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from typer.core import TyperGroup

from movescreen._version import __version__
from movescreen.encryption import ask_with, is_encrypted
from movescreen.errors import InputError, MovescreenError
from movescreen.files import marked_folder
from movescreen.parts import name_missing_part
from movescreen.records.acting import Acting, acting_as, system_user
from movescreen.settings import load_record_settings, refuse_misspelled

_SEE_HELP = "see --help of the command"
#: Every command in the order of the help: its module in this package, and what it does in a line.
COMMANDS = {
    "analyze": ("analyze", "Analyze one clip: angles, repetitions, findings, a report."),
    "screen": ("screen", "Screen one person from several clips."),
    "live": ("live", "Guide somebody through a session at a webcam."),
    "serve": ("serve", "Open the web app."),
    "batch": ("batch", "Analyze many clips into tables and reports."),
    "demo": ("demo", "Analyze the bundled sample clips."),
    "progress": ("progress", "Say what changed over the visits beyond the error."),
    "readiness": ("progress", "Say where a client stands and what is missing."),
    "backup": ("backup", "Write all clients, visits, plans and files into a zip."),
    "restore": ("backup", "Put a backup back into empty records."),
    "records": ("records", "Encryption with a passphrase; the trail of who saw and changed what."),
    "report": ("report", "Make the files of a result again."),
    "doctor": ("doctor", "Check everything movescreen needs on this machine."),
    "client": ("client", "Clients, kept on this computer only."),
    "intake": ("intake", "Pain, history, goals, health and consent."),
    "visit": ("visit", "Measurements by hand, notes, what is kept of a day."),
    "correct": ("correct", "The trainer's word: overrule, leave out, name, give."),
    "bin": ("bin", "What was deleted in the last 30 days."),
    "account": ("account", "Who may log in to the web app, and whom they see."),
    "team": ("team", "A team's day: who needs attention first."),
    "plan": ("plan", "Training plans: made, shown, changed."),
    "catalog": ("catalog", "What movescreen knows: movements, checks, sources."),
    "models": ("models", "The pose networks on this machine."),
}

#: Commands that write files about clients to hand on.
_EXPORTS = frozenset({"client export", "client letter", "team report", "visit report", "report"})


class _Commands(TyperGroup):
    """The commands, each imported when it is asked for: the version and the list cost nothing."""

    def list_commands(self, _context: typer.Context) -> list[str]:  # type: ignore[override]
        return list(COMMANDS)

    def get_command(self, context: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.commands[cmd_name] = _load(cmd_name)
            _tell_what_is_plain(self.commands[cmd_name])
        return super().get_command(context, cmd_name)

    def resolve_command(self, context: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        if args and args[0] not in COMMANDS:  # all of them are known to whoever looks for the one that was meant
            for name in COMMANDS:
                self.get_command(context, name)
        return super().resolve_command(context, args)

    def format_commands(self, _context: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _load(name: str) -> Any:
    """Return a command, which is the function of its name, or the group of those that its module lists."""
    module = importlib.import_module(f"movescreen.cli.{COMMANDS[name][0]}")
    made = typer.Typer(help=COMMANDS[name][1], no_args_is_help=True, add_completion=False, rich_markup_mode=None)
    for each, function in getattr(module, "GROUP", {name: getattr(module, name, None)}).items():
        made.command(each, short_help=(function.__doc__ or "").partition("\n")[0])(function)  # whole, not cut to a line
    return typer.main.get_command(made)


app = typer.Typer(
    name="movescreen",
    cls=_Commands,
    help="Screen how a person squats, lunges, bends, jumps and balances, from a phone or webcam video.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _tell_what_is_plain(command: Any) -> None:
    """Let every command that writes into a folder say that its files are not encrypted, when the records are."""
    for each in getattr(command, "commands", {}).values():
        _tell_what_is_plain(each)
    work = command.callback
    if work is None or not any(parameter.name == "out" for parameter in command.params):
        return

    def tell(*args: Any, **kwargs: Any) -> Any:
        done = work(*args, **kwargs)
        home, out = load_record_settings().data_folder, kwargs.get("out")
        if is_encrypted(home) and not (out and marked_folder(Path(out) / "x")):
            typer.echo("note: clients' records are encrypted, the files that this command wrote are not", err=True)
        return done

    command.callback = tell


def _ask_passphrase(words: str) -> str:
    return str(typer.prompt(words, hide_input=True, err=True))


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
    if sys.stdin is not None and sys.stdin.isatty():
        ask_with(_ask_passphrase)
    try:
        with acting_as(Acting(system_user(), "command line", lambda: _doing(sys.argv[1:] if args is None else args))):
            app(args)
    except MovescreenError as error:
        _end(error)
    except ValidationError as error:
        from movescreen.client.intake.model import describe_mistakes

        _end(InputError(f"what was typed does not fit: {describe_mistakes(error)}", _SEE_HELP))
    except UnicodeEncodeError as error:
        _end(InputError(f"what was typed holds something that is no text: {error.object!a:.60}", _SEE_HELP))
    except ModuleNotFoundError as error:
        missing = name_missing_part(error)
        if missing is None:
            raise
        _end(missing)
    except OSError as error:
        if error.filename is None:  # nothing that was named
            raise
        _end(InputError(f"cannot use {str(error.filename)[:300]}: {error.strerror}", "choose another name or folder"))
    except SystemExit as end:
        if end.code == 1:  # a question was not answered
            sys.exit(InputError.exit_code)
        raise


def _doing(args: Sequence[str]) -> tuple[str, str]:
    """Return whether the command that runs hands something out or only looks, and its name without what it was given."""
    words = [word for word in args if not word.startswith("-")][:2]
    if not words or words[0] not in COMMANDS:
        return "saw", ""
    module = importlib.import_module(f"movescreen.cli.{COMMANDS[words[0]][0]}")
    name = " ".join(words if {*words[1:]} & {*getattr(module, "GROUP", ())} else words[:1])
    return "exported" if name in _EXPORTS else "saw", name


def _end(error: MovescreenError) -> NoReturn:
    print_error(error)
    sys.exit(error.exit_code)


def print_error(error: MovescreenError) -> None:
    """Print what went wrong and what to do about it, two lines on stderr."""
    console = Console(stderr=True, highlight=False, soft_wrap=True, markup=False)
    console.print(f"error: {error.message}")
    if error.hint:
        console.print(f"hint: {error.hint}")
