"""Key files that open quickly: the age format by the book, with little work to do for the passphrase; and homes with such a key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from movescreen.encryption import KEY_FILE, RECOVERY_FILE, Key, make_key, wrap_for_recovery

PASSPHRASE = "a horse and a battery"
_LOG_WORK = 4


def quick_wrap(key: Key, passphrase: str) -> bytes:
    """Return a key file as ``movescreen.encryption.wrap`` does, that opens in no time."""
    salt, file_key, nonce = os.urandom(16), os.urandom(16), os.urandom(16)
    work = hashlib.scrypt(
        passphrase.encode(), salt=b"age-encryption.org/v1/scrypt" + salt, n=1 << _LOG_WORK, r=8, p=1, dklen=32
    )
    body = ChaCha20Poly1305(work).encrypt(bytes(12), file_key, None)
    head = f"age-encryption.org/v1\n-> scrypt {_b64(salt)} {_LOG_WORK}\n{_b64(body)}\n---".encode()
    mac = hmac.digest(_derive(file_key, b"", b"header"), head, "sha256")
    text = ChaCha20Poly1305(_derive(file_key, nonce, b"payload")).encrypt(bytes(11) + b"\1", key.text.encode(), None)
    return head + f" {_b64(mac)}\n".encode() + nonce + text


def lock_home(home: Path, key: Key | None = None) -> str:
    """Make records that do not exist yet encrypted ones; return the recovery key."""
    key = key or make_key()
    home.mkdir(parents=True, exist_ok=True)
    secret, for_recovery = wrap_for_recovery(key)
    (home / RECOVERY_FILE).write_bytes(for_recovery)
    (home / KEY_FILE).write_bytes(quick_wrap(key, PASSPHRASE))
    return secret


def _derive(file_key: bytes, salt: bytes, what: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, what).derive(file_key)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")
