"""The trainer puts something right: a word on a finding, a repetition left out, a movement named; a result or visit to its client."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from movescreen.app.correcting import Place, bring_up_to_date, make_correction
from movescreen.app.corrections import find_kept, label_of, may_show_pictures, read_kept
from movescreen.app.own_pictures import MOST_BYTES, clean_picture
from movescreen.app.putting_right import give_result, move_visit
from movescreen.catalog import load_catalog
from movescreen.client.visits.corrections import MOST_PICTURES, ClipCorrections, clip_corrections, describe_correction
from movescreen.errors import InputError, MovescreenError
from movescreen.model import ClipResult, Finding, JudgedFinding, Status
from movescreen.report.documents.load import load
from movescreen.report.sections.findings import key_of, status_label
from movescreen.report.sections.person import day_words
from movescreen.report.sections.ranking import ordered_findings
from movescreen.web.drafts import body_up_to
from movescreen.web.errors import NotThere
from movescreen.web.forms.fields import DayDep, Form, FormDep
from movescreen.web.joint_drawing import turn_drawing
from movescreen.web.pages.clients import visit_path
from movescreen.web.pages.ways import Ways, copies_of_visit, result_path, ways_of_result, ways_of_visit
from movescreen.web.services import Services, ServicesDep
from movescreen.web.templating import render
from movescreen.words.findings import finding_title, format_measured
from movescreen.words.judgements import VERDICT_CHOICES, camera_words, judgement_words, signature
from movescreen.words.numbers_and_units import date_words
from movescreen.words.sentences import sentence

router = APIRouter()


@router.get("/clients/{code}/visits/{day}/judge")
def show_visit_words(request: Request, code: str, day: DayDep, services: ServicesDep) -> HTMLResponse:
    """Show the findings of a visit, each with a small form."""
    place, ways = _visit(services, code, day)
    return _page(request, place, ways, Form())


@router.post("/clients/{code}/visits/{day}/judge")
def judge_visit_finding(request: Request, code: str, day: DayDep, services: ServicesDep, form: FormDep) -> Response:
    """Keep what was put right of a visit; copies among the results follow."""
    place, ways = _visit(services, code, day)
    if not _take(services, place, form):
        return _page(request, place, ways, form)
    return RedirectResponse(f"{visit_path(code, day, 'judge')}#{form.text('key')}", 303)


@router.get("/results/{name}/judge")
def show_result_words(request: Request, name: str, services: ServicesDep) -> Response:
    """Show the findings of a result; of one that is kept with a client, those of the visit."""
    where, place = _result(services, name)
    if where:
        return RedirectResponse(where, 303)
    return _page(request, place, ways_of_result(services, name, "Your word"), Form())


@router.post("/results/{name}/judge")
def judge_result_finding(request: Request, name: str, services: ServicesDep, form: FormDep) -> Response:
    """Keep what was put right of a result that belongs to nobody."""
    where, place = _result(services, name)
    if where:
        return RedirectResponse(where, 303)
    if not _take(services, place, form):
        return _page(request, place, ways_of_result(services, name, "Your word"), form)
    return RedirectResponse(f"{result_path(name, 'judge')}#{form.text('key')}", 303)


@router.put("/api/uploads/pictures", status_code=201)
def send_picture(
    services: ServicesDep, data: bytes = body_up_to(MOST_BYTES, "picture", "make it smaller")
) -> dict[str, str]:
    """Send a picture of one's own, its bytes as the body; it is held in memory until the word that it belongs to is kept."""
    uri = clean_picture(data)
    return {"id": services.photos.open(uri), "picture": uri}


@router.get("/clients/{code}/visits/{day}/joint")
def show_visit_joint(
    request: Request, code: str, day: DayDep, clip: str, rep: int, services: ServicesDep
) -> HTMLResponse:
    """Show the turn of a repetition of a visit, to move a joint."""
    place, ways = _visit(services, code, day)
    return _joint_page(request, place, ways, clip, rep)


@router.get("/results/{name}/joint")
def show_result_joint(request: Request, name: str, clip: str, rep: int, services: ServicesDep) -> HTMLResponse:
    """Show the turn of a repetition of a result that belongs to nobody."""
    _, place = _result(services, name)
    return _joint_page(request, place, ways_of_result(services, name), clip, rep)


