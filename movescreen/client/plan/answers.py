"""What a client asked: every question, and every day that their goal names, waits for the trainer, who answers it once.

Nothing here answers. Beside a question stands what is known: clinicians' words, the step, what the next one takes, and when at the soonest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pydantic import ValidationError

from movescreen.catalog.client_loader import ClientCatalog
from movescreen.catalog.norms_library import NormLibrary
from movescreen.client.intake.model import TypedText, WordsRead
from movescreen.client.intake.words import decapitalize
from movescreen.client.person import Person
from movescreen.client.plan.clearance import note_said
from movescreen.client.plan.model import PlanQuestion
from movescreen.client.plan.pain_gate import TALK_FIRST_FROM
from movescreen.client.plan.pathways import find_complaints
from movescreen.client.rules.danger_words import ReadAs, list_texts
from movescreen.client.rules.gates import DAYS_A_MONTH, GateState, Inputs, judge_gate, name_bar, tell_bar
from movescreen.client.rules.profiles import find_impact_ban
from movescreen.client.rules.readiness import Readiness, assess_readiness
from movescreen.client.visits.scores import recent_pain, worst_pain
from movescreen.client.visits.visit import Visit
from movescreen.errors import InputError
from movescreen.words.sentences import join_words, sentence

#: Where a question stands, for the record of its answer, a day that the goal names, and what the trainer is asked after too much pain.
_QUESTION, _WISH, _TALK = "a question", "a day that was named", "a talk"
#: A question in a note waits, and its answer stands, for so long when the intake is asked anew.
KEPT_OPEN = timedelta(weeks=4)
#: In what somebody may have asked something; what a clinician wrote is not asked, nor is what a form fills in again.
_PLACES = ("the goal", "the note on the conversation", "what brings the pain on", "a note")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
#: A point between a number and a month ends no sentence: "on 12. December".
_SENTENCES = re.compile(rf"(?<=[!?])\s+|(?<=\.)(?<!\d\.)\s+|(?<=\d\.)\s+(?=(?-i:[A-Z]))(?!{_MONTH})", re.IGNORECASE)
_ASKS = re.compile(r"\?$|\b(?:asks?|wonders?|wants? to know|would like to know)\b", re.IGNORECASE)
_LEAD = r"\b(?:in|by|on|until|till|before|from|next|this|of|for|late|early|mid|coming|the)[ -]"
_DAY = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\.?(?: of)? {_MONTH}|\b{_MONTH}\.? \d{{1,2}}\b|{_LEAD}{_MONTH}|\b20\d\d-\d\d-\d\d\b|\b\d{{1,2}}\.\d{{1,2}}\.|\b\d{{1,2}}/\d{{1,2}}\b"
    rf"|{_LEAD}(?:spring|summer|autumn|fall|winter)\b(?! break)|\bin (?:about )?(?:\d{{1,2}}|an?|two|three|four|five|six|eight|ten|twelve) (?:day|week|month)s?\b"
    r"|\b(?:this|next) (?:week|weekend|month|year|season)\b|\b(?:tomorrow|christmas|new year|easter)\b|\b(?:on|this|next) (?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
    re.IGNORECASE,
)  # fmt: skip


def find_aim(goal: str) -> str:
    """Return what a client wants without what they ask; empty where nothing but a question is there."""
    return " ".join(part for part in _split(goal) if not _ASKS.search(part))


def _split(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCES.split(text) if part.strip()]


def find_questions(person: Person, visits: Sequence[Visit]) -> tuple[TypedText, ...]:
    """Return what was asked in the latest conversation, in the last four weeks and since, and the goal where it names a day, each once and as typed.

    After pain that asks for a talk first, last what the trainer heard in it: it is kept like an answer, and opens nothing.
    """
    if person.intake is None:
        return ()
    found = []
    for where, text, day in list_texts(replace(person, told=()), visits):
        if where not in _PLACES or (day is not None and day < min(person.intake.day, person.today - KEPT_OPEN)):
            continue
        aim = find_aim(text) if where == "the goal" else ""
        found += [TypedText(where=_WISH, text=aim)] if _DAY.search(aim) else []
        found += [TypedText(where=_QUESTION, text=part, day=day) for part in _split(text) if _ASKS.search(part)]
    worst = worst_pain(recent_pain(person, visits))
    if worst is not None and worst.value >= TALK_FIRST_FROM:
        talk = f"Pain of {worst.value} of 10, told on {worst.day}: what did you hear when you talked about it?"
        found.append(TypedText(where=_TALK, text=talk))
    return tuple({each.text: each for each in reversed(found)}.values())[::-1]


def find_answers(person: Person, visits: Sequence[Visit]) -> tuple[PlanQuestion, ...]:
    """Return each question with the trainer's last answer by the person's day, which is empty while it waits."""
    kept, found = _last_answers(person), []
    for each in find_questions(person, visits):
        asked = PlanQuestion(asked=each.text, wish=each.where == _WISH, talk=each.where == _TALK)
        read = kept.get(each.key)
        found.append(asked.model_copy(update={"answer": read.answer, "by": read.by, "on": read.on}) if read else asked)
    return tuple(found)


def find_waiting(person: Person, visits: Sequence[Visit]) -> tuple[TypedText, ...]:
    """Return the questions that the trainer has not answered by the person's day."""
    kept = _last_answers(person)
    return tuple(each for each in find_questions(person, visits) if each.key not in kept)


