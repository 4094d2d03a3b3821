"""What the rules say to days that a client named, and what else was asked.

Never a promise and never a guess: no, yes as far as is known, or on which day it is decided and by which tests.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.client_schema import Topic
from movescreen.catalog.pathway_schema import GateSpec
from movescreen.client.dates import days_since
from movescreen.client.intake.words import decapitalize, event_words
from movescreen.client.person import Person
from movescreen.client.plan.goals import read_goals
from movescreen.client.plan.model import PlanActivity, PlanAnswer
from movescreen.client.plan.pathways import find_complaints
from movescreen.client.plan.review_day import NOT_KNOWN
from movescreen.client.plan.wanted_days import WantedDay, find_days
from movescreen.client.rules.clearance_words import WEIGHT, find_weight, to_kilograms
from movescreen.client.rules.conditions import find_injuries, fits_operation
from movescreen.client.rules.gates import DAYS_A_MONTH, name_bar, tell_bar
from movescreen.client.rules.readiness import Readiness, StepStanding
from movescreen.client.visits.visit import Visit
from movescreen.words.sentences import join_words

#: Days after which a step is looked at again at the soonest, as for all that is not known yet (:mod:`movescreen.client.plan.review_day`),
#: and before a day on which it is decided whether it is done on it.
STEP_DAYS = DECIDED_BEFORE = NOT_KNOWN
#: So many tests are named, and so many steps ahead.
_MOST = 3
#: A day that comes whatever somebody can do by then.
_COMES_ANYWAY = re.compile(r"\boperat|\bsurgery|\bnew (?:hip|knee|joint|shoulder)|\breplace", re.IGNORECASE)
#: A sport that goes on as long as something shows from day to day, and what makes it none.
_DAILY = re.compile(
    r"\b(?:play|tennis|sport|skate|run|row|train|jump|dance|match\w*)\b.*\b(?:as long as|as far as|as pain|while|below|not above)\b",
    re.I,
)
_DENIED = re.compile(r"\b(?:no|not yet|without|before|until)\b", re.I)
#: How a question is told in a note.
_ASKS = re.compile(r"\b(?:asks?|wonders?|wants? to know|would like to know)\b(?: me)?[ :]*", re.IGNORECASE)
_SENTENCES = re.compile(r"[^.!?]+[.!?]?")
#: What a question about doing is about: the topics of "you may" and "not yet"; who asks about sport asks about what theirs takes.
_TOPICS: tuple[tuple[Topic, re.Pattern[str]], ...] = (
    ("run", re.compile(r"\b(?:run|jog|sprint|rac(?:e|ing)|marathon)", re.IGNORECASE)),
    ("jump", re.compile(r"\b(?:jump|hop\b|hopp)", re.IGNORECASE)),
    ("team", re.compile(r"\b(?:team|match|game|play|soccer|football|basketball|volleyball|handball|rugby|tennis|hockey)", re.IGNORECASE)),
    ("kneel", re.compile(r"\bkneel", re.IGNORECASE)),
    ("weights", re.compile(r"\b(?:lift|deadlift|weights?\b|gym\b)", re.IGNORECASE)),
    ("move", re.compile(r"\b(?:walk|hik|cycl|bik|rid(?:e|ing)|swim)", re.IGNORECASE)),
)  # fmt: skip
_ABOUT_SPORT = re.compile(r"\b(?:sport|train|stop)", re.IGNORECASE)
_OF_SPORT: Mapping[str, Topic] = {
    "running": "run", "jumping_and_turning": "team", "strength": "weights", "cycling_or_swimming": "move", "walking": "move",
}  # fmt: skip
#: Questions that no plan answers, whatever they are about.
_NOT_ABOUT_DOING = re.compile(
    r"\b(?:brace|shoe|spike|insole|tape|taping|tablet|pill|ibuprofen|inject|medic|needl|massage|ice|heat|operat|surg|picture|scan|mri|x-ray|doctor|ruin|harm|enough|how)",
    re.IGNORECASE,
)
_WHEN, _MUST_STOP = re.compile(r"\bwhen\b", re.IGNORECASE), re.compile(r"\bstop\b|\bgive up\b", re.IGNORECASE)
_MAY_OR_WHEN = re.compile(r"\b(?:whether|if|when|may|can|could|must|should|have to|has to|do i|need)\b", re.IGNORECASE)
#: Beginnings of words that say nothing of what a question is about.
_PLAIN_STEMS = frozenset((
    "wheth", "shoul", "befor", "after", "again", "could", "would", "about", "there", "which", "where", "other",
    "right", "since", "today", "until", "still", "their", "these", "those", "every", "first", "train", "allow",
))  # fmt: skip
#: Letters of a question from which on a word of it may be one of the goal as well.
_TELLING = 6


@dataclass(frozen=True)
class _Way:
    """What lies between a person and what they want.

    Attributes
    ----------
    soonest, because
        The least day by the rules, and why.
    missing, ahead, last
        Tests of the present step, the steps after it, and tests of the last one.
    """

    soonest: date
    because: str = ""
    missing: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    closed: str = ""


def answer_days(
    person: Person, visits: Sequence[Visit], readiness: Sequence[Readiness], holds: Sequence[str], ban: str, catalog: ClientCatalog, *, again: date,
    talk_first: bool = False,
) -> tuple[PlanAnswer, ...]:  # fmt: skip
    """Return an answer to each day that the client named: in the goal, and in what was asked.

    Parameters
    ----------
    holds
        What keeps the plan from going further, in sentences.
    ban
        Until who says otherwise running and jumping wait; empty when they do not.
    again
        When the plan is looked at again.
    talk_first
        Pain was too much, so that nothing that a clinician allowed from day to day holds now.
    """
    named = _find_named(person, visits)
    if not named:
        return ()
    impact = _asks_impact(person, catalog)
    way = _find_way(person, readiness, catalog, impact=impact)
    told: dict[PlanAnswer, list[str]] = {}
    for day, text in named.values():
        if _COMES_ANYWAY.search(text):
            answer = PlanAnswer(
                about="",
                words="This day comes whatever you can do by then: the plan makes you as ready for it as it can.",
            )
        else:
            answer = _answer(
                day, person.today, way, holds, ban if impact else "", again, "" if talk_first else _find_allowed(person)
            )
        told.setdefault(answer, []).append(day.words)
    # days of which the same is to be said are answered together
    return tuple(answer.model_copy(update={"about": join_words(words)}) for answer, words in told.items())


def _find_allowed(person: Person) -> str:
    """Return what a clinician allows of sport on a condition that shows from day to day, in their words; empty without any."""
    clauses = ((each.by, part.strip()) for each in person.said for part in re.split(r"[;,]", each.words))
    return next(
        (f"your {by}’s “{part}”" for by, part in clauses if _DAILY.search(part) and not _DENIED.search(part)), ""
    )


def list_days(person: Person, visits: Sequence[Visit]) -> list[date]:
    """Return the first day of each day and time that the client named."""
    return [day.first for day, _ in _find_named(person, visits).values() if day.first is not None]


def _find_named(person: Person, visits: Sequence[Visit]) -> dict[str, tuple[WantedDay, str]]:
    """Return the words of each day that was named -> the day, and the text it is in."""
    texts = list(_asked(person, visits))
    return {day.words.casefold(): (day, text) for text in texts for day in find_days(text, person.today)}


def list_questions(person: Person, visits: Sequence[Visit]) -> tuple[str, ...]:
    """Return what else was asked, as it was written: what no day of the goal answers, so that nothing asked is lost."""
    if person.intake is None:
        return ()
    aim = find_aim(person.intake.goal_words)
    goal = {word for word in re.findall(r"\w+", aim.casefold()) if len(word) >= _TELLING}
    return tuple(
        text
        for text in dict.fromkeys(_questions(person, visits))
        if not find_days(text, person.today)
        and not (goal & set(re.findall(r"\w+", text.casefold())) and find_days(aim, person.today))
    )


def find_aim(goal_words: str) -> str:
    """Return what a client wants without what they ask; empty where nothing but a question is there."""
    aims = [part.strip() for part in _SENTENCES.findall(goal_words) if not part.strip().endswith("?")]
    return " ".join(filter(None, aims))


def _asked(person: Person, visits: Sequence[Visit]) -> Iterator[str]:
    if person.intake is not None:
        yield person.intake.goal_words
        yield from _questions(person, visits)


def answer_questions(
    questions: Sequence[str], person: Person, readiness: Sequence[Readiness], activities: Sequence[PlanActivity], catalog: ClientCatalog,
    advice: Sequence[str], *, ban: str, talk_first: bool,
) -> dict[str, PlanAnswer]:  # fmt: skip
    """Return question -> what a clinician or this plan says to it; a question that neither answers is the trainer's.

    Parameters
    ----------
    activities
        What the plan says of what may be done and waits.
    advice
        Lines of the plan, of which the one on wear answers a question about it.
    ban
        As in :func:`answer_days`.
    """
    told: dict[str, str] = {}
    for text in questions:
        wear = next(
            (line for line in advice if "worn" in line and re.search(r"\bwear|\bworn", text, re.IGNORECASE)), ""
        )
        if words := _too_heavy(text, person) or wear or (find_word_on(text, person) if " or " not in text else ""):
            told[text] = words
        elif not talk_first and _MAY_OR_WHEN.search(text) and not _NOT_ABOUT_DOING.search(text):
            told[text] = _tell_doing(text, person, readiness, activities, catalog, ban=ban)
    return {text: PlanAnswer(about=text, words=words) for text, words in told.items() if words}


def _too_heavy(text: str, person: Person) -> str:
    """Return a "no" to a weight that is more than a clinician allows; empty otherwise."""
    most, asked = find_weight(person.said), WEIGHT.findall(text)
    if most is None or not any(to_kilograms(*each) > to_kilograms(*most[0].split(" ", 1)) for each in asked):
        return ""
    return f"No: never more than {most[0]}, says your {most[1].by}."


def find_word_on(text: str, person: Person) -> str:
    """Return what a clinician said on what a question is about, in their own words; empty where no clause of theirs is on it."""
    asked = _stems(text)
    clauses = ((each.by, part.strip()) for each in person.said for part in re.split(r"[;,.:]\s", each.words))
    found = max(clauses, key=lambda each: len(asked & _stems(each[1])), default=("", ""))
    return f"Your {found[0]}: “{found[1].rstrip('.')}”." if asked & _stems(found[1]) else ""


def _stems(text: str) -> set[str]:
    """Return the beginnings of the telling words of a text."""
    return {word[:5] for word in re.findall(r"[a-z]{5,}", text.casefold())} - _PLAIN_STEMS


def _tell_doing(
    text: str, person: Person, readiness: Sequence[Readiness], activities: Sequence[PlanActivity], catalog: ClientCatalog, *, ban: str
) -> str:  # fmt: skip
    """Return what the plan's own lines and steps say to a question about something that is done; empty where they say nothing of it."""
    topic = _find_topic(text, person)
    if topic is None:
        return ""
    barred = next((wait.words for line in activities for wait in line.waits if topic in wait.bars), "")
    may = next((line.may for line in activities if line.may and topic in line.asks), "")
    if barred:
        steps = tell_way(person, readiness, catalog, topic, ban=ban if topic in ("run", "jump", "team") else "")
        return f"{'For now yes' if _MUST_STOP.search(text) else 'Not yet'}. {steps}" if steps else ""
    if not may:
        return ""
    yes = "Now" if _WHEN.search(text) else "No" if _MUST_STOP.search(text) else "Yes"
    # of what may be done the part that was asked about
    part = dict(_TOPICS)[topic].search(may)
    return f"{yes}: {may[part.start() if part else 0 :].partition(';')[0]}."


