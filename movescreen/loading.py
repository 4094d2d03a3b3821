"""Load what will be needed later while this thread waits for something else."""

from __future__ import annotations

import contextlib
import importlib
import threading


def load_ahead(*modules: str) -> None:
    """Import modules in a thread in the background.

    Whoever needs one of them imports it as always and waits until it is there; what is missing is missed by them.

    Parameters
    ----------
    modules
        Full names, in the order in which they will be needed.
    """

    def load() -> None:
        for name in modules:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)

    threading.Thread(target=load, name="loading", daemon=True).start()
