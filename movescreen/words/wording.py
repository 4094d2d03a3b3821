"""How results are put into words: one place, so that page, table and terminal say the same.

Three rules: plain words first and the clinical term after; say what was seen, never what will happen; a number whose
origin nobody checked is not dressed up as a citation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from movescreen.model import ClipResult, Finding, SignalSpec, Source, Status, View, ViewKind

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"

_SMALL_NUMBERS = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@dataclass(frozen=True)
class StatusWords:
    """A verdict in words: ``label`` on its own, ``meaning`` as an explanation."""

    label: str
    meaning: str


STATUS_WORDS: dict[Status, StatusWords] = {
    Status.FLAGGED: StatusWords("Stood out", "The value passed its limit clearly, and in enough repetitions to count."),
    Status.BORDERLINE: StatusWords(
        "Close to the limit", "Too near the limit to call either way, or past it in a few repetitions only."
    ),
    Status.CLEAR: StatusWords("Within the limit", "It was looked for, could be seen, and stayed on the usual side."),
    Status.NOT_ASSESSED: StatusWords(
        "Not assessed", "It could not be judged from this clip. That says nothing about whether it is there."
    ),
}

# how a citation may itself begin to say that the limit is a tolerance of this project
_OWN_WORDS = re.compile(r"^movescreen'?s?( own)? tolerance[\s.:;,]*", re.IGNORECASE)

_VIEW_WORDS = {
    ViewKind.FRONT: "seen from the front",
    ViewKind.SIDE: "seen from the side",
    ViewKind.OBLIQUE: "seen at an angle",
    ViewKind.BACK: "seen from behind",
    ViewKind.UNKNOWN: "camera view unclear",
}


def number_word(number: int) -> str:
    """Return ``three`` for 3; digits from 13 on. Zero is ``no``."""
    return _SMALL_NUMBERS[number] if 0 <= number < len(_SMALL_NUMBERS) else str(number)


def plural(number: int, one: str, many: str = "") -> str:
    """Return ``1 repetition`` or ``3 repetitions``."""
    return f"{number}{NBSP}{one if number == 1 else many or one + 's'}"


def number_ranges(numbers: Iterable[int]) -> str:
    """Return ``1, 3–6`` for 1, 3, 4, 5, 6."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}{DASH}{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)


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


def signal_words(spec: SignalSpec) -> str:
    """Return the everyday name of a signal, without its side: ``Knee bend``."""
    return spec.title or title_of(spec.stem)


def format_number(value: float, decimals: int) -> str:
    """Return the number with a true minus sign, or a dash when it is missing."""
    if not math.isfinite(value):
        return DASH
    # halves away from zero, as people round; the tiny nudge undoes binary tails such as 2.4999999
    rounded = math.floor(abs(value) * 10**decimals + 0.5 + 1e-9) / 10**decimals
    return f"{MINUS if value < 0 and rounded else ''}{rounded:.{decimals}f}"


def decimals_for(unit: str, value: float = math.nan, limit: float = math.nan) -> int:
    """Return how many decimals a value deserves: one more when it would otherwise look equal to its limit."""
    few = {"deg": 0, "pct": 0, "ratio": 2, "s": 1}.get(unit, 2)
    near = math.isfinite(value) and math.isfinite(limit) and value != limit
    return few + 1 if near and round(value, few) == round(limit, few) else few


def format_value(value: float, unit: str, decimals: int | None = None) -> str:
    """Return a value with its unit, ready to print.

    Parameters
    ----------
    value
        Number, NaN when missing.
    unit
        ``deg``, ``pct``, ``ratio``, ``s`` or any other text.
    decimals
        Digits after the point; None = what the unit deserves.

    Returns
    -------
    str
        For example ``28°``, ``12 %``, ``0.82``, ``1.4 s``; a dash when missing.
    """
    number = format_number(value, decimals_for(unit) if decimals is None else decimals)
    if number == DASH:
        return DASH
    suffix = {"deg": "°", "pct": f"{NBSP}%", "ratio": "", "s": f"{NBSP}s"}.get(unit, f"{NBSP}{unit}" if unit else "")
    return number + suffix


def format_measured(finding: Finding) -> str:
    """Return ``28° ± 3°`` for a finding; without a known error only the value."""
    decimals = decimals_for(finding.unit, finding.value, finding.limit)
    text = format_value(finding.value, finding.unit, decimals)
    if text != DASH and math.isfinite(finding.measurement_error):
        text += f"{NBSP}±{NBSP}{format_value(finding.measurement_error, finding.unit, decimals)}"
    return text


def format_limit(finding: Finding) -> str:
    """Return ``above 20°``, or ``beyond ±10 %`` when the sign does not matter: where the check flags."""
    decimals = decimals_for(finding.unit, abs(finding.value) if finding.two_sided else finding.value, finding.limit)
    limit = format_value(finding.limit, finding.unit, decimals)
    if limit == DASH:
        return DASH
    return f"beyond{NBSP}±{limit}" if finding.two_sided else f"{finding.direction}{NBSP}{limit}".strip()


def is_of_whole_clip(finding: Finding) -> bool:
    """Return True when the value belongs to all repetitions together, such as how much they differ."""
    return bool(finding.evidence) and all(e.rep == 0 for e in finding.evidence)