def _last_answers(person: Person) -> dict[str, WordsRead]:
    """Return key of a question -> the last record with an answer to it by the person's day."""
    told = sorted(
        (read for read in person.words_read if read.answer and read.on <= person.today), key=lambda read: read.on
    )
    return {each.key: read for read in told for each in read.what}


def tell_waiting(asked: Sequence[str]) -> str:
    """Return ``1 question waits for your answer: “Can I run?”``; empty without any."""
    several = len(asked) != 1
    head = f"{len(asked)} question{'s wait' if several else ' waits'} for your answer: "
    return head + "; ".join(f"“{each}”" for each in asked) if asked else ""


def note_answer(said: ReadAs, question: TypedText, person: Person, by: str) -> WordsRead:
    """Return what is to be kept of a trainer's answer on the person's day; raises :class:`InputError` when nobody is named."""
    try:
        return WordsRead(by=by, on=person.today, what=(question,), means=(), answer=said.answer)
    except ValidationError:
        raise InputError("who answers is missing", "say who you are, in two letters or more") from None


def tell_facts(person: Person, visits: Sequence[Visit], catalog: ClientCatalog, norms: NormLibrary) -> list[str]:
    """Return what is known beside a question, for the trainer.

    Words of clinicians, a ban, what was measured last, the step, what the next one takes, and when at the soonest.
    """
    ban = find_impact_ban(person, catalog)
    told = [*note_said(person), *([sentence(ban)] if ban else []), *_list_measured(visits, catalog)]
    for each in find_complaints(assess_readiness(person, visits, catalog, norms)):
        if not each.open:
            told.append(f"{each.spec.title}: {(each.door.text if each.door else '').rstrip('.')}.")
            continue
        if each.here is None:
            told.append(f"{each.spec.title}: every step is passed.")
            continue
        takes = [f"{tell_bar(gate, catalog)} ({gate.text})" for gate in each.missing]
        at = f"{each.spec.title}, step {each.position + 1} of {len(each.steps)}: {decapitalize(each.here.spec.title)}"
        told.append(f"{at}. The next step takes {'; '.join(takes)}.")
        told += _list_soonest(each, Inputs(person, visits, catalog, norms))
    return told


def _list_measured(visits: Sequence[Visit], catalog: ClientCatalog) -> list[str]:
    """Return the values of the last visit on which something was measured, side by side, in one line."""
    last = next((visit for visit in reversed(visits) if visit.values), None)
    if last is None:
        return []
    found = []
    for test in dict.fromkeys(each.test for each in last.values):
        values = join_words(f"{side} {value:g}".strip() for side, value in last.measured(test).items())
        found.append(f"{decapitalize(catalog.hand_test(test).title)} {values}")
    return [f"Measured on {last.day}: {'; '.join(found)}."]


def _list_soonest(standing: Readiness, inputs: Inputs) -> list[str]:
    """Return for each step from the present one on until when the rules of time keep it from being passed; also of steps that a ban withholds."""
    told = []
    for step in standing.steps[standing.position :]:
        for name in step.spec.gates:
            spec, gate = inputs.catalog.gates[name], judge_gate(inputs.catalog.gates[name], inputs)
            if spec.clock != "time" or spec.at_least is None or gate.state is GateState.MET or math.isnan(gate.value):
                continue
            days = math.ceil((spec.at_least - gate.value) * (DAYS_A_MONTH if spec.kind.startswith("months") else 7))
            if days > 0:
                day = inputs.person.today + timedelta(days=days)
                told.append(f"“{step.spec.title}” is not passed before {day}: {decapitalize(name_bar(spec))}.")
    return told
