"""What is told beside the findings, and why there is no answer when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from movescreen.catalog import Catalog
from movescreen.catalog.schema import MovementSpec
from movescreen.errors import NoRepetitions
from movescreen.kinematics import MOVING_PARTS, POSE_NOTICES, PreparedPoses
from movescreen.kinematics.signals import title_of_signal
from movescreen.model import BoolArray, ClipResult, KinematicSeries, Notice, Repetition, View, ViewKind
from movescreen.repetitions import Candidate, PartMotion, describe_something_else, find_nearest
from movescreen.words.sentences import join_words, title_of

#: Notices that analyzing poses gives; all others come from reading the clip.
ANALYSIS_NOTICES = POSE_NOTICES | {
    "oblique_view", "back_view", "walking", "begins_low", "looks_like_another", "movement_unsure", "other_leg", "something_else",
    "clock_wrong", "near_border", "several_takes", "unlike_the_others", "motion_blur", "no_depth",
    "left_out_by_trainer", "moved_by_trainer",
}  # fmt: skip


def missing_answer(result: ClipResult) -> NoRepetitions | None:
    """Return why a result holds no answer, or None when it holds a complete repetition or a measured part of one."""
    if any(rep.complete for rep in result.reps) or any(measure.known for measure in result.measures):
        return None
    name = result.movement.name
    hint = "name the movement with --movement if there is one; the angles were written all the same"
    if result.movement.forced:
        hint = "is it another movement, or cut short? Leave --movement out to find out; the angles were written all the same"
    told = {notice.code: notice.message for notice in result.notices}
    if "something_else" in told:
        return NoRepetitions(f"{result.video.name} shows something else. {told['something_else']}", hint)
    unseen = [told[code] for code in _UNSEEN if code in told]
    if name == "none" and unseen:
        return NoRepetitions(f"which movement {result.video.name} shows could not be told. {unseen[0]}", hint)
    known = join_words((title_of(each).lower() for each in result.movement.scores), "or")
    what = known if name == "none" else f"complete repetition of the movement {name}"
    return NoRepetitions(
        f"no {what} was found in {result.video.name} ({result.video.duration_s:.1f} s, a person in "
        f"{result.frames_valid_frac:.0%} of the frames)",
        hint,
    )


def name_weakened(notice: Notice, catalog: Catalog) -> Notice:
    """Return the notice with the checks that suffer from what it says."""
    checks = catalog.weakened_by(notice.code)
    return replace(notice, affects=checks) if checks else notice


def leave_out(
    reps: list[Repetition], left_out: Sequence[tuple[float, str]]
) -> tuple[list[Repetition], tuple[Notice, ...]]:
    """Return the repetitions that count, with their numbers as they were, and a notice for each that the trainer leaves out."""
    kept, told = [], []
    for rep in reps:
        why = next((reason for moment, reason in left_out if rep.contains(moment)), None)
        if why is None:
            kept.append(rep)
        else:
            text = f"Repetition {rep.number} (at {rep.turn_s:.1f} s) was left out by the trainer: {why}"
            told.append(Notice("left_out_by_trainer", text))
    return kept, tuple(told)


def tell_view(view: View, prepared: PreparedPoses, chosen: Candidate | None) -> list[Notice]:
    """Return what to tell of a view that is not square, and of walking."""
    notices = []
    if view.kind is ViewKind.OBLIQUE:
        text = f"The camera looks from an angle (about {abs(view.yaw_deg):.0f} degrees off the front): angles are read in three dimensions, with a larger error. Square from the front or the side is surer."
        notices.append(Notice("oblique_view", text))
    if view.kind is ViewKind.BACK:
        text = "The person is seen from behind: angles are read in three dimensions, with a larger error. The side is surer."
        notices.append(Notice("back_view", text))
    if prepared.locomotion.any() and chosen is not None and chosen.spec.reps.kind != "jump":
        share = prepared.locomotion.mean()
        notices.append(
            Notice(
                "walking",
                f"The person walks or turns in {share:.0%} of the clip; those frames count for no repetition.",
            )
        )
    return notices


def tell_doubt(spec: MovementSpec) -> Notice:
    """Return a notice about a movement that was only just recognized: nothing in it is flagged."""
    text = f"It is not sure that this is the {spec.plain_name}, so nothing is flagged. If it is, name it: --movement {spec.name}."
    return Notice("movement_unsure", text, ("all",))


def tell_other_leg(count: int, asked: str) -> tuple[Notice, ...]:
    """Return a notice about stances on the leg that was not named, ``left`` or ``right``."""
    other = "right" if asked == "left" else "left"
    text = f"{count} of the stances {'was' if count == 1 else 'were'} on the {other} leg and not on the {asked} one that was named: left out."
    return (Notice("other_leg", text),)


def tell_something_else(
    series: KinematicSeries, known: tuple[Notice, ...], candidates: Sequence[Candidate]
) -> tuple[Notice, ...]:
    """Return what a clip without any movement of the catalog looks like and comes nearest to, when something in it repeats.

    Nothing where ``known`` says that part of the body was out of sight: it may be a movement of the catalog all the same.
    """
    if any(notice.code in _UNSEEN for notice in known):
        return ()
    parts = [PartMotion(words, np.abs(series.values[n]), least) for n, (words, least) in MOVING_PARTS.items()]
    notice = describe_something_else(series.time_s, parts)
    if notice is None:
        return ()
    if (nearest := find_nearest(candidates)) is not None:
        spec, against = nearest
        why = join_words(title_of_signal(name).lower() for name in against)
        text = f"{notice.message} It comes nearest to the {spec.plain_name}, and is none for this: {why}."
        notice = replace(notice, message=text)
    return (notice,)


#: Notices of a body that is not seen whole: something in front of it, or the border of the picture.
_UNSEEN = ("joints_covered", "cut_off")


def ask_for_seat(
    spec: MovementSpec, catalog: Catalog, series: KinematicSeries, locomotion: BoolArray
) -> tuple[Notice, ...]:
    """Return a notice when a clip begins low and the movement may be the one from a seat that looks like it."""
    seated = catalog.movements.get(spec.seated_form)
    if seated is None or not _begins_low(series, locomotion):
        return ()
    text = f"The clip begins with the body low. If these are {seated.plain_name}, name the movement: --movement {seated.name}."
    return (Notice("begins_low", text, ("all",)),)


#: Share of the leg's length by which somebody who sits is lower than standing.
_SEATED = -0.2


def _begins_low(series: KinematicSeries, locomotion: BoolArray) -> bool:
    rise = series.values["body_rise"]
    first = rise[(series.time_s <= series.time_s[0] + 0.5) & ~locomotion & np.isfinite(rise)]
    return bool(first.size and np.median(first) < _SEATED)
