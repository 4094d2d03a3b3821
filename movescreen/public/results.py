"""What the public door gives back: sentences to read, tables to work with, files to hand on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from movescreen.errors import UnknownNameError
from movescreen.model import ClipResult, ScreeningResult, SignalSpec, Status, ViewKind, moments_of, resample
from movescreen.public.arrays import to_dataset
from movescreen.report.documents.screening import merged_findings_table, references_table, sides_table
from movescreen.report.formats.columns import signal_columns
from movescreen.report.formats.tables import angles_table, findings_table, measures_table, reps_table
from movescreen.words.findings import in_short
from movescreen.words.numbers_and_units import plural
from movescreen.words.sentences import join_words, title_of

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

#: Moments of a curve over the repetition: every percent.
PERCENTS = 101


@dataclass(frozen=True, eq=False, repr=False)
class Clip:
    """One analyzed clip. Made by :func:`movescreen.analyze` and :func:`movescreen.load`.

    Attributes
    ----------
    data
        Everything that was found out, as the program holds it: poses, signals, repetitions, findings, provenance.
    folder
        Folder of its files; None when nothing was written.

    Examples
    --------
    >>> clip = movescreen.analyze(movescreen.samples()["squat_side"])  # doctest: +SKIP
    >>> clip  # doctest: +SKIP
    squat_side.mp4: Squat, side, 3 repetitions: nothing stood out
    >>> clip.reps()["knee_flexion_right_deg_turn"].mean()  # doctest: +SKIP
    """

    data: ClipResult
    folder: Path | None = None
    _video: Path | None = field(default=None, repr=False)
    _client: str = field(default="", repr=False)

    def __repr__(self) -> str:
        return f"{self.name}: {_seen(self.data)}".replace("\N{NO-BREAK SPACE}", " ")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Clip) and self.data == other.data

    __hash__ = None  # type: ignore[assignment]

    @property
    def name(self) -> str:
        """Name of the clip's file."""
        return self.data.video.name

    @property
    def movement(self) -> str:
        """Name of the movement in the catalog; ``none`` when it is none of the known ones."""
        return self.data.movement.name

    @property
    def view(self) -> str:
        """Where the camera stood: ``front``, ``side``, ``oblique``, ``back`` or ``unknown``."""
        return self.data.view.kind.value

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader of the result must know about the recording, a sentence each."""
        return tuple(notice.message for notice in self.data.notices)

    def angles(self) -> pd.DataFrame:
        """Return every signal in every frame.

        Returns
        -------
        DataFrame
            One row a frame: ``frame``, ``time_s``, ``valid`` (1 where anything was measured), and a column a signal with its unit
            at the end, such as ``knee_flexion_left_deg``. NaN where it could not be measured.
        """
        return angles_table(self.data)

    def reps(self) -> pd.DataFrame:
        """Return one row a repetition: times (s), and every signal at the turn (``…_turn``) and at its extreme (``…_extreme``)."""
        return reps_table(self.data)

    def findings(self) -> pd.DataFrame:
        """Return one row for every check and side: ``status``, ``value``, ``unit``, ``limit``, ``measurement_error``, ``reason``, ``source``."""
        return findings_table(self.data)

    def measures(self) -> pd.DataFrame:
        """Return one row for every number of power or balance, such as a jump's height; empty for other movements."""
        return measures_table([self.data])

    def curves(self, *, align_turn: bool = False) -> pd.DataFrame:
        """Return every signal over each complete repetition, from 0 to 100 % of it.

        Parameters
        ----------
        align_turn
            Put the turn at 50 %, so that the way there and the way back are stretched each by itself. Otherwise percents are of the
            repetition's time.

        Returns
        -------
        DataFrame
            101 rows a repetition: ``rep``, ``side``, ``percent``, and a column a signal. Nothing is made up across a gap: NaN there.
        """
        return curves_table(self.data, align_turn=align_turn)

    def to_xarray(self) -> xarray.Dataset:
        """Return signals, their errors and the landmarks as labeled arrays.

        Returns
        -------
        xarray.Dataset
            Signals by name along ``time`` (s), each with ``units`` and its definition, and ``NAME_error``, the standard deviation of
            its error; ``image_position`` (``time, keypoint, image_axis``, px), ``world_position`` (``time, keypoint, world_axis``, m) and
            ``visibility``; the coordinate ``rep`` says to which repetition a frame belongs, 0 = to none.

        Raises
        ------
        AssetError
            When the package xarray is not installed (``pip install 'movescreen[research]'``).
        """
        return to_dataset(self.data)

    def plot(self, *signals: str, over: str = "time", axes: Axes | None = None) -> Axes:
        """Draw signals with their measurement error.

        Parameters
        ----------
        *signals
            Names such as ``knee_flexion`` (each side that was measured) or ``knee_flexion_left``; without any the one that matters most.
        over
            ``time``: the whole clip, repetitions shaded and turns marked; ``repetition``: each repetition from 0 to 100 %, and their mean.
        axes
            Matplotlib axes to draw on; new ones when None.

        Returns
        -------
        matplotlib.axes.Axes
            With labels and units.

        Raises
        ------
        UnknownNameError
            When there is no such signal, or it could not be read from this clip; the error names those that could.
        """
        from movescreen.public.plots import plot_clip

        return plot_clip(self, signals, over, axes)

    def save(self, folder: Path | str, formats: Sequence[str] = ()) -> Clip:
        """Write what ``movescreen analyze`` writes: report, tables, poses.

        Of a client of the records without pictures: those that the client agreed to are where the clip was analyzed to.

        Parameters
        ----------
        folder
            Where to; made when it is missing.
        formats
            Also these, such as ``opensim``, ``c3d``, ``xlsx`` or ``parquet``; ``movescreen catalog list`` and the docs name them all.

        Returns
        -------
        Clip
            The same, with its folder.

        Raises
        ------
        InputError
            When the folder cannot be written to.
        UnknownNameError
            When there is no such format.
        """
        from movescreen.report import check_formats, usual_formats, write_result

        wanted = usual_formats(*check_formats(formats))
        video = self._video if self._video is not None and self._video.is_file() else None
        write_result(self.data, folder, wanted, video_path=video, client=self._client, anew=True)
        return Clip(self.data, Path(folder), self._video, self._client)


