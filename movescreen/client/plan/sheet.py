"""The words of the client's sheet: one rule for sport, one for pain, signs in the order that matters to this client, cards as a trainer says them.

Everything is made from a plan alone, also from one of before that has less in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from movescreen.catalog.safety_schema import ClauseSpec
from movescreen.client.intake.words import decapitalize
from movescreen.client.plan.answers import find_aim
from movescreen.client.plan.changes import list_changes
from movescreen.client.plan.clearance import CITED, NOT_HARDER
from movescreen.client.plan.model import LighterWeek, Plan, PlanActivity, PlannedExercise, PlanQuestion
from movescreen.client.plan.pain_gate import TALK_FIRST
from movescreen.client.plan.pain_rules import tell_pain_rule
from movescreen.client.rules.clearance_words import find_limit_of_pain
from movescreen.words.numbers_and_units import spell_days
from movescreen.words.sentences import join_words, sentence

#: Below this age a plan speaks to the parents, too.
CHILD_BELOW = 16
#: Ages from which nobody is at school, and hardly anybody at work.
GROWN_FROM, RETIRED_FROM = 20, 68
#: The easier form where nothing else is one.
FEWER = "Fewer repetitions, or a smaller movement."
#: So much is named of what the next step takes.
MOST_MISSING = 5
#: The rule of pain, as it stands within other words.
_OWN_PAIN = re.compile(
    r"(?:stays? |goes? |keeps? )?(?:at|to) 2 of 10 or less(?:,? then and the next day)?|(?:, )?(?:so )?(?:within|by) (?:the|its) pain rule",
    re.IGNORECASE,
)
_GATE_PAIN = re.compile(r",? up to (\d+) of 10(?:, up to (\d+) the next morning)?")
#: What stands beside a clinician's words anyway.
_OPERATED = "What surgeon and physiotherapist allow"
#: Reasons by which nobody found anything: what somebody wants, does or is.
_NO_FINDING = re.compile(r" as a sport|^the goal|^sitting|years of age|often goes with it", re.IGNORECASE)
#: A difference of the sides, as reasons say it.
_BEHIND = re.compile(r"^(.+?)(?:, [^:]+)?: (left|right) ([\d.]+) (\w+) behind")
#: What a clinician said that belongs to every session: when, how hard, how far, with what.
_HOW = re.compile(
    r"\b(?:after|before) (?:the |a |each |every )?(?:tablet|medicine|meal|dose|breakfast)|as hard as|as far as|\bbelow \d|\bat most\b|\bnot (?:more|beyond|over)\b"
    r"|within reach|\bup to \d|times a (?:day|week)|every (?:day|other day)|\bno (?:hills|kneeling|heights)\b|without (?:a )?(?:limp|load)",
    re.IGNORECASE,
)
#: A finding with its value, before its day; how much hurts is none.
_MEASURED = re.compile(r"(?!.*\bof 10\b|.* points )(.+?: .*?\d.*?) on \d{4}-\d\d-\d\d.*", re.IGNORECASE)
#: A tempo that can be counted; "still" and "easy" are said by how an exercise is done.
_COUNTED = re.compile(r"\b(?:one|two|three|four|five|six|slow\w*|second\w*|quick\w*|\d+)\b")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
#: What a plan is for while pain was too much.
_UNTIL_TALKED = "What hurts is not loaded until the next look, and nothing has weights: this page spares it and keeps the rest of you going."
_NO_PLAN = "That is no plan yet: what hurts is not loaded until the next look."
#: How much it hurts, in a reason.
_SCORES = re.compile(r" \(\d+ of 10(?: on (\d{4}-\d\d-\d\d))?[^;)]*(?:; told: (“[^”]*”))?\)")
_BRACKETED = re.compile(r" \(\d+ of 10[^)]*\)")
_NEXT_FORM = " Then: "


@dataclass(frozen=True)
class SportRule:
    """What the client may do beside the exercises, what waits, and until what: one rule.

    Attributes
    ----------
    said
        Words of clinicians, which go before everything.
    now
        What to do in the first days.
    until
        What the next step takes.
    """

    said: tuple[str, ...]
    now: str
    may: str
    wait: str
    until: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """One exercise as a trainer says it: how, how hard, and what to do when it hurts or is too easy."""

    exercise: PlannedExercise
    how: str
    hard: str
    hurts: str
    easy: str
    stop: str


def tell_found(plan: Plan) -> str:
    """Return what was found and what the plan works on, in two or three sentences; only what an exercise of it is for."""
    if plan.headline.startswith(TALK_FIRST):
        # what a plan of other days works on is not what is to know on this one
        pain = _SENTENCES.split(plan.headline)[0].removeprefix(f"{TALK_FIRST}: ")
        return f"{sentence(pain)} {_UNTIL_TALKED if len(plan.exercises) > 1 else _NO_PLAN}"
    open_ = [each for each in plan.pathways if not each.refused][:2]
    # who comes again knows what their complaint is called; what got better stands below
    told = [sentence(each.plain) for each in open_ if plan.started_from is None]
    measured = (found for each in open_ for part in each.found.split("; ") if (found := _MEASURED.match(part)))
    told += [sentence(f"We measured {decapitalize(found[1])}") for found in [next(measured, None)] if found]
    if not plan.exercises:
        return plan.headline
    if not open_:
        reasons = (reason for need in plan.needs for reason in need.reasons if not _NO_FINDING.search(reason))
        first = _in_plain_words(next(reasons, ""))
        places = list(dict.fromkeys(plan.complaints))
        told += (
            [f"You told us that this hurts: {join_words(places)}."]
            if places and (len(places) > 1 or places[0] not in first)
            else []
        )
        told += [sentence(first)] if first else []
    if (aims := list_aims(plan)) and not open_:
        told.append(f"This plan works on {join_words(aims)}.")
    return " ".join(told) or plan.headline


def _in_plain_words(reason: str) -> str:
    """Return a finding without scores, and a difference of the sides as one says it."""
    behind = _BEHIND.match(reason)
    if behind is None:
        return _without_scores(reason)
    test, side, number, unit = behind.groups()
    unit = {"deg": "degrees", "reps": "repetitions"}.get(unit, unit)
    return f"{test}: the {side} side is {number} {unit} behind the other one"


def list_aims(plan: Plan) -> list[str]:
    """Return what exercises of the plan were chosen for, in their order: an aim without an exercise is none, nor one that waits."""
    waits = {need.title for need in plan.needs if need.waits and not need.waits.startswith("it is trained along")}
    return list(dict.fromkeys(decapitalize(e.aim) for e in plan.exercises if e.aim and e.aim not in waits))


def tell_pain(plan: Plan) -> str:
    """Return the one rule of pain of the page."""
    return plan.pain_rule or tell_pain_rule(plan.pain_rules)


def list_rules(plan: Plan) -> list[str]:
    """Return how to go on, without what plans of before say of pain: the rule of the page says it."""
    return [line for line in plan.rules if "of 10" not in line]


def merge_sport(plan: Plan) -> SportRule:
    """Return one rule from all that a plan says of sport: what any line forbids, no other line allows."""
    lines = [each for each in plan.activities if not each.said]
    # what stands above word for word is not cited again
    cited = any(each.said for each in plan.activities)
    # what the page itself trains is not held back on it
    lifts = any(e.stage == "load" and e.load for e in plan.exercises)
    # what is banned, and what is forbidden altogether, stands first, and what it covers is not said again
    ordered = sorted(
        (
            (each, wait)
            for each in lines
            for wait in each.waits
            if not (lifts and wait.about == ("weights",) and not wait.bars)
        ),
        key=lambda pair: (pair[0].kind != "ban", not pair[1].bars),
    )
    waits = _merge_waits((wait for _, wait in ordered), cited=cited)
    order = {"step": 0, "ban": 1, "": 1, "profile": 2, "operation": 4}
    free = [line for line in sorted(lines, key=lambda each: order[each.kind]) if line.may and not _clashes(line, lines)]
    # one rule: what a later line says of walking, cycling, running or sport is said already
    first = {
        topic: next(line for line in free if topic in line.asks)
        for topic in ("move", "run")
        if any(topic in line.asks for line in free)
    }
    may = list(
        dict.fromkeys(_own_words(line.may) for line in free if all(line is first[t] for t in first if t in line.asks))
    )
    if not may and plan.exercises:
        may = ["the exercises of this page, and daily life as far as it gets no worse"]
    notes = dict.fromkeys(line.note for line in lines if line.note)
    now = next((_own_words(each.now) for each in lines if each.now), "")
    now, free_to, held = (_at_age(text, plan.age) for text in (now, "; ".join(may), "; ".join(waits)))
    said = tuple(each.said for each in plan.activities if each.said)
    return SportRule(said, now, sentence(free_to), sentence(held), _list_missing(lines), tuple(notes))


def _at_age(text: str, age: int | None) -> str:
    """Return words with the school of a child, without that of a grown-up, and without the work of who is retired."""
    if age is not None and age < CHILD_BELOW:
        return text.replace("at work", "at school")
    if age is None or age >= GROWN_FROM:
        text = text.replace(", PE and team training", " and team training")
        text = re.sub(r"(?:, |; )PE(?=;|\.|$| with)|\bPE(?:, | and | or )", "", text)
    return text.replace("at work and ", "") if age is not None and age >= RETIRED_FROM else text


def _list_missing(lines: Sequence[PlanActivity]) -> tuple[str, ...]:
    """Return what the next steps wait for, without a number that could be taken for a rule of pain."""
    return tuple(dict.fromkeys(_without_scores(name) for line in lines for name in line.until))[:MOST_MISSING]


def tell_next(plan: Plan) -> str:
    """Return when the plan is looked at again and what is decided then: the next step by what it takes, else the exercises by what was noted."""
    day = spell_days(f"{plan.retest_on}")
    if plan.headline.startswith(TALK_FIRST):
        return f"{day}. What is trained again is decided then, by how much it hurts and what your trainer has asked."
    takes = merge_sport(plan).until
    if not takes:
        return f"{day}. Each exercise then goes up, stays or goes back, by what you noted and what is measured again."
    ahead = [
        next((step.plain for step in each.steps if step.state == "ahead"), "")
        for each in plan.pathways
        if not each.refused
    ]
    following = f", “{decapitalize(ahead[0]).rstrip('.')}”," if len(ahead) == 1 and ahead[0] else ""
    return f"{day}. The next step{following} takes {'all of ' * (len(takes) > 1)}this: {'; '.join(takes)}."


def _merge_waits(waits: Iterable[ClauseSpec], *, cited: bool) -> list[str]:
    """Return what waits, each once; what one forbids altogether stands for its parts. What is ``cited`` above is not cited again."""
    told: dict[str, ClauseSpec] = {}
    for each in waits:
        barred = {topic for other in told.values() for topic in other.bars}
        if not (each.about and set(each.about) <= barred):
            told.setdefault(_own_words(CITED.sub("", each.words) if cited else each.words), each)
    return list(told)


def _own_words(text: str) -> str:
    return _OWN_PAIN.sub(_name_pain_rule, text.replace("what hurts more than that", "what breaks the pain rule"))


def _name_pain_rule(found: re.Match[str]) -> str:
    if found[0].startswith(("stays", "goes", "keeps")):
        return "keeps to the pain rule"
    return f"{'' if found[0][0].isalpha() else ' '}within the pain rule"


def shorten_reason(reason: str) -> str:
    """Return a reason without how much it hurts and with what, and each of its parts once."""
    head, said, parts = _BRACKETED.sub("", reason).rpartition("not with ")
    return head + said + ", ".join(dict.fromkeys(parts.split(", ")))


def _without_scores(text: str) -> str:
    """Return words without how much it hurts or may hurt, which only the pain rule says."""
    return _GATE_PAIN.sub(_bar_words, _SCORES.sub(_name_pain, text))


def _name_pain(found: re.Match[str]) -> str:
    """Return with what it hurts, and of another day than that of the plan which one: old pain is not told as today's."""
    told = ", ".join(filter(None, [found[2], f"as told on {found[1]}" if found[1] else ""]))
    return f" ({told})" if told else ""


