"""``movescreen intake``: questions before the screening."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import RootModel

from movescreen.app.client_pages import gather_asked
from movescreen.catalog.client_loader import ClientCatalog, load_client_catalog
from movescreen.catalog.client_schema import STAGES
from movescreen.cli.client import told_words
from movescreen.cli.typed import Code, Day, read_told
from movescreen.client.dates import read_day
from movescreen.client.intake.answers import read_answer
from movescreen.client.intake.model import (
    IN_INTAKE,
    Clearance,
    Consent,
    Injury,
    Intake,
    Operation,
    Pain,
    TypedText,
    parse_told,
    read_intake,
)
from movescreen.client.intake.questions import Question, ask_intake
from movescreen.client.person import Person
from movescreen.client.plan.answers import find_questions, find_waiting, tell_waiting
from movescreen.client.rules.danger_words import (
    NOTHING,
    ReadAs,
    describe_hints,
    describe_words,
    ensure_words_read,
    find_hints,
    offer_flags,
)
from movescreen.client.rules.red_flags import Decision, describe_flags, ensure_no_red_flag, review_red_flags
from movescreen.doors import Door
from movescreen.errors import InputError, UnknownNameError
from movescreen.records import open_store
from movescreen.settings import load_settings

_READING = Door("reading", "give a JSON file as 'movescreen intake words --json' prints")


def ask(code: Code, day: Day = "") -> None:
    """Ask the questions on the terminal, keep the answers, and say whether a red flag stops the screening."""
    today = read_day(day)
    with open_store() as store:
        client = store.client(code)
        intake = ask_intake(ask_on_terminal, load_client_catalog(store.catalog), today, client.birth_year, client.sex)
        store.add_intake(code, intake)
        person, unread = store.person(code, today), store.unread_words(code, today)
    _tell(person, unread)


def ask_on_terminal(question: Question) -> Any:
    """Ask until the answer has the form of the question; an empty answer to an optional question is None."""
    shown = question.text
    if question.kind in ("choice", "ticks"):
        typer.echo(shown)
        for number, (_, words) in enumerate(question.choices, start=1):
            typer.echo(f"  {number:2} {words}")
        shown = "number" if question.kind == "choice" else "numbers, with commas, or none"
    hint = {"yes_no": " (y/n)", "score": " [0-10]"}.get(question.kind, "")
    while True:
        text = typer.prompt(f"{shown}{hint}", default="", show_default=False).strip()
        if text.casefold() == "none" and question.kind == "ticks":
            return []
        if not text and question.optional:
            return None
        try:
            return read_answer(question, text)
        except ValueError as error:
            typer.echo(f"  {error}")


def add(
    code: Code, file: Annotated[Path, typer.Argument(help="JSON file, in the shape of 'movescreen intake template'.")]
) -> None:
    """Keep an intake from a JSON file, and say whether a red flag stops the screening."""
    intake = read_intake(file)
    known = load_client_catalog(load_settings().catalog).red_flags
    unknown = set(intake.symptoms) - set(known)
    if unknown:
        raise InputError(
            f"symptoms: there is no red flag called {', '.join(sorted(unknown))}", f"known: {', '.join(known)}"
        )
    with open_store() as store:
        store.add_intake(code, intake)
        person, unread = store.person(code, intake.day), store.unread_words(code, intake.day)
    _tell(person, unread)


def show(code: Code, day: Day = "") -> None:
    """Show the latest intake and what follows from it; exits with 3 when a red flag stops the screening."""
    with open_store() as store:
        person, unread = store.person(code, read_day(day)), store.unread_words(code, read_day(day))
    if person.intake is None:
        raise InputError(f"{code} has no intake yet", f"run 'movescreen intake ask {code}'")
    for line in told_words(person.intake):
        typer.echo(line)
    _tell(person, unread)


def clear(
    code: Code,
    flag: Annotated[str, typer.Argument(help="Id of the red flag.")],
    by: Annotated[str, typer.Option(help="Who said it, by role: physician, physiotherapist, midwife.")],
    day: Day = "",
    note: Annotated[str, typer.Option(help="What was said.")] = "",
    allows: Annotated[
        str, typer.Option(help=f"How far training is allowed: {', '.join(STAGES)}. Needed after an operation.")
    ] = "",
    phase: Annotated[str, typer.Option(help="After an operation: the phase of the surgeon's protocol.")] = "",
    said_on: Annotated[str, typer.Option(help="Day on which it was said or written, such as 2026-11-09.")] = "",
) -> None:
    """Note that a clinician looked at a red flag and allows training: who, when, and how far."""
    when = read_day(day)
    word = read_told(
        Clearance, "see 'movescreen intake clear --help'", flag=flag, by=by, on=when, note=note, allows=allows or None, phase=phase, said_on=read_day(said_on) if said_on else None,
    )  # fmt: skip
    with open_store() as store:
        store.add_clearance(code, word)
        person, unread = store.person(code, when), store.unread_words(code, when)
    _tell(person, unread)


def agree(
    code: Code,
    coach: Annotated[
        bool | None, typer.Option("--coach/--no-coach", help="May a coach learn where it hurts and what was injured?")
    ] = None,
    pictures: Annotated[
        bool | None,
        typer.Option(
            "--pictures/--no-pictures",
            help="May pictures and short films be kept? When not any more, those in the records go.",
        ),
    ] = None,
) -> None:
    """Note what the client agrees to, or not any more; it holds until the next intake."""
    told = {name: said for name, said in (("coach", coach), ("pictures", pictures)) if said is not None}
    if not told:
        raise InputError("nothing to note", "give --coach, --no-coach, --pictures or --no-pictures")
    with open_store() as store:
        store.set_consent(code, **told)
    if coach is not None:
        said = "may learn where it hurts and what was injured" if coach else "learns nothing about health"
        typer.echo(f"noted: a coach {said}")
    if pictures is not None:
        gone = "none are kept; make reports that lie elsewhere again with 'movescreen report DIR'"
        typer.echo(f"noted: pictures {'may be kept' if pictures else gone}")


def words(
    code: Code,
    day: Day = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON to fill in and give to 'movescreen intake read --from'.")
    ] = False,
) -> None:
    """List what was typed and waits to be read, and what was asked and waits for an answer; exits with 3 when something is to be read."""
    when = read_day(day)
    with open_store() as store:
        unread, catalog = store.unread_words(code, when), load_client_catalog(store.catalog)
        person, asked = store.person(code, when), gather_asked(store, code, when)
    rows = [
        {
            "key": each.key, "where": each.place, "text": each.text, "hints": describe_hints(each, catalog), "means": [], "note": "",
            "may_mean": {spec.id: spec.question for some in offer_flags(each, person, catalog) for spec in some},
        }
        for each in unread
    ]  # fmt: skip
    rows += [
        {"key": q.key, "where": q.place, "text": q.text, "answer": "", "known": asked.facts} for q in asked.waiting
    ]
    lines = [f"{each.key} {line}" for each, line in zip(unread, describe_words(unread, catalog), strict=True)]
    lines += [f"{q.key} {q.place}, which waits for your answer: “{q.text}”" for q in asked.waiting]
    lines += [f"  known: {fact}" for fact in asked.facts]
    told = json.dumps(rows, indent=2, ensure_ascii=False) if as_json else "\n".join(lines)
    typer.echo(told or "nothing that was typed waits to be read")
    ensure_words_read(unread, catalog)


def read(
    code: Code,
    by: Annotated[str, typer.Option(help="Who has read it.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Texts that mean the same: keys of 'movescreen intake words', whole texts, or all danger words in one."),
    ] = None,
    means: Annotated[
        list[str] | None,
        typer.Option(help=f"What they mean: {NOTHING}, {IN_INTAKE} (the intake is to be put right), or a red flag that is answered with yes."),
    ] = None,
    note: Annotated[str, typer.Option(help="What was asked and answered; needed for nothing beside a hint.")] = "",
    file: Annotated[
        Path | None, typer.Option("--from", help="JSON file of 'movescreen intake words --json' with \"means\" and \"note\", or \"answer\", filled in.")
    ] = None,
    day: Day = "",
) -> None:  # fmt: skip
    """Note what the trainer has read and what it means: nothing for the plan, a yes to a red flag, or something for the intake."""
    when = read_day(day)
    with open_store() as store:
        unread, catalog = store.unread_words(code, when), load_client_catalog(store.catalog)
        keys = _find_keys(words or [], unread, catalog)
        said = [ReadAs(key=key, means=tuple(means or [NOTHING]), note=note) for key in keys]
        if file is not None:
            said += parse_told(RootModel[list[ReadAs]], _READING.read_text(file), "reading", _READING.hint).root
        if not any(each.means or each.answer for each in said):
            raise InputError(
                "nothing is said to be read", "name keys or words of 'movescreen intake words', or give --from"
            )
        store.read_words(code, when, said, by)
        left, person = store.unread_words(code, when), store.person(code, when)
    typer.echo("noted; nothing else waits to be read" if not left else "noted; still to be read:")
    for line in describe_words(left, catalog):
        typer.echo(f"  {line}")
    ensure_no_red_flag(review_red_flags(person, catalog))


def answer(
    code: Code,
    question: Annotated[str, typer.Argument(help="Its key of 'movescreen intake words', or the whole question.")],
    words: Annotated[str, typer.Argument(help="What the client's page says to it.")],
    by: Annotated[str, typer.Option(help="Who answers.")],
    day: Day = "",
) -> None:
    """Answer what the client asked: it stands on their page, with its day; a later answer takes the place of an earlier one."""
    when = read_day(day)
    with open_store() as store:
        asked = find_questions(store.person(code, when), store.visits(code))
        found = next((q for q in asked if question.casefold() in (q.key, q.text.casefold())), None)
        if found is None:
            raise UnknownNameError("question of the client", question, [q.key for q in asked])
        if not words.strip():
            raise InputError("the answer is empty", "say what the client's page is to say")
        store.read_words(code, when, [ReadAs(key=found.key, answer=words)], by)
        waiting = find_waiting(store.person(code, when), store.visits(code))
    typer.echo(f"noted; {tell_waiting([q.text for q in waiting]) or 'no question waits'}")


def _find_keys(named: Sequence[str], unread: Sequence[TypedText], catalog: ClientCatalog) -> list[str]:
    """Return the keys of the texts that are meant: by their key, the whole text, or all danger words in it."""
    said, found = {name.casefold() for name in named}, {}
    for each in unread:
        words = {word for hint in find_hints(each, catalog) for word in hint.words}
        if {each.key, each.text.casefold()} & said or (words and words <= said):
            found[each.key] = {each.key, each.text.casefold(), *words}
    if unknown := sorted(said.difference(*found.values())):
        raise UnknownNameError("text that waits and says no more than this", unknown[0], [each.key for each in unread])
    return list(found)


def template() -> None:
    """Print a filled-in example as JSON, with every key."""
    typer.echo(make_template(date.today()).model_dump_json(indent=2))


def make_template(today: date) -> Intake:
    """Return an example that holds every key."""
    red_flags = load_client_catalog(load_settings().catalog).red_flags.values()
    flags = [flag for flag in red_flags if flag.asked]
    yes = next((flag.id for flag in flags if flag.urgency == "mention"), "")
    return Intake(
        day=today,
        pains=(Pain(place="ankle", side="right", now=1, week=3, with_movement="running downhill"),),
        injuries=(Injury(kind="ankle_sprain", place="ankle", side="right", when=f"{today.year - 3}-05", times=2, gives_way=True),),
        operations=(Operation(what="appendix", place="abdomen", when=f"{today.year - 10}", cleared=True, cleared_by="surgeon", cleared_on=f"{today.year - 10}", allowed="speed"),),
        pregnant=False, asked_birth=True, sitting_hours=7, sports=("running",), equipment=("band", "weights"), goes_well=("easy_runs",), goals=("run", "less_pain"),
        goal_words="10 km without thinking of the ankle", takes_medicine=True, medication="vitamin D", confidence=6,
        symptoms={flag.id: flag.id == yes for flag in flags},
        consent=Consent(records=True, pictures=True, films=True, on=today),
    )  # fmt: skip


def _tell(person: Person, unread: Sequence[TypedText]) -> None:
    catalog = load_client_catalog(load_settings().catalog)
    review = review_red_flags(person, catalog)
    for line in describe_words(unread, catalog):
        typer.echo(f"read this before you go on: {line}")
    minded = [flag for flag in review.raised if not flag.stops]
    for line in describe_flags(minded):
        typer.echo(f"mind: {line}")
    if waiting := ", ".join(flag.spec.id for flag in minded if flag.spec.question and flag.clearance is None):
        typer.echo(f"afterwards note what they said with 'movescreen intake clear' ({waiting})")
    if review.open_questions:
        typer.echo(f"not asked yet: {', '.join(spec.id for spec in review.open_questions)}")
    ensure_no_red_flag(review)
    # without a hint only the plan waits
    ensure_words_read([each for each in unread if find_hints(each, catalog)], catalog)
    if review.decision is Decision.GO_ON:
        typer.echo("kept; no red flag was named, the screening can continue")
    else:
        typer.echo("kept; ask the open questions before the screening")


GROUP = {
    "ask": ask, "add": add, "show": show, "clear": clear, "agree": agree, "words": words,
    "read": read, "answer": answer, "template": template,
}  # fmt: skip
