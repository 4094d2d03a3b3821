"""The client's sheet of a plan, one leaf of two sides: first all that is to know at once, then each exercise with its figure."""

from __future__ import annotations

from collections import Counter

from movescreen.client.plan.model import Plan, PlanHelp, PlannedExercise
from movescreen.client.plan.sheet import (
    CHILD_BELOW,
    drop_repeated,
    list_advice,
    list_asked,
    list_details,
    list_rules,
    list_stops,
    make_cards,
    merge_sport,
    near_lighter,
    tell_change,
    tell_found,
    tell_next,
    tell_pain,
    usual_words,
)
from movescreen.client.plan.week import WEEKDAYS, days_words, minutes_of
from movescreen.report.figures.exercise_figure import Figures, draw_exercise
from movescreen.report.sections.element import Element
from movescreen.report.sections.safety import CALL_WORDS
from movescreen.words.sentences import sentence


def sheet_elements(plan: Plan, figures: Figures, contact: str = "") -> list[Element]:
    """Return the sheet from top to bottom; ``contact`` is where the trainer is reached, empty for none."""
    return [_now(plan), _whether(plan), _safe(plan, contact), *_exercises(plan, figures)]


def _now(plan: Plan) -> Element:
    """Return what was found, what changed, and how much pain is fine."""
    data = {
        "found": tell_found(plan), "note": sentence(plan.note), "change": tell_change(plan),
        "parents": plan.age is not None and plan.age < CHILD_BELOW, "unasked": plan.asked if plan.asked.startswith("Nobody") else "",
        "details": list_details(plan) if plan.exercises else (), "pain": tell_pain(plan) if plan.exercises else "",
    }  # fmt: skip
    return Element("now", "What we found", "sheet_now.html.jinja", data)


def _whether(plan: Plan) -> Element:
    """Return the one rule on sport, when it is looked at again, and the answer to what was asked."""
    data = {"sport": merge_sport(plan), "next": tell_next(plan), "asked": list_asked(plan), "waiting": plan.waiting}
    return Element("whether", "What you may do, and your question", "sheet_sport.html.jinja", data)


def _safe(plan: Plan, contact: str) -> Element:
    data = {
        "stop": sentence("; ".join(list_stops(plan))), "calls": [_call(each, plan) for each in plan.urgent if each.own or not plan.general], "general": plan.general, "advice": list_advice(plan), "contact": contact,
    }  # fmt: skip
    return Element("safe", "When to stop, and whom to call", "sheet_safe.html.jinja", data)


def _call(each: PlanHelp, plan: Plan) -> tuple[str, str]:
    """Return whom to call, and at which signs: this client's own, and in plans of before, which do not tell them apart, all."""
    return CALL_WORDS[each.call], sentence("; ".join(drop_repeated(each.own if plan.general else each.signs)))


def _exercises(plan: Plan, figures: Figures) -> list[Element]:
    """Return each exercise once: how much, on which days, and how; days and words of most of them are said above."""
    if not plan.exercises:
        return []
    days = [days_of(e, plan) for e in plan.exercises]
    most = Counter(days).most_common(1)
    usual = most[0][0] if most[0][1] > 2 else ""
    lighter = plan.lighter is not None and plan.lighter.begins <= plan.day
    cards = [
        (
            card, draw_exercise(card.exercise.exercise, card.exercise.title, figures), gear_of(card.exercise), mark_of(card.exercise),
            ", ".join(filter(None, [amount_words(card.exercise, lighter=lighter), "" if on == usual else on])),
        )
        for card, on in zip(make_cards(plan), days, strict=True)
    ]  # fmt: skip
    data = {
        "cards": cards, "week": sentence(usual), "minutes": minutes_of(plan.exercises, plan.week), "usual": " ".join(usual_words(plan)), "rules": list_rules(plan),
        "lighter": f"From {near.begins} on a lighter week: {near.how}" if (near := near_lighter(plan)) else "",
    }  # fmt: skip
    return [Element("exercises", "The exercises, in this order", "sheet_cards.html.jinja", data)]


def amount_words(e: PlannedExercise, *, lighter: bool = False) -> str:
    """Return how much is done from today on, with sides: in a lighter week half of the sets, rounded up, and nothing fast."""
    half = e.model_copy(update={"sets": (e.sets + 1) // 2})
    if lighter and e.stage == "speed":
        return f"not this week, then {amount_words(e)}"
    if lighter and half.sets < e.sets:
        return f"{amount_words(half)} this week, then {amount_words(e)}"
    if e.reps == 1 and e.hold_s:
        holds = f"{e.sets} hold{'s' * (e.sets > 1)} of {e.hold_s} s{' each side' * e.per_side}"
        return f"{holds}, {e.extra}" if e.extra else holds
    first, *more = e.amount_words.split(", ", 1)
    return ", ".join([first + (" each side" if e.per_side else ""), *more])


def days_of(e: PlannedExercise, plan: Plan) -> str:
    """Return on which days an exercise is done, or how often where no days are known."""
    on = [day.weekday for day in plan.week if e.exercise in day.exercises]
    if len(on) == len(WEEKDAYS) or (not on and e.per_week == len(WEEKDAYS)):
        return "every day"
    if len(on) > 2 and on[-1] - on[0] == len(on) - 1:
        return f"{WEEKDAYS[on[0]][:3]} to {WEEKDAYS[on[-1]][:3]}"
    return days_words(on) if on else f"{e.per_week} times a week"


def gear_of(e: PlannedExercise) -> str:
    """Return what an exercise needs, and how it goes without, as far as its name and words do not say it."""
    gear, _, without = e.equipment.partition("; without one: ")
    said = f"{e.title} {e.how}".casefold()
    if gear in ("", "none") or (not without and gear.split(",")[0].split()[-1].casefold() in said):
        return ""
    return sentence(f"You need {gear}{f'; or {without}' if without else ''}")


def mark_of(e: PlannedExercise) -> str:
    """Return what became of an exercise since the last plan, in a word; empty for what stays."""
    return "less" if e.set_less or e.change == "back" else {"up": "more", "new": "new"}.get(e.change, "")
