"""A client to try everything with: three visits of a drawn person, measured like anybody's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from movescreen.app.client_pages import make_next_plan
from movescreen.app.records import Records
from movescreen.app.screening import Screening
from movescreen.app.tasks import ClipTask
from movescreen.catalog.client_loader import load_client_catalog
from movescreen.client.intake.model import Intake
from movescreen.client.rules.danger_words import NOTHING, ReadAs
from movescreen.client.visits.visit import HandMeasurement
from movescreen.errors import InputError
from movescreen.model import ClipResult
from movescreen.pipeline import AnalysisRequest
from movescreen.sample_data import list_visits
from movescreen.settings import Settings

#: Code of the sample client.
CODE = "SAMPLE"
#: Turns the work on a clip into its result; raises when there is none.
Run = Callable[[ClipTask], ClipResult]


@dataclass(frozen=True)
class SampleVisit:
    """A visit of the sample client: its day and the folder of its screening."""

    day: date
    folder: Path


def add_sample_client(
    records: Records, results: Path, settings: Settings, today: date, run: Run = ClipTask.run
) -> tuple[SampleVisit, ...]:
    """Add the sample client with three visits, the last one today, and a plan of the first day.

    Raises
    ------
    InputError
        When there is a client of that code already.
    AnalysisError
        When the clips cannot be analyzed.
    """
    home, told = list_visits()
    store, about = records.store, told["client"]
    if records.knows(CODE):
        raise InputError("the sample client is there already", f"open or delete {CODE}")
    store.add_client(CODE, name=about["name"], birth_year=today.year - about["age"], sex=about["sex"])
    try:
        return tuple(_add_visit(records, results, settings, run, home, told, each, today) for each in told["visits"])
    except BaseException:
        store.delete_client(CODE)  # half a sample is none
        raise


def _add_visit(
    records: Records, results: Path, settings: Settings, run: Run, home: Path, told: Mapping[str, Any],
    visit: Mapping[str, Any], today: date,
) -> SampleVisit:  # fmt: skip
    store, day = records.store, today - timedelta(weeks=visit["weeks_ago"])
    store.add_intake(CODE, _intake(told["intake"] | visit["intake"], day, store.catalog))
    screening = Screening.open(records, CODE, day.isoformat())
    folder, request = results / f"{CODE}_{day}", AnalysisRequest(settings=settings)
    clips = {Path(Path(name).stem): home / name for name in visit["clips"]}
    made = {name: run(screening.clip_task(clip, request, folder / name)) for name, clip in clips.items()}
    screening.finish(made, {}, folder)
    said = [ReadAs(key=each.key, means=(NOTHING,)) for each in store.unread_words(CODE, day)]
    store.read_words(CODE, day, said, "the sample's trainer")
    store.add_measurements(CODE, day, [HandMeasurement(**each) for each in visit["measurements"]])
    if store.latest_plan(CODE) is None:
        make_next_plan(store, CODE, day, None)
    return SampleVisit(day, folder)


def _intake(told: Mapping[str, Any], day: date, catalog: tuple[str, ...]) -> Intake:
    """Return what is told on a day; every question about health is answered with no."""
    asked = {flag.id: False for flag in load_client_catalog(catalog).red_flags.values() if flag.asked}
    whole = {**told, "day": day.isoformat(), "symptoms": asked, "consent": {**told["consent"], "on": day.isoformat()}}
    return Intake.model_validate_json(json.dumps(whole))
