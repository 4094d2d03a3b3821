"""Angles of a clip and of a study, drawn with matplotlib: over time, over the repetition, and of two repeats."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from movescreen.errors import UnknownNameError
from movescreen.model import SignalSpec
from movescreen.public.groups_and_repeats import agree
from movescreen.statistics import Z_95
from movescreen.words.findings import signal_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from movescreen.public.results import Clip

#: Unit as axes write it.
UNIT_WORDS = {"deg": "degrees", "pct": "%", "ratio": ""}
#: Okabe and Ito's colors, which color-blind people tell apart; the right side of two is dashed as well.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def plot_clip(clip: Clip, signals: Sequence[str], over: str, axes: Axes | None) -> Axes:
    """Draw signals of a clip; see :meth:`movescreen.Clip.plot`."""
    from movescreen.public.results import measured_specs
    from movescreen.report.figures.curves import choose_charts

    drawn = {"time": _over_time, "repetition": _over_repetitions}
    if over not in drawn:
        raise UnknownNameError("axis", over, drawn)
    specs = measured_specs(clip.data, signals or [chart.key for chart in choose_charts(clip.data, 1)])
    axes = new_axes() if axes is None else axes
    drawn[over](axes, clip, specs)
    label_axes(axes, specs)
    axes.set_title(clip.name)
    return axes


def new_axes() -> Axes:
    """Return axes on a figure of their own."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(8, 3.5), layout="constrained")[1]


def label_axes(axes: Axes, specs: Sequence[SignalSpec]) -> None:
    """Name signals and unit, and draw a legend where there are several lines."""
    names = dict.fromkeys(signal_words(spec) for spec in specs)
    units = dict.fromkeys(UNIT_WORDS.get(spec.unit, spec.unit) for spec in specs)
    unit = ", ".join(filter(None, units))
    axes.set_ylabel(f"{next(iter(names))}{f' ({unit})' if unit else ''}" if len(names) == 1 else unit)
    axes.spines[["top", "right"]].set_visible(False)
    if len(axes.get_legend_handles_labels()[0]) > 1:
        axes.legend(frameon=False)


def _over_time(axes: Any, clip: Clip, specs: Sequence[SignalSpec]) -> None:
    series = clip.data.series
    for rep in clip.data.reps:
        axes.axvspan(rep.start_s, rep.end_s, color="0.5", alpha=0.1, lw=0)
        axes.axvline(rep.turn_s, color="0.5", lw=0.8, ls=":")
    for spec, (color, style) in zip(specs, _lines(specs), strict=True):
        values = series.values[spec.name]
        axes.plot(series.time_s, values, color=color, ls=style, label=_label(spec, specs))
        error = series.errors.get(spec.name)
        if error is not None:
            axes.fill_between(series.time_s, values - error, values + error, color=color, alpha=0.18, lw=0)
    axes.set_xlabel("time (s)")
    axes.margins(x=0)


def _over_repetitions(axes: Any, clip: Clip, specs: Sequence[SignalSpec]) -> None:
    curves = clip.curves()
    for spec, (color, style) in zip(specs, _lines(specs), strict=True):
        for _, each in curves.groupby("rep"):
            axes.plot(each["percent"], each[spec.column], color=color, lw=0.8, alpha=0.5)
        mean = curves.groupby("percent")[spec.column].mean()
        axes.plot(mean.index, mean, color=color, ls=style, lw=2.2, label=_label(spec, specs))
    axes.set_xlabel("repetition (%)")
    axes.set_xlim(0.0, 100.0)


def plot_bands(bands: pd.DataFrame, by: str, specs: Sequence[SignalSpec], axes: Axes | None) -> Axes:
    """Draw mean and band of groups; see :meth:`movescreen.Study.plot`."""
    axes = new_axes() if axes is None else axes
    groups = bands.groupby(by, sort=False) if by else [("", bands)]
    for (name, each), color in zip(groups, itertools.cycle(COLORS)):
        label = f"{name} ({each['clips'].max()} clips)".strip()
        axes.plot(each["percent"], each["mean"], color=color, lw=2, label=label)
        low, high = each["mean"] - each["sd"], each["mean"] + each["sd"]
        axes.fill_between(each["percent"], low, high, color=color, alpha=0.2, lw=0)
    label_axes(axes, specs)
    axes.set_xlabel("repetition (%)")
    axes.set_xlim(0.0, 100.0)
    axes.set_title("mean ± standard deviation between clips")
    return axes


def plot_agreement(wide: pd.DataFrame, specs: Sequence[SignalSpec], axes: Axes | None) -> Axes:
    """Draw the difference of two repeats over their mean; see :meth:`movescreen.Study.plot_agreement`."""
    row = agree(wide).iloc[0]
    axes = new_axes() if axes is None else axes
    one, two = wide.columns[:2]
    first, second = wide[one], wide[two]
    names = [f"{wide.columns.name} {name}" for name in (one, two)]
    axes.plot((first + second) / 2, second - first, "o", color=COLORS[0], alpha=0.7)
    for height, words, style in (
        (row["bias"], "bias", "-"),
        (row["low"], f"−{Z_95} SD", "--"),
        (row["high"], f"+{Z_95} SD", "--"),
    ):
        axes.axhline(height, color="0.3", lw=1.2, ls=style)
        at: Any = {
            "xy": (1.0, height),
            "xycoords": axes.get_yaxis_transform(),
            "xytext": (-2, 3),
            "textcoords": "offset points",
        }
        axes.annotate(f"{words} {height:.2f}".replace("-", "−"), ha="right", color="0.3", **at)
    axes.axhspan(row["bias_low"], row["bias_high"], color="0.5", alpha=0.15, lw=0)
    axes.margins(y=0.15)
    unit = UNIT_WORDS.get(specs[0].unit, specs[0].unit)
    in_unit = f" ({unit})" if unit else ""
    axes.set_xlabel(f"{signal_words(specs[0])}: mean of {' and '.join(names)}{in_unit}")
    axes.set_ylabel(f"{names[1]} − {names[0]}{in_unit}")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def _lines(specs: Sequence[SignalSpec]) -> list[tuple[str, str]]:
    """Return color and style of each line: a color a signal, or a side where there is only one; dashed the right one beside a left one."""
    stems = list(dict.fromkeys(spec.stem for spec in specs))
    both = {spec.stem for spec in specs if spec.side == "left"} & {spec.stem for spec in specs if spec.side == "right"}
    return [
        (
            COLORS[stems.index(spec.stem) % len(COLORS)] if len(stems) > 1 else COLORS[spec.side == "right"],
            "--" if spec.side == "right" and spec.stem in both else "-",
        )
        for spec in specs
    ]


def _label(spec: SignalSpec, specs: Sequence[SignalSpec]) -> str:
    same = len({each.stem for each in specs}) == 1
    return spec.side if same and spec.side else f"{signal_words(spec)} {spec.side}".strip()
