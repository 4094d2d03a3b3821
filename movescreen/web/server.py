"""The server around the app: limits on connections and messages."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from movescreen.web.app import create_app
from movescreen.web.config import WebConfig

#: Messages of a socket that wait unread; the rest waits at the sender, who drops pictures.
_WAITING_MESSAGES = 2
#: A socket whose other end does not answer a ping within this long is closed, s.
_SILENCE_S = 10.0
#: Connections at a time.
_CONNECTIONS = 200


class Server(uvicorn.Server):
    """A uvicorn server that returns instead of exiting when the port is taken."""

    async def startup(self, sockets: object = None) -> None:
        """Start listening."""
        try:
            await super().startup(sockets)  # type: ignore[arg-type]
        except SystemExit:
            self.should_exit = True


def make_server(config: WebConfig, certificate: Path | None = None, key: Path | None = None) -> Server:
    """Return a server, ready to run.

    Parameters
    ----------
    config
        Configuration of the app.
    certificate, key
        PEM files, for HTTPS.
    """
    return Server(
        uvicorn.Config(
            create_app(config), host=config.host, port=config.port, log_level="warning", access_log=False,
            server_header=False, proxy_headers=False, limit_concurrency=_CONNECTIONS, timeout_keep_alive=15,
            timeout_graceful_shutdown=3, ws="websockets-sansio", ws_max_size=config.limits.frame_bytes,
            ws_max_queue=_WAITING_MESSAGES, ws_ping_interval=_SILENCE_S, ws_ping_timeout=_SILENCE_S,
            ws_per_message_deflate=False, ssl_certfile=certificate, ssl_keyfile=key,
        )
    )  # fmt: skip
