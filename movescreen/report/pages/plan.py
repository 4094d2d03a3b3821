"""The plan as a page to hand over, as a table, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from movescreen.catalog.client_schema import Stage
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.changes import Changed, group_left_out, list_changes
from movescreen.client.plan.dosing import GROWTH_SOURCE, RESERVE_SOURCE
from movescreen.client.plan.model import CHANGE_WORDS, Plan, PlannedExercise, PlanNeed
from movescreen.client.plan.week import LIGHTER_SOURCE, WEEKDAYS, days_words
from movescreen.files import staged_folder, write_text
from movescreen.report.figures.exercise_figure import NO_FIGURES, Figures, draw_exercise
from movescreen.report.formats.columns import columns_of, make_table
from movescreen.report.formats.csv import write_csv
from movescreen.report.formats.html import Links, render_page
from movescreen.report.formats.json import write_json_file
from movescreen.report.sections.element import Element, lines_element, statement_element
from movescreen.report.sections.pathways import pathways_element
from movescreen.report.sections.person import (
    EVIDENCE_WORDS,
    PersonHead,
    day_words,
    head_element,
    provenance_element,
    spec_source,
    support_words,
)
from movescreen.report.sections.safety import activity_element, advice_element, alarm_element
from movescreen.words.numbers_and_units import plural, spell_days
from movescreen.words.sentences import join_words, sentence

#: Signs to stop at that stand on the first screen, those of the part that hurts; all of them follow.
MOST_STOPS = 4
#: Stage of a plan -> its heading.
STAGE_TITLES: dict[Stage, str] = {
    "warm_up": "Warm-up", "mobility": "Room to move", "activation": "Wake up", "integration": "Put together",
    "load": "Make strong", "speed": "Make fast",
}  # fmt: skip
_COLUMNS = columns_of(
    "exercise title stage side dose pace how feel stop harder easier equipment why why_here evidence source chosen_by", dose="dose_words",
)  # fmt: skip


def write_plan(plan: Plan, number: int, head: PersonHead, out_dir: Path, figures: Figures = NO_FIGURES) -> list[Path]:
    """Write ``plan.html``, ``plan.csv`` and ``plan.json``, which tells by its number which plan a change was made from; all or none."""
    with staged_folder(out_dir, last="plan.json") as stage:
        write_text(stage / "plan.html", render_plan(plan, head, figures=figures))
        write_csv(plan_table(plan), stage / "plan.csv")
        write_json_file(stage / "plan.json", {"kind": "plan", "number": number, **plan.model_dump(mode="json")})
    return [out_dir / name for name in ("plan.csv", "plan.html", "plan.json")]


def plan_table(plan: Plan) -> pd.DataFrame:
    """Return one row an exercise, in order."""
    return make_table(plan.exercises, _COLUMNS)


def render_plan(plan: Plan, head: PersonHead, links: Links = (), figures: Figures = NO_FIGURES) -> str:
    """Return the plan as one HTML document: today's decision first, then what to watch for and each exercise; why, and what it rests on, last."""
    facts = [("Plan of", day_words(plan.day)), ("Goal", plan.goals), ("Look again", day_words(plan.retest_on))]
    elements = [
        head_element("Training plan", head, facts),
        statement_element(plan.headline, [plan.note] if plan.note else []),
        _today(plan),
        activity_element(plan),
        alarm_element(plan),
        advice_element(plan),
        _goal(plan),
        _since(plan),
        _week(plan),
        lines_element("rules", "How to progress", plan.rules),
        _exercises(plan, figures),
        _trainer(plan, head),
        pathways_element(plan.pathways),
        _needs(plan),
        lines_element(
            "left-out", "Left out for now", [f"{titles}: {reason}" for titles, reason in group_left_out(plan.left_out)],
            "These would have fitted.",
        ),
        _rest_on(plan),
        _provenance(plan),
    ]  # fmt: skip
    return render_page(elements, f"Training plan · {head.label}", links)


def _today(plan: Plan) -> Element | None:
    """Return the first screen: what is done, what holds it back, when to stop, what to test, and when to look again."""
    if not plan.exercises:
        return None
    placed: dict[str, str] = {}
    for e in plan.exercises:
        on = [day.weekday for day in plan.week if e.exercise in day.exercises]
        placed[e.exercise] = "every day" if len(on) == len(WEEKDAYS) else days_words(on)
    lighter = plan.lighter is not None and plan.lighter.begins <= plan.day
    rows = [(e.title, _amount_today(e, lighter=lighter), placed.get(e.exercise, ""), e.until) for e in plan.exercises]
    again = f"{day_words(plan.retest_on)}{f': {plan.retest_why}' if plan.retest_why else ''}"
    data = {
        "exercises": [(title, dose + (", each side" if e.per_side else ""), days, until) for e, (title, dose, days, until) in zip(plan.exercises, rows, strict=True)],
        "holds": plan.holds, "stop": sentence("; ".join(plan.stops[:MOST_STOPS])),
        "tests": [(sentence(each.test).rstrip("."), each.minutes, each.settles) for each in plan.tests],
        "next": [each.next_test for each in plan.pathways if each.next_again],
        "minutes": sum(each.minutes for each in plan.tests), "again": sentence(again),
    }  # fmt: skip
    return Element("today", "Today", "today.html.jinja", data)


