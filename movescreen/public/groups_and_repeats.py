"""What groups and repeats of a study are worth, by pingouin: tests, intraclass correlation, agreement."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import scipy.stats

from movescreen.errors import InputError
from movescreen.parts import need_package
from movescreen.statistics import Z_95, mdc_of_sem

#: Fewer people say nothing about how far repeats agree.
LEAST_PEOPLE = 5


def compare_groups(values: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the groups of ``values`` (``unit``, the column ``by``, ``value``) against the first; see :meth:`movescreen.Study.compare`."""
    groups = {name: each.set_index("unit")["value"] for name, each in values.groupby(by, sort=False)}
    small = [str(name) for name, each in groups.items() if len(each) < 2]
    if len(groups) < 2 or small:
        raise InputError(
            f"{by} has {len(groups)} groups{f', too small: {small}' if small else ''}",
            "compare two groups or more, of two people each or more",
        )
    pingouin = _pingouin()
    first = next(iter(groups.values()))
    rows = []
    for name, each in groups.items():
        row = {"group": name, "n": len(each), "mean": each.mean(), "sd": each.std()}
        if each is not first:
            paired = set(each.index) == set(first.index)
            if not paired and set(each.index) & set(first.index):
                raise InputError(
                    f"some people are in two groups of {by}, and not all",
                    "leave them out, or compare people who are in both",
                )
            one, two = (each.loc[first.index], first) if paired else (each, first)
            tested = pingouin.ttest(one, two, paired=paired, correction=True).iloc[0]
            low, high = tested[next(c for c in tested.index if c.upper().startswith("CI"))]
            row |= {"difference": one.mean() - two.mean(), "low": low, "high": high, "paired": paired}
            row["hedges_g"] = pingouin.compute_effsize(one, two, paired=paired, eftype="hedges")
            row["p"] = tested[next(c for c in tested.index if c.lower().startswith("p") and "val" in c.lower())]
        rows.append(row)
    table = pd.DataFrame(rows)
    if len(groups) > 2:
        table.loc[1:, "p"] = pingouin.multicomp(table["p"].iloc[1:].to_numpy(), method="holm")[1]
    return table[["group", "n", "mean", "sd", "difference", "low", "high", "hedges_g", "p", "paired"]]


def _pingouin() -> Any:
    """Return pingouin, told to round nothing: it gives intervals with two digits otherwise."""
    pingouin = need_package("pingouin")
    pingouin.options["round.column.CI95"] = None
    return pingouin


def judge_repeats(wide: pd.DataFrame, left_out: int) -> pd.DataFrame:
    """Return how far repeats agree, of one value a person (row) and repeat (column); see :meth:`movescreen.Study.reliability`."""
    people, repeats = wide.shape
    if people < LEAST_PEOPLE or repeats < 2:
        raise InputError(
            f"{people} people with {repeats} repeats each say nothing about how far repeats agree",
            f"record at least {LEAST_PEOPLE} people twice, and name the column that tells the repeats apart",
        )
    pingouin = _pingouin()
    names = wide.set_axis([str(c) for c in wide.columns], axis=1).rename_axis(index="unit", columns="repeat")
    long = names.stack().rename("value").reset_index()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pandas' word to pingouin, not to us
        found = pingouin.intraclass_corr(long, targets="unit", raters="repeat", ratings="value").set_index("Type")
    icc = found.loc[next(kind for kind in found.index if kind in ("ICC2", "ICC(A,1)", "ICC(2,1)"))]
    low, high = icc[next(c for c in icc.index if c.upper().startswith("CI"))]
    freedom = people * (repeats - 1)
    within = float(wide.var(axis=1, ddof=1).mean())
    ends = [within * freedom / scipy.stats.chi2.ppf(share, freedom) for share in (0.975, 0.025)]
    sem, sem_low, sem_high = (float(np.sqrt(each)) for each in (within, *ends))
    row = {
        "n": people, "repeats": repeats, "icc": icc["ICC"], "icc_low": low, "icc_high": high, "sem": sem, "sem_low": sem_low,
        "sem_high": sem_high, "mdc": mdc_of_sem(sem), "mdc_low": mdc_of_sem(sem_low), "mdc_high": mdc_of_sem(sem_high), "left_out": left_out,
    }  # fmt: skip
    return pd.DataFrame([row])


def agree(wide: pd.DataFrame) -> pd.DataFrame:
    """Return bias and limits of agreement of the first two columns; see :meth:`movescreen.Study.agreement`."""
    if len(wide) < LEAST_PEOPLE or wide.shape[1] < 2:
        raise InputError(
            f"{len(wide)} people with two repeats are too few", f"record at least {LEAST_PEOPLE} people twice"
        )
    first, second = wide.columns[:2]
    differences = wide[second] - wide[first]
    n, bias, sd = len(differences), float(differences.mean()), float(differences.std())
    reach = float(scipy.stats.t.ppf(0.975, n - 1)) * sd / n**0.5
    row = {
        "first": first, "second": second, "n": n, "bias": bias, "sd": sd, "low": bias - Z_95 * sd, "high": bias + Z_95 * sd,
        "bias_low": bias - reach, "bias_high": bias + reach,
    }  # fmt: skip
    return pd.DataFrame([row])
