"""The server around the app: where it listens, limits on connections and messages."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path
from typing import Any

import uvicorn

from movescreen.errors import InputError
from movescreen.web.app import create_app
from movescreen.web.config import WebConfig
from movescreen.web.security.connections import HEAD_S, make_protocol

#: Messages of a socket that wait unread; the rest waits at the sender, who drops pictures.
_WAITING_MESSAGES = 2
#: A socket whose other end does not answer a ping within this long is closed, s.
_SILENCE_S = 10.0
#: Files and connections that may be open at a time, where the system allows it.
_OPEN_FILES = 4096
#: The class of the running loop depends on the system.
_Loop: Any = getattr(asyncio, "ProactorEventLoop", asyncio.SelectorEventLoop)


class ServerLoop(_Loop):  # type: ignore[misc]
    """The system's loop; who begins HTTPS and says nothing is not waited for a minute."""

    async def create_server(self, *args: Any, **kwargs: Any) -> asyncio.Server:
        """Listen."""
        limit = {"ssl_handshake_timeout": HEAD_S} if kwargs.get("ssl") else {}
        return await super().create_server(*args, **kwargs, **limit)  # type: ignore[no-any-return]


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
            server_header=False, proxy_headers=False, http=make_protocol(_allow_files()), loop="movescreen.web.server:ServerLoop", timeout_keep_alive=15,
            timeout_graceful_shutdown=3, ws="websockets-sansio", ws_max_size=config.limits.frame_bytes,
            ws_max_queue=_WAITING_MESSAGES, ws_ping_interval=_SILENCE_S, ws_ping_timeout=_SILENCE_S,
            ws_per_message_deflate=False, ssl_certfile=certificate, ssl_keyfile=key,
        )
    )  # fmt: skip


def _allow_files() -> int:
    """Let this process have as many files and connections open as it may; return how many."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        return max(soft, wanted)
    return _OPEN_FILES