def _bar_words(found: re.Match[str]) -> str:
    """Return the bar of a test as a bar, which nobody takes for a second rule of pain."""
    morning = f", and at {found[2]} or less the next morning" if found[2] else ""
    return f" at {found[1]} or less{morning}"


def _clashes(line: PlanActivity, lines: Sequence[PlanActivity]) -> bool:
    """Whether another line forbids what a line allows."""
    barred = {topic for each in lines if each is not line for wait in each.waits for topic in wait.bars}
    return bool(set(line.asks) & barred)


def list_details(plan: Plan) -> list[str]:
    """Return what clinicians said that belongs to every session, in their own words, for the week."""
    told = []
    for each in plan.activities if not plan.headline.startswith(TALK_FIRST) else ():
        who, _, words = each.said.partition(", ")
        quotes = re.findall("“([^”]*)”", words)
        parts = dict.fromkeys(
            part.strip()
            for quote in quotes
            for part in re.split(r"[;,]|: ", quote)
            if _HOW.search(part) and find_limit_of_pain(part) is None
        )
        told += [f"{decapitalize(who)}: {', '.join(f'“{part}”' for part in parts)}"] if parts else []
    return told


def list_week_notes(plan: Plan) -> list[str]:
    """Return what could not be placed as named; what is alike of several exercises once."""
    groups: dict[str, list[str]] = {}
    for note in plan.week_notes:
        title, parted, why = note.partition(": ")
        groups.setdefault(why if parted else note, []).append(title if parted else "")
    return [
        f"{join_words([names[0], *map(decapitalize, names[1:])])}: {why}" if names[0] else why
        for why, names in groups.items()
    ]


