"""The server around the app: where it listens, limits on connections and messages."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import uvicorn
from starlette.types import Receive, Scope, Send

from movescreen.errors import InputError
from movescreen.memory import give_memory_back
from movescreen.web.app import create_app
from movescreen.web.config import WebConfig
from movescreen.web.security.connections import HEAD_S, make_protocol
from movescreen.web.security.guard import PHONES_ONLY

#: Messages of a socket that wait unread; the rest waits at the sender, who drops pictures.
_WAITING_MESSAGES = 2
#: A socket whose other end does not answer a ping within this long is closed, s.
_SILENCE_S = 10.0
#: Where phones are listened for.
PHONES_PORT = 8443
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


def listen_for_phones() -> socket.socket:
    """Return a socket that listens in every network of this machine, at the usual port or, when it is taken, at any."""
    try:
        return socket.create_server(("0.0.0.0", PHONES_PORT), backlog=32)
    except OSError:
        return socket.create_server(("0.0.0.0", 0), backlog=32)


@dataclass(frozen=True)
class Pem:
    """A certificate and its key for HTTPS, PEM files."""

    certificate: Path
    key: Path | None


def make_server(config: WebConfig, pem: Pem | None = None) -> uvicorn.Server:
    """Return a server; ``run(sockets=[listen(config)])`` runs it.

    Parameters
    ----------
    config
        Configuration of the app.
    pem
        For HTTPS.

    Raises
    ------
    InputError
        When the certificate and the key cannot be used.
    """
    give_memory_back()
    return uvicorn.Server(_configure(create_app(config), config, pem))


def make_phones_server(main: uvicorn.Server, config: WebConfig, pem: Pem) -> uvicorn.Server:
    """Return a second server of the same app that lets in nobody but phones that were paired with a session."""
    app: Any = main.config.app

    async def phones_only(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, PHONES_ONLY: True}, receive, send)

    return _Second(_configure(phones_only, config, pem, lifespan="off"))


def run_both(
    main: uvicorn.Server, sockets: list[socket.socket], second: uvicorn.Server, others: list[socket.socket]
) -> None:
    """Run two servers until the first one ends."""

    async def run() -> None:
        beside = asyncio.create_task(second.serve(sockets=others))
        await main.serve(sockets=sockets)
        second.should_exit = True
        await beside

    with asyncio.Runner(loop_factory=ServerLoop) as runner:
        runner.run(run())


class _Second(uvicorn.Server):
    """A server beside another one, which is told of Ctrl-C."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the other one."""
        yield


def _configure(
    app: Any, config: WebConfig, pem: Pem | None, lifespan: Literal["auto", "off"] = "auto"
) -> uvicorn.Config:
    if pem is not None:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(pem.certificate, pem.key)
        except (ssl.SSLError, OSError) as error:
            raise InputError(
                f"the certificate {pem.certificate} and its key cannot be used: {error}",
                "give both as PEM files that belong together",
            ) from error
    return uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, proxy_headers=False,
        http=make_protocol(_allow_files()), loop="movescreen.web.server:ServerLoop", timeout_keep_alive=15,
        timeout_graceful_shutdown=3, ws="websockets-sansio", ws_max_size=config.limits.frame_bytes,
        ws_max_queue=_WAITING_MESSAGES, ws_ping_interval=_SILENCE_S, ws_ping_timeout=_SILENCE_S,
        ws_per_message_deflate=False, ssl_certfile=pem.certificate if pem else None, ssl_keyfile=pem.key if pem else None,
        lifespan=lifespan,
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
