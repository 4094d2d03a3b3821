"""``movescreen records``: encryption at rest, on and off, and the passphrase; the trail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from movescreen import encryption
from movescreen.cli.trail import trail
from movescreen.encryption import FORMER_FILE, KEY_FILE, LEAST, is_encrypted, unlock
from movescreen.errors import InputError
from movescreen.records import ENCRYPTED_DATABASE_FILE, describe_encryption
from movescreen.settings import load_record_settings
from movescreen.words.numbers_and_units import plural

_Results = Annotated[
    Path, typer.Option(help="Folder of the web app's results, which are encrypted as the records are.")
]
_RESULTS = Path("results/screenings")


def status() -> None:
    """Say whether the records are encrypted, and where they are."""
    typer.echo(f"{load_record_settings().data_folder}: {describe_encryption()}")


def encrypt(results: _Results = _RESULTS) -> None:
    """Encrypt all that is kept of clients, with a passphrase and a recovery key; end other movescreen programs first."""
    from movescreen.records.encrypting import encrypt_records

    home = _own_folder()
    if is_encrypted(home):
        typer.echo("the records are encrypted already")
    else:
        former = (home / FORMER_FILE).is_file()
        if former:
            typer.echo("These records were encrypted before. Their key is used again, with the passphrase that it had.")
        done = encrypt_records(home, encryption.ask_passphrase() if former else _choose(), _show)
        typer.echo(f"encrypted: {plural(done.clients, 'client')} and {plural(done.files, 'file')}")
    _follow(results)
    typer.echo(
        "Backups and results that you made before stay as they are, and what was deleted may be read from the disk by"
        " those who know how until it is overwritten."
    )


def decrypt(
    results: _Results = _RESULTS, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False
) -> None:
    """Make the records plain again, and the web app's results."""
    from movescreen.records.encrypting import decrypt_records

    home = _own_folder()
    if is_encrypted(home):
        encryption.unwrap((home / KEY_FILE).read_bytes(), encryption.ask_passphrase())
        if not yes and not typer.confirm("Anybody who has this computer's disk will read the records. Decrypt them?"):
            raise InputError("nothing was decrypted", "say y, or use --yes")
        done = decrypt_records(home)
        typer.echo(f"decrypted: {plural(done.clients, 'client')} and {plural(done.files, 'file')}")
        typer.echo(f"{FORMER_FILE} is kept: results elsewhere may still need it")
    elif not (home / FORMER_FILE).is_file():
        raise InputError("the records are not encrypted", "")
    _follow(results)


def passphrase(
    recovery: Annotated[
        bool, typer.Option("--recovery", help="The passphrase is lost: ask for the recovery key instead.")
    ] = False,
) -> None:
    """Change the passphrase. The recovery key stays the same, and backups from before keep theirs."""
    from movescreen.records.encrypting import change_passphrase

    home = _own_folder()
    if recovery and (home / ENCRYPTED_DATABASE_FILE).is_file():  # also when the key file is gone
        key = encryption.recover(home, str(typer.prompt("Recovery key", hide_input=True)))
    elif is_encrypted(home):
        key = encryption.unwrap((home / KEY_FILE).read_bytes(), encryption.ask_passphrase())
    else:
        raise InputError("the records are not encrypted", "encrypt them with: movescreen records encrypt")
    change_passphrase(home, key, _choose())
    typer.echo("the passphrase was changed")


def remember() -> None:
    """Keep the key in this computer's key store, so that nobody is asked: who can log in as you reads the records then."""
    home = _encrypted_folder()
    encryption.remember(home, unlock(home))
    typer.echo("kept in the key store; take it out with: movescreen records forget")


def forget() -> None:
    """Take the key out of this computer's key store."""
    gone = encryption.forget(_encrypted_folder())
    typer.echo("the passphrase is asked for from now on" if gone else "the key store did not hold it")


def _follow(results: Path) -> None:
    from movescreen.web.encrypted import follow_records

    if changed := follow_records(results.expanduser().absolute(), load_record_settings()):
        typer.echo(f"{plural(changed, 'result')} in {results}: the same")


def _own_folder() -> Path:
    settings = load_record_settings()
    if settings.url is not None:
        raise InputError("the records are in a database elsewhere", "encrypt that where it is; movescreen does not")
    return settings.data_folder


def _encrypted_folder() -> Path:
    if not is_encrypted(home := _own_folder()):
        raise InputError("the records are not encrypted", "encrypt them with: movescreen records encrypt")
    return home


def _choose() -> str:
    chosen = str(
        typer.prompt(f"New passphrase (at least {LEAST} characters)", hide_input=True, confirmation_prompt=True)
    )
    if len(chosen) < LEAST:
        raise InputError(
            f"the passphrase has {len(chosen)} characters", f"take {LEAST} or more; several words are good"
        )
    return chosen


def _show(secret: str) -> None:
    typer.echo(
        "Recovery key, for when the passphrase is lost. Write it down and keep it elsewhere; it is shown only now:"
    )
    typer.echo(f"\n    {secret}\n")
    typer.confirm("Is it written down?", abort=True)


GROUP = {
    "status": status, "encrypt": encrypt, "decrypt": decrypt, "passphrase": passphrase, "remember": remember, "forget": forget,
    "trail": trail,
}  # fmt: skip
