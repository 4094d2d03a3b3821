"""Keep MediaPipe's native code quiet and offline.

Quiet: the library writes routine notes to file descriptor 2, past Python's ``sys.stderr``. None of the usual variables
(``GLOG_minloglevel``, ``TF_CPP_MIN_LOG_LEVEL``, ``ABSL_MIN_LOG_LEVEL``) changes that, so the descriptor is filtered
while the notes are known to appear. Lines that are no routine notes are handed on.

Offline: MediaPipe 1.x reports its usage (task, timings, system; no pictures) to ``play.googleapis.com`` through
libcurl, when a task is closed and once a minute, and offers no switch. libcurl obeys the proxy variables of the
process: while a task is open they name a scheme that does not exist, so that libcurl gives up before it looks up a host.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import threading
from collections.abc import Iterator

#: Routine notes: of absl below error level (``W0000 00:00:1795… 123 file.cc:81] …``), of LiteRT (``INFO: [file.cc:36] …``),
#: and of TensorFlow Lite.
_ROUTINE = re.compile(
    rb"[IW]\d{4} \d\d:\d\d:[\d.]+ +\d+ \S+:\d+\]"
    rb"|WARNING: (All log messages|Logging) before "
    rb"|(INFO|WARNING): \[\w+\.cc:\d+\] "
    rb"|INFO: Created TensorFlow Lite "
    rb"|WARNING: Read-only tensor #"
)
_stderr_lock = threading.Lock()

#: A proxy that cannot be: anything else in this process that meets it gets an error that says where it comes from.
BLOCKED_PROXY = "blocked-by-movescreen://no-usage-reports"
#: Bypasses of the proxy, which must not apply either.
_BYPASS_VARIABLES = ("no_proxy", "NO_PROXY")


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Drop routine notes of native code from file descriptor 2; everything else appears when the block ends."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(_stderr_lock)
        try:
            real = os.dup(2)
        except OSError:  # no stderr at all, as under pythonw
            real = -1
        if real >= 0:
            log = stack.enter_context(tempfile.TemporaryFile())
            os.dup2(log.fileno(), 2)

            def restore() -> None:
                os.dup2(real, 2)
                os.close(real)
                log.seek(0)
                kept = b"".join(line for line in log if not _ROUTINE.match(line))
                if kept:
                    os.write(2, kept)

            stack.callback(restore)
        yield


class UsageReportBlock:
    """Hold the process's HTTPS proxy variables at :data:`BLOCKED_PROXY` while at least one holder needs it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._before: dict[str, str | None] = {}

    def acquire(self) -> None:
        """Block until :meth:`release` is called as often."""
        with self._lock:
            self._holders += 1
            if self._holders == 1:
                self._before = {name: os.environ.get(name) for name in ("https_proxy", *_BYPASS_VARIABLES)}
                for name in _BYPASS_VARIABLES:
                    os.environ.pop(name, None)
                os.environ["https_proxy"] = BLOCKED_PROXY

    def release(self) -> None:
        """Give the variables back when nobody else holds the block."""
        with self._lock:
            self._holders -= 1
            if self._holders == 0:
                for name, value in self._before.items():
                    if value is None:
                        os.environ.pop(name, None)
                    else:
                        os.environ[name] = value


#: The one block of this process.
usage_reports = UsageReportBlock()
