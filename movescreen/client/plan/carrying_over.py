"""What a new plan takes over of the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from movescreen.catalog.exercise_schema import ExerciseSpec
from movescreen.client.plan.choosing import (
    MISSED_BELOW,
    MOST_IN_ALL,
    MOST_WHEN_MISSED,
    WARM,
    Draft,
    fit,
    is_too_easy,
    why_not,
)
from movescreen.client.plan.dosing import Dose, start_dose
from movescreen.client.plan.doubts import tell_doubts
from movescreen.client.plan.fitting import Measured
from movescreen.client.plan.model import (
    LeftOut,
    Plan,
)
from movescreen.client.plan.needs import CLEAR_GAP
from movescreen.client.plan.since import Seen, listen
from movescreen.client.plan.starting import ENOUGH_SHARE, Ground, judge, start_from
from movescreen.client.plan.week import find_hard_sessions
from movescreen.client.visits.visit import Visit


def carry_over(draft: Draft, last: Plan, visits: Sequence[Visit], seen: Mapping[str, tuple[Seen, ...]]) -> None:
    """Take over what stays of the last plan."""
    told = {
        e.exercise: listen(
            e.exercise,
            e.per_week,
            draft.person,
            visits,
            last.day,
            sore=draft.gate.too_much(e.exercise),
            loads_sore=draft.gate.loads_sore(e.exercise),
            weekdays={day.weekday for day in last.week if e.exercise in day.exercises} if last.days else range(7),
        )
        for e in last.exercises
    }
    was, since = ({}, {})  # type: tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]
    for day, taken in ((v.day, m) for v in visits if v.day <= draft.person.today for m in v.values):
        (since if day > last.day else was).setdefault(taken.test, {})[taken.side] = taken.value
    again = f"taken out by the trainer in the plan of {last.day}"
    ground = Ground(
        last=last, catalog=draft.catalog, told=told, seen=seen, needs=[need.spec.id for need in draft.needs],
        why_not=lambda spec: why_not(draft, spec) or (again if spec.id in last.taken_out else ""),
        takes_a_set=draft.takes_a_set, tolerance=draft.gate.tolerance, untested=draft.provisional, wanted=frozenset(draft.wanted),
        too_easy=lambda spec: is_too_easy(draft, spec),
        closes_gap=lambda spec: any(
            need.tests and need.loudest >= CLEAR_GAP and need.spec.id == spec.serves[0] for need in draft.needs
        ),
        done_anyway=draft.does_anyway,
        tired=bool(find_hard_sessions(draft.person, visits, last.day, draft.gate.session_tolerance)),
        doubts=tell_doubts(draft.doubts), shown=lambda spec: _shown(spec, was, since),
        measured=lambda spec: start_dose(spec, since),
    )  # fmt: skip
    free = replace(draft, limits=[limit for limit in draft.limits if limit.kind != "pain"])
    ground = replace(
        ground, free=replace(
            ground, told={name: replace(each, during=0, next_day=0, elsewhere=None, stale=None) for name, each in told.items()},
            why_not=lambda spec: why_not(free, spec) or (again if spec.id in last.taken_out else ""),
            takes_a_set=lambda spec: draft.after_birth,
        ),
    )  # fmt: skip
    kept, gone = start_from(ground)
    draft.last, draft.gone, draft.kept = last, gone, {each.spec.id: each for each in kept}
    shares = [each.sessions.share for each in told.values() if each.sessions is not None]
    whole = [
        each.sessions.share for each in told.values() if each.sessions and each.sessions.told_share >= ENOUGH_SHARE
    ]
    draft.trained = max(whole, default=0.0) >= ENOUGH_SHARE
    # of sessions that were noted alone nobody knows how many there were
    noted = any(each.sessions is not None and each.sessions.noted for each in told.values())
    draft.missed = bool(shares) and max(shares) < MISSED_BELOW
    draft.most = MOST_WHEN_MISSED if draft.missed else MOST_IN_ALL
    draft.missed &= not noted
    _shorten(draft, last)
    draft.flared = any(judge(each)[0] == "back" for each in told.values())
    for each in draft.kept.values():
        serving = [need for need in draft.needs if need.spec.id in each.spec.serves]
        draft.chosen.append((each.spec, max(serving, key=fit(each.spec), default=None)))
    for name in last.taken_out:
        if (spec := draft.catalog.exercises.get(name)) is not None and name not in draft.kept:
            draft.left_out[name] = LeftOut(exercise=name, title=spec.title, reason=again)


def _shown(spec: ExerciseSpec, was: Measured, since: Measured) -> Dose | None:
    """Return the dose that a test of an exercise shows, where all of it counts and it shows less than before the last plan."""
    start = spec.starts_from
    if start is None or start.share != 1 or not (since.get(start.test) and was.get(start.test)):
        return None
    less = min(since[start.test].values()) < min(was[start.test].values())
    return start_dose(spec, since) if less else None


def _shorten(draft: Draft, last: Plan) -> None:
    """Keep of a plan that was mostly missed what is for its first needs; what hurts now plays no part in which these are."""
    if draft.most == MOST_IN_ALL:
        return
    order = [need.need for need in last.needs]
    places = {name: order.index(name) for name in order}
    known = [e for e in last.exercises if e.exercise in draft.catalog.exercises and e.chosen_by != "trainer"]
    known = [e for e in known if draft.catalog.exercises[e.exercise].pattern != WARM]
    last_of_all = len(order)
    known.sort(
        key=lambda e: (
            e.stage == "warm_up", places.get(draft.catalog.exercises[e.exercise].serves[0], last_of_all)
        )
    )  # fmt: skip
    for each in known[draft.most - 1 :]:
        for name in [name for name, kept in draft.kept.items() if kept.before.exercise == each.exercise]:
            left = LeftOut(exercise=each.exercise, title=each.title, reason="fewer exercises, so that they get done")
            draft.gone += (left,)
            draft.kept = {k: v for k, v in draft.kept.items() if k != name}
