"""Findings, signals, views and sources in words: one place, so that page, table and terminal say the same.

Three rules: plain words first and the clinical term after; say what was seen, never what will happen; a number whose
origin nobody checked is not dressed up as a citation.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from movescreen.model import ClipResult, Finding, SignalSpec, Source, Status, View, ViewKind
from movescreen.words.numbers_and_units import (
    DASH,
    NBSP,
    decimals_for,
    format_value,
    number_ranges,
    number_word,
    plural,
)
from movescreen.words.sentences import sentence, title_of

# how a citation may itself begin to say that the limit is a tolerance of this project
_OWN_WORDS = re.compile(r"^movescreen'?s?( own)? tolerance[\s.:;,]*", re.IGNORECASE)


_VIEW_WORDS = {
    ViewKind.FRONT: "seen from the front",
    ViewKind.SIDE: "seen from the side",
    ViewKind.OBLIQUE: "seen at an angle",
    ViewKind.BACK: "seen from behind",
    ViewKind.UNKNOWN: "camera view unclear",
}


def signal_words(spec: SignalSpec) -> str:
    """Return the everyday name of a signal, without its side: ``Knee bend``."""
    return spec.title or title_of(spec.stem)


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
    """Return in a sentence where a limit comes from, never passing off an unchecked number as a citation.

    Empty when nothing is known and nothing was claimed.
    """
    citation = source.citation.strip().rstrip(".")
    if source.verified == "paper" and citation:
        return f"{citation} (checked in the paper itself)"
    if source.verified == "secondary" and citation:
        return f"{citation} (as reported by a secondary source)"
    if source.verified == "own_tolerance":
        background = _OWN_WORDS.sub("", citation)
        return "movescreen's own tolerance" + (f". Background: {background}" if background else "")
    if source.verified == "own_limit":
        return f"{citation} (a limit of your own)"
    return "provisional limit, origin not verified" if citation or source.verified else ""


def source_label(source: Source) -> str:
    """Return in a few words how a limit was verified."""
    return {
        "paper": "published, checked in the paper",
        "secondary": "published, from a secondary source",
        "own_tolerance": "movescreen's own tolerance",
        "own_limit": "a limit of your own",
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
    """Return what was found and what could not be seen, in one or two sentences; ``where`` is what was looked at: ``this clip``."""
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


def finding_words(finding: Finding) -> str:
    """Return what was seen with what to bear in mind about it: the message, then the reason in brackets."""
    reason = finding.reason.rstrip(".")
    said = (finding.message or finding_title(finding)).rstrip(".")
    return f"{said} ({reason})." if reason else f"{said}."


def in_short(flagged: int, borderline: int, clear: int) -> str:
    """Return a result in a few words, from how many checks had which status."""
    told = [plural(flagged, "thing stood out", "things stood out")] if flagged else []
    told += [f"{borderline} borderline"] if borderline else []
    return ", ".join(told) or ("nothing stood out" if clear else "nothing could be judged")


def is_good_result(findings: Iterable[Finding]) -> bool:
    """Return True when nothing stood out and every fault of the movement could have been seen.

    How alike the repetitions were does not count here: it asks for more repetitions than one may have done. A check of which one
    side is hidden was seen.
    """
    faults = [f for f in findings if f.statistic != "spread"]
    seen = {(f.movement, f.check_id) for f in faults if f.status is Status.CLEAR}
    return bool(seen) and {(f.movement, f.check_id) for f in faults} == seen


def settings_rows(settings: Iterable[tuple[str, object]]) -> Sequence[tuple[str, str]]:
    """Return settings as pairs of text, by name; nested ones with dots."""
    rows: list[tuple[str, str]] = []
    for name, value in settings:
        if isinstance(value, dict) and value:
            rows += [(f"{name}.{inner}", text) for inner, text in settings_rows(value.items())]
        else:
            rows.append((str(name), str(value)))
    return sorted(rows)
