"""The intake: one group of questions a screen, made for a phone; what follows from it; what a clinician said."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.client_pages import gather_asked
from movescreen.app.consent import follow_consent
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.intake.model import IN_INTAKE, Clearance, Consent, Intake
from movescreen.client.intake.questions import MIDDLE, PLACE_OF, Section
from movescreen.client.person import Person
from movescreen.client.plan.answers import find_waiting
from movescreen.client.rules.danger_words import (
    NOTHING,
    ReadAs,
    describe_hints,
    describe_words,
    find_unread_words,
    offer_flags,
)
from movescreen.client.rules.red_flags import review_red_flags
from movescreen.errors import InputError
from movescreen.records import RecordStore
from movescreen.report.sections.person import day_words, intake_summary
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import Form, FormDep
from movescreen.web.forms.intake import (
    FIRST_STEP,
    MOST_ENTRIES,
    NONE,
    Draft,
    change_entries,
    check_step,
    count_entries,
    field_name,
    forget_changed_lists,
    is_remembered,
    make_intake,
    remember,
    steps_of,
    take_step,
    token_of,
)
from movescreen.web.pages.clients import describe_review, list_unread, path_of, results_of
from movescreen.web.services import Services, ServicesDep, StoreDep
from movescreen.web.templating import render
from movescreen.words.sentences import sentence

router = APIRouter(prefix="/clients/{code}")


@router.post("/intake")
def begin(code: str, services: ServicesDep, store: StoreDep, form: FormDep) -> Response:
    """Begin a conversation with a client."""
    client = store.client(code)
    before = store.latest_intake(code)
    day = form.day("day", date.today())
    if day is None:
        raise InputError(form.mistakes["day"].rstrip("."), "choose the day of the intake")
    draft = Draft(code, day, client.birth_year, client.sex)
    if before is not None:
        remember(draft, before)
    draft_id = services.intakes.open(draft)
    return RedirectResponse(path_of(code, "intake", draft_id, FIRST_STEP), 303)


@router.get("/intake")
def show_outcome(request: Request, code: str, services: ServicesDep, store: StoreDep) -> HTMLResponse:
    """Show what was told last, and what follows from it."""
    client, person = store.client(code), store.person(code, date.today())
    review = review_red_flags(person, services.care)
    words = list_unread(store, code, date.today())
    told = _outcome(code, client.label, person, describe_review(review), kept=True, words=words)
    return render(request, "intake_outcome.html.jinja", told | {"team": client.team})


@router.post("/intake/drop")
def drop(code: str, services: ServicesDep) -> Response:
    """Forget the intakes of a client that are under way; nothing of them was ever on disk."""
    services.intakes.forget_all(lambda draft: draft.code == code)
    return RedirectResponse(path_of(code), 303)


@router.get("/intake/{draft_id}/{key}")
def show_step(
    request: Request, code: str, draft_id: str, key: str, services: ServicesDep, check: bool = False
) -> HTMLResponse:
    """Ask one group of questions; with ``check`` the mistakes stand beside them."""
    draft = services.intakes.find(draft_id, lambda each: each.code == code)
    steps = steps_of(draft, services.care)
    number = _find(steps, key)
    form = check_step(draft, steps[number]) if check else Form(dict(draft.answers))
    return _step_page(request, draft_id, draft, steps, number, form)


@router.post("/intake/{draft_id}/{key}")
def take(request: Request, code: str, draft_id: str, key: str, services: ServicesDep, form: FormDep) -> Response:
    """Take the answers of one group and go on, or say beside the question what is wrong."""
    draft = services.intakes.find(draft_id, lambda each: each.code == code)
    steps = steps_of(draft, services.care)
    number = _find(steps, key)
    step = steps[number]
    take_step(draft, step, form)
    before, steps = steps, steps_of(draft, services.care)  # an answer may bring a question, or a step
    forget_changed_lists(draft, before, steps)
    what, _, which = form.text("go").partition(":")
    here = path_of(code, "intake", draft_id, key)
    if what == "back":
        return RedirectResponse(path_of(code, "intake", draft_id, steps[max(0, number - 1)].key), 303)
    if what in ("add", "remove") and step.group is not None:
        change_entries(draft, step.group, what, int(which) if which.isdecimal() else 0)
        anchor = f"#{step.group.key}-{count_entries(draft.answers, step.group) - 1}" if what == "add" else ""
        return RedirectResponse(here + anchor, 303)
    if check_step(draft, step).mistakes:
        return RedirectResponse(f"{here}?check=1", 303)
    if number + 1 < len(steps):
        return RedirectResponse(path_of(code, "intake", draft_id, steps[number + 1].key), 303)
    for each in steps:  # somebody may have left a step out, or opened a question by an earlier answer
        if check_step(draft, each).mistakes:
            return RedirectResponse(f"{path_of(code, 'intake', draft_id, each.key)}?check=1", 303)
    return _finish(request, services, code, draft_id, draft)


@router.post("/clearance")
def clear(code: str, store: StoreDep, form: FormDep) -> Response:
    """Note what a clinician said about a red flag."""
    day = form.day("on", date.today())
    if day is None:
        raise InputError(form.mistakes["on"].rstrip("."), "choose the day on which it was said")
    try:
        told = {key: form.text(key) for key in ("flag", "by", "note", "phase")}
        said = Clearance.model_validate({**told, "on": day, "said_on": day, "allows": form.text("allows") or None})
    except ValidationError:
        raise InputError(
            "who allowed training is missing, or how far", "name the role: physician, physiotherapist, midwife"
        ) from None
    store.add_clearance(code, said)
    return RedirectResponse(path_of(code), 303)


@router.post("/pictures")
def set_pictures(code: str, services: ServicesDep, store: StoreDep, form: FormDep) -> Response:
    """Note that a client agrees to pictures, or not any more: then those that are kept go, in reports as well."""
    said = form.text("pictures")
    if said not in ("yes", "no"):
        raise InputError("yes or no is missing", "choose one of them")
    store.set_consent(code, pictures=said == "yes")
    _follow_consent(services, code)
    return RedirectResponse(path_of(code), 303)


def _follow_consent(services: Services, code: str) -> None:
    follow_consent(services.records, code, [services.store.root / name for name in results_of(services.store, code)])


@router.get("/words")
def show_words(request: Request, code: str, store: StoreDep) -> HTMLResponse:
    """Show what was typed and waits for the trainer, each with its hints and what it may mean, and what was asked and waits for an answer."""
    return _words_page(request, store, code, Form())


@router.post("/words")
def read_words(request: Request, code: str, store: StoreDep, form: FormDep) -> Response:
    """Note what the trainer says of each text; what does not fit stays on the page, and the others are kept."""
    today = date.today()
    if not any(name.startswith("means.") or (name.startswith("answer.") and form.text(name)) for name in form.values):
        form.complain("", "say of a text what it means, or answer a question")
    for each in (*store.unread_words(code, today), *find_waiting(store.person(code, today), store.visits(code))):
        note, answer = (form.text(f"{name}.{each.key}")[:2000] for name in ("note", "answer"))
        said = ReadAs(key=each.key, means=tuple(form.all(f"means.{each.key}")), note=note, answer=answer)
        try:
            store.read_words(code, today, [said], form.text("by"))
        except InputError as error:
            form.complain(f"means.{each.key}", f"{error.message.rpartition(': ')[2]}: {error.hint}")
    if form.mistakes:
        return _words_page(request, store, code, form)
    return RedirectResponse(path_of(code), 303)


def _words_page(request: Request, store: RecordStore, code: str, form: Form) -> HTMLResponse:
    care, person = load_client_catalog(store.catalog), store.person(code, date.today())
    texts = [
        {"typed": each, "hints": describe_hints(each, care), "offered": offer_flags(each, person, care)}
        for each in store.unread_words(code, date.today())
    ]
    data = {
        "label": store.client(code).label, "path": path_of(code), "form": form, "texts": texts, "asked": gather_asked(store, code, date.today()), "nothing": NOTHING, "in_intake": IN_INTAKE,
    }  # fmt: skip
    return render(request, "words.html.jinja", data)


def _finish(request: Request, services: Services, code: str, draft_id: str, draft: Draft) -> Response:
    """Keep the conversation when the person agreed; say in any case what follows from it."""
    intake = make_intake(draft, services.care)
    services.intakes.forget(draft_id)
    if intake.consent is not None and intake.consent.records:
        services.records.store.add_intake(code, intake)
        _follow_consent(services, code)
        if not draft.alone:
            return RedirectResponse(path_of(code, "intake"), 303)
    person = Person(draft.day, draft.birth_year, draft.sex, intake)
    review = describe_review(review_red_flags(person, services.care))
    if draft.alone:
        kept = intake.consent is not None and intake.consent.records
        return render(request, "answered.html.jinja", {"kept": kept, "stopping": review["stopping"]})
    unread = find_unread_words(person, (), services.care)
    words = describe_words(unread, services.care)
    return render(
        request,
        "intake_outcome.html.jinja",
        _outcome(code, code, person, review, kept=False, words=words) | {"team": ""},
    )


def _outcome(
    code: str, label: str, person: Person, review: dict[str, Any], *, kept: bool, words: list[str]
) -> dict[str, Any]:
    intake: Intake | None = person.intake
    consent: Consent | None = intake.consent if intake else None
    return {
        "code": code, "label": label, "path": path_of(code), "review": review, "words": words, "kept": kept, "asked": intake is not None,
        "told": [sentence(line) for line in intake_summary(intake)] if intake else [], "told_on": day_words(intake.day) if intake else "",
        "pictures": bool(consent and consent.pictures), "today": date.today().isoformat(),
    }  # fmt: skip


def _find(steps: list[Section], key: str) -> int:
    for number, step in enumerate(steps):
        if step.key == key:
            return number
    raise NotThere("there is no such question", "go back to the client's page")


def _step_page(
    request: Request, draft_id: str, draft: Draft, steps: list[Section], number: int, form: Form
) -> HTMLResponse:
    step = steps[number]
    entries = max(1, count_entries(form.values, step.group)) if step.group else 0
    data = {
        "code": draft.code, "path": path_of(draft.code), "step": step, "number": number, "steps": steps, "form": form,
        "entries": entries, "most": MOST_ENTRIES, "name_of": field_name, "token_of": token_of, "nothing": NONE,
        "remembered": is_remembered(draft, step), "place_of": PLACE_OF, "middle": MIDDLE, "action": path_of(draft.code, "intake", draft_id, step.key),
    }  # fmt: skip
    return render(request, "intake_step.html.jinja", data)