def _trainer(plan: Plan, head: PersonHead) -> Element | None:
    """Return what begins the trainer's part, which is a sheet of its own on paper: what to test, and what to mind."""
    tests = [f"Test first: {each.test} ({each.minutes} min, for {each.settles})" for each in plan.tests]
    lead = f"From here on for the trainer alone: {head.label}, plan of {day_words(plan.day)}."
    return lines_element("trainer", "For the trainer", [*tests, *plan.cautions] or ["Nothing more to mind."], lead)


def _amount_today(e: PlannedExercise, *, lighter: bool) -> str:
    """Return how much is done from today on: in a lighter week half of the sets, rounded up, and nothing fast."""
    if not lighter:
        return e.amount_words
    if e.stage == "speed":
        return f"not this week, then {e.amount_words}"
    half = e.model_copy(update={"sets": (e.sets + 1) // 2})
    return f"{half.amount_words} this week, then {e.amount_words}" if half.sets < e.sets else e.amount_words


def _goal(plan: Plan) -> Element | None:
    """Return which exercise is a first piece of the goal and what comes after it, or which one waits; None without a goal."""
    titles = {e.exercise: e.title for e in plan.exercises}
    lines = []
    # a piece that was taken out since is none any more
    for each in (goal for goal in plan.goal_forms if not goal.exercise or goal.exercise in titles):
        lines.append(f"{titles[each.exercise]}. {each.words}" if each.exercise else spell_days(each.words))
        lines += (
            [f"After that: {', then '.join(decapitalize(title) for title in each.ahead[:3])}."] if each.ahead else []
        )
    return lines_element("goal", "Your goal in small form", lines)


def _since(plan: Plan) -> Element | None:
    """Return what changed since the last plan, first what is not the same; None in a first plan."""
    if plan.started_from is None:
        return None
    changed, same = list_changes(plan)
    day = day_words(plan.started_from)
    stay = plural(sum(len(each.exercises) for each in same), "exercise stays", "exercises stay")
    words = f"{stay} the same" if changed else f"Nothing changed since the plan of {day}. {_why_same(same)}".rstrip()
    data = {"changed": changed, "same": same, "same_words": words}
    return Element("since", f"What changed since the plan of {day}", "since.html.jinja", data)


def _why_same(same: Sequence[Changed]) -> str:
    """Return the reason that most exercises share; empty without any."""
    most = max(same, key=lambda each: len(each.exercises), default=None)
    return spell_days(most.reason) if most else ""


def _week(plan: Plan) -> Element | None:
    """Return what could not be placed in the week, and when a lighter one comes; the days stand on the first screen. None without any."""
    if not plan.week:
        return None
    lines = [*plan.week_notes]
    if plan.lighter:
        begins = day_words(plan.lighter.begins)
        lines.append(f"Lighter week from {begins}: {spell_days(plan.lighter.why)}. {plan.lighter.how}")
    return lines_element("week", "The week", lines)


def _rest_on(plan: Plan) -> Element | None:
    """Return what steps, efforts and lighter weeks rest on; None in plans of before, which have none."""
    if plan.version == 1:
        return None
    sources = (GROWTH_SOURCE, RESERVE_SOURCE, LIGHTER_SOURCE)
    by_source: dict[str, list[str]] = {}
    told: list[PlannedExercise | PlanNeed] = [*plan.exercises, *plan.needs]
    for each in told:
        by_source.setdefault(_support(each), []).append(decapitalize(each.title))
    lines = [
        f"{sentence(join_words(titles)).rstrip('.')}: {decapitalize(support)}" for support, titles in by_source.items()
    ]
    return lines_element("rest-on", "What it rests on", [*lines, *(sentence(spec_source(s)) for s in sources)])


def _exercises(plan: Plan, figures: Figures) -> Element | None:
    stages = [
        (STAGE_TITLES[stage], [(e, _mark(e), draw_exercise(e.exercise, e.title, figures)) for e in found])
        for stage, found in groupby(plan.exercises, key=lambda e: e.stage)
    ]
    data = {"stages": stages}
    return Element("exercises", "The exercises, in this order", "exercises.html.jinja", data) if stages else None


def _mark(e: PlannedExercise) -> str:
    return "less" if e.set_less else CHANGE_WORDS[e.change] if e.change in ("up", "back", "new") else ""


def _support(item: PlannedExercise | PlanNeed) -> str:
    text = support_words(item.source, item.source_verified)
    return sentence(f"Support: {EVIDENCE_WORDS[item.evidence]}" + (f" ({text})" if text else ""))


def _needs(plan: Plan) -> Element | None:
    data = {"needs": plan.needs}
    return Element("needs", "What the plan is for, and why", "needs.html.jinja", data) if plan.needs else None


def _provenance(plan: Plan) -> Element:
    made = "made by movescreen and changed by the trainer" if plan.edited else "made by movescreen"
    based = f"visit of {day_words(plan.based_on)}" if plan.based_on else "the intake alone"
    return provenance_element([
        ("Plan", f"{made}, from the {based}" if plan.based_on else f"{made}, from {based}"),
        ("Care profiles", ", ".join(plan.profiles)),
        ("Exercises SHA-256", plan.catalog_sha256),
    ], filmed=plan.filmed)  # fmt: skip
