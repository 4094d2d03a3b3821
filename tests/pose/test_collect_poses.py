"""collect_poses on people whose places are known: one person comes out, the right one, and never two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from movescreen.errors import NoPersonFound
from movescreen.model import Frame
from movescreen.pose import DetectedPose, TrackedPoses, collect_poses
from tests.support.crowd import (
    SIZE_PX,
    TORSO_PX,
    Actor,
    Stage,
    script,
    squatter,
    stander,
    walker,
)


def collect(stage: Stage) -> TrackedPoses:
    return collect_poses(stage.open_frames, stage.make_estimator)


def rows_of(result: TrackedPoses, actor: Actor) -> np.ndarray:
    """Tell in which rows the result is exactly this person; everything else must be missing."""
    same = np.isclose(result.poses.image_xy_px, actor.poses.image_xy_px).all(axis=(1, 2))
    np.testing.assert_array_equal(same, result.poses.detected)
    return same


def codes(result: TrackedPoses) -> list[str]:
    return [notice.code for notice in result.notices]


# --- one person -----------------------------------------------------------------------------------------------------


def test_a_person_alone_comes_out_as_detected() -> None:
    actor = squatter()
    alone = script(len(actor), lambda i: [actor.at(i)])
    stage = Stage.of(actor, alone, alone)
    result = collect(stage)
    assert rows_of(result, actor).all()
    np.testing.assert_array_equal(result.poses.world_xyz_m, actor.poses.world_xyz_m)
    np.testing.assert_array_equal(result.poses.visibility, actor.poses.visibility)
    np.testing.assert_array_equal(result.poses.time_s, actor.poses.time_s)
    assert result.poses.image_size_px == SIZE_PX
    assert (result.people_max, result.other_people_frac, result.notices) == (1, 0.0, ())
    assert result.engine.engine == "scripted"
    assert stage.opened == 1


def test_a_quiet_clip_is_surveyed_once_a_second() -> None:
    actor = squatter(3)
    alone = script(len(actor), lambda i: [actor.at(i)])
    stage = Stage.of(actor, alone, alone)
    collect(stage)
    surveyor = next(engine for people, engine in stage.engines if people > 1)
    gaps = np.diff([frame.time_s for frame in surveyor.looked_at])
    assert gaps == pytest.approx([1.0] * len(gaps), abs=0.05)
    assert surveyor.looked_at[0].index == 0


def test_missing_frames_are_nan_and_said_with_numbers() -> None:
    actor = squatter(2)
    n = len(actor)
    gone = range(n // 2, n // 2 + 30)
    seen = script(n, lambda i: [] if i in gone else [actor.at(i)])
    result = collect(Stage.of(actor, seen, seen))
    np.testing.assert_array_equal(np.flatnonzero(~rows_of(result, actor)), gone)
    assert np.isnan(result.poses.visibility[gone[0]]).all()
    assert codes(result) == ["person_lost"]
    assert f"{30 / n:.0%}" in result.notices[0].message
    assert "1.0 s" in result.notices[0].message
    # what was not seen was not measured: what was is as good as ever
    assert result.notices[0].affects == ()


def test_a_slip_of_the_network_is_left_out() -> None:
    actor = squatter(2)
    slip = actor.moved(x_px=0.9 * TORSO_PX)
    seen = script(len(actor), lambda i: [slip.at(i)] if i in (40, 41, 90) else [actor.at(i)])
    result = collect(Stage.of(actor, seen, script(len(actor), lambda i: [actor.at(i)])))
    np.testing.assert_array_equal(np.flatnonzero(~rows_of(result, actor)), [40, 41, 90])
    assert result.people_max == 1


@pytest.mark.parametrize("n", [0, 1, 30])
def test_nobody_at_all_is_an_error_with_the_number_of_frames(n: int) -> None:
    stage = Stage(np.arange(n) / 30, [[()] * n], [()] * n)
    with pytest.raises(NoPersonFound, match=f"the {n} frames"):
        collect(stage)


# --- several people -------------------------------------------------------------------------------------------------


def test_a_bystander_is_noticed_and_nothing_is_lost() -> None:
    actor = squatter(2)
    n = len(actor)
    bystander = stander(n, 90.0).moved(x_px=260, scale=0.8)
    result = collect(
        Stage.of(actor, script(n, lambda i: [actor.at(i)]), script(n, lambda i: [bystander.at(i), actor.at(i)]))
    )
    assert rows_of(result, actor).all()
    assert result.people_max == 2
    assert result.other_people_frac > 0.95
    assert codes(result) == ["other_people"]
    assert result.notices[0].message.startswith("One other person is in the picture in ")


def test_two_bystanders_are_counted() -> None:
    actor = squatter(2)
    n = len(actor)
    left, right = stander(n).moved(-270), stander(n).moved(270)
    everybody = script(n, lambda i: [actor.at(i), left.at(i), right.at(i)])
    result = collect(Stage.of(actor, script(n, lambda i: [actor.at(i)]), everybody))
    assert result.people_max == 3
    assert result.notices[0].message.startswith("Up to 2 other people are in the picture in ")


def test_background_people_do_not_matter() -> None:
    actor = squatter(2)
    n = len(actor)
    far = stander(n).moved(x_px=250, scale=0.35)
    result = collect(Stage.of(actor, script(n, lambda i: [actor.at(i)]), script(n, lambda i: [actor.at(i), far.at(i)])))
    assert (result.people_max, result.notices) == (1, ())


def test_who_squats_is_screened_even_if_the_network_watches_the_trainer() -> None:
    actor = squatter(2, 90.0)
    n = len(actor)
    trainer = stander(n).moved(x_px=230, scale=1.15)
    stage = Stage.of(
        actor,
        single=script(n, lambda i: [trainer.at(i)]),
        survey=script(n, lambda i: [trainer.at(i), actor.at(i)]),
        again=script(n, lambda i: [actor.at(i)]),
    )
    result = collect(stage)
    assert rows_of(result, actor).all()
    assert stage.opened == 2
    assert [people for people, _ in stage.engines] == [1, 4, 1]


@pytest.mark.slow
def test_the_second_reading_shows_the_network_one_person_only() -> None:
    actor = squatter(2, 90.0)
    n = len(actor)
    trainer = stander(n).moved(x_px=230, scale=1.15)
    image = np.random.default_rng(0).integers(0, 255, (SIZE_PX[1], SIZE_PX[0], 3), dtype=np.uint8)
    stage = Stage.of(
        actor,
        single=script(n, lambda i: [trainer.at(i)]),
        survey=script(n, lambda i: [trainer.at(i), actor.at(i)]),
        again=script(n, lambda i: [actor.at(i)]),
    )
    collect_poses(lambda: (Frame(image, float(t), i) for i, t in enumerate(stage.time_s)), stage.make_estimator)
    for frame in stage.engines[-1][1].looked_at[::20]:
        kept = (frame.image == image).all(axis=(0, 2))
        joints = actor.at(frame.index).image_xy_px[11:33]
        assert kept[int(joints[:, 0].min()) : int(joints[:, 0].max())].mean() > 0.9
        assert not kept[int(trainer.at(0).image_xy_px[11:33, 0].min()) + 60 :].any()
        assert np.unique(frame.image[:, ~kept]).size == 1


def test_a_trainer_who_moves_less_but_is_nearer_is_not_screened() -> None:
    actor = squatter(2)
    n = len(actor)
    trainer = stander(n).moved(x_px=-240, scale=1.3)
    result = collect(
        Stage.of(actor, script(n, lambda i: [actor.at(i)]), script(n, lambda i: [trainer.at(i), actor.at(i)]))
    )
    assert rows_of(result, actor).all()


def distance_torsos(a: Actor, b: Actor) -> np.ndarray:
    """``(n,)`` sideways distance of the middles of the torsos, torso lengths."""
    return np.abs((a.poses.image_xy_px - b.poses.image_xy_px)[:, [11, 12, 23, 24], 0].mean(axis=1)) / TORSO_PX


def crossing(actor: Actor, passer: Actor, *, hides: bool, single_leaves: bool) -> Stage:
    """Somebody walks past. While the two overlap the networks see the nearer one only; a single one may leave with them."""
    n = len(actor)
    apart = distance_torsos(actor, passer)
    x = passer.poses.image_xy_px[:, 23, 0]
    inside = (x > 0) & (x < SIZE_PX[0])
    met = int(np.flatnonzero(apart < 0.6)[0])
    gone = int(np.flatnonzero(inside)[-1])

    def single(i: int) -> Sequence[DetectedPose]:
        if hides and (apart[i] < 0.6 or (single_leaves and met <= i <= gone)):
            return [passer.at(i)]
        return [actor.at(i)]

    def everybody(i: int) -> Sequence[DetectedPose]:
        near = passer if hides else actor
        if apart[i] < 0.8:
            return [near.at(i)]
        return [actor.at(i), passer.at(i)] if inside[i] else [actor.at(i)]

    return Stage.of(actor, script(n, single), script(n, everybody), script(n, lambda i: [actor.at(i)]))


@pytest.mark.slow
@pytest.mark.parametrize("single_leaves", [False, True], ids=["the network stays", "the network leaves with them"])
@pytest.mark.parametrize("px_per_frame", [4.0, 9.0, -7.0])
def test_somebody_who_walks_past_in_front_hides_but_never_replaces(px_per_frame: float, single_leaves: bool) -> None:
    actor = squatter(3)
    passer = walker(len(actor), -np.sign(px_per_frame) * 430, px_per_frame, scale=1.15)
    stage = crossing(actor, passer, hides=True, single_leaves=single_leaves)
    result = collect(stage)
    there = rows_of(result, actor)
    overlap = np.flatnonzero(distance_torsos(actor, passer) < 0.6)
    assert not there[overlap].any()
    assert there[: overlap[0] - 25].all()
    assert there[overlap[-1] + 25 :].all()
    assert "other_people" in codes(result)


def test_somebody_who_walks_past_behind_changes_nothing() -> None:
    actor = squatter(3)
    passer = walker(len(actor), -430, 6.0, scale=0.8)
    result = collect(crossing(actor, passer, hides=False, single_leaves=False))
    assert rows_of(result, actor).all()
    assert result.people_max == 2


def test_somebody_who_stops_in_front_hides_until_they_leave() -> None:
    actor = squatter(3)
    n = len(actor)
    x = np.interp(np.arange(n), [0, 60, 110, 200], [430, 15, 15, 640])
    trainer = stander(n, 90.0).moved(x_px=x, scale=1.2)
    hidden = np.abs(x) < 0.7 * TORSO_PX
    seen = script(n, lambda i: [trainer.at(i)] if hidden[i] else [actor.at(i)])
    survey = script(n, lambda i: [trainer.at(i)] if hidden[i] else [actor.at(i), trainer.at(i)])
    result = collect(Stage.of(actor, seen, survey, seen))
    there = rows_of(result, actor)
    assert not there[hidden].any()
    assert there[: np.flatnonzero(hidden)[0] - 25].all()
    assert there[np.flatnonzero(hidden)[-1] + 25 :].all()
    assert set(codes(result)) == {"other_people", "person_lost"}


# --- callbacks and clean-up -----------------------------------------------------------------------------------------


def test_progress_and_frames_are_reported_and_start_over_with_the_clip() -> None:
    actor = squatter(1, 90.0)
    n = len(actor)
    trainer = stander(n).moved(x_px=230)
    stage = Stage.of(
        actor,
        single=script(n, lambda i: [trainer.at(i)]),
        survey=script(n, lambda i: [trainer.at(i), actor.at(i)]),
        again=script(n, lambda i: [actor.at(i)]),
    )
    counts: list[int] = []
    watched = Watched()
    collect_poses(stage.open_frames, stage.make_estimator, lambda count, time_s: counts.append(count), watched)
    assert counts == [*range(1, n + 1), *range(1, n + 1)]
    assert [len(seen) for seen in watched.readings] == [n, n]
    assert [index for index, _ in watched.readings[1]] == [*range(n)]
    assert [pose for _, pose in watched.readings[1]] == [seen[0] for seen in stage.single[1]]


class Watched:
    """Writes down each reading of a clip."""

    def __init__(self) -> None:
        self.readings: list[list[tuple[int, DetectedPose | None]]] = [[]]

    def on_frame(self, frame: Frame, person: DetectedPose | None) -> None:
        self.readings[-1].append((frame.index, person))

    def restart(self) -> None:
        self.readings.append([])


def test_on_frame_gets_nobody_where_the_network_slips() -> None:
    actor = squatter(1)
    slip = actor.moved(x_px=TORSO_PX)
    seen = script(len(actor), lambda i: [slip.at(i)] if i == 50 else [actor.at(i)])
    watched, stage = Watched(), Stage.of(actor, seen, seen)
    collect_poses(stage.open_frames, stage.make_estimator, observer=watched)
    (once,) = watched.readings
    assert [i for i, pose in once if pose is None] == [50]


def test_every_engine_is_closed_also_after_an_error() -> None:
    actor = squatter(1)
    seen = script(len(actor), lambda i: [actor.at(i)])
    stage = Stage.of(actor, seen, seen)
    collect(stage)
    broken = Stage.of(actor, seen[:20], seen)
    with pytest.raises(IndexError):
        collect(broken)
    interrupted = Stage.of(actor, seen, seen)

    def stop(count: int, time_s: float) -> None:
        if count == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect_poses(interrupted.open_frames, interrupted.make_estimator, on_progress=stop)
    for _, engine in (*stage.engines, *broken.engines, *interrupted.engines):
        assert not engine.is_open
    assert len(interrupted.engines[0][1].looked_at) < 15
