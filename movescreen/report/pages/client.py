"""``client.html``: the one page that the client keeps. What was seen in plain words, what to do at home, and when to stop.

No number of a measurement, no jargon, no literature, nothing for the trainer alone, and nothing that frightens.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from movescreen.client.plan.model import Plan, PlannedExercise, PlanQuestion
from movescreen.client.plan.week import WEEKDAYS
from movescreen.model import Finding, ScreeningResult, Status
from movescreen.report.figures.exercise_figure import NO_FIGURES, Figures
from movescreen.report.figures.pictures import Picture
from movescreen.report.formats.html import Links, render_page
from movescreen.report.pages.screening import ScreeningPage
from movescreen.report.sections.client_sheet import sheet_elements
from movescreen.report.sections.element import Element, lines_element
from movescreen.report.sections.person import day_words
from movescreen.report.sections.ranking import Priority, is_mostly_unseen, top_priorities
from movescreen.words.numbers_and_units import date_words
from movescreen.words.sentences import join_words

#: Its name in the folder of a screening.
CLIENT_PAGE = "client.html"
#: More good news than this is not read.
GOOD_NEWS = 3
#: So many weeks have boxes to tick, and so many boxes stand side by side on paper.
_WEEKS, _BOXES = 6, 28


@dataclass(frozen=True)
class Practice:
    """Whose letterhead it is.

    Attributes
    ----------
    name, contact
        Of the practice or school; how it can be reached, such as a telephone number.
    logo
        As a data address; empty without one.
    """

    name: str = ""
    contact: str = ""
    logo: str = ""


NO_PRACTICE = Practice()


@dataclass(frozen=True)
class SeenDay:
    """What was filmed on a day.

    Attributes
    ----------
    hurts
        Movements that hurt: nothing is said about how they looked.
    plain_names
        Name of a movement -> as one says it to a client.
    filmed
        Names of the movements, in order.
    picture
        The person with the skeleton drawn on; None without consent to pictures.
    watch
        When to get help, and when to stop, where no plan says it; what holds for everybody when empty.
    own_eyes
        The trainer saw something that day, or since: what the film did not show is then not called good.
    """

    day: str
    findings: Sequence[Finding]
    hurts: Sequence[str]
    plain_names: Mapping[str, str]
    filmed: Sequence[str] = ()
    missing: Sequence[str] = ()
    picture: Picture | None = None
    watch: Sequence[str] = ()
    own_eyes: bool = False


@dataclass(frozen=True)
class Handout:
    """What the client's page is made from.

    Attributes
    ----------
    plan, waits
        The program as it may be shown today; None when there is none, or when something that was told keeps it back.
    see, answers
        Whom to see first, and how soon, where a red flag keeps it back; and what the trainer answered to questions since.
    """

    name: str
    seen: SeenDay | None = None
    plan: Plan | None = None
    waits: bool = False
    see: str = ""
    answers: tuple[PlanQuestion, ...] = ()
    figures: Figures = field(default_factory=lambda: NO_FIGURES)
    practice: Practice = NO_PRACTICE
    today: date | None = None


def render_client_page(page: ScreeningPage) -> str:
    """Return the client's page of a screening alone, without a program, as one HTML document.

    Its words are those that the findings carry; a finding without any is left out.
    """
    return render_handout(Handout(page.name, _seen(page)))


def render_handout(handout: Handout, links: Links = ()) -> str:
    """Return the client's page as one HTML document."""
    plan, seen = handout.plan, handout.seen
    elements = [
        _masthead(handout),
        _waits(handout.see, handout.answers) if handout.waits else None,
        _pain(seen) if seen else None,
        _work(seen, with_program=plan is not None) if seen else None,
        *(sheet_elements(plan, handout.figures, handout.practice.contact) if plan else ()),
        _ticks(plan) if plan and plan.exercises else None,
        _next_time(seen) if seen and plan is None else None,
        Element(
            "know",
            "Good to know",
            "client_know.html.jinja",
            {"seen": seen is not None, "watch": seen.watch if seen else ()},
        )
        if plan is None
        else None,
    ]
    title = _title(handout)
    return render_page(elements, f"{title} · {handout.name}" if handout.name else title, links)


def _seen(page: ScreeningPage) -> SeenDay:
    screening = page.screening
    names = list(dict.fromkeys(clip.movement.name for clip in screening.clips))
    plain = {name: screening.info_of(name).plain_name for name in [*names, *screening.pain]}
    return SeenDay(
        day=date_words(page.recorded), findings=screening.findings, hurts=screening.pain, plain_names=plain, filmed=names,
        missing=screening.missing, picture=_picture(page), watch=page.watch,
    )  # fmt: skip


def _picture(page: ScreeningPage) -> Picture | None:
    """Return the picture of what stood out most, of another clip where that one has none."""
    screening = page.screening
    wanted = [_clip_of(screening, m.lead) for m in top_priorities(_fit_to_tell(screening.findings, screening.pain))]
    return next(
        (page.plain_pictures[i] for i in (*wanted, *sorted(page.plain_pictures)) if i in page.plain_pictures), None
    )


def _clip_of(screening: ScreeningResult, finding: Finding) -> int:
    return next(i for f, i in zip(screening.findings, screening.answered_by, strict=True) if f is finding)


def _title(handout: Handout) -> str:
    if handout.waits and handout.seen is None:
        return "Before your program"
    return "Your home program" if handout.plan and handout.plan.exercises else "Your movement check"


