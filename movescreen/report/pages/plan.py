"""The plan as a page for the trainer, as a table, and as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from movescreen.catalog.client_schema import Stage, Strength
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.answers import tell_waiting
from movescreen.client.plan.changes import Changed, group_left_out, list_changes
from movescreen.client.plan.dosing import GROWTH_SOURCE, RESERVE_SOURCE
from movescreen.client.plan.model import Plan, PlannedExercise, PlanNeed
from movescreen.client.plan.sheet import (
    list_week_notes,
    near_lighter,
    shorten_reason,
    tell_found,
    tell_pain,
)
from movescreen.client.plan.week import LIGHTER_SOURCE, minutes_of
from movescreen.files import staged_folder, write_text
from movescreen.report.formats.columns import columns_of, make_table
from movescreen.report.formats.csv import write_csv
from movescreen.report.formats.html import Links, render_page
from movescreen.report.formats.json import write_json_file
from movescreen.report.sections.client_sheet import amount_words, days_of, mark_of
from movescreen.report.sections.element import Element, lines_element, table_element
from movescreen.report.sections.pathways import cite_words, pathways_element
from movescreen.report.sections.person import (
    EVIDENCE_WORDS,
    PersonHead,
    day_words,
    head_element,
    provenance_element,
)
from movescreen.words.numbers_and_units import plural, spell_days
from movescreen.words.sentences import join_words, sentence

#: So many reasons of a need are told.
MOST_REASONS = 2
#: Stage of a plan -> its heading.
STAGE_TITLES: dict[Stage, str] = {
    "warm_up": "Warm-up", "mobility": "Room to move", "activation": "Wake up", "integration": "Put together",
    "load": "Make strong", "speed": "Make fast",
}  # fmt: skip
_COLUMNS = columns_of(
    "exercise title stage side dose pace how feel stop harder easier equipment why why_here evidence source chosen_by", dose="dose_words",
)  # fmt: skip


def write_plan(plan: Plan, number: int, head: PersonHead, out_dir: Path) -> list[Path]:
    """Write ``plan.html``, ``plan.csv`` and ``plan.json``, which tells by its number which plan a change was made from; all or none."""
    with staged_folder(out_dir, last="plan.json") as stage:
        write_text(stage / "plan.html", render_plan(plan, head))
        write_csv(plan_table(plan), stage / "plan.csv")
        write_json_file(stage / "plan.json", {"kind": "plan", "number": number, **plan.model_dump(mode="json")})
    return [out_dir / name for name in ("plan.csv", "plan.html", "plan.json")]


def plan_table(plan: Plan) -> pd.DataFrame:
    """Return one row an exercise, in order."""
    return make_table(plan.exercises, _COLUMNS)


def render_plan(plan: Plan, head: PersonHead, links: Links = ()) -> str:
    """Return the plan as one HTML document for the trainer; what the client takes home is a page of its own (:mod:`movescreen.report.pages.client`)."""
    facts = [("Plan of", day_words(plan.day)), ("Goal", plan.goals)]
    elements = [
        head_element("Training plan", head, facts),
        _exercises(plan),
        _trainer(plan),
        _since(plan),
        pathways_element(plan.pathways, told=" ".join([tell_found(plan), *(each.test for each in plan.tests)])),
        _needs(plan),
        _left_out(plan),
        _rest_on(plan),
        _provenance(plan),
    ]  # fmt: skip
    return render_page(elements, f"Training plan · {head.label}", links)


def _exercises(plan: Plan) -> Element | None:
    """Return the exercises in short: how much, when, how hard and heavy; how they are done stands on the client's page."""
    lighter = plan.lighter is not None and plan.lighter.begins <= plan.day
    rows = [
        [
            f"{e.title}{f' ({mark})' if (mark := mark_of(e)) else ''}", amount_words(e, lighter=lighter), days_of(e, plan),
            " ".join(filter(None, [
                e.effort, e.load, f"Start here until this is tested: {e.until}." if e.until else "",
                "Chosen by the trainer." if e.chosen_by == "trainer" else "",
            ])),
        ]
        for e in plan.exercises
    ]  # fmt: skip
    minutes = f" About {minutes_of(plan.exercises, plan.week)} minutes." if plan.week else ""
    lead = " ".join(filter(None, [sentence(plan.note), f"{plan.headline}{minutes}", tell_pain(plan)]))
    return table_element(
        "exercises", "The exercises", ["Exercise", "How much", "When", "How hard"], rows, spell_days(lead)
    )


def _trainer(plan: Plan) -> Element | None:
    """Return what to answer and to test, what holds the plan back, and what to mind."""
    tests = [f"Test first: {each.test} ({each.minutes} min, for {each.settles})" for each in plan.tests]
    tests += [] if tests else dict.fromkeys(f"Next test: {each.next_test}" for each in plan.pathways if each.next_again)
    holds = [f"Holds it back: {decapitalize(line)}" for line in plan.holds]
    # what holds the plan back is among the cautions as well
    open_ = [line for line in plan.cautions if sentence(line) not in plan.holds]
    again = f"Look again on {day_words(plan.retest_on)}" + (f": {plan.retest_why}" if plan.retest_why else "")
    lighter = [f"Lighter week from {near.begins}: {near.why}"] if (near := near_lighter(plan)) else []
    waiting = tell_waiting([each.asked for each in plan.waiting])
    answered = [f"“{each.asked}” {each.by}, {each.on}: {each.answer}" for each in plan.questions if each.answer]
    lines = [
        waiting,
        *answered,
        *tests,
        *holds,
        again,
        *lighter,
        *list_week_notes(plan),
        *_group_minded(open_),
        plan.asked,
    ]
    return lines_element("trainer", "What to do, and what to mind", [line for line in lines if line])


