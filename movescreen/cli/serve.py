"""``movescreen serve``: the web app on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from movescreen.cli.options import MODELS, Catalogs, Model, check_choice, read_settings
from movescreen.errors import InputError, SettingsError

if TYPE_CHECKING:
    from movescreen.web.config import WebConfig


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


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
        return
    check_choice("model", model, MODELS)
    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise InputError(f"there is no file {file}", "give the certificate and its key as PEM files")
    if (certificate is None) != (key is None):
        raise InputError("a certificate needs its key, and a key its certificate", "give --certificate and --key")
    password_hash = "" if is_loopback(host) else load_password()
    if not is_loopback(host) and not password_hash:
        raise SettingsError(
            f"listening on {host} lets others in, and no password is set (looked in {password_path()})",
            "set one with: movescreen serve --set-password",
        )
    config = WebConfig(
        results=out.expanduser().absolute(), host=host, port=port, password_hash=password_hash,
        names=tuple(name or ()), secure=certificate is not None, idle_s=log_off_after * 3600, settings=read_settings(model=model, catalog=catalog or None),
    )  # fmt: skip
    _run(config, certificate, key, console)


def _run(config: WebConfig, certificate: Path | None, key: Path | None, console: Console) -> None:
    from movescreen.web.server import listen, make_server

    with listen(config) as socket:
        server = make_server(config, certificate, key)
        port = socket.getsockname()[1]
        scheme = "https" if certificate else "http"
        shown = f"[{config.host}]" if ":" in config.host else config.host
        console.print(f"movescreen is at {scheme}://{shown}:{port} (Ctrl-C ends it)")
        console.print(f"results go to {config.results}")
        if not config.loopback and not config.secure:
            console.print(
                "note: browsers give the camera only to https pages and to this machine itself. For other machines add"
                f" --certificate and --key (mkcert makes them), or let them in through:"
                f" ssh -L {port}:localhost:{port} THIS-MACHINE"
            )
        server.run(sockets=[socket])