def near_lighter(plan: Plan) -> LighterWeek | None:
    """Return the lighter week that begins before the next look, for trainer and client alike; a later one the next plan tells."""
    near = plan.lighter is not None and plan.lighter.begins < plan.retest_on
    return plan.lighter if near and not plan.headline.startswith(TALK_FIRST) else None


def list_asked(plan: Plan) -> list[PlanQuestion]:
    """Return what the client wants and asked, each with the trainer's answer; of what is merely wanted none is waited for."""
    aim = find_aim(plan.goals)
    told = not aim or any(each.asked == aim for each in plan.questions)
    return [
        *([] if told else [PlanQuestion(asked=aim, wish=True)]),
        *(each for each in plan.questions if not each.talk),
    ]


def drop_repeated(signs: Sequence[str]) -> list[str]:
    """Return signs without those of which earlier ones say every part, word for word."""
    told: set[str] = set()
    left = []
    for sign in signs:
        parts = set(sign.split(", or "))
        left += [] if parts <= told else [sign]
        told |= parts
    return left


def list_stops(plan: Plan) -> list[str]:
    """Return when to stop, without what the pain rule says of the next day."""
    return [
        sign
        for sign in plan.stops
        if not sign.startswith(("pain that is worse the next morning", "pain that stays until the next day"))
    ]