#: What several lines to mind are about, and what they say of it alike.
_ALIKE = (re.compile(r"^(Answered with yes: )([^.]+)(\. .+)$"), re.compile(r"^()(“[^”]+” in .+?)( was read by .+)$"))


#: A clinician's words, and letters from which on they are no single word.
_QUOTED, _LONG_QUOTE = re.compile(r" ?“[^”]+”"), 16


def _group_minded(lines: Iterable[str]) -> list[str]:
    """Return what to mind, with what is said alike of several things said once."""
    groups: dict[tuple[str, str], list[str]] = {}
    cited: set[str] = set()
    for line in lines:
        quotes = {quote for quote in _QUOTED.findall(line) if len(quote) >= _LONG_QUOTE}
        # what was cited once is not cited again
        for quote in cited if line.startswith("Answered with yes") else ():
            line = line.replace(quote, "").rstrip(" .")
        cited |= quotes
        found = next((match for each in _ALIKE if (match := each.match(line))), None)
        groups.setdefault((found[1], found[3]) if found else ("", line), []).append(found[2] if found else "")
    return [f"{head}{join_words(names)}{tail}" for (head, tail), names in groups.items()]


def _since(plan: Plan) -> Element | None:
    """Return what changed since the last plan, first what is not the same; None in a first plan."""
    if plan.started_from is None:
        return None
    changed, same = list_changes(plan)
    day = day_words(plan.started_from)
    stay = plural(sum(len(each.exercises) for each in same), "exercise stays", "exercises stay")
    words = (
        f"{stay} the same." if changed and same else "" if changed else f"No exercise changed since the plan of {day}."
    )
    data = {"changed": changed, "same": f"{words} {_why_same(same)}".strip()}
    return Element("since", f"What changed since the plan of {day}", "since.html.jinja", data)


def _why_same(same: Sequence[Changed]) -> str:
    """Return the reason that most exercises share; empty without any."""
    most = max(same, key=lambda each: len(each.exercises), default=None)
    return spell_days(most.reason) if most else ""


def _left_out(plan: Plan) -> Element | None:
    """Return what was left out, each with its reason in the short form."""
    short = [each.model_copy(update={"reason": _shorten(each.reason, plan)}) for each in plan.left_out]
    lines = [f"{titles}: {reason}" for titles, reason in group_left_out(short)]
    return lines_element("left-out", "Left out for now", lines)


def _shorten(reason: str, plan: Plan) -> str:
    """Return why something waits; what holds the whole plan back is said among the first lines."""
    held = [line.partition(": ")[0] for line in plan.holds] + [line.rstrip(".") for line in plan.cautions]
    return (
        "held back, as said above"
        if any(each.casefold() in reason.casefold() for each in held)
        else shorten_reason(reason)
    )


def _rest_on(plan: Plan) -> Element | None:
    """Return what the plan rests on: each study once, with what it is for; None in plans of before, which tell of no steps."""
    if plan.version == 1:
        return None
    told = {each.source for each in plan.pathways}
    groups: dict[Strength, dict[str, list[str]]] = {}
    items: list[PlanNeed | PlannedExercise] = [*plan.needs, *plan.exercises]
    for each in items:
        if each.evidence != "opinion" and each.source not in told:
            cited = cite_words(each.source, each.source_verified)
            groups.setdefault(each.evidence, {}).setdefault(cited, []).append(decapitalize(each.title))
    lines = [
        sentence(f"{EVIDENCE_WORDS[strength]}: " + "; ".join(f"{join_words(titles)} ({cited})" for cited, titles in found.items()))
        for strength, found in groups.items()
    ]  # fmt: skip
    choices = "; ".join(
        s.citation.rpartition(" (")[2].rstrip(")") for s in (RESERVE_SOURCE, GROWTH_SOURCE, LIGHTER_SOURCE)
    )
    lines += [
        f"All else is practice, without a trial behind it. Effort, growth and lighter weeks go by {choices}; the numbers are movescreen's own choice."
    ]
    return lines_element(
        "rest-on",
        "What it rests on",
        [*lines, "Studies were read in the papers themselves where nothing else is said."],
    )


def _needs(plan: Plan) -> Element | None:
    """Return what the plan is for: what speaks for it that no pathway has said, and its exercises; age speaks only where nothing else does."""
    chains = " ".join(f"{each.complaint}; {each.found}" for each in plan.pathways).casefold()
    shown = []
    for need in plan.needs:
        short = [_USUAL.sub("", each).rstrip(".") for each in need.reasons]
        reasons = [each for each in short if each.partition(": ")[0].casefold() not in chains]
        reasons = [each for each in reasons if not _AGE.match(each)] or reasons
        exercises = [e.title for e in plan.exercises if e.aim == need.title]
        shown.append((need.title, "" if exercises else _shorten(need.waits, plan), reasons[:MOST_REASONS], exercises))
    return Element("needs", "What the plan is for, and why", "needs.html.jinja", {"needs": shown}) if shown else None


#: What only often goes with what was told, and the reason that everybody of an age has.
_USUAL, _AGE = re.compile(r", and what often goes with it(?=\.?$)"), re.compile(r"\d+ years of age")


def _provenance(plan: Plan) -> Element:
    made = "made by movescreen and changed by the trainer" if plan.edited else "made by movescreen"
    based = f"visit of {day_words(plan.based_on)}" if plan.based_on else "the intake alone"
    return provenance_element([
        ("Plan", f"{made}, from the {based}" if plan.based_on else f"{made}, from {based}"),
        ("Care profiles", ", ".join(plan.profiles)),
        ("Exercises SHA-256", plan.catalog_sha256),
    ], filmed=plan.filmed)  # fmt: skip
