"""What changed since the last plan, in words: one entry for all exercises of which the same is said for the same reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.model import CHANGE_WORDS, LeftOut, Plan, PlannedExercise
from movescreen.words.sentences import join_words, sentence


@dataclass(frozen=True)
class Changed:
    """What became of some exercises.

    Attributes
    ----------
    kind
        ``up``, ``back``, ``new``, ``gone`` or ``hold``.
    word
        What pages call it; "less" for a set that was taken away from what stays.
    reason
        Why, in a sentence; empty for what is new.
    exercises
        Title, and the dose of before and now or what it stands for.
    """

    kind: str
    word: str
    reason: str
    exercises: tuple[tuple[str, str], ...]


#: Kind, word, reason, and an exercise of which it is said.
_Told = tuple[str, str, str, tuple[str, str]]


def list_changes(plan: Plan) -> tuple[tuple[Changed, ...], tuple[Changed, ...]]:
    """Return what changed, and what stays the same; nothing of a first plan."""
    told: list[_Told] = [
        (kind, CHANGE_WORDS[e.change], e.reason, (e.title, _from_to(e)))
        for kind in ("up", "back", "new")
        for e in plan.exercises
        if e.change == kind
    ]
    told += [("gone", "gone", sentence(gone.reason), (gone.title, "")) for gone in plan.gone]
    holds = [e for e in plan.exercises if e.change == "hold"]
    told += [
        ("back", "less", f"{e.reason} One set fewer for now.", (e.title, e.amount_words)) for e in holds if e.set_less
    ]
    same: list[_Told] = [
        ("hold", CHANGE_WORDS["hold"], e.reason, (e.title, e.amount_words)) for e in holds if not e.set_less
    ]
    return _group(told), _group(same)


def group_left_out(left_out: Sequence[LeftOut]) -> list[tuple[str, str]]:
    """Return the exercises that share a reason, in one line, and the reason, in the order of the first of each."""
    groups: dict[str, list[str]] = {}
    for left in left_out:
        titles = groups.setdefault(left.reason, [])
        titles.append(decapitalize(left.title) if titles else left.title)
    return [(join_words(titles), reason) for reason, titles in groups.items()]


def _group(told: list[_Told]) -> tuple[Changed, ...]:
    groups: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for *key, exercise in told:
        groups.setdefault((key[0], key[1], key[2]), []).append(exercise)
    return tuple(Changed(*key, tuple(exercises)) for key, exercises in groups.items())


def _from_to(e: PlannedExercise) -> str:
    if e.change == "new":
        return e.because
    if e.instead_of:
        return e.because.removeprefix(e.reason).strip()
    return change_words(e.was, e)


def change_words(was: str, now: PlannedExercise) -> str:
    """Return ``from 4 sets of 8 to 3 sets of 8``; once, ``40 s, in the easier form``, when the numbers stay."""
    if now.amount_words in (was, f"{was}, {now.extra}"):
        return now.amount_words
    return f"from {was} to {now.amount_words}"
