"""``analyze``, ``screen``, ``load`` and ``samples``: what a program or notebook begins with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from movescreen.app import Records, Screening
from movescreen.app.clips import ClipsToScreen, analyze_each, screen_clips
from movescreen.batch import BatchItem, name_folders
from movescreen.batch.storage import RECORDS
from movescreen.errors import InputError, MovescreenError, UnknownNameError
from movescreen.model import ClipResult, Demographics, ViewKind
from movescreen.pipeline import AnalysisRequest, analyze_video, catalog_in_force
from movescreen.pose.person.choice import check_asked_person
from movescreen.public.results import Clip, ScreenedPerson
from movescreen.report import check_formats
from movescreen.report.documents.load import load as load_result
from movescreen.report.documents.registry import LAST_FILE
from movescreen.sample_data import find_study, list_samples
from movescreen.settings import Settings, load_settings

if TYPE_CHECKING:
    from movescreen.public.study import Study

_VIEWS = ("auto", ViewKind.FRONT.value, ViewKind.SIDE.value)


class SettingsGiven(TypedDict, total=False):
    """Settings of an analysis; what is left out is as the settings file and the environment say.

    Attributes
    ----------
    engine
        ``mediapipe``, or the name of a pose engine that an installed package brings.
    model
        ``full``, or ``lite``, which is faster and less exact.
    slowmo
        How many times slower than life the clip plays, when the file does not say so itself.
    raw
        Plain readings, without taking out the pose network's known bias.
    catalog
        A catalog of one's own, or several; laid over the packaged one. A folder, or the name of one that an installed package brings.
    max_fps, max_side_px, cutoff_hz, max_gap_s
        Frames read a second, size of the pictures (px), cut-off of the filter (Hz), longest gap that is bridged (s).
    """

    engine: str
    model: str
    slowmo: float
    raw: bool
    catalog: Path | str | Sequence[Path | str]
    max_fps: float
    max_side_px: int
    cutoff_hz: float
    max_gap_s: float


def analyze(
    path: Path | str,
    *,
    movement: str = "auto",
    view: str = "auto",
    side: str = "",
    person: str = "",
    client: str = "",
    out: Path | str | None = None,
    formats: Sequence[str] = (),
    on_progress: Callable[[int, float], None] | None = None,
    **settings: Unpack[SettingsGiven],
) -> Clip:
    """Analyze one clip: angles, repetitions, findings. What ``movescreen analyze`` does.

    Parameters
    ----------
    path
        A video; or poses that were recorded before (``poses.npz``, or markers of Sports2D and Pose2Sim as ``.trc``), which are analyzed
        without the video.
    movement
        Name in the catalog; ``auto`` finds out.
    view
        ``front``, ``side``, or ``auto``, which finds out.
    side
        ``left`` or ``right`` leg of a one-sided movement; empty = found out for each repetition.
    person
        Who is followed when there are several: ``left``, ``middle``, ``right``, a number from the left, or a point ``0.4,0.5`` of the
        first picture.
    client
        Name for the report; or the code of a client of the records: then red flags are asked for first, consent to pictures holds,
        and the visit is kept.
    out
        Folder to write the report, tables and poses to; without it nothing is written, but for a client of the records, whose files
        go to ``results/NAME_OF_THE_CLIP``.
    formats
        Also written there, such as ``overlay`` or ``opensim``.
    on_progress
        Called with the frames done and the time reached in the clip, s.
    **settings
        See :class:`movescreen.public.doors.SettingsGiven`.

    Returns
    -------
    Clip
        Prints as a sentence, and has ``angles()``, ``reps()``, ``findings()`` and ``measures()`` as data frames. A clip without a
        repetition is a result as well: it says so.

    Raises
    ------
    MovescreenError
        ``VideoError`` when the file cannot be read, ``AnalysisError`` when nobody is in it, ``NeedsReferral`` when a red flag of the
        client comes first, ``UnknownNameError`` for a name that does not exist. Its text is one line, its ``hint`` what to do.

    Examples
    --------
    >>> import movescreen
    >>> clip = movescreen.analyze(movescreen.samples()["squat_side"])  # doctest: +SKIP
    >>> clip.angles()[["time_s", "knee_flexion_right_deg"]].max()  # doctest: +SKIP
    """
    request = _request(movement, view, side, person, settings)
    video = Path(path).expanduser()
    wanted = check_formats(formats)
    if not client and out is None:
        return Clip(analyze_video(video, request, on_progress=on_progress), None, video)
    with Records(catalog=request.settings.catalog) as records:
        screening = Screening.open(records, client)
        subject = screening.subject
        folder = (
            Path("results") / video.stem if out is None and subject.code else Path(out) if out is not None else None
        )
        # what a client agreed to is heeded where the clip is analyzed: nothing is drawn of it again later
        kept = None if subject.code else video
        if folder is None:
            return Clip(analyze_video(video, request, on_progress=on_progress), None, kept, subject.name)
        result = screening.clip_task(video, request, folder, wanted).run(on_progress)
        _ensure_kept(screening.finish_clip(result, folder).not_kept)
    return Clip(result, folder, kept, subject.name)


def screen(
    paths: Iterable[Path | str],
    *,
    client: str = "",
    date: str = "",
    age: float | None = None,
    sex: str = "",
    pain: Sequence[str] = (),
    person: str = "",
    out: Path | str | None = None,
    formats: Sequence[str] = (),
    **settings: Unpack[SettingsGiven],
) -> ScreenedPerson:
    """Analyze several clips of one person and merge them: each check is answered by the clip that sees it best.

    Parameters
    ----------
    paths
        Clips from the front and from the side, of one movement or several.
    client
        As in :func:`movescreen.analyze`.
    date
        Day of the recording, ``2026-03-12``; today when empty.
    age, sex
        Years, and ``female`` or ``male``, to compare with people alike; of a client the records know them.
    pain
        Names of movements that hurt: the report says first to refer, whatever was measured.
    person, formats, **settings
        As in :func:`movescreen.analyze`.
    out
        Folder for the trainer's and the client's page and the files of all clips; without it nothing is written, but for a client
        of the records, whose files go to ``results/screening``.

    Returns
    -------
    ScreenedPerson
        With the tables of :class:`movescreen.Clip` over all clips, ``sides()`` and ``references()``. A clip that could not be
        analyzed is named in it; the others count.

    Raises
    ------
    MovescreenError
        As :func:`movescreen.analyze`; when no clip gave a result, the reason of the first.

    Examples
    --------
    >>> clips = movescreen.samples()  # doctest: +SKIP
    >>> movescreen.screen([clips["squat_front"], clips["squat_side"]]).sides()  # doctest: +SKIP
    """
    request = _request("auto", "auto", "", person, settings)
    catalog = catalog_in_force(request.settings)
    for name in pain:
        catalog.movement(name)
    if sex not in ("", "female", "male"):
        raise UnknownNameError("sex", sex, ("female", "male"))
    clips = [Path(path).expanduser() for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if not clips:
        raise InputError("no clips were given", "give the videos of one person")
    wanted = check_formats(formats)
    with Records(catalog=request.settings.catalog) as records:
        screening = Screening.open(records, client, date, person=Demographics(age, sex))
        folder = Path(out) if out is not None else Path("results/screening") if screening.subject.code else None
        named = {
            item.folder: Path(item.file) for item in name_folders(BatchItem(str(c), str(c.absolute())) for c in clips)
        }
        asked = ClipsToScreen(clips=named, request=request, pain=pain, formats=wanted)
        if folder is not None:
            finished = screen_clips(screening, asked, folder)
            _ensure_kept(finished.not_kept)
            return _screened(finished.result, folder, finished.clips)
        results, failed = analyze_each(named, lambda _, clip: analyze_video(clip, request))
        if not results:
            raise next(iter(failed.values()))
        return _screened(screening.merge(list(results.values()), failed, pain), None, [None] * len(results))


def load(folder: Path | str) -> Clip | ScreenedPerson | Study:
    """Read a result back as it was written; nothing is analyzed.

    Parameters
    ----------
    folder
        Folder of a clip, of a screening, or of a study or batch.

    Returns
    -------
    Clip, ScreenedPerson or Study
        Equal to what was written, with the words, limits and numbers that it was made with, whatever the catalog says today.

    Raises
    ------
    InputError
        When there is no result, it is damaged, an older version wrote it, or the files beside it are not its own.

    Examples
    --------
    >>> movescreen.load("results/squat_side").findings()  # doctest: +SKIP
    """
    home = Path(folder)
    if not (home / LAST_FILE).is_file() and (home / RECORDS).is_dir():
        from movescreen.public.study import load_study

        kept = load_study(home)
        if kept is not None:
            return kept
    found = load_result(home)
    return Clip(found, home) if isinstance(found, ClipResult) else _screened(found, home, [None] * len(found.clips))


def samples() -> Mapping[str, Path]:
    """Return what comes with movescreen to try it with: name -> file.

    Returns
    -------
    mapping of str to Path
        Clips by the names of their files; under ``study`` a manifest of thirty recordings of drawn people for :func:`movescreen.study`.

    Raises
    ------
    AssetError
        When they are not there.

    Examples
    --------
    >>> "squat_side" in movescreen.samples()
    True
    """
    return {path.stem: path for path in list_samples()} | {"study": find_study()}


def settings_of(given: Mapping[str, Any]) -> Settings:
    """Return the settings in force, with catalogs of one's own that are sound.

    Raises
    ------
    SettingsError
        When one does not exist or is out of range.
    CatalogError
        When a catalog of one's own is wrong.
    """
    said = dict(given)
    if isinstance(said.get("catalog"), str | Path):
        said["catalog"] = (said["catalog"],)
    elif said.get("catalog") is not None:
        said["catalog"] = tuple(said["catalog"])
    settings = load_settings(**said)
    catalog_in_force(settings)
    return settings


def _request(movement: str, view: str, side: str, person: str, given: Mapping[str, Any]) -> AnalysisRequest:
    for kind, value, known in (("view", view, _VIEWS), ("side", side, ("", "left", "right"))):
        if value not in known:
            raise UnknownNameError(kind, value, known)
    if not check_asked_person(person):
        raise InputError(
            f"{person!r} names nobody",
            "give left, middle, right, a number from the left such as 2, or a point as 0.4,0.5",
        )
    settings = settings_of(given)
    if movement != "auto":
        catalog_in_force(settings).movement(movement)
    return AnalysisRequest(movement, view, settings, side, person)


def _screened(result: Any, folder: Path | None, folders: Sequence[Path | None]) -> ScreenedPerson:
    clips = tuple(Clip(clip, home) for clip, home in zip(result.clips, folders, strict=True))
    return ScreenedPerson(result, folder, clips)


def _ensure_kept(problem: MovescreenError | None) -> None:
    if problem is not None:
        raise problem
