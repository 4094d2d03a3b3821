"""Configuration of the web app."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from movescreen.settings import RecordSettings, Settings, load_settings
from movescreen.web.security.logins import IDLE_S


@dataclass(frozen=True)
class Limits:
    """How much of this machine one client, or all together, may use.

    Attributes
    ----------
    sessions
        Guided sessions at a time; each needs about one processor while somebody moves.
    frame_bytes
        Largest picture of a camera.
    frames_per_s
        Pictures of one camera looked at; more are dropped, far more end the connection.
    upload_bytes, upload_s
        Largest and longest clip.
    clips
        Clips in one upload.
    uploads
        Uploads kept in memory.
    spare_disk_bytes
        What an upload must leave free on the disk.
    """

    sessions: int = 4
    frame_bytes: int = 400_000
    frames_per_s: float = 60.0
    upload_bytes: int = 500_000_000
    upload_s: float = 600.0
    clips: int = 12
    uploads: int = 50
    spare_disk_bytes: int = 1_000_000_000


@dataclass(frozen=True)
class WebConfig:
    """Where the app listens, where it keeps results, and who may use it.

    Attributes
    ----------
    results
        Folder of all results, one folder a screening.
    host, port
        Where the server listens.
    password_hash
        As made by :func:`movescreen.web.security.passwords.hash_password`; empty = no login, for this machine alone.
    names
        Host names beside the machine's own under which the app may be opened.
    secure
        True behind HTTPS: the cookie is then kept to it, and browsers are told to come by HTTPS only.
    idle_s
        A login ends after this long without use, s.
    phones
        Addresses under which a phone in the same network reaches the app, such as ``https://192.168.1.20:8443``; empty = it cannot.
    authority
        Certificate that a phone has to trust (PEM); None when it is nobody's own.
    settings
        Settings of the analysis.
    limits
        Limits.
    records
        Where the records of clients are; those of this machine when None.
    """

    results: Path = Path("results/screenings")
    host: str = "127.0.0.1"
    port: int = 8000
    password_hash: str = ""
    names: tuple[str, ...] = ()
    secure: bool = False
    phones: tuple[str, ...] = ()
    authority: Path | None = None
    idle_s: float = IDLE_S
    settings: Settings = field(default_factory=load_settings)
    limits: Limits = Limits()
    records: RecordSettings | None = None

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the server."""
        return is_loopback(self.host)

    def allows_host(self, name: str) -> bool:
        """Tell whether the app may be opened under a host name, as the browser states it (without the port).

        A name that somebody else's server resolves to this machine (DNS rebinding) is none of its own, an address cannot be
        rebound.
        """
        name = name.lower().rstrip(".").strip("[]")
        own = {"localhost", *(n.lower() for n in self.names), *(urlsplit(url).hostname for url in self.phones)}
        if not self.loopback:
            host = socket.gethostname().lower()
            own |= {host, f"{host}.local", socket.getfqdn().lower()}
        if name in own:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self.loopback


def is_loopback(host: str) -> bool:
    """Tell whether an address or name means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
