"""Encryption at rest: whose key it is, how a passphrase opens it, and how files are encrypted with it.

Nothing here is cryptography of our own. Files are in the age format (https://age-encryption.org/v1), written by ``pyrage``, so that the
public program ``age`` opens them, too; the database is SQLCipher's. Beside the records lie

* ``key.age``: the key, encrypted with the passphrase. Whoever has both has everything; its presence says that the records are encrypted,
* ``recovery.age``: the same key, encrypted for the recovery key, which is printed once and kept nowhere.

A changed passphrase changes ``key.age`` only. The key itself is an age identity, with the key of the database in a comment. Whatever
goes wrong here is a ``RecordsError``.
"""

from __future__ import annotations

import contextlib
import io
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from movescreen.errors import RecordsError
from movescreen.files import MARK, marked_folder, write_blocks, write_bytes

KEY_FILE, RECOVERY_FILE = "key.age", "recovery.age"
#: The key of records that are being encrypted, and of some that are plain again: results elsewhere may still need it.
NEW_FILE, FORMER_FILE = ".new-key.age", "former-key.age"
_KEY_FILES = (KEY_FILE, NEW_FILE, FORMER_FILE)
#: Shortest passphrase, characters; and the variable from which programs that nobody sits at take it.
LEAST, VARIABLE = 10, "MOVESCREEN_RECORDS_PASSPHRASE"
#: Least work for a guess at the passphrase, as a power of two (``age`` itself takes 18); what ``pyrage`` says of more than this computer
#: seems to be able to do; and how often either is tried: on a busy computer ``pyrage`` thinks little of it.
_LEAST_WORK, _BUSY, _TRIES = 17, "Excessive work", 50
_SERVICE, _DATABASE = "movescreen", "# database key: "
#: What helps when a key file is missing or damaged.
FROM_A_COPY = (
    "put it back from a backup (each one holds it), or use the recovery key: movescreen records passphrase --recovery"
)
_AGAIN = f"type it again; when it is surely the right one, {KEY_FILE} is damaged: put it back from a backup"

#: What is open in this process: content of a key file -> key. Opening one takes a second, on purpose.
_opened: dict[bytes, Key] = {}
_lock = threading.RLock()
#: Asks somebody for the passphrase; None where nobody can be asked.
_ask: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Key:
    """A key that is open, as the text of an age identity file. It is never printed."""

    text: str = field(repr=False)

    @cached_property
    def identity(self) -> Any:
        """What decrypts, for ``pyrage``."""
        from pyrage import x25519

        return x25519.Identity.from_str(self.text.split()[-1])

    @property
    def database(self) -> str:
        """Key of the database: 64 hexadecimal digits."""
        return next(line for line in self.text.splitlines() if line.startswith(_DATABASE)).removeprefix(_DATABASE)


# --- the key -------------------------------------------------------------------------------


def make_key() -> Key:
    """Return a new key."""
    from pyrage import x25519

    made = x25519.Identity.generate()
    return Key(f"# public key: {made.to_public()}\n{_DATABASE}{secrets.token_hex(32)}\n{made}\n")


def is_encrypted(home: Path) -> bool:
    """Return whether the records in a folder are encrypted."""
    return (home / KEY_FILE).is_file()


def wrap(key: Key, passphrase: str) -> bytes:
    """Return a key file; how long a guess at the passphrase takes is for ``pyrage`` to choose."""
    import pyrage

    for _ in range(_TRIES):
        wrapped = bytes(pyrage.passphrase.encrypt(key.text.encode(), passphrase))
        if int(wrapped.split()[4]) >= _LEAST_WORK:
            break
    return wrapped


def unwrap(wrapped: bytes, passphrase: str, name: str = KEY_FILE) -> Key:
    """Return the key in a key file; RecordsError when the passphrase is another one, or the file is damaged."""
    import pyrage

    said = _BUSY
    for _ in range(_TRIES):
        try:
            key = Key(pyrage.passphrase.decrypt(wrapped, passphrase).decode())
            _ = key.identity, key.database
            return key
        except pyrage.DecryptError as error:
            said = str(error)
            if _BUSY not in said:
                break
        except (ValueError, StopIteration, IndexError, pyrage.IdentityError):
            raise RecordsError(f"{name} holds no key of records", FROM_A_COPY) from None
    if _BUSY in said:
        raise RecordsError("this computer is too busy to open the key now", "try again; nothing was changed")
    if said == "Decryption failed":  # of the passphrase; what is damaged says something else
        raise RecordsError("this is not the passphrase of the records", _AGAIN)
    raise RecordsError(f"{name} is damaged: {said}", FROM_A_COPY)