def _find_topic(text: str, person: Person) -> Topic | None:
    found = next((topic for topic, words in _TOPICS if words.search(text)), None)
    sports = person.intake.sports if person.intake else ()
    if found is None and _ABOUT_SPORT.search(text):
        return next((_OF_SPORT[sport] for sport in sports if sport in _OF_SPORT), None)
    return found


def tell_way(person: Person, readiness: Sequence[Readiness], catalog: ClientCatalog, topic: Topic, *, ban: str) -> str:
    """Return with which step of a complaint something begins, what comes before it, and when at the soonest; empty where no step says.

    Parameters
    ----------
    ban
        As in :func:`answer_days`.
    """
    open_ = [each for each in find_complaints(readiness) if each.open]
    found = [(each, at) for each in open_ if (at := _first_step(each, topic, catalog)) is not None]
    if not found:
        return ""
    # the longest way decides
    standing, at = max(found, key=lambda pair: pair[1] - pair[0].position)
    step, here = standing.steps[at], standing.position
    way = _way_of(standing, person, catalog, impact=True, upto=at)
    between = [decapitalize(each.spec.plain).rstrip(".") for each in standing.steps[here + 1 : at]]
    words = f"It begins with step {at + 1} of {len(standing.steps)}, “{decapitalize(step.spec.title)}”; you are at step {here + 1}"
    words += f", and before it comes: {'; '.join(between)}" if between else ", and “Next look” says what it takes"
    soonest = f" Not before {way.soonest}: {way.because}." if way.because else ""
    return f"{words}.{soonest}{f' And it waits {ban}.' if ban else ''}"


