"""The state machine: from the set-up check to the end by itself, and every command on the way."""

from __future__ import annotations

import pytest

from movescreen.catalog import load_catalog
from movescreen.live import Command, GuidedSession, PartOutcome, Stage
from movescreen.live.messages import view_message
from movescreen.live.session import BETWEEN_S, TAIL_S
from tests.support.figure import Camera, chair_stands, jump, one_leg_stance
from tests.support.sights import FRONT, SIDE, Player, squat

CATALOG = load_catalog()


def make(protocol: str = "squat", repetitions: int = 3) -> tuple[GuidedSession, Player, list[PartOutcome]]:
    ended: list[PartOutcome] = []
    session = GuidedSession(CATALOG.protocol(protocol), CATALOG, repetitions=repetitions, on_part=ended.append)
    return session, Player(session), ended


def to_recording(player: Player) -> None:
    player.stand(7.5)
    assert player.session.stage is Stage.RECORDING


def stage(session: GuidedSession) -> Stage:
    return session.stage


@pytest.mark.slow
def test_a_whole_session_goes_by_itself() -> None:
    session, player, ended = make()
    player.stand(3.0)
    assert stage(session) is Stage.SETUP
    player.stand(1.2)
    assert stage(session) is Stage.COUNTDOWN
    assert session.view().countdown == 3
    player.stand(3.2)
    assert stage(session) is Stage.RECORDING
    player.play(squat(3, FRONT, tail_s=2.5).poses)
    assert stage(session) is Stage.BETWEEN
    assert (session.view().reps, ended) == (3, [])
    player.stand(BETWEEN_S)
    assert stage(session) is Stage.SETUP
    assert session.view().title == "Squat, from the side"
    player.stand(7.5, SIDE)
    player.play(squat(3, SIDE, tail_s=2.5).poses)
    player.stand(BETWEEN_S + 0.5, SIDE)
    assert stage(session) is Stage.DONE
    assert [(o.part.id, o.status, o.pain, len(o.reps)) for o in ended] == [
        ("squat_front", "recorded", False, 3), ("squat_side", "recorded", False, 3)
    ]  # fmt: skip
    assert session.outcomes == ended
    for outcome in ended:
        assert outcome.poses is not None
        assert outcome.poses.time_s[0] == 0.0
        assert outcome.poses.time_s[-1] == pytest.approx(3 + 3 * 3.5 + 0.5, abs=2.0), (
            "countdown and movement, no set-up"
        )
    assert session.view().can == ()


def test_knees_that_come_in_are_cued_with_their_repetitions_and_spoken_once_each() -> None:
    session, player, _ = make()
    to_recording(player)
    said_before = len(session._said)
    player.play(squat(3, FRONT, tail_s=0.5, knee_in_left=0.07, knee_in_right=0.07).poses)
    message = view_message(session.view())
    assert message["cues"][0] == "Knees in on rep 1–3"
    spoken = [u.text for u in session._said[said_before:]]
    assert spoken[:3] == ["1. knees out over the feet", "2. knees out over the feet", "3"]
    assert [r["label"] for r in message["readings"]] == ["knees / ankles", "weight shift", "side lean"]


def test_a_clean_squat_is_not_cued() -> None:
    session, player, _ = make()
    to_recording(player)
    player.play(squat(2, FRONT).poses)
    assert session.view().cues == ()
    assert session.view().reps == 2


def test_whoever_leaves_during_the_countdown_begins_again() -> None:
    session, player, _ = make()
    player.stand(5.0)
    assert stage(session) is Stage.COUNTDOWN
    player.nobody(1.5)
    assert stage(session) is Stage.SETUP
    assert session.view().advice == "Step into the picture."


def test_whoever_leaves_while_recording_is_called_back() -> None:
    session, player, _ = make()
    to_recording(player)
    player.nobody(2.5)
    assert session.view().advice == "I cannot see you: come back into the picture."
    player.play(squat(3, FRONT, tail_s=2.5).poses)
    assert session.view().reps == 3


def test_pause_stops_everything_and_resume_goes_on() -> None:
    session, player, _ = make()
    to_recording(player)
    player.play(squat(1, FRONT).poses)
    assert session.do(Command.PAUSE)
    assert session.view().advice == "Paused."
    player.play(squat(2, FRONT).poses)
    assert session.view().reps == 1
    assert session.do(Command.RESUME)
    player.play(squat(2, FRONT, tail_s=2.5).poses)
    assert (session.view().reps, stage(session)) == (3, Stage.BETWEEN)


def test_a_pause_in_the_countdown_goes_back_to_the_check() -> None:
    session, player, _ = make()
    player.stand(5.0)
    assert session.do(Command.PAUSE)
    assert session.do(Command.RESUME)
    assert stage(session) is Stage.SETUP


def test_redo_forgets_what_was_recorded() -> None:
    session, player, ended = make()
    to_recording(player)
    player.play(squat(3, FRONT, tail_s=2.5).poses)
    assert stage(session) is Stage.BETWEEN
    assert session.do(Command.REDO)
    assert (stage(session), session.view().part, session.view().reps, ended) == (Stage.SETUP, 1, 0, [])
    to_recording(player)
    player.play(squat(2, FRONT).poses)
    assert session.do(Command.ENOUGH)
    assert session.do(Command.NEXT)
    assert [len(o.reps) for o in ended] == [2]


def test_skip_and_stop_leave_the_rest_undone() -> None:
    session, _, ended = make("standard")
    assert session.do(Command.SKIP)
    assert session.view().part == 2
    assert session.do(Command.STOP)
    assert stage(session) is Stage.DONE
    assert [o.status for o in ended] == ["skipped", "not_done", "not_done", "not_done", "not_done"]


