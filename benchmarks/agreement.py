"""Arithmetic of agreement with the truth: errors of a curve, their spread over clips, and verdicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

#: What is known about one curve, see :func:`describe_errors`.
ERROR_COLUMNS = ("mae", "bias", "sd", "turn")


def describe_errors(reading: np.ndarray, truth: np.ndarray, at_turn: np.ndarray) -> dict[str, float]:
    """Return the errors of one curve, in its unit.

    Parameters
    ----------
    reading, truth
        ``(n,)`` values; frames without either are left out.
    at_turn
        ``(n,)`` frames at the turn of a repetition.

    Returns
    -------
    dict
        ``mae`` mean absolute error, ``bias`` mean of reading minus truth, ``sd`` spread after removing the bias, ``turn``
        mean error at the turn (NaN when it was never measured there).
    """
    error = reading - truth
    use = np.isfinite(error)
    if not use.any():
        return dict.fromkeys(ERROR_COLUMNS, float("nan"))
    turn = error[use & at_turn]
    return {
        "mae": float(np.abs(error[use]).mean()),
        "bias": float(error[use].mean()),
        "sd": float(error[use].std()),
        "turn": float(turn.mean()) if len(turn) else float("nan"),
    }


def summarize_clips(clips: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return the errors over clips, each clip weighing the same.

    Parameters
    ----------
    clips
        A row a clip and signal, with the columns of ``keys``, ``clip``, ``body``, ``measured``, ``mae``, ``bias``, ``sd``, ``turn``.

    Returns
    -------
    DataFrame
        A row a group: mean absolute error and its spread over clips, bias, mean spread within a clip, the error of the peak
        (``peak_bias``, ``peak_sd`` over clips, ``peak_mae``), share of frames measured.
    """
    rows = []
    for key, group in clips.groupby(keys, sort=False):
        turn = group.turn.dropna()
        rows.append(
            {
                **dict(zip(keys, key, strict=True)),
                "clips": group["clip"].nunique(),
                "bodies": group.body.nunique(),
                "mae": group.mae.mean(),
                "mae_sd": group.mae.std(ddof=1),
                "bias": group.bias.mean(),
                "sd": group.sd.mean(),
                "peak_bias": turn.mean(),
                "peak_sd": turn.std(ddof=1),
                "peak_mae": turn.abs().mean(),
                "measured": group.measured.mean(),
            }
        )
    return pd.DataFrame(rows)


@dataclass(frozen=True)
class Agreement:
    """Verdicts against the truth: how many must and must not be flagged, and how many were rightly treated."""

    must: int
    caught: int
    must_not: int
    quiet: int

    @classmethod
    def count(cls, pairs: Iterable[tuple[bool, bool]]) -> Agreement:
        """Count (wanted, got) pairs."""
        want, got = np.array(list(pairs), dtype=bool).reshape(-1, 2).T
        return cls(int(want.sum()), int((want & got).sum()), int((~want).sum()), int((~want & ~got).sum()))

    @property
    def sensitivity(self) -> float:
        """Share of what must be flagged that was; NaN when nothing must."""
        return self.caught / self.must if self.must else float("nan")

    @property
    def specificity(self) -> float:
        """Share of what must not be flagged that was not; NaN when there is none."""
        return self.quiet / self.must_not if self.must_not else float("nan")

    @property
    def kappa(self) -> float:
        """Cohen's kappa: agreement beyond chance; NaN when chance alone explains all, as with one kind of clip only."""
        n = self.must + self.must_not
        if not n:
            return float("nan")
        flagged = (self.caught + self.must_not - self.quiet) / n
        wanted = self.must / n
        chance = wanted * flagged + (1 - wanted) * (1 - flagged)
        return ((self.caught + self.quiet) / n - chance) / (1 - chance) if chance < 1 else float("nan")
