"""All guided sessions of the server, and the processes that analyze what they recorded."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor
from dataclasses import replace

from movescreen.ahead import load_ahead
from movescreen.app import Records, Screening
from movescreen.batch.executors import ProcessExecutor
from movescreen.catalog import Catalog
from movescreen.client.rules.profiles import offer_protocol
from movescreen.live import SessionFiles, name_folder
from movescreen.pose import MakeEstimator, create_estimator
from movescreen.web.config import WebConfig
from movescreen.web.errors import Busy, NotThere
from movescreen.web.live_session import LiveSession, SessionChoices

#: A session that nobody attends is ended after this long, and forgotten after the second time, s.
_UNATTENDED_S = 900.0
_FORGOTTEN_S = 3600.0
#: A server that stops gives all sessions together so long to be saved, s.
_FAREWELL_S = 20.0
#: A session whose page has been closed for so long makes room for a new one, s.
_LEFT_S = 60.0
#: Longest time the analysis of one recording may take, s.
_ANALYSIS_S = 300.0


class SessionManager:
    """Makes sessions, finds them again, and ends those that were left alone.

    Parameters
    ----------
    config
        Limits, folder of the results, settings.
    catalog
        Movements and protocols.
    records
        Keeps the screenings of clients.
    executor
        Analyzes recordings; a process of its own when None, made with the first session.
    make_estimator
        Makes a pose engine; MediaPipe when None.
    """

    def __init__(
        self,
        config: WebConfig,
        catalog: Catalog,
        records: Records,
        executor: Executor | None = None,
        make_estimator: MakeEstimator | None = None,
    ) -> None:
        self._config, self._catalog, self._executor, self._make = config, catalog, executor, make_estimator
        self._records = records
        self._sessions: dict[str, LiveSession] = {}
        self._lock = threading.Lock()

    def open(self, choices: SessionChoices) -> LiveSession:
        """Begin a session.

        Raises
        ------
        UnknownNameError
            When there is no such protocol.
        Busy
            When as many are under way as this machine bears.
        AssetError
            When the pose network is missing or damaged.
        NeedsReferral
            When a red flag of the client stops the screening.
        InputError
            When nothing of the session is left for a client who does not jump now.
        """
        named = self._catalog.protocol(choices.protocol)
        if choices.parts:
            named = named.model_copy(update={"parts": tuple(p for p in named.parts if p.id in choices.parts)})
        screening = Screening.open(self._records, choices.client, pictures=choices.pictures)
        protocol, left_out = offer_protocol(named, screening.subject.impact_ban, self._catalog)
        choices = replace(choices, pictures=screening.subject.pictures, films=screening.subject.films)
        if self._make is None:
            create_estimator("mediapipe", model=choices.model, num_poses=1).close()
        with self._lock:
            self.tidy()
            if self._under_way() >= self._config.limits.sessions:
                raise Busy(
                    f"{self._config.limits.sessions} sessions are under way, more would be too slow",
                    "end one of them first",
                )
            settings = self._config.settings.model_copy(update={"model": choices.model})
            folder = name_folder(
                self._config.results, choices.client, {s.files.folder for s in self._sessions.values()}
            )
            files = SessionFiles(folder, screening, choices.protocol, settings, self._workers())
            session = LiveSession(choices, protocol, self._catalog, settings, files, self._make, left_out)
            self._sessions[session.id] = session
        return session

    def find(self, session_id: str) -> LiveSession:
        """Return a session.

        Raises
        ------
        NotThere
            When there is none of that id (any more).
        """
        try:
            return self._sessions[session_id]
        except KeyError:
            raise NotThere(
                "this session is not open any more", "begin a new one; finished ones are under Results"
            ) from None

    def under_way(self) -> list[LiveSession]:
        """Return the sessions that are not over, the newest first."""
        return sorted((s for s in list(self._sessions.values()) if not s.over), key=lambda s: -s.started_s)

    def of_team(self, team: str) -> frozenset[str]:
        """Return the ids of a team's sessions, those that are over among them."""
        return frozenset(s.id for s in list(self._sessions.values()) if s.choices.team == team)

    def tidy(self) -> None:
        """End and forget sessions that were left alone."""
        now_s = time.monotonic()
        for session in list(self._sessions.values()):
            if session.attended:
                continue
            idle_s = now_s - session.used_s
            if idle_s > _FORGOTTEN_S and session.over:
                del self._sessions[session.id]
            elif idle_s > _UNATTENDED_S and not session.over:
                session.close()

    def close(self) -> None:
        """End everything; what was recorded is saved first, as far as that does not take long."""
        under_way = [s for s in self._sessions.values() if not s.over]
        for session in under_way:
            session.close()
        end_s = time.monotonic() + _FAREWELL_S
        for session in under_way:
            session.abandon(max(0.0, end_s - time.monotonic()))
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)

    def _under_way(self) -> int:
        """Return how many sessions are under way; when there are too many, those whose page was closed are ended."""
        open_ones = [s for s in self._sessions.values() if not s.over]
        if len(open_ones) < self._config.limits.sessions:
            return len(open_ones)
        now_s = time.monotonic()
        left = [s for s in open_ones if not s.attended and now_s - s.used_s > _LEFT_S]
        for session in left:
            session.close()
        return len(open_ones) - len(left)

    def _workers(self) -> Executor:
        if self._executor is None:
            self._executor = ProcessExecutor(1, _ANALYSIS_S)
            self._executor.submit(load_ahead, "movescreen.live.saving")
        return self._executor