def wrap_for_recovery(key: Key) -> tuple[str, bytes]:
    """Return a new recovery key, and the key encrypted for it; for the key itself, too, so that a key can be held against it."""
    from pyrage import encrypt, x25519

    recovery = x25519.Identity.generate()
    return str(recovery), encrypt(key.text.encode(), [recovery.to_public(), key.identity.to_public()])


def recover(home: Path, secret: str) -> Key:
    """Return the key that the recovery key opens; RecordsError when it is not that of these records."""
    import pyrage

    try:
        identity = pyrage.x25519.Identity.from_str(secret.strip().upper())
        return Key(pyrage.decrypt(_read(home / RECOVERY_FILE), [identity]).decode())
    except (pyrage.IdentityError, pyrage.DecryptError):
        raise RecordsError(
            "this is not the recovery key of these records", "it begins with AGE-SECRET-KEY-1 and was printed once"
        ) from None


def unlock(home: Path, name: str = KEY_FILE) -> Key:
    """Return the key of the records in a folder: from this process, the key store, the environment, or whoever can be asked."""
    proof = _read(home / RECOVERY_FILE) if (home / RECOVERY_FILE).is_file() else b""
    return open_key(_read(home / name), proof, name, home)


def open_key(wrapped: bytes, proof: bytes, name: str = KEY_FILE, home: Path | None = None) -> Key:
    """Return the key in a key file: one that is open already or remembered and decrypts ``proof``, else what the passphrase opens."""
    with _lock:
        if wrapped not in _opened:
            remembered = _remembered(home) if home else None
            fitting = (key for key in (*_opened.values(), remembered) if key and _fits(key, proof))
            _opened[wrapped] = next(fitting, None) or unwrap(wrapped, ask_passphrase(), name)
        return _opened[wrapped]


def ask_passphrase() -> str:
    """Return the passphrase from the environment, or from whoever can be asked; RecordsError when nobody can."""
    if (given := os.environ.get(VARIABLE)) is not None:
        return given
    if _ask is None:
        raise RecordsError(
            "the records are encrypted, and nobody can be asked for the passphrase",
            f"have this computer remember the key (movescreen records remember), or set {VARIABLE}",
        )
    return _ask("Passphrase of the records")


def ask_with(ask: Callable[[str], str] | None) -> None:
    """Set how somebody is asked for the passphrase."""
    global _ask
    _ask = ask


def opened_keys() -> dict[bytes, str]:
    """Return what is open in this process, for one that works for it; :func:`take_keys` takes it there."""
    return {wrapped: key.text for wrapped, key in list(_opened.items())}


def take_keys(keys: dict[bytes, str]) -> None:
    """Use keys that another process opened, or that were just made."""
    _opened.update({wrapped: Key(text) for wrapped, text in keys.items()})


def place_key(home: Path, name: str, wrapped: bytes) -> None:
    """Write a key file so that it is on the disk for good, or not at all."""
    write_blocks(home / name, [wrapped], settled=True)
    settle(home)


def settle(*paths: Path) -> None:
    """Wait until files, and the names in folders, are on the disk, so that a power cut keeps them."""
    for path in paths:
        if os.name == "nt" and path.is_dir():  # folders cannot be opened there
            continue
        with contextlib.suppress(FileNotFoundError):
            opened = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)


# --- the key store of the operating system -------------------------------------------------


def remember(home: Path, key: Key) -> None:
    """Keep the key in the key store of the operating system; RecordsError when there is none that is safe."""
    if (store := _key_store()) is None:
        raise RecordsError("this system has no key store that could be used", f"type the passphrase, or set {VARIABLE}")
    store.set_password(_SERVICE, str(home.resolve()), key.text)


def forget(home: Path) -> bool:
    """Take the key out of the key store; tell whether it was there."""
    if there := _remembered(home) is not None:
        _key_store().delete_password(_SERVICE, str(home.resolve()))
    return there


def _key_store() -> Any:
    import keyring

    found = keyring.get_keyring()
    return found if found.priority >= 1 else None


def _remembered(home: Path) -> Key | None:
    """Return what the key store holds for the records in a folder."""
    with contextlib.suppress(Exception):  # one that is locked or broken is as good as none
        text = _key_store().get_password(_SERVICE, str(home.resolve()))
        return Key(text) if text else None
    return None


# --- files ---------------------------------------------------------------------------------