def _first_step(standing: Readiness, topic: Topic, catalog: ClientCatalog) -> int | None:
    """Return the number of the first step ahead that takes something; None when none does."""
    rows = [row for row in catalog.safety.values() if row.pathway == standing.spec.id]
    for at, step in enumerate(standing.steps[standing.position + 1 :], standing.position + 1):
        if any((line := row.at_step(step.spec.id)) is not None and topic in line.asks for row in rows):
            return at
    return None


def _questions(person: Person, visits: Sequence[Visit]) -> Iterator[str]:
    """Yield what is asked in the goal, and in the notes of the latest conversation and since, without "asks"."""
    assert person.intake is not None
    since = [note.text for visit in visits for note in visit.notes if visit.day >= person.intake.day]
    for text in (person.intake.goal_words, person.intake.note, *since):
        for part in map(str.strip, _SENTENCES.findall(text)):
            if part.endswith("?"):
                yield _ASKS.sub("", part, count=1) if _ASKS.match(part) else part
            elif found := _ASKS.search(part):
                yield part[found.end() :].rstrip(".! ")


def _asks_impact(person: Person, catalog: ClientCatalog) -> bool:
    """Whether what somebody wants takes running or jumping, by their words or by the ticks."""
    if person.intake is None:
        return False
    by_words = any(goal.before_impact for goal in read_goals(person.intake.goal_words, catalog.goals))
    return by_words or bool({"run", "jump_and_turn", "return_to_sport"} & set(person.intake.goals))


