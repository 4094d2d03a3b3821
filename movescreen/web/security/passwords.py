"""Password hashes (scrypt), and where the server's one is kept."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

from platformdirs import user_config_path

from movescreen.doors import Door
from movescreen.errors import InputError, SettingsError
from movescreen.files import write_text

#: Cost of one hash: about 0.1 s and 32 MB.
_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 2**26}
_SCHEME = "scrypt"
MIN_LENGTH = 10


def hash_password(password: str) -> str:
    """Return the salted hash of a password, as text.

    Raises
    ------
    InputError
        When the password is too short.
    """
    if len(password) < MIN_LENGTH:
        raise InputError(
            f"the password has {len(password)} characters; at least {MIN_LENGTH} are needed",
            "take a few words that nobody guesses",
        )
    salt = secrets.token_bytes(16)
    return "$".join((_SCHEME, _encode(salt), _encode(_derive(password, salt))))


def verify_password(password: str, stored: str) -> bool:
    """Tell whether a password is the one of a hash; takes the same time either way."""
    try:
        scheme, salt, wanted = stored.split("$")
        if scheme != _SCHEME:
            return False
        return hmac.compare_digest(_derive(password, base64.b64decode(salt)), base64.b64decode(wanted))
    except ValueError:
        return False


def password_path() -> Path:
    """Return where the hash is kept: in the user's configuration folder."""
    return user_config_path("movescreen") / "web-password"


def save_password(password: str, path: Path | None = None) -> Path:
    """Keep the hash of a password, readable for its owner only."""
    path = path or password_path()
    return write_text(path, hash_password(password) + "\n")


def load_password(path: Path | None = None) -> str:
    """Return the kept hash; empty when there is none.

    Raises
    ------
    SettingsError
        When the file holds something else.
    """
    path = path or password_path()
    if not path.exists():
        return ""
    text = Door("password", "set it anew", 10_000, SettingsError).read_text(path).strip()
    if not text.startswith(f"{_SCHEME}$") or text.count("$") != 2:
        raise SettingsError(f"{path} does not hold a password hash", "set it with: movescreen serve --set-password")
    return text


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, dklen=32, **_COST)


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