def mark_folder(folder: Path, home: Path) -> None:
    """Have whatever is written below a folder encrypted with the key of the records in ``home``."""
    said = os.fsencode(home.resolve())
    if not (folder / MARK).is_file() or (folder / MARK).read_bytes() != said:
        write_bytes(folder / MARK, said)


def key_for(path: Path) -> Key:
    """Return the key with which a file below a marked folder is to be encrypted."""
    home = _home_of(path)
    return unlock(home, next((name for name in _KEY_FILES if (home / name).is_file()), KEY_FILE))


def encrypt_blocks(blocks: Iterable[bytes], file: BinaryIO, key: Key) -> None:
    """Write blocks into an open file, encrypted."""
    from pyrage import encrypt_io

    encrypt_io(io.BufferedReader(_Blocks(blocks)), file, [key.identity.to_public()])


def encrypt(content: bytes, key: Key) -> bytes:
    """Return a content encrypted."""
    from pyrage import encrypt as age

    return bytes(age(content, [key.identity.to_public()]))


def decrypt(content: bytes, key: Key, name: str) -> bytes:
    """Return an encrypted content; RecordsError naming it when it is damaged, or takes another key."""
    if (plain := _decrypt(io.BytesIO(content), name, [key])) is None:
        raise RecordsError(f"{name} is encrypted with another key", "")
    return plain.read()


def decrypt_file(file: BinaryIO, path: Path) -> BinaryIO:
    """Return what is in an encrypted file, in memory: nothing of it comes to lie on the disk.

    Raises
    ------
    RecordsError
        When it is damaged, or the key is another one or cannot be had.
    """
    if (found := _decrypt(file, path, list(_opened.values()))) is not None:
        return found
    home = _home_of(path)
    for name in _KEY_FILES:
        if (home / name).is_file() and (found := _decrypt(file, path, [unlock(home, name)])) is not None:
            return found
    raise RecordsError(
        f"{path} is encrypted with a key that is not here",
        "name the folder of its records: MOVESCREEN_RECORDS_FOLDER=DIR",
    )


def _decrypt(file: BinaryIO, path: Path | str, keys: Iterable[Key]) -> BinaryIO | None:
    """Return what is in a file; None when it takes another key."""
    import pyrage

    plain = io.BytesIO()
    file.seek(0)
    try:
        pyrage.decrypt_io(file, plain, [key.identity for key in keys])
    except (pyrage.DecryptError, OSError) as error:
        if "No matching keys" in str(error):
            return None
        raise RecordsError(f"{path} is damaged: {error}", "put it back from a backup") from None
    plain.seek(0)
    return plain


def _fits(key: Key, proof: bytes) -> bool:
    with contextlib.suppress(Exception):  # a key store may hold anything
        return _decrypt(io.BytesIO(proof), RECOVERY_FILE, [key]) is not None
    return False


@contextlib.contextmanager
def create(path: Path) -> Iterator[BinaryIO]:
    """Make a file that is written bit by bit; below a marked folder it is encrypted as it comes. OSError or InputError when it cannot be."""
    if marked_folder(path) is None:
        with path.open("xb") as file:
            yield file
        return
    ends = os.pipe()
    reader, problems = os.fdopen(ends[0], "rb"), list[Exception]()

    def work() -> None:
        with reader:
            try:
                write_blocks(path, iter(lambda: reader.read(1 << 18), b""))
            except Exception as error:
                problems.append(error)

    worker = threading.Thread(target=work, name="encrypt")
    worker.start()
    try:
        # when the worker has stopped reading, it says why
        with contextlib.suppress(BrokenPipeError), os.fdopen(ends[1], "wb") as file:
            yield file
    finally:
        worker.join()
    if problems:
        raise problems[0]


def memory_folder() -> str | None:
    """Return a folder in memory for what must be a file in the clear for a moment; None where there is none, or nothing is encrypted."""
    return "/dev/shm" if _opened and os.access("/dev/shm", os.W_OK | os.X_OK) else None


def _home_of(path: Path) -> Path:
    """Return the folder of the records that a file belongs to: as the mark above it says, else those of this user."""
    from movescreen.settings import load_record_settings

    marked = marked_folder(path)
    home = Path(os.fsdecode((marked / MARK).read_bytes())) if marked else None
    if home is not None and any((home / name).is_file() for name in _KEY_FILES):
        return home
    return load_record_settings().data_folder


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RecordsError(f"cannot read {path}: {error.strerror}", FROM_A_COPY) from None


class _Blocks(io.RawIOBase):
    """Blocks, read as a file."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._rest = iter(blocks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest and (block := next(self._blocks, None)) is not None:
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