def test_stop_keeps_the_repetitions_of_the_part_under_way() -> None:
    session, player, ended = make()
    to_recording(player)
    player.play(squat(2, FRONT).poses)
    session.do(Command.STOP)
    assert [(o.status, len(o.reps)) for o in ended] == [("recorded", 2), ("not_done", 0)]


def test_stop_right_after_a_part_keeps_it_once() -> None:
    session, player, ended = make()
    to_recording(player)
    player.play(squat(3, FRONT, tail_s=2.5).poses)
    session.do(Command.STOP)
    assert [(o.part.id, o.status) for o in ended] == [("squat_front", "recorded"), ("squat_side", "not_done")]


def test_pain_ends_the_part_and_waits_for_somebody() -> None:
    session, player, ended = make()
    to_recording(player)
    player.play(squat(1, FRONT).poses)
    assert session.do(Command.PAIN)
    assert (stage(session), session.view().waits, session.view().pain) == (Stage.BETWEEN, True, True)
    assert "clinician" in session.view().advice
    player.stand(3 * BETWEEN_S)
    assert stage(session) is Stage.BETWEEN, "nobody goes on by themselves after pain"
    assert session.do(Command.NEXT)
    assert [(o.status, o.pain, len(o.reps)) for o in ended] == [("recorded", True, 1)]


def test_pain_before_moving_and_pain_told_afterwards() -> None:
    session, player, ended = make()
    assert session.do(Command.PAIN)
    session.do(Command.NEXT)
    assert [(o.status, o.pain, o.poses) for o in ended] == [("not_done", True, None)]
    player.stand(8.0, SIDE)
    player.play(squat(3, SIDE, tail_s=2.5).poses)
    assert session.do(Command.PAIN)
    assert not session.do(Command.PAIN)
    session.do(Command.NEXT)
    assert [(o.status, o.pain, len(o.reps)) for o in ended][1:] == [("recorded", True, 3)]


def test_commands_that_make_no_sense_do_nothing() -> None:
    session, player, _ = make()
    assert not session.do(Command.NEXT)
    assert not session.do(Command.ENOUGH)
    assert not session.do(Command.START), "nobody was seen yet"
    player.stand(1.0)
    assert session.do(Command.START)
    assert stage(session) is Stage.COUNTDOWN
    session.do(Command.STOP)
    assert not any(session.do(c) for c in Command)


def test_commands_offered_are_those_obeyed() -> None:
    session, player, _ = make()
    player.stand(1.0)
    for command in session.view().can:
        probe, other, _ = make()
        other.stand(1.0)
        assert probe.do(command), command


@pytest.mark.slow
def test_a_part_without_end_ends_by_itself() -> None:
    session, player, _ = make()
    to_recording(player)
    player.stand(181.0)
    assert stage(session) is Stage.BETWEEN


def test_unguided_it_records_from_the_start() -> None:
    session = GuidedSession(CATALOG.protocol("squat"), CATALOG, repetitions=3, guided=False)
    player = Player(session)
    player.play(squat(3, FRONT, tail_s=2.0).poses)
    assert (session.view().reps, stage(session)) == (3, Stage.BETWEEN)


def test_unguided_it_takes_the_part_that_shows_the_view_of_the_recording() -> None:
    session, ended = GuidedSession(CATALOG.protocol("squat"), CATALOG, repetitions=2, guided=False), []
    session.on_part = ended.append
    player = Player(session)
    player.play(squat(2, SIDE, tail_s=2.0).poses)
    assert (session.part.id, session.view().reps) == ("squat_side", 2)
    session.do(Command.STOP)
    assert [(o.part.id, o.status) for o in ended] == [("squat_front", "skipped"), ("squat_side", "recorded")]


@pytest.mark.slow
def test_power_and_balance_are_counted_and_recorded() -> None:
    session, player, ended = make("power_and_balance", repetitions=2)
    for lead in ("left", "right"):
        assert session.view().title == f"Standing on the {lead} leg"
        player.stand(7.5)
        other = {"left": "right", "right": "left"}[lead]
        player.play(one_leg_stance(1, FRONT, lead=other, held_s=4.0).poses)
        assert session.view().reps == 0, "the other leg was asked for"
        for _ in range(3):
            player.play(one_leg_stance(1, FRONT, lead=lead, held_s=4.0).poses)
        player.stand(2.0 + BETWEEN_S)
    assert session.view().title == "Chair stands"
    assert session.view().target == 5, "a test of five is not cut short"
    player.stand(7.5, SIDE)
    player.play(chair_stands(5, SIDE).poses)
    player.stand(2.0 + BETWEEN_S, SIDE)
    assert session.view().title == "Jumps"
    player.stand(4.0, Camera(0.0, px_per_m=470.0))
    assert session.view().stage is Stage.SETUP
    assert "Step back" in session.view().advice, "a jump needs room above"
    player.stand(7.5)
    player.play(jump(3, FRONT).poses)
    player.stand(TAIL_S + BETWEEN_S + 1.0)
    assert stage(session) is Stage.DONE
    assert [(o.part.id, o.status, len(o.reps), {r.side for r in o.reps}) for o in ended] == [
        ("stance_left", "recorded", 3, {"left"}), ("stance_right", "recorded", 3, {"right"}),
        ("chair_stands", "recorded", 5, {""}), ("jumps", "recorded", 3, {""}),
    ]  # fmt: skip
