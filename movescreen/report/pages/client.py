"""``client.html``: the screening in plain words, for the person who moved. No number, no jargon, nothing that frightens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from movescreen.model import Finding, ScreeningResult, Status
from movescreen.report.figures.pictures import Picture
from movescreen.report.formats.html import render_page
from movescreen.report.pages.screening import ScreeningPage
from movescreen.report.sections.findings import Element
from movescreen.report.sections.ranking import Priority, is_mostly_unseen, top_priorities
from movescreen.words.numbers_and_units import date_words
from movescreen.words.sentences import join_words, sentence

#: Its name in the folder of a screening.
CLIENT_PAGE = "client.html"
#: More good news than this is not read.
GOOD_NEWS = 6


def render_client_page(page: ScreeningPage) -> str:
    """Return the client's page as one HTML document.

    Its words are those that the findings carry; a finding without any is left out.

    Parameters
    ----------
    page
        What it is made from.
    """
    screening = page.screening
    elements = [
        Element("masthead", "", "client_masthead.html.jinja", _masthead(page), place="header"),
        _pain(screening),
        _good(screening),
        _work(page),
        _next_time(screening),
        Element("know", "Good to know", "client_know.html.jinja", {"watch": page.watch}),
    ]
    software = screening.clips[0].provenance.software if screening.clips else ""
    return render_page([e for e in elements if e is not None], "Your movement check", software)


def _masthead(page: ScreeningPage) -> dict[str, str]:
    names = dict.fromkeys(clip.movement.name for clip in page.screening.clips)
    moves = [plain for name in names if (plain := page.screening.info_of(name).plain_name)]
    return {
        "client": page.name,
        "date": date_words(page.recorded),
        "moves": f"We filmed your {join_words(moves)}." if moves else "",
    }


def _pain(screening: ScreeningResult) -> Element | None:
    if not screening.pain:
        return None
    moves = join_words(f"the {screening.info_of(name).plain_name}" for name in screening.pain)
    text = (
        f"You told us that {moves} hurt. Please leave it out for now, and show it to a doctor or physiotherapist "
        "before you train it again."
    )
    return Element("pain", "First of all", "client_text.html.jinja", {"text": text})


def _good(screening: ScreeningResult) -> Element | None:
    if is_mostly_unseen(screening.findings):
        return None
    clear = [f for f in screening.findings if f.status is Status.CLEAR and f.movement not in screening.pain]
    news: dict[str, None] = {}
    by_check: dict[tuple[str, str], list[Finding]] = {}
    for finding in clear:
        by_check.setdefault((finding.movement, finding.check_id), []).append(finding)
    for findings in by_check.values():
        if said := _about_sides(findings[0].plain.good, findings):
            news[said] = None
    lines = list(news)[:GOOD_NEWS]
    return Element("good", "What went well", "client_good.html.jinja", {"lines": lines}) if lines else None


def _work(page: ScreeningPage) -> Element | None:
    screening = page.screening
    if screening.findings and all(f.movement in screening.pain for f in screening.findings):
        return None
    matters = top_priorities(f for f in screening.findings if f.movement not in screening.pain)
    cards = [card for matter in matters if (card := _card(matter, page))]
    empty_message = "Nothing stood out in what we could see. Keep moving!"
    if is_mostly_unseen(screening.findings):
        empty_message = "We could not see enough this time. Let us film it again."
    return Element(
        "work", "What to work on", "client_work.html.jinja", {"cards": cards, "empty_message": empty_message}
    )


def _card(matter: Priority, page: ScreeningPage) -> dict[str, Any] | None:
    lead, plain = matter.lead, matter.lead.plain
    saw = _about_sides(plain.saw, matter.findings)
    if not saw:
        return None
    return {
        "move": f"In the {page.screening.info_of(lead.movement).plain_name}",
        "mild": lead.status is Status.BORDERLINE,
        "saw": saw,
        "matters": plain.matters,
        "practise": plain.practise,
        "picture": _picture(lead, page),
    }


def _picture(finding: Finding, page: ScreeningPage) -> Picture | None:
    screening = page.screening
    number = next(i for f, i in zip(screening.findings, screening.answered_by, strict=True) if f is finding)
    return page.plain_pictures.get(number)


def _about_sides(text: str, findings: Iterable[Finding]) -> str:
    """Return a check's plain sentence about the sides of its findings."""
    return text.replace("{side}", join_words(sorted(f.side for f in findings if f.side)))


def _next_time(screening: ScreeningResult) -> Element | None:
    """Return what to film next time: every movement and view, or leg, that is still missing."""
    if not screening.missing:
        return None
    lines = [sentence(text.partition(", to judge")[0]) for text in screening.missing]
    return Element("next", "What we could not see yet", "client_next.html.jinja", {"lines": lines})