def list_advice(plan: Plan) -> list[str]:
    """Return what keeps the client safe; of several lines on something within reach the one that asks for it all the time, or the first."""
    lines = [
        line for line in plan.advice if not (line.startswith(_OPERATED) and any(each.said for each in plan.activities))
    ]
    reach = [line for line in lines if "within reach" in line]
    one = next((line for line in reach if "all the time" in line), reach[0] if reach else "")
    # of two lines that send to one and the same visit the first
    visits = [line for line in lines if "physiotherapist" in line and line not in reach][1:]
    return [line for line in lines if (line not in reach or line == one) and line not in visits]


def tell_change(plan: Plan) -> str:
    """Return what changed since the last plan, in one or two sentences; empty for a first one."""
    if plan.started_from is None:
        return ""
    since = f"Since {plan.started_from}:"
    changed, _ = list_changes(plan)
    if not changed:
        return " ".join([*([since, *plan.measured] if plan.measured else []), "The exercises stay as they are."])
    gone = [decapitalize(title) for each in changed if each.kind == "gone" for title, _ in each.exercises]
    marked = "What is new or changed is marked" if len(gone) < sum(len(each.exercises) for each in changed) else ""
    left = f"{join_words(gone)} {'is' if len(gone) == 1 else 'are'} gone" if gone else ""
    return " ".join(
        [*([since, *plan.measured] if plan.measured else []), *(sentence(part) for part in (marked, left) if part)]
    )


