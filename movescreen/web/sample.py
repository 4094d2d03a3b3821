"""The sample client, made in the background while its page waits."""

from __future__ import annotations

import threading
from concurrent.futures import Executor
from datetime import date

from movescreen.app import ClipTask, Records, attempt
from movescreen.app.sample_client import add_sample_client
from movescreen.batch.executors import ProcessExecutor
from movescreen.errors import MovescreenError, TimedOut, WorkerLost
from movescreen.model import ClipResult
from movescreen.web.config import WebConfig

#: Longest time the analysis of one clip may take, s.
_TIMEOUT_S = 600.0


class SampleMaker:
    """Makes the sample client once at a time.

    Attributes
    ----------
    problem
        Why there is none; None while nothing went wrong.
    """

    def __init__(self, config: WebConfig, records: Records, executor: Executor | None = None) -> None:
        self._config, self._records, self._executor = config, records, executor
        self._thread: threading.Thread | None = None
        self.problem: MovescreenError | None = None

    @property
    def busy(self) -> bool:
        """True while it is being made."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, unless it is being made already."""
        if not self.busy:
            self.problem = None
            self._thread = threading.Thread(target=self._make, name="sample", daemon=True)
            self._thread.start()

    def _make(self) -> None:
        executor = self._executor or ProcessExecutor(1, _TIMEOUT_S)

        def run(task: ClipTask) -> ClipResult:
            try:
                made = executor.submit(attempt, task).result()
            except TimeoutError as error:
                raise TimedOut("the analysis of one of its clips took longer than it may", "try again") from error
            except Exception as error:
                raise WorkerLost(
                    f"the analysis of one of its clips ended unexpectedly: {error}", "try again"
                ) from error
            if isinstance(made, MovescreenError):
                raise made
            return made

        try:
            add_sample_client(self._records, self._config.results, self._config.settings, date.today(), run)
        except MovescreenError as error:
            self.problem = error
        finally:
            if self._executor is None:
                executor.shutdown(wait=False)