@dataclass(frozen=True, eq=False, repr=False)
class ScreenedPerson:
    """Several clips of one person, each check answered by the clip that can see it best. Made by :func:`movescreen.screen`.

    Attributes
    ----------
    data
        Everything that was found out, as the program holds it.
    folder
        Folder of its files; None when nothing was written.
    clips
        The clips, in the order given.
    """

    data: ScreeningResult
    folder: Path | None = None
    clips: tuple[Clip, ...] = ()

    def __repr__(self) -> str:
        names = dict.fromkeys(clip.movement_info.title for clip in self.data.clips)
        counts = (sum(f.status is status for f in self.data.findings) for status in _COUNTED)
        said = f"{plural(len(self.clips), 'clip')} of {join_words(names)}: {in_short(*counts)}"
        missing = f"; still to record: {'; '.join(self.data.missing)}" if self.data.missing else ""
        failed = f"; no result from {join_words(name for name, _ in self.data.failed)}" if self.data.failed else ""
        return f"{said}{missing}{failed}".replace("\N{NO-BREAK SPACE}", " ")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScreenedPerson) and self.data == other.data

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Clip]:
        return iter(self.clips)

    def angles(self) -> pd.DataFrame:
        """Return the angles of all clips below each other, as :meth:`Clip.angles` with ``file`` and ``movement`` in front."""
        return _below(self.clips, "angles")

    def reps(self) -> pd.DataFrame:
        """Return the repetitions of all clips, as :meth:`Clip.reps` with ``file`` and ``movement`` in front."""
        return _below(self.clips, "reps")

    def curves(self, *, align_turn: bool = False) -> pd.DataFrame:
        """Return every signal over each repetition of all clips, as :meth:`Clip.curves` with ``file`` and ``movement`` in front."""
        return _below(self.clips, "curves", align_turn=align_turn)

    def findings(self) -> pd.DataFrame:
        """Return one row for every check and side, with the ``file`` and ``view`` that answered it."""
        return merged_findings_table(self.data)

    def measures(self) -> pd.DataFrame:
        """Return one row for every number of power or balance, with the ``file`` it comes from."""
        return measures_table(self.data.clips).assign(file=[c.video.name for c in self.data.clips for _ in c.measures])

    def sides(self) -> pd.DataFrame:
        """Return left against right, one row a signal, with the smallest difference that is more than the error."""
        return sides_table(self.data)

    def references(self) -> pd.DataFrame:
        """Return readings beside published values, with their source."""
        return references_table(self.data)

    def plot(self, *signals: str, over: str = "time") -> list[Axes]:
        """Draw each clip, as :meth:`Clip.plot`, on axes of its own."""
        return [clip.plot(*signals, over=over) for clip in self.clips]


_COUNTED = (Status.FLAGGED, Status.BORDERLINE, Status.CLEAR)


def _seen(result: ClipResult) -> str:
    view = title_of(result.view.kind.value).lower()
    near = f", {result.view.near_side} side to the camera" if result.view.kind is ViewKind.SIDE else ""
    reps = sum(rep.complete for rep in result.reps)
    said = f"{result.movement_info.title}, {view}{near}, {plural(reps, 'repetition')}"
    measured = [m for m in result.measures if m.known]
    if measured and not result.findings:
        return f"{said}: {plural(len(measured), 'measure')}"
    return f"{said}: {in_short(*(result.count(status) for status in _COUNTED))}"


def _below(clips: Sequence[Clip], table: str, **how: Any) -> pd.DataFrame:
    """Return a table of several clips, with the clip and its movement in front."""
    made = []
    for clip in clips:
        frame = getattr(clip, table)(**how)
        made.append(frame.assign(file=clip.name, movement=clip.movement)[["file", "movement", *frame.columns]])
    filled = [frame for frame in made if len(frame)] or made[:1]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=["file", "movement"])


def curves_table(result: ClipResult, *, align_turn: bool = False) -> pd.DataFrame:
    """Return every signal over each complete repetition; see :meth:`Clip.curves`."""
    columns = {name: column for name, column in signal_columns(result).items() if name in result.series.values}
    made = []
    for rep in (each for each in result.reps if each.complete):
        moments = moments_of(rep, PERCENTS, align_turn=align_turn)
        read = {c: resample(result.series.time_s, result.series.values[n], moments) for n, c in columns.items()}
        made.append(
            pd.DataFrame({"rep": rep.number, "side": rep.side, "percent": np.linspace(0.0, 100.0, PERCENTS), **read})
        )
    return (
        pd.concat(made, ignore_index=True)
        if made
        else pd.DataFrame(columns=["rep", "side", "percent", *columns.values()])
    )


def measured_specs(result: ClipResult, signals: Sequence[str]) -> list[SignalSpec]:
    """Return the specifications of named signals, each side of a name without one, that were measured in a clip.

    Raises
    ------
    UnknownNameError
        When one of them was not.
    """
    measured = [spec for name, spec in result.series.specs.items() if result.series.has(name)]
    found: list[SignalSpec] = []
    for signal in signals:
        named = [spec for spec in measured if signal in (spec.name, spec.stem, spec.column)]
        if not named:
            raise UnknownNameError("measured signal", signal, sorted({spec.stem for spec in measured}))
        found += named
    return found