def reps_text(finding: Finding) -> str:
    """Return ``seen in 3 of 5 repetitions (1, 2, 5)``."""
    seen, numbers = finding.reps_seen, finding.reps_affected
    if not seen:
        return "judged on the whole clip" if math.isfinite(finding.value) else ""
    if is_of_whole_clip(finding):
        return f"judged over {plural(seen, 'repetition')} together"
    if not numbers:
        return f"seen in none of {plural(seen, 'repetition')}"
    if len(numbers) == seen:
        return "seen in the one repetition" if seen == 1 else f"seen in all {plural(seen, 'repetition')}"
    return f"seen in {len(numbers)} of {plural(seen, 'repetition')} ({number_ranges(numbers)})"


def reps_short(finding: Finding) -> str:
    """Return ``3 of 5 (1, 2, 5)`` for a table."""
    seen, numbers = finding.reps_seen, finding.reps_affected
    if not seen:
        return "whole clip" if math.isfinite(finding.value) else ""
    if is_of_whole_clip(finding):
        return f"{seen}{NBSP}together"
    listed = f" ({number_ranges(numbers)})" if 0 < len(numbers) < seen else ""
    return f"{len(numbers) or 'none'}{NBSP}of{NBSP}{seen}{listed}"


def source_text(source: Source) -> str:
    """Return where a limit comes from, never passing off an unchecked number as a citation.

    Parameters
    ----------
    source
        Source of a finding's limit.

    Returns
    -------
    str
        One sentence without the note; empty when nothing is known and nothing was claimed.
    """
    citation = source.citation.strip().rstrip(".")
    if source.verified == "paper" and citation:
        return f"{citation} (checked in the paper itself)"
    if source.verified == "secondary" and citation:
        return f"{citation} (as reported by a secondary source)"
    if source.verified == "own_tolerance":
        background = _OWN_WORDS.sub("", citation)
        return "movescreen's own tolerance" + (f". Background: {background}" if background else "")
    return "provisional limit, origin not verified" if citation or source.verified else ""


def source_label(source: Source) -> str:
    """Return in a few words how a limit was verified."""
    return {
        "paper": "published, checked in the paper",
        "secondary": "published, from a secondary source",
        "own_tolerance": "movescreen's own tolerance",
    }.get(source.verified if source.citation else "", "provisional, not verified" if source.verified else "not stated")


def view_words(view: View) -> str:
    """Return ``seen from the side, facing right``."""
    facing = f", facing {view.facing}" if view.facing else ""
    return _VIEW_WORDS[view.kind] + facing


def finding_title(finding: Finding) -> str:
    """Return the clinical name with the side: ``Heel rise, left``."""
    title = finding.title or title_of(finding.check_id)
    return f"{title}, {finding.side}" if finding.side and finding.side not in title.lower() else title


def finding_sentence(finding: Finding) -> str:
    """Return what was seen, in plain words; the clinical name when nobody wrote a message."""
    return sentence(finding.message or finding_title(finding))


def date_words(iso: str) -> str:
    """Return ``23 November 2026`` for an ISO 8601 time; text that is none is returned as it is."""
    try:
        day = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def reps_headline(result: ClipResult) -> str:
    """Return how many repetitions were seen, as a sentence."""
    whole, cut = sum(r.complete for r in result.reps), sum(not r.complete for r in result.reps)
    if not result.reps:
        return "No repetition was found in this clip."
    if not whole:
        return f"{number_word(cut).capitalize()} unfinished repetition{'s were' if cut > 1 else ' was'} seen."
    more = f", and {number_word(cut)} more that {'was' if cut == 1 else 'were'} not finished" if cut else ""
    return f"{number_word(whole).capitalize()} repetition{'s were' if whole > 1 else ' was'} seen{more}."


def headline(result: ClipResult) -> str:
    """Return the result in two or three plain sentences."""
    return " ".join([reps_headline(result), *findings_headline(result.findings, "this clip")])


def findings_headline(findings: Iterable[Finding], where: str) -> list[str]:
    """Return what was found and what could not be seen, in one or two sentences.

    Parameters
    ----------
    findings
        All findings.
    where
        What was looked at, for the last sentence: ``this clip``.
    """
    counts = Counter(finding.status for finding in findings)
    flagged, near = counts[Status.FLAGGED], counts[Status.BORDERLINE]
    clear, unseen = counts[Status.CLEAR], counts[Status.NOT_ASSESSED]
    parts = []
    if flagged:
        text = f"{number_word(flagged)} thing{'s' if flagged > 1 else ''} stood out"
        parts.append(sentence(text + (f" and {number_word(near)} came close to the limit" if near else "")))
    elif near:
        parts.append(
            sentence(f"nothing stood out, but {number_word(near)} thing{'s' * (near > 1)} came close to the limit")
        )
    elif clear:
        parts.append("Nothing stood out in what could be seen.")
    if unseen:
        parts.append(sentence(f"{number_word(unseen)} check{'s' * (unseen > 1)} could not be made from {where}"))
    return parts


def settings_rows(settings: Iterable[tuple[str, object]]) -> Sequence[tuple[str, str]]:
    """Return settings as pairs of text, by name; nested ones with dots."""
    rows: list[tuple[str, str]] = []
    for name, value in settings:
        if isinstance(value, dict) and value:
            rows += [(f"{name}.{inner}", text) for inner, text in settings_rows(value.items())]
        else:
            rows.append((str(name), str(value)))
    return sorted(rows)
