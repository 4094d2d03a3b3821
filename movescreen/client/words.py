"""Words and phrases in what somebody typed: found by whole words, and not where they are plainly denied.

A phrase is words with blanks between them. ``*`` at the end of a word stands for any ending, ``...`` for up to five other words. When
in doubt a phrase is found: only a plain "no" right before it takes it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Up to how many words ``...`` may stand for.
GAP = 5
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CLAUSE = re.compile(r"[.;:!?,()\n]+|\b(?:but|then|however|although|though)\b")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DENIALS = _set(
    "no not never without none denies denied nor didn't don't doesn't haven't hasn't hadn't isn't wasn't aren't weren't neither"
)
#: What may stand between a denial and what it denies.
_FILLERS = _set(
    "a an any the of sign signs history real actual feel felt feeling feels hear heard have had has having been be ever is was take takes"
    " taking taken on"
)
#: A denial with one of these beside it denies nothing, or only for now.
_DOUBTS = _set("sure certain know only just anymore longer now today since until till yet always")


@dataclass(frozen=True)
class Found:
    """A phrase in a text, as it was typed; ``denied`` when a "no" stands before it."""

    words: str
    denied: bool


def holds_any(text: str, phrases: Iterable[str], unless: Iterable[str] = ()) -> bool:
    """Return whether one of the phrases is in a text and not denied."""
    return any(not found.denied for found in find_phrases(text, phrases, unless))


def find_phrases(text: str, phrases: Iterable[str], unless: Iterable[str] = ()) -> tuple[Found, ...]:
    """Return where phrases are in a text, each place once.

    Parameters
    ----------
    unless
        Phrases inside of which a finding does not count, such as ``chest press``.
    """
    out: list[Found] = []
    for words in _clauses(text):
        harmless = [span for phrase in unless for span in _spans(words, phrase)]
        spans = sorted({span for phrase in phrases for span in _spans(words, phrase)})
        kept = [(a, b) for a, b in spans if not any(c <= a and b <= d for c, d in harmless)]
        denied: dict[int, bool] = {}
        for start, end in kept:
            denied[end] = _is_denied(words, start, end, denied)
            out.append(Found(" ".join(words[start:end]), denied[end]))
    return tuple(dict.fromkeys(out))


@lru_cache(maxsize=512)
def _clauses(text: str) -> tuple[tuple[str, ...], ...]:
    parts = _CLAUSE.split(text.casefold().replace("’", "'"))
    return tuple(words for part in parts if (words := tuple(_WORD.findall(part))))


@lru_cache(maxsize=1 << 14)
def _spans(words: tuple[str, ...], phrase: str) -> tuple[tuple[int, int], ...]:
    pattern = tuple(phrase.casefold().split())
    ends = ((start, _match(words, start, pattern)) for start in range(len(words)))
    return tuple((start, end) for start, end in ends if end is not None)


def _match(words: Sequence[str], at: int, pattern: Sequence[str]) -> int | None:
    """Return where a phrase that begins at a word ends; None when it does not begin there."""
    if not pattern:
        return at
    if pattern[0] == "...":
        tries = (_match(words, at + skipped, pattern[1:]) for skipped in range(GAP + 1))
        return next((end for end in tries if end is not None), None)
    if at >= len(words):
        return None
    wanted, word = pattern[0], words[at]
    fits = word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
    return _match(words, at + 1, pattern[1:]) if fits else None


def _is_denied(words: Sequence[str], start: int, end: int, before: dict[int, bool]) -> bool:
    """Return whether a "no" belongs to a phrase: right before it, inside of it, or before one that it is listed with by "or"."""
    if _DOUBTS & set(words):
        return False
    at = start - 1
    while at >= 0 and words[at] in _FILLERS:
        at -= 1
    if at >= 0 and words[at] in ("or", "nor"):
        return before.get(at, False)
    return (at >= 0 and words[at] in _DENIALS) or bool(_DENIALS & set(words[start + 1 : end - 1]))