def _find_way(person: Person, readiness: Sequence[Readiness], catalog: ClientCatalog, *, impact: bool) -> _Way:
    """Return the longest of the ways on the pathways of the complaints."""
    ways = [_way_of(each, person, catalog, impact=impact) for each in find_complaints(readiness)]
    return max(ways, key=lambda way: (bool(way.closed), way.soonest, len(way.ahead)), default=_Way(person.today))


def _way_of(
    standing: Readiness, person: Person, catalog: ClientCatalog, *, impact: bool, upto: int | None = None
) -> _Way:
    """Return the way on a pathway, up to a step when one is named; without ``impact`` only as far as its steps without runs and jumps."""
    if not standing.open:
        return _Way(person.today, closed="the questions about health come first")
    ahead = [step for step in standing.steps[standing.position : upto] if impact or not step.spec.impact]
    at, because = 0, ""
    for n, step in enumerate(ahead):
        # what a ban keeps out of sight takes its time as well
        wait, name = max((_wait_of(catalog.gates[gate], step, person) for gate in step.spec.gates), default=(0, ""))
        at += STEP_DAYS if n else 0
        if wait >= at and wait:
            at, because = wait, name
    more = len(ahead) - 1
    steps = f"{event_words(more, 'step')} of at least a week{' each' * (more > 1)}" if more > 0 else ""
    missing = dict.fromkeys(tell_bar(g, catalog) for g in standing.missing if g.spec.clock != "time") if ahead else {}
    titles = tuple(decapitalize(step.spec.plain).rstrip(".") for step in ahead[1:])
    last = dict.fromkeys(_title(catalog.gates[name], catalog) for name in ahead[-1].spec.gates) if ahead else {}
    why = " and ".join(filter(None, (because, steps)))
    return _Way(person.today + timedelta(days=at), why if at else "", tuple(missing), titles, tuple(filter(None, last)))


