"""Encryption at rest: whose key it is, how a passphrase opens it, and how files are encrypted with it.

Nothing here is cryptography of our own. Files are in the age format (https://age-encryption.org/v1), written by ``pyrage``, so that the
public program ``age`` opens them, too; the database is SQLCipher's. Beside the records lie

* ``key.age``: the key, encrypted with the passphrase. Whoever has both has everything; its presence says that the records are encrypted,
* ``recovery.age``: the same key, encrypted for the recovery key, which is printed once and kept nowhere.

A changed passphrase changes ``key.age`` only. The key itself is an age identity, with the key of the database in a comment.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

from movescreen.errors import RecordsError
from movescreen.files import MARK, PRIVATE_FILE, make_folder, marked_folder, write_blocks

KEY_FILE, RECOVERY_FILE = "key.age", "recovery.age"
#: The key of records that are being encrypted, and of some that are plain again: results elsewhere may still need it.
NEW_FILE, FORMER_FILE = ".new-key.age", "former-key.age"
_KEY_FILES = (KEY_FILE, NEW_FILE, FORMER_FILE)
#: Shortest passphrase, characters.
LEAST = 10
#: Environment variable from which programs that nobody sits at take the passphrase.
VARIABLE = "MOVESCREEN_RECORDS_PASSPHRASE"
_SERVICE = "movescreen"
#: Least work for a guess at the passphrase, as a power of two, where the computer can do it (``age`` itself takes 18); what
#: ``pyrage`` says of too much work; and how often it is asked again.
_LEAST_WORK, _BUSY, _TRIES = 17, "Excessive work", 100
_DATABASE = "# database key: "
_FROM_A_COPY = (
    "put it back from a backup (each one holds it), or use the recovery key: movescreen records passphrase --recovery"
)
_AGAIN = f"type it again; when it is surely the right one, {KEY_FILE} is damaged: put it back from a backup"

#: What was opened in this process: digest of a key file -> key. Opening one takes a second, on purpose.
_opened: dict[str, Key] = {}
_lock = threading.RLock()
#: Asks somebody for the passphrase; None where nobody can be asked.
_ask: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Key:
    """A key that is open. It is never printed.

    Attributes
    ----------
    text
        An age identity file.
    """

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
    """Return a key file.

    How long a guess at the passphrase takes is for ``pyrage`` to choose, which looks how fast this computer is just now; when it
    is busy, that is done again.
    """
    import pyrage

    for _ in range(_TRIES):
        wrapped = bytes(pyrage.passphrase.encrypt(key.text.encode(), passphrase))
        if int(wrapped.split()[4]) >= _LEAST_WORK:
            break
    return wrapped


def unwrap(wrapped: bytes, passphrase: str, name: str = KEY_FILE) -> Key:
    """Return the key that a passphrase opens.

    Raises
    ------
    RecordsError
        When the passphrase is another one, or the key file is damaged.
    """
    import pyrage

    try:
        key = Key(_decrypt_key(wrapped, passphrase).decode())
        _ = key.identity, key.database
    except pyrage.DecryptError as error:
        if _BUSY in str(error):
            raise RecordsError(
                "this computer is too busy to open the key now", "try again; nothing was changed"
            ) from None
        if str(error) == "Decryption failed":  # of the passphrase; what is damaged says something else
            raise RecordsError("this is not the passphrase of the records", _AGAIN) from None
        raise RecordsError(f"{name} is damaged: {error}", _FROM_A_COPY) from None
    except (ValueError, StopIteration, IndexError, pyrage.IdentityError):
        raise RecordsError(f"{name} holds no key of records", _FROM_A_COPY) from None
    return key


def _decrypt_key(wrapped: bytes, passphrase: str) -> bytes:
    """Return what is in a key file; ``pyrage`` refuses one that would take long, and a busy computer seems to be a slow one."""
    import pyrage

    for tries_left in reversed(range(_TRIES)):
        try:
            return bytes(pyrage.passphrase.decrypt(wrapped, passphrase))
        except pyrage.DecryptError as error:
            if _BUSY not in str(error) or not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def wrap_for_recovery(key: Key) -> tuple[str, bytes]:
    """Return a new recovery key, and the key encrypted for it; for the key itself, too, so that a key can be held against it."""
    from pyrage import encrypt, x25519

    recovery = x25519.Identity.generate()
    return str(recovery), encrypt(key.text.encode(), [recovery.to_public(), key.identity.to_public()])


def recover(home: Path, secret: str) -> Key:
    """Return the key that the recovery key opens.

    Raises
    ------
    RecordsError
        When it is not the recovery key of these records.
    """
    import pyrage

    try:
        wrapped = (home / RECOVERY_FILE).read_bytes()
        return Key(pyrage.decrypt(wrapped, [pyrage.x25519.Identity.from_str(secret.strip().upper())]).decode())
    except OSError as error:
        raise RecordsError(
            f"cannot read {home / RECOVERY_FILE}: {error.strerror}", "put it back from a backup"
        ) from None
    except (pyrage.IdentityError, pyrage.DecryptError):
        raise RecordsError(
            "this is not the recovery key of these records", "it begins with AGE-SECRET-KEY-1 and was printed once"
        ) from None


def unlock(home: Path, name: str = KEY_FILE) -> Key:
    """Return the key of the records in a folder: from this process, the key store, the environment, or whoever can be asked.

    Raises
    ------
    RecordsError
        When it cannot be opened.
    """
    with _lock:
        try:
            wrapped = (home / name).read_bytes()
        except OSError as error:
            raise RecordsError(f"cannot read {home / name}: {error.strerror}", _FROM_A_COPY) from None
        known = _opened.get(digest_of(wrapped)) or _remembered(home)
        if known is None:
            known = unwrap(wrapped, ask_passphrase(), name)
        _opened[digest_of(wrapped)] = known
        return known


def open_key(wrapped: bytes, encrypted: bytes) -> Key:
    """Return the key in a key file that came with something encrypted: one that is open already, or what the passphrase opens.

    Raises
    ------
    RecordsError
        When the passphrase is another one, or nobody can be asked.
    """
    with _lock:
        for key in _opened.values():
            if _decrypt(io.BytesIO(encrypted), "backup", [key]) is not None:
                return key
        return _opened.setdefault(digest_of(wrapped), unwrap(wrapped, ask_passphrase()))


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


def opened_keys() -> dict[str, str]:
    """Return what is open in this process, for one that works for it; :func:`take_keys` takes it there."""
    with _lock:
        return {digest: key.text for digest, key in _opened.items()}


def take_keys(keys: Mapping[str, str]) -> None:
    """Use keys that another process opened."""
    with _lock:
        _opened.update({digest: Key(text) for digest, text in keys.items()})


def place_key(home: Path, name: str, wrapped: bytes) -> None:
    """Write a key file so that it is on the disk for good, or not at all."""
    part = home / f".{name}.part"
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb") as file:
        file.write(wrapped)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, home / name)
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
    """Keep the key in the key store of the operating system.

    Raises
    ------
    RecordsError
        When there is none that is safe.
    """
    store = _key_store()
    if store is None:
        raise RecordsError("this system has no key store that could be used", f"type the passphrase, or set {VARIABLE}")
    store.set_password(_SERVICE, str(home.resolve()), key.text)


def forget(home: Path) -> bool:
    """Take the key out of the key store; tell whether it was there."""
    store = _key_store()
    with contextlib.suppress(Exception):
        if store is not None and store.get_password(_SERVICE, str(home.resolve())):
            store.delete_password(_SERVICE, str(home.resolve()))
            return True
    return False


def _key_store() -> Any:
    import keyring

    found = keyring.get_keyring()
    return found if found.priority >= 1 else None


def _remembered(home: Path) -> Key | None:
    """Return the key from the key store, when it is that of these records."""
    import pyrage

    with contextlib.suppress(Exception):  # a key store that is locked or broken is as good as none
        store = _key_store()
        text = store and store.get_password(_SERVICE, str(home.resolve()))
        if text and pyrage.decrypt((home / RECOVERY_FILE).read_bytes(), [Key(text).identity]).decode() == text:
            return Key(text)
    return None


# --- files ---------------------------------------------------------------------------------


def mark_folder(folder: Path, home: Path) -> None:
    """Have whatever is written below a folder encrypted with the key of the records in ``home``."""
    said = os.fsencode(home.resolve())
    if not (folder / MARK).is_file() or (folder / MARK).read_bytes() != said:
        make_folder(folder)
        with os.fdopen(os.open(folder / MARK, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE), "wb") as file:
            file.write(said)


def key_for(path: Path) -> Key | None:
    """Return the key with which a file at a place is to be encrypted; None for a plain one. RecordsError when it cannot be had."""
    if marked_folder(path) is None:
        return None
    home = _home_of(path)
    name = next((name for name in _KEY_FILES if (home / name).is_file()), KEY_FILE)
    return unlock(home, name)


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
    plain = _decrypt(io.BytesIO(content), name, [key])
    if plain is None:
        raise RecordsError(f"{name} is encrypted with another key", "")
    return plain.read()


def decrypt_file(file: BinaryIO, path: Path) -> BinaryIO:
    """Return what is in an encrypted file, in memory: nothing of it comes to lie on the disk.

    Raises
    ------
    RecordsError
        When it is damaged, or the key is another one or cannot be had.
    """
    with _lock:
        known = list(_opened.values())
    if (found := _decrypt(file, path, known)) is not None:
        return found
    home = _home_of(path)
    for name in _KEY_FILES:
        if (home / name).is_file() and (found := _decrypt(file, path, [unlock(home, name)])) is not None:
            return found
    raise RecordsError(
        f"{path} is encrypted with a key that is not here",
        "name the folder of its records: MOVESCREEN_RECORDS_FOLDER=DIR",
    )


def _decrypt(file: BinaryIO, path: Path | str, keys: Sequence[Key]) -> BinaryIO | None:
    """Return what is in a file; None when it takes another key."""
    import pyrage

    plain = io.BytesIO()
    file.seek(0)
    try:
        pyrage.decrypt_io(file, plain, [key.identity for key in keys])
    except pyrage.DecryptError as error:
        if not keys or str(error) == "No matching keys found":
            return None
        raise RecordsError(f"{path} is damaged: {error}", "put it back from a backup") from None
    except OSError as error:
        raise RecordsError(f"{path} is damaged: {error}", "put it back from a backup") from None
    plain.seek(0)
    return plain


@contextlib.contextmanager
def create(path: Path) -> Iterator[BinaryIO]:
    """Make a file that is written bit by bit; below a marked folder it is encrypted as it comes.

    Raises
    ------
    OSError, InputError
        When it cannot be written.
    """
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
        with os.fdopen(ends[1], "wb") as file:
            yield file
    except BrokenPipeError:
        worker.join()
        if not problems:
            raise
    finally:
        worker.join()
    for problem in problems:
        raise problem


def memory_folder() -> str | None:
    """Return a folder in memory for what must be a file in the clear for a moment; None where there is none, or nothing is encrypted."""
    return "/dev/shm" if _opened and os.access("/dev/shm", os.W_OK | os.X_OK) else None


def _home_of(path: Path) -> Path:
    """Return the folder of the records that a file belongs to: as the mark above it says, else those of this user."""
    from movescreen.settings import load_record_settings

    marked = marked_folder(path)
    home = Path(os.fsdecode((marked / MARK).read_bytes())) if marked else None
    known = home is not None and any((home / name).is_file() for name in _KEY_FILES)
    return home if home is not None and known else load_record_settings().data_folder


def digest_of(wrapped: bytes) -> str:
    """Return by what a key file is known."""
    return hashlib.sha256(wrapped).hexdigest()


class _Blocks(io.RawIOBase):
    """Blocks, read as a file."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks, self._rest = iter(blocks), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            if (block := next(self._blocks, None)) is None:
                return 0
            self._rest = memoryview(block)
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count