def _joint_page(request: Request, place: Place, ways: Ways, name: str, number: int) -> HTMLResponse:
    sha, path = place.clip(name)
    clip = load(path)
    assert isinstance(clip, ClipResult)
    rep = next((each for each in clip.reps if each.number == number), None)
    if rep is None:
        raise NotThere(f"{name} has no repetition {number}", "open it from the list of repetitions")
    said = place.said
    data = {
        "ways": ways, "sha": sha, "rep": rep, "file": clip.video.name, "title": clip.movement_info.title, "turn": clip.movement_info.turn_words,
        "key": f"{name}-rep-{number}", "by": said[-1].by if said else "", "form": Form(), **turn_drawing(clip, rep),
    }  # fmt: skip
    return render(request, "joint.html.jinja", data)


@router.get("/clients/{code}/visits/{day}/move")
def ask_move(request: Request, code: str, day: DayDep, services: ServicesDep) -> HTMLResponse:
    """Ask whose visit it really is."""
    return _move_page(request, services, code, day, Form())


@router.post("/clients/{code}/visits/{day}/move")
def move(request: Request, code: str, day: DayDep, services: ServicesDep, form: FormDep) -> Response:
    """Move a visit, or one recording of it, to another client; a red flag stops it before anything is written."""
    _visit(services, code, day)
    to, entry = form.text("to"), form.whole("entry")
    folders = (services.store.root / each.name for each in services.store.list())
    copies = [folder for folder in folders if read_kept(folder).get("client") == code]
    signed = {"by": form.text("by"), "reason": form.text("reason")}
    try:
        move_visit(services.records, code, day, to, **signed, entry=entry, results=copies)
    except MovescreenError as error:
        form.complain("to", f"{error.message}: {error.hint}" if error.hint else error.message)
        return _move_page(request, services, code, day, form)
    return RedirectResponse(visit_path(to, day), 303)


@router.post("/results/{name}/give")
def give(name: str, services: ServicesDep, form: FormDep) -> Response:
    """Give a result that belongs to nobody to a client."""
    folder = services.store.root / services.store.find(name).name
    moved = give_result(services.records, folder, form.text("to"), by=form.text("by"), reason=form.text("reason"))
    return RedirectResponse(visit_path(moved.code, moved.day), 303)


def _visit(services: Services, code: str, day: date) -> tuple[Place, Ways]:
    if not any(visit.day == day for visit in services.records.store.visits(code)):
        raise NotThere(f"{code} has no visit of {day}", "open the visits on the client's page")
    return Place(services.records, None, code, day), ways_of_visit(services, code, day, "Your word")


def _result(services: Services, name: str) -> tuple[str, Place]:
    """Return where a result that is a client's is judged, and else the result as it lies on the disk."""
    folder = services.store.root / services.store.find(name).name
    kept = find_kept(services.records, folder)
    where = visit_path(kept.code, kept.day, "judge") if kept else ""
    return where, Place(services.records, folder)


def _take(services: Services, place: Place, form: Form) -> bool:
    """Keep what was put right, and make copies among the results follow; False with the mistake in the form when it cannot be kept."""
    kind, back = form.text("kind"), form.text("taken_back") == "yes"
    keys = ("movement", "check_id", "side", "view", "clip", "joint")
    told: dict[str, Any] = {key: form.text(key) for key in keys if form.text(key)}
    try:
        turn_s, right, down = (form.number(key) for key in ("turn_s", "right", "down"))
        added = make_correction(
            **told, kind=kind, verdict=form.text("verdict") or None, reason=form.text("reason"), by=form.text("by"),
            taken_back=back, pictures=tuple(map(services.photos.find, form.all("photo"))), turn_s=turn_s, by_px=(right or 0.0, down or 0.0) if kind == "moved" and not back else None,
        )  # fmt: skip
        (place.judge if kind == "judgement" else place.correct)(added)
        for copy in copies_of_visit(services, place.code, place.day) if place.code else ():
            bring_up_to_date(services.records, copy)
    except InputError as error:
        form.complain(form.text("key"), error.message.partition("this cannot be kept: ")[2] or error.message)
        return False
    return True


