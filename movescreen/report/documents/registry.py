"""Writers by name, and the one function that runs them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from movescreen.errors import UnknownNameError
from movescreen.files import staged_folder
from movescreen.model import ClipResult, Judgement, judge
from movescreen.plugin_loading import load_plugins
from movescreen.registry import Registry
from movescreen.report.figures.pictures import ClipPictures, take_pictures

#: Moved into place last: when it is there, the result is complete.
LAST_FILE = "result.json"


@dataclass(frozen=True)
class ReportJob:
    """What a writer is asked to write.

    Attributes
    ----------
    files
        Name -> description of every file that the result folder will hold.
    video_path
        The clip; None when it is not at hand.
    label
        How the page names the person; as ``client`` does when empty.
    """

    result: ClipResult
    client: str = ""
    recorded: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    pictures: ClipPictures = field(default_factory=ClipPictures)
    video_path: Path | None = None
    judgements: tuple[Judgement, ...] = ()
    label: str = ""

    @property
    def judged(self) -> ClipResult:
        """The result with the trainer's word on its findings, for whoever reads it; what is kept of the camera is ``result``."""
        return replace(self.result, findings=judge(self.result.findings, self.judgements))


WriteFunction = Callable[[ReportJob, Path], None]


@dataclass(frozen=True)
class Writer:
    """A registered output format.

    Attributes
    ----------
    files
        File name -> what it holds.
    write
        Writes exactly these files into the folder it is given; of ``optional`` ones, those that it has something for.
    optional
        Files that not every clip has.
    shows_person
        Its files are nothing but pictures of the person.
    """

    name: str
    files: Mapping[str, str]
    write: WriteFunction
    optional: frozenset[str] = frozenset()
    on_request: bool = False
    shows_person: bool = False


#: All output formats by name.
WRITERS: Registry[Writer] = Registry("output format")


def register_writer(
    name: str, files: Mapping[str, str], optional: Iterable[str] = (), on_request: bool = False,
    shows_person: bool = False,
) -> Callable[[WriteFunction], WriteFunction]:  # fmt: skip
    """Register the decorated function as the writer of a format; parameters as the attributes of :class:`Writer`.

    Raises
    ------
    RuntimeError
        When the format or one of its files belongs to another writer.
    """
    for other in WRITERS.values():
        if clash := sorted(set(files) & set(other.files)):
            raise RuntimeError(f"writer {name!r} clashes with {other.name!r} {clash}")

    def wrap(write: WriteFunction) -> Writer:
        return Writer(name, MappingProxyType(dict(files)), write, frozenset(optional), on_request, shows_person)

    return WRITERS.register(name, wrap=wrap)


def available_formats() -> tuple[str, ...]:
    """Return the names of all output formats, in alphabetical order."""
    _load_writers()
    return tuple(sorted(WRITERS))


def usual_formats(*more: str) -> tuple[str, ...]:
    """Return the formats that are written without being asked for, and those named.

    Raises
    ------
    UnknownNameError
        When there is no such format.
    """
    named = {find_writer(name).name for name in more}
    return tuple(name for name in available_formats() if name in named or not WRITERS[name].on_request)


def formats_on_request() -> dict[str, str]:
    """Return the formats that are written only when asked for by name: name -> what they hold."""
    _load_writers()
    asked = {name: writer for name, writer in sorted(WRITERS.items()) if writer.on_request}
    return {name: "; ".join(writer.files.values()) for name, writer in asked.items()}


def check_formats(named: Iterable[str]) -> tuple[str, ...]:
    """Return the formats that are asked for by name, each once.

    Raises
    ------
    UnknownNameError
        When there is no such format.
    AssetError
        When PDFs are wanted and this machine cannot make them.
    """
    wanted = tuple(dict.fromkeys(named))  # where nothing is, no writer is loaded before it has something to write
    for name in wanted:
        if name not in formats_on_request():
            raise UnknownNameError("output format", name, formats_on_request())
    if "pdf" in wanted:
        from movescreen.report.formats.pdf import ensure_pdf

        ensure_pdf()
    return wanted


def formats_of_clips(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the formats of a screening's clips: its own pages are what is sent or printed."""
    return tuple(name for name in wanted if name != "pdf")


def without_pictures(formats: Iterable[str]) -> tuple[str, ...]:
    """Return the formats but for those that are nothing but pictures of the person."""
    return tuple(name for name in formats if not find_writer(name).shows_person)


def find_writer(name: str) -> Writer:
    """Return the writer of a format; UnknownNameError when there is no such format."""
    _load_writers()
    return WRITERS.find(name)


@cache
def _load_writers() -> None:
    # a module of formats/ that registers a writer needs no other mention anywhere
    import movescreen.report.formats as package

    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
    load_plugins("writers")


def write_result(
    result: ClipResult, out_dir: Path | str, formats: Sequence[str] | None = None,
    video_path: Path | str | None = None, client: str = "", recorded: str = "", pictures: ClipPictures | None = None,
    *, anew: bool = False, judgements: Sequence[Judgement] = (), label: str = "",
) -> list[Path]:  # fmt: skip
    """Write the files of one clip; all of them, or none.

    Parameters
    ----------
    out_dir
        Folder of the clip; made when it is missing. Other files in it are left alone.
    formats
        Names of formats (:func:`available_formats`); None = the usual ones.
    video_path
        The clip, for the pictures in the report; without it the report has none.
    anew
        The result is a new one, so that files of formats not written now belong to another one: they are removed.
    judgements
        What the trainer says of the findings: page and tables show it.
    label
        How the page names the person; as ``client`` does when empty.

    Raises
    ------
    UnknownNameError
        When a format does not exist.
    InputError
        When the folder cannot be written to.
    """
    out = Path(out_dir)
    names = usual_formats() if formats is None else (formats,) if isinstance(formats, str) else tuple(formats)
    writers = [find_writer(name) for name in dict.fromkeys(names)]
    video = None if video_path is None else Path(video_path)
    if pictures is None:
        pictures = ClipPictures() if video is None else take_pictures(result, video)
    files = _files_after(out, writers, pictures, keep=not anew)
    job = ReportJob(
        result, client=client, recorded=recorded, files=files, pictures=pictures, video_path=video, judgements=tuple(judgements),
        label=label,
    )  # fmt: skip
    older = {name for w in WRITERS.values() for name in w.files} if anew else ()
    with staged_folder(out, last=LAST_FILE, drop=older) as stage:
        for writer in writers:
            writer.write(job, stage)
        written = sorted(p.name for p in stage.iterdir())
        promised = sorted(name for w in writers for name in w.files if name not in w.optional or name in written)
        if written != promised:
            raise RuntimeError(f"writers promised {promised} and wrote {written}")
    return [out / name for name in written]


def _files_after(out: Path, writers: Sequence[Writer], pictures: ClipPictures, *, keep: bool) -> Mapping[str, str]:
    """Return the known files that the folder will hold: those to be written and, where they are kept, those already there."""
    known = {name: about for w in WRITERS.values() for name, about in w.files.items()}
    coming = {name for w in writers for name in w.files if name not in w.optional or pictures.key is not None}
    return MappingProxyType({n: known[n] for n in sorted(known) if n in coming or (keep and (out / n).is_file())})
