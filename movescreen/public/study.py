"""A study: many clips as tables, curves with bands, and what repeats of them are worth. It stands on the batch."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from movescreen.batch import Store, run_batch
from movescreen.batch.clip_record import Record, Table, follow_corrections, join_tables, load_record
from movescreen.batch.executors import local_workers, work_here
from movescreen.batch.planning import gather_items, make_plan
from movescreen.batch.storage import RECORDS
from movescreen.codec import from_plain, to_plain
from movescreen.doors import Door, name_inside, parse_object
from movescreen.errors import InputError, UnknownNameError
from movescreen.kinematics import SIGNALS
from movescreen.model import ClipResult, SignalSpec
from movescreen.public import groups_and_repeats
from movescreen.public.arrays import number_frames
from movescreen.public.doors import SettingsGiven, settings_of
from movescreen.public.results import Clip, curves_table
from movescreen.report import check_formats
from movescreen.report.documents.load import load as load_result
from movescreen.report.formats.bids import BidsClip, write_bids
from movescreen.report.formats.table_files import write_table_files
from movescreen.report.formats.tables import angles_table, summary_table
from movescreen.words.numbers_and_units import plural
from movescreen.words.sentences import join_words, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What the study knows of its clips beside the records of the batch.
_FACTS = f"{RECORDS}/facts"


def study(
    paths: Path | str | Iterable[Path | str],
    *,
    out: Path | str = "results/study",
    movement: str = "auto",
    view: str = "auto",
    exclude: Mapping[str, str] | None = None,
    formats: Iterable[str] = (),
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
    **settings: Unpack[SettingsGiven],
) -> Study:
    """Analyze many clips into one set of tables. What ``movescreen batch`` does, with what it came to in hand.

    Parameters
    ----------
    paths
        A manifest (a CSV file with the column ``file``, and if you like ``client``, ``date``, ``movement``, ``view``, ``side`` and columns of
        your own, such as ``group`` or ``visit``), a folder of clips, or a list of clips, pose files and folders. A client who is in the
        records is asked for red flags and consent, as at every door.
    out
        Folder of the results: one folder a clip, and the tables and page of all. What an earlier run has done there with the same
        settings is not done again.
    movement, view
        For clips of which the manifest says nothing.
    exclude
        File, as in the manifest, -> why it does not count: it is in no table but :meth:`Study.excluded`.
    formats
        Also written of every clip, such as ``opensim``.
    workers
        1 analyzes in this process. More start processes: then a script must keep the call under ``if __name__ == "__main__"``.
    on_progress
        Called with the clips done and the number of all.
    **settings
        See :class:`movescreen.public.doors.SettingsGiven`.

    Returns
    -------
    Study
        Also when some clips gave no result: they are in :meth:`Study.excluded`.

    Raises
    ------
    InputError
        When there are no clips, the results cannot be written, or a file that is excluded is none of the study's.

    Examples
    --------
    >>> study = movescreen.study("clips.csv", out="results/study")  # doctest: +SKIP
    >>> study.angles().to_csv("angles.csv")  # doctest: +SKIP
    >>> study.plot("knee_flexion", by="group")  # doctest: +SKIP
    """
    given = [str(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    manifests = [path for path in given if path.lower().endswith(".csv")]
    if len(manifests) > 1:
        raise InputError(f"{len(manifests)} manifests were given", "give one, with a row a clip")
    rest = [path for path in given if path not in manifests]
    items = gather_items(rest, manifests[0] if manifests else None, str(out), movement=movement, view=view)
    if unknown := sorted(set(exclude or ()) - {item.file for item in items}):
        raise UnknownNameError("clip to exclude", unknown[0], [item.file for item in items])
    plan = make_plan(str(out), settings_of(settings), check_formats(formats))
    done = itertools.count(1)

    def count(_record: Record, _reused: bool) -> None:
        if on_progress is not None:
            on_progress(next(done), len(items))

    if workers == 1:
        outcome = run_batch(items, plan, work_here, on_record=count)
    else:
        with local_workers(workers, plan.timeout_s) as pool:
            outcome = run_batch(items, plan, lambda: pool, on_record=count)
    facts, by_hand = {item.folder: {"date": item.date, **dict(item.own)} for item in items}, dict(exclude or {})
    plan.store.write_text(_FACTS, json.dumps(to_plain(_Facts(facts, by_hand))))
    return Study(plan.store.root, outcome.records, facts, by_hand)


@dataclass(frozen=True)
class _Facts:
    """What is kept of a study beside the records of its batch: folder of each clip -> its own cells, and who is left out by hand."""

    clips: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    excluded: Mapping[str, str] = field(default_factory=dict)


def load_study(folder: Path | str) -> Study | None:
    """Return the study, or the batch, whose results lie in a folder, as it was; None when there is none.

    Raises
    ------
    InputError
        When what is kept of it is damaged.
    """
    store = Store(str(Path(folder).expanduser().absolute()))
    told, facts = store.read_text(_FACTS), _Facts()
    with Door("study", "call movescreen.study again, with the same folder: what is done is not done again").taking(
        folder
    ):
        if told is not None:
            facts = from_plain(_Facts, parse_object(told), "study", whole=True)
        names = list(map(name_inside, facts.clips)) or sorted(
            f.stem for f in (Path(store.root) / RECORDS).glob("*.json")
        )
    found = [load_record(store, name) for name in names]
    records = [
        record for record, name in zip(found, names, strict=True) if record is not None and record.folder == name
    ]
    return Study(store.root, tuple(records), facts.clips, facts.excluded) if records else None


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """Many clips. Made by :func:`movescreen.study`, and by :func:`movescreen.load` of its folder.

    Every table names the clip (``file``), the person (``client``), the day (``date``) and the manifest's own columns in front. What is said
    of signals takes a name with its side, such as ``knee_flexion_left``, or without: then it is the working leg of a one-sided movement,
    and else the mean of the sides that were measured.

    Attributes
    ----------
    root
        Folder of the results.

    Examples
    --------
    >>> study.compare("knee_flexion", by="group")  # doctest: +SKIP
    >>> study.reliability("knee_flexion", repeat="visit")  # doctest: +SKIP
    >>> study.save("tables", "xlsx")  # doctest: +SKIP
    """

    root: str
    _records: tuple[Record, ...]
    _facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    _by_hand: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = self._records
        people = len({r.summary["client"] for r in rows if r.summary["client"]})
        names = dict.fromkeys(title_of(r.summary["movement"]) for r in self._good)
        reps = sum(r.summary["reps"] for r in self._good)
        of = f" of {plural(people, 'person', 'people')}" if people else ""
        said = f"{plural(len(rows), 'clip')}{of} ({join_words(names) or 'no result'}): {plural(reps, 'repetition')}"
        left = len(rows) - len(self._good)
        return f"{said}{f', {left} excluded' if left else ''}".replace("\N{NO-BREAK SPACE}", " ")

    # --- tables ---------------------------------------------------------------------------------------------------------

    def clips(self) -> pd.DataFrame:
        """Return one row a clip that counts: the columns of ``summary.csv``."""
        return self._placed(summary_table([record.summary for record in self._good]))

    def angles(self) -> pd.DataFrame:
        """Return every signal in every frame of every clip.

        Returns
        -------
        DataFrame
            One row a frame: ``file``, ``client``, ``date``, own columns, ``movement``, ``view``, ``rep`` (0 = none), then as
            :meth:`movescreen.Clip.angles`.
        """
        return self._stacked(_angles_with_reps)

    def reps(self) -> pd.DataFrame:
        """Return one row a repetition, as :meth:`movescreen.Clip.reps`."""
        return self._joined(lambda record: record.reps)

    def findings(self) -> pd.DataFrame:
        """Return one row for every check and side of every clip, as :meth:`movescreen.Clip.findings`."""
        return self._joined(lambda record: record.findings)

    def measures(self) -> pd.DataFrame:
        """Return one row for every number of power or balance, as :meth:`movescreen.Clip.measures`."""
        return self._joined(lambda record: record.measures)

    def curves(self, *, align_turn: bool = False) -> pd.DataFrame:
        """Return every signal over each complete repetition, from 0 to 100 %, as :meth:`movescreen.Clip.curves`."""
        return self._stacked(lambda clip: curves_table(clip, align_turn=align_turn))

    def excluded(self) -> pd.DataFrame:
        """Return what does not count, and why.

        Returns
        -------
        DataFrame
            ``file``, ``rep`` (empty for a whole clip), ``code`` (``by_hand``, ``incomplete``, or the error's) and ``reason``.
        """
        rows: list[dict[str, Any]] = []
        for record in self._records:
            said = record.summary
            if record.file in self._by_hand:
                rows.append({"file": record.file, "code": "by_hand", "reason": self._by_hand[record.file]})
            elif said["status"] != "ok":
                rows.append({"file": record.file, "code": said["error_code"], "reason": said["error"]})
            else:
                reps = pd.DataFrame(record.reps.rows, columns=record.reps.columns)
                rows += [
                    {"file": record.file, "rep": rep, "code": "incomplete", "reason": "the way back was not finished"}
                    for rep in reps.loc[~reps["complete"].astype(bool), "rep"]
                ]
        table = pd.DataFrame(rows, columns=["file", "rep", "code", "reason"])
        return table.assign(rep=table["rep"].astype("Int64"))

    # --- one number a repetition, a clip, a person ------------------------------------------------------------------------

    def values(self, signal: str, *, at: str = "turn") -> pd.DataFrame:
        """Return one signal's value in every complete repetition.

        Parameters
        ----------
        signal
            Name of a signal, with its side or without.
        at
            ``turn`` or ``extreme``.

        Returns
        -------
        DataFrame
            ``file``, ``client``, ``date``, own columns, ``movement``, ``view``, ``rep``, ``value`` in the signal's unit; without those in
            which it was not measured.

        Raises
        ------
        UnknownNameError
            When there is no such signal.
        """
        if at not in ("turn", "extreme"):
            raise UnknownNameError("place in a repetition", at, ("turn", "extreme"))
        reps = self.reps()
        reps = reps[reps["complete"].astype(bool)]
        front = [c for c in reps.columns if c in (*self._front, "movement", "view", "rep")]
        value = _one_column(reps, specs_of(signal), suffix=f"_{at}")
        return reps[front].assign(value=value).dropna(subset="value").reset_index(drop=True)

    def bands(self, signal: str, *, by: str = "", align_turn: bool = False) -> pd.DataFrame:
        """Return mean and standard deviation over the repetition, between clips.

        Each clip counts once: its repetitions are averaged first.

        Parameters
        ----------
        signal
            Name of a signal, with its side or without.
        by
            Column by which clips are parted, such as ``movement`` or one of the manifest's own; empty = all together.
        align_turn
            As in :meth:`movescreen.Clip.curves`.

        Returns
        -------
        DataFrame
            ``by`` (where given), ``percent``, ``mean``, ``sd``, ``clips``.
        """
        curves = self.curves(align_turn=align_turn)
        self._ensure_column(curves, by)
        curves = curves.assign(value=_one_column(curves, specs_of(signal)))
        keys = [by] if by else []
        each = curves.groupby([*keys, "file", "percent"], as_index=False)["value"].mean()
        found = each.groupby([*keys, "percent"])["value"].agg(mean="mean", sd="std", clips="count")
        return found.reset_index()

    def compare(self, signal: str, *, by: str, at: str = "turn") -> pd.DataFrame:
        """Compare groups: means, difference to the first group with its 95 % interval, effect size and test.

        A person counts once in a group (a clip, where the manifest names nobody). Where all people are in both groups, they are compared
        with themselves; else by Welch's test. With more than two groups p is Holm's.

        Parameters
        ----------
        signal, at
            As in :meth:`values`.
        by
            Column that holds the groups.

        Returns
        -------
        DataFrame
            ``group, n, mean, sd``, then against the first group ``difference, low, high, hedges_g, p, paired``; NaN for the first itself.

        Raises
        ------
        InputError
            When there are not two groups with at least two people each.
        AssetError
            When pingouin is not installed (``pip install 'movescreen[research]'``).
        """
        return groups_and_repeats.compare_groups(self._per_unit(signal, by, at), by)

    def reliability(self, signal: str, *, repeat: str = "rep", at: str = "turn") -> pd.DataFrame:
        """Say how far repeats of the same person agree: ICC, standard error of measurement, minimal detectable change.

        Parameters
        ----------
        signal, at
            As in :meth:`values`.
        repeat
            Column that tells repeats apart, such as ``date`` or an own ``visit``, with one value a person and repeat (repetitions and clips
            averaged); ``rep`` = the repetitions within each clip.

        Returns
        -------
        DataFrame
            One row: ``n`` (people or clips with all repeats), ``repeats``, ``icc`` (two-way random, absolute agreement, single:
            ICC(2,1)), ``sem`` and ``mdc`` in the signal's unit, each with ``_low`` and ``_high`` (95 %), ``left_out`` (without all repeats).

        Raises
        ------
        InputError
            When fewer than five people have two repeats.
        AssetError
            When pingouin is not installed (``pip install 'movescreen[research]'``).

        Notes
        -----
        ``sem`` is the root of the mean square within people, its interval that of a chi-square; ``mdc`` is the factor of 95 % times √2 SEM (Weir, J
        Strength Cond Res 2005;19:231-240).
        """
        return groups_and_repeats.judge_repeats(*self._repeats(signal, repeat, at))

    def agreement(self, signal: str, *, repeat: str, at: str = "turn") -> pd.DataFrame:
        """Return bias and limits of agreement of the first two repeats (Bland and Altman, Lancet 1986;327:307-310).

        Parameters and errors as in :meth:`reliability`.

        Returns
        -------
        DataFrame
            One row: ``first, second, n, bias, sd, low, high`` (bias and what 95 % lie within), and the 95 % interval of the bias.
        """
        return groups_and_repeats.agree(self._repeats(signal, repeat, at)[0])

    def _per_unit(self, signal: str, by: str, at: str) -> pd.DataFrame:
        """Return one value for every person, or clip, and every value of a column."""
        values = self.values(signal, at=at)
        self._ensure_column(values, by)
        named = values["client"].fillna("").astype(str)
        values = values.assign(unit=named.where(named != "", values["file"]))
        per_clip = values.groupby(["unit", "file", by], as_index=False)["value"].mean()
        return per_clip.groupby(["unit", by], as_index=False)["value"].mean()

    def _repeats(self, signal: str, repeat: str, at: str) -> tuple[pd.DataFrame, int]:
        """Return a value a person (row) and repeat (column), and how many people had not all of them."""
        if repeat == "rep":
            values = self.values(signal, at=at)
            order = values.groupby("file").cumcount()
            wide = values.assign(rep=order + 1).pivot(index="file", columns="rep", values="value")
            counts = wide.notna().sum(axis=1)
            wide = wide.loc[:, : max(2, int(counts[counts >= 2].min()) if (counts >= 2).any() else 2)]
        else:
            wide = self._per_unit(signal, repeat, at).pivot(index="unit", columns=repeat, values="value")
        whole = wide.dropna()
        return whole, len(wide) - len(whole)

    # --- pictures and files -----------------------------------------------------------------------------------------------

    def plot(self, signal: str, *, by: str = "", align_turn: bool = False, axes: Axes | None = None) -> Axes:
        """Draw the mean over the repetition with a band of one standard deviation between clips; parameters as in :meth:`bands`."""
        from movescreen.public.plots import plot_bands

        return plot_bands(self.bands(signal, by=by, align_turn=align_turn), by, specs_of(signal), axes)

    def plot_agreement(self, signal: str, *, repeat: str, at: str = "turn", axes: Axes | None = None) -> Axes:
        """Draw a Bland-Altman plot of the first two repeats; parameters as in :meth:`agreement`."""
        from movescreen.public.plots import plot_agreement

        return plot_agreement(self._repeats(signal, repeat, at)[0], specs_of(signal), axes)

    def save(self, folder: Path | str, format: str = "parquet") -> list[Path]:
        """Write all tables: ``clips``, ``angles``, ``reps``, ``findings``, ``measures``, ``curves``, ``excluded``.

        Parameters
        ----------
        folder
            Where to; made when it is missing.
        format
            ``parquet``, ``csv`` (safe to open in a spreadsheet), ``xlsx`` (one workbook ``tables.xlsx`` with a sheet a table), or ``bids``: the
            angles as a BIDS dataset with motion data, which holds neither findings nor the own columns.

        Returns
        -------
        list of Path
            The files.

        Raises
        ------
        UnknownNameError
            When there is no such format.
        InputError
            When they cannot be written, or a table has more rows than a sheet.
        AssetError
            When pyarrow is not installed (``pip install 'movescreen[research]'``).
        """
        if format == "bids":
            of_bids = (
                BidsClip(str(r.summary["client"] or r.folder), self._facts.get(r.folder, {}).get("date", ""), result)
                for r, result in self._results()
            )
            return write_bids(of_bids, Path(folder))
        return write_table_files(_Tables(self), Path(folder), format)

    def __iter__(self) -> Iterator[Clip]:
        return (Clip(result, Path(self.root) / record.folder) for record, result in self._results())

    # --- inside -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _good(self) -> list[Record]:
        home = Store(self.root).local
        kept = [r for r in self._records if r.summary["status"] == "ok" and r.file not in self._by_hand]
        return kept if home is None else [follow_corrections(record, home / record.folder) for record in kept]

    def _results(self) -> Iterator[tuple[Record, ClipResult]]:
        """Yield the clips that count, each read when its turn comes: a study may be larger than the memory."""
        store = Store(self.root)
        for record in self._good:
            with store.fetched(record.folder, _NEEDED) as folder:
                result = load_result(folder)
            assert isinstance(result, ClipResult)
            yield record, result

    def _joined(self, table_of: Callable[[Record], Table]) -> pd.DataFrame:
        return self._placed(join_tables([table for table in map(table_of, self._good) if table.columns]))

    @property
    def _front(self) -> list[str]:
        own = dict.fromkeys(name for facts in self._facts.values() for name in facts)
        return list(dict.fromkeys(["file", "client", "date", *own]))

    def _placed(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the file, the person, the day and the manifest's own columns in front."""
        if "file" not in table:
            return pd.DataFrame(columns=self._front)
        of_file = {record.file: self._facts.get(record.folder, {}) for record in self._records}
        facts = {
            n: _typed([of_file[f].get(n, "") for f in table["file"]])
            for n in self._front
            if n not in ("file", "client")
        }
        return pd.concat(
            [table[["file", "client"]], pd.DataFrame(facts, index=table.index), table.drop(columns=["file", "client"])],
            axis=1,
        )

    def _stacked(self, make: Callable[[ClipResult], pd.DataFrame]) -> pd.DataFrame:
        made = []
        for record, result in self._results():
            table = make(result)
            whose = {"file": record.file, "client": record.summary["client"]}
            seen = {"movement": result.movement.name, "view": result.view.kind.value}
            made.append(pd.concat([pd.DataFrame(whose | seen, index=table.index), table], axis=1))
        filled = [table for table in made if len(table)]
        return self._placed(pd.concat(filled, ignore_index=True) if filled else pd.DataFrame())

    def _ensure_column(self, table: pd.DataFrame, name: str) -> None:
        known = [*self._front, "movement", "view", "rep"]
        if name and (name not in table or name not in known):
            raise UnknownNameError("column of the study", name, known)


class _Tables(Mapping[str, pd.DataFrame]):
    """All tables of a study, each made when it is asked for, so that one of them is in memory at a time."""

    _NAMES = ("clips", "angles", "reps", "findings", "measures", "curves", "excluded")

    def __init__(self, study: Study) -> None:
        self._study = study

    def __getitem__(self, name: str) -> pd.DataFrame:
        table: pd.DataFrame = getattr(self._study, name)()
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(self._NAMES)

    def __len__(self) -> int:
        return len(self._NAMES)


#: Files that loading a clip's result needs.
_NEEDED = ("result.json", "poses.npz", "signals.npz")


def specs_of(signal: str) -> list[SignalSpec]:
    """Return the specification of a signal, or those of both sides of a name without one.

    Raises
    ------
    UnknownNameError
        When there is no such signal.
    """
    found = [each.spec for each in SIGNALS.values() if signal in (each.spec.name, each.spec.stem, each.spec.column)]
    if not found:
        raise UnknownNameError("signal", signal, sorted({each.spec.stem for each in SIGNALS.values()}))
    return found


def _one_column(table: pd.DataFrame, specs: list[SignalSpec], suffix: str = "") -> pd.Series:
    """Return one value a row: the working leg's, else the mean of the sides that were measured."""
    columns = {
        spec.side: pd.to_numeric(table.get(f"{spec.column}{suffix}", pd.Series(np.nan, table.index))) for spec in specs
    }
    every = pd.DataFrame(columns)
    worked = table.get("side", pd.Series("", table.index)).fillna("")
    value = every.mean(axis=1)
    for side in {"left", "right"} & set(every.columns) if len(specs) > 1 else ():
        value = value.where(worked != side, every[side])
    return value


def _angles_with_reps(result: ClipResult) -> pd.DataFrame:
    table = angles_table(result)
    table.insert(0, "rep", number_frames(result))
    return table


def _typed(cells: list[str]) -> Any:
    """Return numbers where all cells are numbers or empty, else text."""
    try:
        return pd.to_numeric(pd.Series([cell or None for cell in cells])).to_numpy() if any(cells) else cells
    except (ValueError, TypeError):
        return cells
