"""How words become sentences, lists and titles."""

from __future__ import annotations

from collections.abc import Iterable


def join_words(words: Iterable[str], last: str = "and") -> str:
    """Return ``a, b and c``."""
    items = list(words)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def sentence(text: str) -> str:
    """Return the text with a capital at the start and a full stop at the end."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.!?:' else '.'}" if text else ""


def clause(text: str) -> str:
    """Return the text as the end of a sentence: a full stop, no capital."""
    text = text.strip()
    return f"{text}{'' if text[-1:] in '.!?' else '.'}" if text else ""


def title_of(name: str) -> str:
    """Return ``Overhead squat`` for ``overhead_squat``."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
