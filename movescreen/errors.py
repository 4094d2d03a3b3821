"""Every error that movescreen raises on purpose.

::

    MovescreenError                  .message  .hint      two lines on stderr, no traceback
    ├── InputError                   exit 2               what was given cannot be used
    │   ├── VideoError                                    not a video, damaged, no picture stream
    │   ├── CatalogError                                  a movement, norm or check file is wrong
    │   ├── UnknownNameError                              a name that does not exist; lists close matches
    │   ├── SettingsError                                 a setting is out of range or misspelled
    │   └── RecordsError                                  the records of clients cannot be opened, read or kept
    │       └── EditConflict                              somebody else changed it in the meantime
    ├── AnalysisError                exit 3               the input is fine, but there is no answer in it
    │   ├── NoPersonFound                                 nobody, or nobody in enough frames
    │   ├── TooFewValidFrames                             somebody, but too little of them to measure
    │   ├── PictureTurned                                 somebody, lying across the picture
    │   ├── NoRepetitions                                 somebody, but no known movement
    │   └── NeedsReferral                                 a red flag: somebody else has to look first
    │       ├── WordsUnread                               something was typed that the trainer has not read yet
    │       └── QuestionsOpen                             questions about an emergency are asked again first
    ├── ClipAborted                  exit 3               analyzing a clip was ended from outside; a batch goes on
    │   ├── TimedOut                                      it took longer than it may
    │   ├── WorkerLost                                    its process died: out of memory, a fault in a decoder
    │   └── OutOfMemory                                   it needs more memory than there is
    └── AssetError                   exit 4               a model file or system library is missing or damaged

Anything else that escapes is a bug, exits with 1 and keeps its traceback.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def find_close(name: str, known: Iterable[str], *, count: int = 3, least: float = 0.5) -> list[str]:
    """Return the known names that a name may be a slip for, at least so alike (0..1), the closest first; in upper or lower case."""
    scored = sorted(((_alikeness(name, each), each) for each in known), key=lambda pair: -pair[0])
    return [each for score, each in scored[:count] if score >= least]


def _alikeness(one: str, other: str) -> float:
    """Return how alike two names are, 0..1; the way round that finds more counts."""
    one, other = one.casefold(), other.casefold()
    return max(SequenceMatcher(None, a, b).ratio() for a, b in ((one, other), (other, one)))


def suggest_names(names: Iterable[str], known: Iterable[str], *, count: int = 3, least: float = 0.5) -> str:
    """Return the hint for names that do not exist: the close ones, else all that are known."""
    known = tuple(known)
    close = [each for name in names for each in find_close(name, known, count=count, least=least)]
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"


class MovescreenError(Exception):
    """Base of all errors raised on purpose.

    Parameters
    ----------
    message
        What went wrong, one line, with the numbers.
    hint
        What the user can do about it, one line; may be empty.
    """

    exit_code = 1
    #: Stable name for tables and the JSON API.
    code = "error"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        # errors cross process borders in batch runs: rebuild from both fields
        return (_rebuild, (type(self), self.message, self.hint, self.__dict__.copy()))


def _rebuild(cls: type[MovescreenError], message: str, hint: str, state: dict[str, object]) -> MovescreenError:
    error = cls.__new__(cls)
    MovescreenError.__init__(error, message, hint)
    error.__dict__.update(state)
    return error


class InputError(MovescreenError):
    """What was given cannot be used.

    Attributes
    ----------
    candidates
        Code and name of the clients that may have been meant, where a name may be one's.
    """

    exit_code = 2
    code = "input"
    candidates: tuple[tuple[str, str], ...] = ()


class VideoError(InputError):
    """The file is not a video, is damaged, or has no pictures."""

    code = "video"


class CatalogError(InputError):
    """A catalog file breaks its schema; the message lists every mistake with its key path."""

    code = "catalog"
    #: Each mistake by itself.
    mistakes: tuple[str, ...] = ()


class SettingsError(InputError):
    """A setting is misspelled or out of range."""

    code = "settings"


class RecordsError(InputError):
    """The records of clients cannot be opened, read or kept."""

    code = "records"


class EditConflict(RecordsError):
    """Somebody else changed the same thing in the meantime; nothing was overwritten."""

    code = "edit_conflict"


class UnknownNameError(InputError):
    """A name that is not in the list of known ones."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        super().__init__(f"there is no {kind} called {name!r}", suggest_names([name], self.known))


class AnalysisError(MovescreenError):
    """The input is valid but holds no answer."""

    exit_code = 3
    code = "analysis"


class NoPersonFound(AnalysisError):
    """Nobody was seen in any frame."""

    code = "no_person"


class TooFewValidFrames(AnalysisError):
    """Somebody was seen, but in too few frames to measure anything."""

    code = "too_few_frames"


class PictureTurned(AnalysisError):
    """The person lies across the picture: the clip is turned by a quarter or upside down, and the file does not say so."""

    code = "picture_turned"


class NoRepetitions(AnalysisError):
    """No repetition of a known movement was seen."""

    code = "no_repetitions"


class NeedsReferral(AnalysisError):
    """A red flag stops the screening; the message says why, the hint whom to see.

    Attributes
    ----------
    see
        Whom to see, and how soon, as the client is told; empty where it is the trainer who has to read or ask first.
    """

    code = "needs_referral"

    def __init__(self, message: str, hint: str = "", *, see: str = "") -> None:
        super().__init__(message, hint)
        self.see = see


class WordsUnread(NeedsReferral):
    """Something was typed, and the plan waits until the trainer has read it; the message says what."""

    code = "words_unread"


class QuestionsOpen(NeedsReferral):
    """Questions about an emergency were asked too long ago, and the plan waits until they are asked again; the message says which."""

    code = "questions_open"


class ClipAborted(MovescreenError):
    """Analyzing a clip was ended from outside. Another try may succeed."""

    exit_code = 3
    code = "aborted"


class TimedOut(ClipAborted):
    """Analyzing a clip took longer than it may."""

    code = "timeout"


class WorkerLost(ClipAborted):
    """The process that analyzed a clip died."""

    code = "worker_died"


class OutOfMemory(ClipAborted):
    """A clip needs more memory than there is."""

    code = "out_of_memory"


class AssetError(MovescreenError):
    """A model file or a system library is missing or damaged; the hint says how to mend it."""

    exit_code = 4
    code = "asset"