def _title(gate: GateSpec, catalog: ClientCatalog) -> str:
    """Return the name of what a test of a step reads; empty for time and health."""
    if gate.clock == "time" or gate.kind == "flags":
        return ""
    return decapitalize(catalog.hand_tests[gate.test].title if gate.test else gate.title)


def _wait_of(gate: GateSpec, step: StepStanding, person: Person) -> tuple[int, str]:
    """Return for how many days a gate of time still lasts, with its name; nothing for any other, and where the time is not known."""
    since = _days_since(gate, step, person)
    if since is None or gate.at_least is None:
        return 0, ""
    left = math.ceil(gate.at_least * (DAYS_A_MONTH if gate.kind.startswith("months") else 7) - since)
    return (left, decapitalize(name_bar(gate))) if left > 0 else (0, "")


def _days_since(gate: GateSpec, step: StepStanding, person: Person) -> int | None:
    """Return the days since the injury, operation, birth or first session that a gate counts from; None for what counts otherwise."""
    if gate.kind == "weeks_postpartum":
        return None if person.weeks_postpartum is None else 7 * person.weeks_postpartum
    if gate.kind == "weeks_of_training":
        weeks = next((each.value for each in step.gates if each.spec.id == gate.id), 0.0)
        return 0 if math.isnan(weeks) else round(7 * weeks)
    if gate.injury is not None:
        return min((days_since(each.when, person.today) for each in find_injuries(gate.injury, person)), default=None)
    if gate.operation is not None:
        operations = (person.intake.operations if person.intake else None) or ()
        fitting = (each for each in operations if fits_operation(each, gate.operation, person))
        return min((days_since(each.when, person.today) for each in fitting), default=None)
    return None


def _answer(
    day: WantedDay, today: date, way: _Way, holds: Sequence[str], ban: str, again: date, allowed: str
) -> PlanAnswer:
    if day.first is None or day.last is None:
        return PlanAnswer(
            about="", words="This can be two days: tell your trainer which one, with the month as a word."
        )
    if way.closed:
        return PlanAnswer(about="", words=f"Nobody can say yet: {way.closed}.")
    true = ["running and jumping allowed again"] if ban else []
    true += [f"then {', then '.join(way.ahead[:_MOST])}"] if way.ahead else []
    true += [] if true or way.missing else [_tell_hold(line) for line in holds[:1]]
    missing = way.missing[:_MOST]
    if way.soonest > day.last:
        words = f"No, not by the rules of this plan: they ask for {way.because}, so {way.soonest} at the soonest."
        if allowed and not ban:
            words = f"Not in full by the steps of this plan, which ask for {way.because}, so {way.soonest} at the soonest. Until then this holds from day to day: {allowed}."
        return PlanAnswer(about="", words=words, missing=missing, true=tuple(true))
    if not true and not missing:
        return PlanAnswer(
            about="",
            words="Yes, as far as is known today: nothing speaks against preparing for it. Nobody can promise it.",
        )
    decided = max(way.soonest, min(again, day.last), day.first - timedelta(days=DECIDED_BEFORE))
    by = join_words(way.last[:_MOST] or ("pain that keeps to the pain rule",))
    words = f"Open. You and your trainer decide on {decided}, by {by}."
    return PlanAnswer(about="", words=words, missing=missing, true=tuple(true))


def _tell_hold(line: str) -> str:
    """Return what has to pass before the plan goes further; of pain without a second number for it."""
    pain = re.match(r"pain of (\d+ of 10)", line, re.IGNORECASE)
    return f"less pain than the {pain[1]} that holds the plan back now" if pain else decapitalize(line).rstrip(".")