def _masthead(handout: Handout) -> Element:
    seen, plan = handout.seen, handout.plan
    moves = [plain for name in seen.filmed if (plain := seen.plain_names.get(name, ""))] if seen else []
    facts = [
        ("Filmed on", seen.day if seen else ""), ("Program of", day_words(plan.day) if plan else ""),
        ("Next appointment", _appointment(handout)),
    ]  # fmt: skip
    data = {
        "title": _title(handout), "client": handout.name, "practice": handout.practice,
        "facts": [(name, value) for name, value in facts if value],
        "moves": f"We filmed your {join_words(moves)}." if moves and not plan else "", "blank": plan is not None,
    }  # fmt: skip
    return Element("masthead", "", "client_masthead.html.jinja", data, place="header")


def _appointment(handout: Handout) -> str:
    """Return the day of the next appointment; one that is over is asked for anew."""
    if handout.plan is None:
        return ""
    over = handout.today is not None and handout.plan.retest_on < handout.today
    return "please ask for one" if over else day_words(handout.plan.retest_on)


def _waits(see: str, answers: Sequence[PlanQuestion]) -> Element:
    text = "Your program waits: something that you told us, or that was seen, should be looked at first. Please do not train on before that."
    text += (
        f" Whom to see: {see}. Take your trainer's letter to them along." if see else " Please speak with your trainer."
    )
    text += "".join(f" You asked: “{each.asked}” Your trainer: {each.answer}" for each in answers)
    return Element("waits", "First of all", "client_text.html.jinja", {"text": text})


def _pain(seen: SeenDay) -> Element | None:
    if not seen.hurts:
        return None
    moves = join_words(f"the {seen.plain_names.get(name) or name.replace('_', ' ')}" for name in seen.hurts)
    text = (
        f"You told us that {moves} hurt. Please leave it out for now, and show it to a doctor or physiotherapist "
        "before you train it again."
    )
    return Element("pain", "First of all", "client_text.html.jinja", {"text": text})


def _fit_to_tell(findings: Iterable[Finding], hurts: Sequence[str]) -> list[Finding]:
    return [f for f in findings if f.movement not in hurts]


def _good(seen: SeenDay) -> list[str]:
    """Return what went well, each thing once; nothing when most could not be seen."""
    if seen.own_eyes or is_mostly_unseen(seen.findings):
        return []
    by_check: dict[tuple[str, str], list[Finding]] = {}
    for finding in _fit_to_tell(seen.findings, seen.hurts):
        if finding.status is Status.CLEAR:
            by_check.setdefault((finding.movement, finding.check_id), []).append(finding)
    news = (_about_sides(found[0].plain.good, found) for found in by_check.values())
    return list(dict.fromkeys(filter(None, news)))[:GOOD_NEWS]


def _work(seen: SeenDay, *, with_program: bool) -> Element | None:
    told = _fit_to_tell(seen.findings, seen.hurts)
    if seen.findings and not told:
        return None
    cards = [card for matter in top_priorities(told) if (card := _card(matter, seen, with_program=with_program))]
    good = _good(seen)
    if not cards and not good and (seen.own_eyes or with_program):
        return None
    nothing = "Nothing stood out in what we could see. Keep moving!"
    if is_mostly_unseen(seen.findings):
        nothing = "We could not see enough this time. Let us film it again."
    # beside a program there is something to work on
    data = {"cards": cards, "empty_message": "" if with_program else nothing, "good": good, "picture": seen.picture}
    return Element("work", "What we saw", "client_work.html.jinja", data)


def _card(matter: Priority, seen: SeenDay, *, with_program: bool) -> dict[str, Any] | None:
    lead, plain = matter.lead, matter.lead.plain
    saw = _about_sides(plain.saw, matter.findings)
    if not saw:
        return None
    move = seen.plain_names.get(lead.movement) or lead.movement.replace("_", " ")
    return {
        "move": f"In the {move}", "mild": lead.status is Status.BORDERLINE, "saw": saw, "matters": plain.matters,
        "practise": "" if with_program else plain.practise,
    }  # fmt: skip


def _about_sides(text: str, findings: Iterable[Finding]) -> str:
    """Return a check's plain sentence about the sides of its findings."""
    return text.replace("{side}", join_words(sorted(f.side for f in findings if f.side)))


def _days_of(e: PlannedExercise, plan: Plan) -> list[int]:
    return [day.weekday for day in plan.week if e.exercise in day.exercises]


def _ticks(plan: Plan) -> Element:
    """Return boxes to tick for each exercise and day until the next appointment, in blocks that fit on paper."""
    days = sorted({day.weekday for day in plan.week}) or list(range(max(e.per_week for e in plan.exercises)))
    names = [WEEKDAYS[day][:2] for day in days] if plan.week else [str(day + 1) for day in days]
    weeks = max(1, min(_WEEKS, math.ceil((plan.retest_on - plan.day).days / 7)))
    tables = math.ceil(weeks / max(1, _BOXES // len(days)))
    at_once = math.ceil(weeks / tables)  # alike, so that boxes lie below each other
    rows = [
        (e.title, [(not plan.week and i < e.per_week) or day in _days_of(e, plan) for i, day in enumerate(days)])
        for e in plan.exercises
    ]
    blocks = [list(range(first, min(first + at_once, weeks + 1))) for first in range(1, weeks + 1, at_once)]
    return Element(
        "ticks", "Tick what you did", "client_ticks.html.jinja", {"blocks": blocks, "names": names, "rows": rows}
    )


def _next_time(seen: SeenDay) -> Element | None:
    """Return what to film next time: every movement and view, or leg, that is still missing."""
    lines = [text.partition(", to judge")[0] for text in seen.missing]
    lead_in = "The camera sees only what faces it. Next time we can also film:"
    return lines_element("next", "What we could not see yet", lines, lead_in)
