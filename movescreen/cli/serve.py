"""``movescreen serve``: the web app on this machine."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from movescreen.app.records import Records, password_hashes
from movescreen.cli.options import MODELS, Catalogs, Model, check_choice, read_settings
from movescreen.errors import InputError, SettingsError
from movescreen.records import describe_encryption, open_store, records_exist
from movescreen.records.acting import acting

if TYPE_CHECKING:
    from movescreen.web.config import WebConfig
    from movescreen.web.server import Pem


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 is every one, and asks for a password.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 is any free one.")] = 8000,
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results/screenings"),
    model: Model = None,
    catalog: Catalogs = None,
    name: Annotated[
        list[str] | None, typer.Option(help="A host name under which others open the app; may be given several times.")
    ] = None,
    certificate: Annotated[Path | None, typer.Option(help="HTTPS certificate (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="Key of the certificate (PEM).")] = None,
    phones: Annotated[
        bool,
        typer.Option(
            "--phones",
            help="Let phones in the same network film, and athletes answer health questions on theirs: let in by a code, to nothing else.",
        ),
    ] = False,
    log_off_after: Annotated[
        float,
        typer.Option(
            min=0.05, max=24, help="Hours without use after which a login ends; after 24 it ends in any case."
        ),
    ] = 8.0,
    set_password: Annotated[
        bool, typer.Option("--set-password", help="Ask for a password, keep its hash, and end.")
    ] = False,
) -> None:
    """Open the web app: guided sessions at the browser's camera, clips, results."""
    from movescreen.web.config import WebConfig, is_loopback
    from movescreen.web.security.passwords import load_password, password_path, save_password

    console = Console(highlight=False, soft_wrap=True, markup=False)
    if set_password:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        console.print(f"kept in {save_password(password)} (its hash only)")
        if records_exist():
            with open_store() as store:
                store.note((acting(), "changed", "password of the server", ()))
        return
    check_choice("model", model, MODELS)
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise InputError(f"there is no file {file}", "give the certificate and its key as PEM files")
    if (certificate is None) != (key is None):
        raise InputError("a certificate needs its key, and a key its certificate", "give --certificate and --key")
    password_hash = "" if is_loopback(host) else load_password()
    with Records() as records:
        accounts = password_hashes(records)
    if not is_loopback(host) and not password_hash and not accounts:
        raise SettingsError(
            f"listening on {host} lets others in, and no password is set (looked in {password_path()})",
            "set one with: movescreen serve --set-password, or make accounts: movescreen account keep",
        )
    from movescreen.web.server import Pem

    config = WebConfig(
        results=out.expanduser().absolute(), host=host, port=port, password_hash=password_hash,
        names=tuple(name or ()), idle_s=log_off_after * 3600, settings=read_settings(model=model, catalog=catalog),
    )  # fmt: skip
    _run(config, Pem(certificate, key) if certificate is not None else None, phones, console)


def _run(config: WebConfig, given: Pem | None, phones: bool, console: Console) -> None:
    from movescreen.web.security.certificates import find_addresses, make_certificate
    from movescreen.web.server import Pem, listen, listen_for_phones, make_phones_server, make_server, run_both

    shared = phones or not config.loopback
    addresses = find_addresses() if shared else ()
    if phones and not addresses:
        raise InputError("this computer is in no network that a phone could share", "connect it to the phone's Wi-Fi")
    pem, authority = given, None
    if shared and given is None:
        certificate, key, authority = make_certificate(addresses)
        pem = Pem(certificate, key)
    with listen(config) as main, contextlib.ExitStack() as stack:
        aside = stack.enter_context(listen_for_phones()) if phones and config.loopback else None
        port = (aside or main).getsockname()[1]
        urls = tuple(f"https://{address}:{port}" for address in addresses)
        config = replace(config, phones=urls, authority=authority, secure=pem is not None and not aside)
        server = make_server(config, given if config.loopback else pem)
        _say(config, main.getsockname()[1], console)
        if aside is None or pem is None:
            server.run(sockets=[main])
        else:
            run_both(server, [main], make_phones_server(server, config, pem), [aside])


def _say(config: WebConfig, port: int, console: Console) -> None:
    host = (
        "localhost" if config.host in ("0.0.0.0", "::") else f"[{config.host}]" if ":" in config.host else config.host
    )
    console.print(f"movescreen is at {'https' if config.secure else 'http'}://{host}:{port} (Ctrl-C ends it)")
    for url in config.phones:
        console.print(f"{'phones film at' if config.loopback else 'for others it is at'} {url}")
    if config.authority is not None:
        console.print(f"a phone or tablet trusts this computer once: open {(*config.phones, '')[0]}/trust on it")
    console.print(f"results go to {config.results}")
    console.print(f"records and results are {describe_encryption(config.records)}")