def _page(request: Request, place: Place, ways: Ways, form: Form) -> HTMLResponse:
    catalog, said = load_catalog(place.records.catalog), place.said
    titles = {name: spec.title for name, spec in catalog.movements.items()}
    findings = ordered_findings(place.findings)
    clips = [_clip(name, sha, load(path), clip_corrections(said, sha)) for name, (sha, path) in place.clips.items()]
    whole = str(read_kept(place.folder).get("client", "")) if place.folder else place.code
    data = {
        "label": label_of(place.records, whole) or "Result", "ways": ways, "form": form, "verdicts": list(VERDICT_CHOICES.items()),
        "findings": [_finding(f, titles) for f in findings if f.status is not Status.NOT_ASSESSED or isinstance(f, JudgedFinding)],
        "unseen": [_finding(f, titles) for f in findings if f.status is Status.NOT_ASSESSED and not isinstance(f, JudgedFinding)],
        "clips": clips, "movements": list(titles.items()), "by": form.text("by") or (said[-1].by if said else ""),
        "trail": [{"at": date_words(c.at.date().isoformat()), "by": c.by, "words": sentence(describe_correction(c))} for c in said],
        "photos": may_show_pictures(place.records, whole), "most": MOST_PICTURES,
        "day": day_words(place.day) if place.code else "", "again": f"/clips?client={place.code}" if place.code else "/clips",
    }  # fmt: skip
    return render(request, "judge.html.jinja", data, status=422 if form.mistakes else 200)


def _finding(finding: Finding, titles: dict[str, str]) -> dict[str, Any]:
    word = finding.judgement if isinstance(finding, JudgedFinding) else None
    return {
        "key": key_of(finding), "movement": finding.movement,
        "check_id": finding.check_id, "side": finding.side, "title": f"{titles.get(finding.movement, finding.movement)}: {finding_title(finding)}",
        "status": finding.status.value, "label": status_label(finding), "measured": format_measured(finding),
        "why": sentence(finding.reason) if finding.status is Status.NOT_ASSESSED else "",
        "own": word.pictures if word else (), "word": judgement_words(word) if word else "", "signed": signature(word) if word else "",
        "camera": camera_words(finding) if isinstance(finding, JudgedFinding) else "", "verdict": word.verdict if word else "",
    }  # fmt: skip


def _clip(name: str, sha: str, clip: Any, said: ClipCorrections) -> dict[str, Any]:
    assert isinstance(clip, ClipResult)
    reps = [
        {
            "number": rep.number, "turn_s": rep.turn_s, "side": rep.side, "whole": rep.complete, "key": f"{name}-rep-{rep.number}",
            "moved": [(m.joint, m.joint.replace("_", " ")) for m in said.moved if m.weight(np.array([rep.turn_s]))[0]],
        }
        for rep in clip.reps
    ]  # fmt: skip
    out = [{"turn_s": moment, "reason": reason, "key": f"{name}-out-{number}"} for number, (moment, reason) in enumerate(said.left_out.items())]  # fmt: skip
    asked = clip.provenance.settings
    return {
        "name": name, "sha": sha, "file": clip.video.name, "title": clip.movement_info.title, "view": clip.view.kind.value, "reps": reps, "out": out,
        "last": sum(rep.complete for rep in clip.reps) < 2, "forced": clip.movement.forced or clip.view.forced or bool(asked.get("side")),
        "key": f"{name}-name",
    }  # fmt: skip


def _move_page(request: Request, services: Services, code: str, day: date, form: Form) -> HTMLResponse:
    _, ways = _visit(services, code, day)
    store = services.records.store
    kept = store.screenings(code, day)
    data = {
        "label": store.client(code).label, "visit": visit_path(code, day), "day": day_words(day), "form": form, "ways": ways,
        "others": [c for c in services.records.list_clients() if c.code != code],
        "parts": [(str(k.entry), ", ".join(clip.file for clip in k.record.clips)) for k in kept] if len(kept) > 1 else [],
    }  # fmt: skip
    return render(request, "visit_move.html.jinja", data, status=422 if form.mistakes else 200)