def usual_words(plan: Plan) -> list[str]:
    """Return what holds for several cards and is said once: how hard, how long the rest, how heavy, and sentences that several have."""
    trained = [e for e in plan.exercises if e.stage != "warm_up"]
    told = [
        Counter(filter(None, found)).most_common(1)
        for found in (map(_effort, trained), (_rest(e) for e in trained), (e.load for e in trained))
    ]
    shared = Counter(line for e in plan.exercises for line in _SENTENCES.split(e.how))
    return [
        *(found[0][0] for found in told if found and found[0][1] > 1),
        *(line for line, times in shared.items() if times > 1),
    ]


def _rest(e: PlannedExercise) -> str:
    return f"Rest {decapitalize(e.rest)}" if e.rest else ""


def _effort(e: PlannedExercise) -> str:
    """Return how hard an exercise is, without a number that could be taken for one of pain."""
    return re.sub(r"^About (\d+) of 10", r"Effort about \1 of 10", re.sub(r" \(\d+ of 10\)", "", e.effort))


def make_cards(plan: Plan) -> list[Card]:
    """Return the cards of a plan."""
    usual = usual_words(plan)
    return [_card(e, usual, plan) for e in plan.exercises]


def _card(e: PlannedExercise, usual: Sequence[str], plan: Plan) -> Card:
    how = " ".join(line for line in _SENTENCES.split(e.how) if line not in usual)
    if e.stage == "warm_up":
        return Card(e, how, "", "", "", _stop(e, plan))
    pace = f"Tempo: {decapitalize(sentence(e.pace))}" if _COUNTED.search(e.pace) else ""
    hard = " ".join(line for line in (pace, _effort(e), e.load, _rest(e)) if line and line not in usual)
    hurts = e.easier.partition(_NEXT_FORM)[0]
    easy = "" if e.harder == NOT_HARDER else e.harder.partition(_NEXT_FORM)[0]
    # what is done in the harder form already
    easy = "" if easy and easy.rstrip(".").casefold() in e.extra.casefold() else easy
    return Card(e, how, hard, "" if hurts == FEWER else hurts, easy, _stop(e, plan))


def _stop(e: PlannedExercise, plan: Plan) -> str:
    """Return when to stop an exercise, as far as the page does not say it already."""
    known = [*plan.stops, *(sign for each in plan.urgent for sign in each.signs)]
    parts = [
        part
        for part in e.stop.split("; ")
        if part
        and not all(
            any(sign.startswith(each) or each in sign for sign in known) for each in part.split(" (")[0].split(", ")
        )
    ]
    return sentence("; ".join(parts)) if parts else ""
