"""The guided session: a state machine from the set-up check to the last recording. It knows sights and commands, nothing else.

::

             everything right for 3 s          3 s              last repetition, or "enough"
    SETUP ────────────────────────▶ COUNTDOWN ───▶ RECORDING ──────────────────────────────▶ BETWEEN ──▶ SETUP of the next part
      ▲            moved away           │                          "skip", "pain"               │ 4 s
      └─────────────────────────────────┘                                                      └────▶ DONE after the last part

Time is that of the sights alone, so that a file, a camera and a test drive it alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from movescreen.catalog import Catalog
from movescreen.catalog.protocol_schema import PartSpec, ProtocolSpec
from movescreen.live.measure import LiveMeasurement
from movescreen.live.setup_check import HOLD_S, SetupCheck
from movescreen.live.sight import Observation, PoseBuffer
from movescreen.live.states import Command, PartOutcome, SessionView, Stage, Utterance
from movescreen.words.numbers_and_units import number_word

COUNTDOWN_S = 3.0
#: Recording goes on after the last repetition, so that the person is back in the starting posture, s.
TAIL_S = 1.0
#: Rest between two parts, s.
BETWEEN_S = 4.0
#: A part that lasts longer ends by itself, s.
LONGEST_S = 180.0
#: Nobody in the picture for so long while recording is said, s.
LOST_S = 2.0


class GuidedSession:
    """One person goes through one protocol.

    Parameters
    ----------
    repetitions
        Of every part; those of the protocol when None.
    raw
        Leave readings uncorrected.
    guided
        False = no set-up check and no countdown: for a recording that plays as a camera.
    on_part
        Called with every outcome when its part is really over: a redo can still undo it before.
    """

    def __init__(
        self, protocol: ProtocolSpec, catalog: Catalog, *, repetitions: int | None = None, raw: bool = False,
        guided: bool = True, on_part: Callable[[PartOutcome], None] | None = None,
    ) -> None:  # fmt: skip
        self.protocol = protocol
        self.outcomes: list[PartOutcome] = []
        self._catalog, self._repetitions, self._raw = catalog, repetitions, raw
        self.on_part = on_part
        self._guided = guided
        self._now_s = 0.0
        self._paused = False
        self._said: list[Utterance] = []
        self._said_s = 0.0
        self._ended: PartOutcome | None = None
        self._begin(0)

    # --- what goes in ---------------------------------------------------------------------------------------------

    def observe(self, sight: Observation) -> None:
        """Take the next sight."""
        before_s, self._now_s = self._now_s, sight.time_s
        if self._paused or self.stage is Stage.DONE:
            self._since_s += sight.time_s - before_s
            return
        {
            Stage.SETUP: self._in_setup,
            Stage.COUNTDOWN: self._in_countdown,
            Stage.RECORDING: self._in_recording,
            Stage.BETWEEN: self._in_between,
        }[self.stage](sight)

    def do(self, command: Command) -> bool:
        """Obey a command; False when it makes no sense now, and nothing happens."""
        if command not in self._can():
            return False
        {
            Command.PAUSE: self._pause,
            Command.RESUME: self._resume,
            Command.START: self._count_down,
            Command.ENOUGH: self._end_part,
            Command.NEXT: self._advance,
            Command.REDO: self._redo,
            Command.SKIP: self._skip,
            Command.PAIN: self._pain,
            Command.STOP: self._stop,
        }[command]()
        return True

    def view(self) -> SessionView:
        """Return what to show now."""
        counting = self.stage is Stage.COUNTDOWN
        left_s = COUNTDOWN_S - (self._now_s - self._since_s)
        measurement = self._measurement
        return SessionView(
            stage=self.stage,
            paused=self._paused,
            part=self._index + 1,
            parts=len(self.protocol.parts),
            title=self.part.title,
            position=self.part.position,
            instruction=self._instruction(),
            advice=self._advice(),
            setup=self._setup.items,
            held_s=round(min(self._setup.held_s(self._now_s), HOLD_S), 1) if self.stage is Stage.SETUP else 0.0,
            countdown=max(1, int(left_s + 0.999)) if counting else 0,
            reps=self._count(),
            target=self._target,
            readings=measurement.readings() if measurement else (),
            cues=measurement.cues() if measurement else (),
            following=self._following(),
            waits=self._waits(),
            pain=bool(self._ended and self._ended.pain),
            can=self._can(),
            said=tuple(self._said[-4:]),
        )

    @property
    def paused(self) -> bool:
        """True while somebody has stopped the session for a moment."""
        return self._paused

    @property
    def part(self) -> PartSpec:
        """The part that is being done, or the last one."""
        return self.protocol.parts[self._index]

    # --- the stages ------------------------------------------------------------------------------------------------

    def _begin(self, index: int) -> None:
        self._index = index
        self.stage = Stage.SETUP
        self._since_s = self._now_s
        self._setup = self._check_setup()
        self._measurement: LiveMeasurement | None = None
        self._tape = PoseBuffer()
        self._seen_s = self._now_s
        asked = None if self.part.fixed else self._repetitions
        self._target = asked or self.part.repetitions
        self._say(f"{self.part.title}. {self.part.position}")

    def _check_setup(self) -> SetupCheck:
        return SetupCheck(self.part, self._catalog.movement(self.part.movement).start, demanded=self._guided)

    def _in_setup(self, sight: Observation) -> None:
        before = self._setup.advice
        if self._setup.push(sight):
            if not self._guided:
                self._find_part()
            self._count_down()
        elif self._setup.advice and self._setup.advice != before and self._now_s - self._since_s > 4.0:
            self._say(self._setup.advice, at_least_s=4.0)

    def _find_part(self) -> None:
        """Go on to the first part that shows the view of the recording, when there is one: nobody can be asked to turn round."""
        reference = self._setup.reference
        assert reference is not None
        view = reference.view
        for index, part in enumerate(self.protocol.parts[self._index :], start=self._index):
            if part.view == view.kind.value and part.near in ("", view.near_side):
                for skipped in self.protocol.parts[self._index : index]:
                    self._finish(PartOutcome(skipped, "skipped"))
                if index != self._index:
                    self._begin(index)
                    self._setup.reference = reference
                return

    def _count_down(self) -> None:
        self.stage = Stage.COUNTDOWN
        self._since_s = self._now_s
        self._tape.clear()
        self._say(self._instruction())

    def _in_countdown(self, sight: Observation) -> None:
        self._tape.push(sight)
        if sight.pose is not None:
            self._seen_s = sight.time_s
        if sight.time_s - self._seen_s > 1.0:
            self.stage = Stage.SETUP
            self._setup = self._check_setup()
            return
        if self._guided and sight.time_s - self._since_s < COUNTDOWN_S:
            return
        reference = self._setup.reference
        if reference is None:
            self.stage = Stage.SETUP
            return
        self._measurement = LiveMeasurement(self.part, reference, self._catalog, raw=self._raw)
        self.stage = Stage.RECORDING
        self._since_s = sight.time_s
        self._say("Go")

    def _in_recording(self, sight: Observation) -> None:
        assert self._measurement is not None
        self._tape.push(sight)
        if sight.pose is not None:
            self._seen_s = sight.time_s
        if self._measurement.push(sight):
            self._say_repetition(self._measurement)
        end_s = self._measurement.last_end_s
        done = self._count() >= self._target and end_s is not None and sight.time_s - end_s >= TAIL_S
        if done or sight.time_s - self._since_s > LONGEST_S:
            self._end_part()

    def _in_between(self, sight: Observation) -> None:
        if not self._waits() and sight.time_s - self._since_s >= BETWEEN_S:
            self._advance()

    # --- the commands ----------------------------------------------------------------------------------------------

    def _pause(self) -> None:
        self._paused = True

    def _resume(self) -> None:
        self._paused = False
        if self.stage is Stage.COUNTDOWN:
            self.stage = Stage.SETUP
            self._setup = self._check_setup()

    def _end_part(self) -> None:
        measurement = self._measurement
        reps = tuple(measurement.reps) if measurement else ()
        findings = measurement.findings if measurement else ()
        self._close(PartOutcome(self.part, "recorded", False, self._tape.to_poses(plain=True), reps, findings))
        self._say("Done. Well done.")

    def _skip(self) -> None:
        self._close(PartOutcome(self.part, "skipped"))
        self._advance()

    def _pain(self) -> None:
        if self._ended is not None:  # said right after the part
            self._ended = replace(self._ended, pain=True)
            return
        measurement = self._measurement
        if measurement is None:
            self._close(PartOutcome(self.part, "not_done", True))
        else:
            poses = self._tape.to_poses(plain=True)
            self._close(PartOutcome(self.part, "recorded", True, poses, tuple(measurement.reps), measurement.findings))
        self._say("Stop here. Pain is noted.")

    def _close(self, outcome: PartOutcome) -> None:
        self._ended = outcome
        self.stage = Stage.BETWEEN
        self._since_s = self._now_s
        self._paused = False

    def _advance(self) -> None:
        self._settle()
        if self._index + 1 < len(self.protocol.parts):
            self._begin(self._index + 1)
        else:
            self.stage = Stage.DONE
            self._say("That was everything. Thank you.")

    def _redo(self) -> None:
        self._ended = None
        self._paused = False
        self._begin(self._index)

    def _stop(self) -> None:
        if self._ended is None and self._measurement is not None and self._count():
            self._end_part()
        self._settle()
        done = len(self.outcomes)
        for part in self.protocol.parts[done:]:
            self._finish(PartOutcome(part, "not_done"))
        self._paused = False
        self.stage = Stage.DONE

    def _settle(self) -> None:
        if self._ended is not None:
            ended, self._ended = self._ended, None
            self._finish(ended)

    def _finish(self, outcome: PartOutcome) -> None:
        self.outcomes.append(outcome)
        if self.on_part is not None:
            self.on_part(outcome)

    # --- words -----------------------------------------------------------------------------------------------------

    def _can(self) -> tuple[Command, ...]:
        if self.stage is Stage.DONE:
            return ()
        if self._paused:
            return (Command.RESUME, Command.REDO, Command.SKIP, Command.PAIN, Command.STOP)
        ready = self._setup.reference is not None
        mine: dict[Stage, tuple[Command, ...]] = {
            Stage.SETUP: ((Command.START,) if ready else ()) + (Command.SKIP, Command.PAIN, Command.PAUSE),
            Stage.COUNTDOWN: (Command.REDO, Command.SKIP, Command.PAIN, Command.PAUSE),
            Stage.RECORDING: ((Command.ENOUGH,) if self._count() else ())
            + (Command.REDO, Command.SKIP, Command.PAIN, Command.PAUSE),
            Stage.BETWEEN: (Command.NEXT, Command.REDO, *(() if self._ended and self._ended.pain else (Command.PAIN,))),
        }
        return (*mine[self.stage], Command.STOP)

    def _waits(self) -> bool:
        return self.stage is Stage.BETWEEN and self._ended is not None and self._ended.pain

    def _following(self) -> str:
        after = self.protocol.parts[self._index + 1 :]
        return after[0].title if after else ""

    def _count(self) -> int:
        if self._ended is not None:
            return len(self._ended.reps)
        return len(self._measurement.reps) if self._measurement else 0

    def _instruction(self) -> str:
        text = self.part.instruction.format(count=number_word(self._target))
        return text[:1].upper() + text[1:]

    def _advice(self) -> str:
        if self._paused:
            return "Paused."
        if self.stage is Stage.SETUP:
            return self._setup.advice or "Stay like that."
        if self.stage is Stage.RECORDING and self._now_s - self._seen_s > LOST_S:
            return "I cannot see you: come back into the picture."
        if self.stage is Stage.BETWEEN and self._ended is not None and self._ended.pain:
            return "Pain is noted. Stop here, and let a clinician look at it before going on."
        return ""

    def _say_repetition(self, measurement: LiveMeasurement) -> None:
        number = len(measurement.reps)
        fresh = next((cue for cue in measurement.cues() if number in cue.reps), None)
        text = str(number)
        if fresh is not None and number < self._target:
            text = f"{number}. {fresh.spec.say}"
        self._say(text)

    def _say(self, text: str, at_least_s: float = 0.0) -> None:
        if self._now_s - self._said_s < at_least_s:
            return
        self._said_s = self._now_s
        self._said.append(Utterance(len(self._said) + 1, text))
