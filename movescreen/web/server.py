"""The server around the app: where it listens, limits on connections and messages."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path

import uvicorn

from movescreen.errors import InputError
from movescreen.web.app import create_app
from movescreen.web.config import WebConfig

#: Messages of a socket that wait unread; the rest waits at the sender, who drops pictures.
_WAITING_MESSAGES = 2
#: A socket whose other end does not answer a ping within this long is closed, s.
_SILENCE_S = 10.0
#: Connections at a time.
_CONNECTIONS = 200


def listen(config: WebConfig) -> socket.socket:
    """Return a socket that listens where the configuration says.

    Raises
    ------
    InputError
        When the address is not one of this machine, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=128)
    except (OSError, UnicodeError) as error:
        raise InputError(
            f"cannot listen on {config.host} port {config.port}: {getattr(error, 'strerror', None) or error}",
            "choose another one with --port, or end the program that uses it",
        ) from error


def make_server(config: WebConfig, certificate: Path | None = None, key: Path | None = None) -> uvicorn.Server:
    """Return a server; ``run(sockets=[listen(config)])`` runs it.

    Parameters
    ----------
    config
        Configuration of the app.
    certificate, key
        PEM files, for HTTPS.

    Raises
    ------
    InputError
        When the certificate and the key cannot be used.
    """
    if certificate is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
        except (ssl.SSLError, OSError) as error:
            raise InputError(
                f"the certificate {certificate} and its key cannot be used: {error}",
                "give both as PEM files that belong together",
            ) from error
    return uvicorn.Server(
        uvicorn.Config(
            create_app(config), log_level="warning", access_log=False,
            server_header=False, proxy_headers=False, limit_concurrency=_CONNECTIONS, timeout_keep_alive=15,
            timeout_graceful_shutdown=3, ws="websockets-sansio", ws_max_size=config.limits.frame_bytes,
            ws_max_queue=_WAITING_MESSAGES, ws_ping_interval=_SILENCE_S, ws_ping_timeout=_SILENCE_S,
            ws_per_message_deflate=False, ssl_certfile=certificate, ssl_keyfile=key,
        )
    )  # fmt: skip
