"""``movescreen live``: a guided session in a window, for those without a browser."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from movescreen.app import Records, Screening
from movescreen.catalog import load_catalog
from movescreen.catalog.protocol_schema import ProtocolSpec
from movescreen.cli import options
from movescreen.cli.analyze import ensure_answer
from movescreen.client.rules.profiles import offer_protocol
from movescreen.errors import UnknownNameError
from movescreen.settings import PresetSettings, load_table

if TYPE_CHECKING:
    from movescreen.live import GuidedSession, LiveEngine
    from movescreen.live.window import Window
    from movescreen.video.webcam import Camera


def live(
    camera: Annotated[str, typer.Option(help="Number of a webcam, or a video file that plays as one.")] = "0",
    movement: Annotated[
        str, typer.Option(help="Only this: a movement, or a part of the protocol such as squat_front.")
    ] = "",
    protocol: Annotated[
        str | None,
        typer.Option(
            help="Which guided session: standard, squat, lunge, bend or power_and_balance; that of the settings when left out."
        ),
    ] = None,
    view: Annotated[
        str | None,
        typer.Option(help="both, front or side: only what is recorded from there; as in the settings when left out."),
    ] = None,
    client: options.Client = "",
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("results/screenings"),
    repetitions: Annotated[
        int | None,
        typer.Option(min=1, max=20, help="Repetitions of each movement; those of the settings when left out."),
    ] = None,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="Keep pictures of the deepest moments and a small film in the report.")
    ] = False,
    setup: Annotated[
        bool | None,
        typer.Option(
            "--setup/--no-setup",
            help="Check the set-up and count down, or record from the start; by default on for cameras and off for files.",
        ),
    ] = None,
    window: Annotated[
        bool, typer.Option("--window/--no-window", help="Show a window, or only print what happens.")
    ] = True,
    model: options.Model = None,
    raw: options.Raw = False,
    catalog: options.Catalogs = None,
) -> None:
    """Guide somebody through a session at a webcam, in a window; the report is made at the end."""
    options.check_choice("view", view, ("both", "front", "side"))
    settings = options.read_settings(model=model, raw=raw, catalog=catalog)
    known = load_catalog(settings.catalog)
    presets = load_table(PresetSettings)
    only = known.protocol(protocol or presets.session or next(iter(known.protocols))).seen_from(
        view or ("both" if movement else presets.view)
    )
    only = _only(only, movement)
    if repetitions is None and "repetitions" in presets.model_fields_set:
        repetitions = presets.repetitions

    from movescreen.live import GuidedSession, LiveEngine, SessionFiles, name_folder
    from movescreen.live.window import Window
    from movescreen.video.webcam import FileCamera, open_camera

    console = Console(highlight=False, soft_wrap=True, markup=False)
    with Records(catalog=settings.catalog) as records:
        screening = Screening.open(records, client, pictures=pictures)
        options.print_subject(console, screening.subject, records)
        chosen, left_out = offer_protocol(only, screening.subject.impact_ban, known)
        if left_out:
            console.print(left_out)
        with ThreadPoolExecutor(1) as pool, open_camera(camera, max_side_px=settings.max_side_px) as source:
            guided = not isinstance(source, FileCamera) if setup is None else setup
            session = GuidedSession(chosen, known, repetitions=repetitions, raw=settings.raw, guided=guided)
            files = SessionFiles(name_folder(out, client), screening, chosen.name, settings, pool)
            with LiveEngine(
                session, settings.model, pictures=screening.subject.pictures, films=screening.subject.films
            ) as engine:
                session.on_part = lambda outcome: files.add(
                    outcome,
                    engine.info,
                    engine.pictures.get(outcome.part.id),
                    engine.take_film(outcome.part.id, outcome.poses),
                )
                with Window(source.name, session.do) if window else contextlib.nullcontext() as shown:
                    _run(session, engine, source, shown, console)
            finished = files.finish()
        for result in finished.result.clips:
            options.print_result(console, result)
        console.print(f"report: {finished.folder / 'report.html'}")
        options.print_kept(console, finished, screening, records)
    ensure_answer(finished.result.clips)


def _only(protocol: ProtocolSpec, movement: str) -> ProtocolSpec:
    """Return the protocol with the parts of one movement, or one part, only."""
    if not movement:
        return protocol
    parts = tuple(p for p in protocol.parts if movement in (p.id, p.movement))
    if not parts:
        known = dict.fromkeys([*(p.movement for p in protocol.parts), *(p.id for p in protocol.parts)])
        raise UnknownNameError("movement of this session", movement, known)
    return protocol.model_copy(update={"parts": parts})


def _run(session: GuidedSession, engine: LiveEngine, source: Camera, shown: Window | None, console: Console) -> None:
    """Look at pictures until the session or the camera's pictures end."""
    from movescreen.live import Command, Stage
    from movescreen.live.preview import draw_session

    said = 0
    for frame in source:
        sight = engine.process(frame.image, frame.time_s)
        view = session.view()
        for utterance in view.said:
            if utterance.number > said:
                said = utterance.number
                console.print(utterance.text)
        if shown is not None:
            shown.show(draw_session(frame.image, sight, view))
            engine.follow_stage()
        if session.stage is Stage.DONE:
            return
    session.do(Command.STOP)
    engine.follow_stage()
