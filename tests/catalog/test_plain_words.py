"""What a check says to the client: a child of twelve reads it, and nothing in it frightens."""

from __future__ import annotations

import re

import pyphen
import pytest

from movescreen.catalog import load_catalog

SYLLABLES = pyphen.Pyphen(lang="en_US")
CHECKS = [
    pytest.param(check, id=f"{spec.name}-{check.id}")
    for spec in load_catalog().movements.values()
    for check in spec.checks
]
JARGON = re.compile(
    r"flexion|extension|dorsi|valgus|varus|lateral|medial|sagittal|frontal|plane|pelvi|trunk|shank|lumbar|asymmetr|deficit|"
    r"limit|degree|percent|angle|symmetry|compensat|dysfunction|mobility|stability|repetition|\bROM\b|\bAP\b",
    re.I,
)
FRIGHT = re.compile(r"injur(?!y can be the reason)|damage|risk|wrong|weak|bad|poor|fail|abnormal|danger", re.I)


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade: the school year in which the text is read."""
    sentences = [s for s in re.split(r"[.!?:]+\s*", text) if s.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(SYLLABLES.inserted(word).count("-") + 1 for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def test_the_grade_tells_hard_words_from_easy_ones() -> None:
    assert grade("The cat sat on the mat. It was warm.") < 3
    assert grade("Excessive compensatory pelvic obliquity accompanies insufficient dorsiflexion mobility.") > 12


@pytest.mark.parametrize("check", CHECKS)
def test_words_are_plain_and_kind(check) -> None:  # type: ignore[no-untyped-def]
    plain = check.plain
    for text in (plain.saw, plain.good, plain.matters, plain.practise):
        said = text.replace("{side}", "left")
        assert not JARGON.search(said), said
        assert not FRIGHT.search(said), said
        assert not re.search(r"\d", said), said
        assert all(len(s.split()) <= 20 for s in re.split(r"[.!?]+\s*", said)), said
    whole = " ".join([plain.saw, plain.matters, plain.practise]).replace("{side}", "left")
    assert grade(whole) <= 6.5, f"grade {grade(whole):.1f}: {whole}"


def test_the_client_is_spoken_to() -> None:
    for param in CHECKS:
        (check,) = param.values
        assert re.search(r"\b(you|your)\b", check.plain.saw + check.plain.good, re.I) or "knee" in check.plain.saw
