"""One guided session of the server: a thread that looks at the newest picture, and whoever listens to what it says."""

from __future__ import annotations

import contextvars
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from movescreen.catalog import Catalog
from movescreen.catalog.protocol_schema import ProtocolSpec
from movescreen.errors import MovescreenError
from movescreen.live import Command, GuidedSession, LiveEngine, PartOutcome, SessionFiles, Stage
from movescreen.live.messages import pose_message, view_message
from movescreen.pose import MakeEstimator
from movescreen.settings import ModelName, Settings
from movescreen.web.errors import body_of
from movescreen.web.frames import CameraFrame, decode_picture

log = logging.getLogger("movescreen.web")

#: The faster network is offered when the middle of so many pictures takes longer than this, s.
_SLOW_S = 0.055
_TIMED = 60
#: Most who watch a session beside the one who films.
_WATCHERS = 4

#: Called from the session's thread with the number of the picture looked at and its landmarks.
Listener = Callable[[], None]


@dataclass(frozen=True)
class SessionChoices:
    """What was chosen on the first page.

    Attributes
    ----------
    client
        Name or id; may be empty.
    protocol
        Name of the protocol.
    repetitions
        Of every part; None = those of the protocol.
    pictures, films
        Keep pictures of the deepest moments, and a small film of each part.
    model
        Pose network.
    team
        Whose day it belongs to; empty for nobody's.
    parts
        Ids of the parts that are still to be recorded; empty = all of them.
    voice
        Speak the instructions; None = as this device was told last.
    """

    client: str
    protocol: str
    repetitions: int | None
    pictures: bool
    model: ModelName
    team: str = ""
    parts: tuple[str, ...] = ()
    voice: bool | None = None
    films: bool = False


class LiveSession:
    """A session with a thread of its own. All methods may be called from any thread.

    Parameters
    ----------
    choices
        What was chosen.
    protocol
        The chosen one, without what this person does not do.
    catalog
        Movements.
    settings
        Of the analysis.
    files
        Writes what is recorded.
    make_estimator
        Makes a pose engine; MediaPipe when None.
    note
        Said at the end: what was left out.
    """

    def __init__(
        self,
        choices: SessionChoices,
        protocol: ProtocolSpec,
        catalog: Catalog,
        settings: Settings,
        files: SessionFiles,
        make_estimator: MakeEstimator | None = None,
        note: str = "",
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        self.choices, self.files = choices, files
        self.started_s = self.used_s = time.monotonic()
        self._make = make_estimator
        self._session = GuidedSession(
            protocol, catalog, repetitions=choices.repetitions, raw=settings.raw, on_part=self._keep,
        )  # fmt: skip
        self._engine: LiveEngine | None = None
        self._wake = threading.Condition()
        self._frame: CameraFrame | None = None
        self._commands: deque[str] = deque()
        self._closed = False
        self._offset_s: float | None = None
        self._took_s: deque[float] = deque(maxlen=_TIMED)
        self._listener: Listener | None = None
        self._page = ""
        self._watchers: tuple[Listener, ...] = ()
        self.picture: CameraFrame | None = None
        self._state: dict[str, Any] = view_message(self._session.view()) | {"model": choices.model, "slow": False}
        self._pose: dict[str, Any] | None = None
        self.result: str = ""
        self.note: str = note
        self.error: dict[str, Any] | None = None
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._run,), name=f"session-{self.id[:6]}", daemon=True
        )
        self._thread.start()

    # --- from the socket -------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """True when everything is saved, or could not be."""
        return bool(self.result or self.error)

    def attach(self, listener: Listener, page: str = "", *, again: bool = False) -> bool:
        """Let somebody film and listen; the one before no longer does. The new one's clock starts anew.

        Parameters
        ----------
        page
            What the page of this camera calls itself.
        again
            It lost its connection: False when another page films by now.
        """
        with self._wake:
            if again and self._listener is not None and page != self._page:
                return False
            before, self._listener, self._page = self._listener, listener, page
            self._offset_s, self._frame, self.picture = None, None, None
        self.used_s = time.monotonic()
        if before is not None:
            before()
        self._tell()
        return True

    def watch(self, listener: Listener) -> bool:
        """Let somebody listen beside the one who films; False when there are too many."""
        with self._wake:
            if len(self._watchers) >= _WATCHERS:
                return False
            self._watchers += (listener,)
        self.used_s = time.monotonic()
        return True

    def detach(self, listener: Listener) -> None:
        """Stop listening."""
        with self._wake:
            if self._listener == listener:
                self._listener = None
            self._watchers = tuple(w for w in self._watchers if w != listener)
            if not self._watchers:
                self.picture = None
        self.used_s = time.monotonic()
        self._tell()

    def is_listener(self, listener: Listener) -> bool:
        """Tell whether this listener still is one."""
        return self._listener == listener or listener in self._watchers

    @property
    def attended(self) -> bool:
        """True while somebody listens."""
        return self._listener is not None or bool(self._watchers)

    def _tell(self) -> None:
        """Let everybody who listens look at what is new."""
        with self._wake:
            listeners = (*self._watchers, *((self._listener,) if self._listener is not None else ()))
        for listener in listeners:
            listener()

    def show(self, frame: CameraFrame) -> None:
        """Hand in the newest picture; one that nobody looked at yet is dropped."""
        with self._wake:
            self._frame = frame
            self._wake.notify_all()

    def command(self, name: str) -> None:
        """Hand in a command: one of :class:`Command`, or ``lite`` for the faster network."""
        with self._wake:
            if len(self._commands) < 20:
                self._commands.append(name)
            self._wake.notify_all()

    def close(self) -> None:
        """End the session; what was recorded is still saved."""
        self.command(Command.STOP.value)

    def abandon(self, patience_s: float) -> None:
        """Wait for the session to be saved, but not longer than so many seconds: the server stops."""
        self._thread.join(timeout=patience_s)
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._thread.join(timeout=1.0)

    def latest(self) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Return the newest pose message and the state, with whether somebody films."""
        return self._pose, self._state | {"camera": self._listener is not None}

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._attend()
            if not self._closed:
                self._publish()
                self._save()
        except MovescreenError as error:
            self.error = body_of(error)["error"]
        except Exception:
            log.exception("a bug in a session")
            self.error = {"code": "error", "message": "something went wrong inside movescreen", "hint": ""}
        self._publish()

    def _attend(self) -> None:
        with LiveEngine(
            self._session,
            self.choices.model,
            pictures=self.choices.pictures,
            films=self.choices.films,
            make_estimator=self._make,
        ) as engine:
            self._engine = engine
            try:
                self._loop(engine)
            except Exception:
                # whatever it was, what is recorded by now is kept
                log.exception("a session ended unexpectedly")
                self._session.do(Command.STOP)
                if not self._session.outcomes:
                    raise

    def _loop(self, engine: LiveEngine) -> None:
        while self._session.stage is not Stage.DONE:
            with self._wake:
                self._wake.wait_for(lambda: self._frame or self._commands or self._closed, timeout=1.0)
                frame, self._frame = self._frame, None
                commands = list(self._commands)
                self._commands.clear()
            if self._closed:
                return
            for name in commands:
                self._obey(name, engine)
            if frame is not None:
                self._look(frame, engine)
            if commands or frame is not None:
                self._publish()

    def _obey(self, name: str, engine: LiveEngine) -> None:
        if name == "lite" and self._session.stage in (Stage.SETUP, Stage.BETWEEN):
            engine.use_model("lite")
            self._took_s.clear()
        elif name in set(Command):
            self._session.do(Command(name))
            engine.follow_stage()

    def _look(self, frame: CameraFrame, engine: LiveEngine) -> None:
        start_s = time.perf_counter()
        image = decode_picture(frame.jpeg)
        if image is None:
            return
        now_s = time.monotonic() - self.started_s
        if self._offset_s is None or abs(frame.capture_s + self._offset_s - now_s) > 2.0:
            self._offset_s = now_s - frame.capture_s
        sight = engine.process(image, frame.capture_s + self._offset_s)
        self._took_s.append(time.perf_counter() - start_s)
        self._pose = {"number": frame.number, "pose": pose_message(sight)}
        self.picture = frame if self._watchers else None

    def _publish(self) -> None:
        slow = len(self._took_s) == self._took_s.maxlen and float(np.median(self._took_s)) > _SLOW_S
        model = self._engine.info.model_name if self._engine is not None else self.choices.model
        state = view_message(self._session.view()) | {
            "model": model,
            "slow": slow and model != "lite",
            "result": self.result,
            "note": self.note,
            "error": self.error,
        }
        with self._wake:
            self._state = state
        self._tell()

    def _keep(self, outcome: PartOutcome) -> None:
        assert self._engine is not None
        part, engine = outcome.part.id, self._engine
        self.files.add(outcome, engine.info, engine.pictures.pop(part, None), engine.take_film(part, outcome.poses))

    def _save(self) -> None:
        finished = self.files.finish()
        if finished.not_kept is not None:
            lost = f"It could not be kept with the client: {finished.not_kept.message}. It is under Results."
            self.note = f"{self.note} {lost}".strip()
        self.result = finished.folder.name
