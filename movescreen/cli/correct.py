"""``movescreen correct``: the trainer's word on a finding, a repetition left out, a joint moved, a movement named, a result given to a client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from movescreen.app import Records
from movescreen.app.correcting import Place, make_correction, name_finding
from movescreen.app.own_pictures import read_picture
from movescreen.app.putting_right import give_result
from movescreen.client.dates import read_day
from movescreen.client.visits.corrections import Correction, describe_correction
from movescreen.errors import InputError, UnknownNameError
from movescreen.model import VERDICTS, ClipResult
from movescreen.records.acting import system_user
from movescreen.report.documents.load import load

Where = Annotated[str, typer.Argument(help="Folder of a result, or code of a client whose visit it is.")]
VisitDay = Annotated[str, typer.Option("--date", help="Day of the client's visit; the newest when left out.")]
By = Annotated[str, typer.Option(help="Who says so; the user of this computer when left out.")]
Reason = Annotated[str, typer.Option(help="Why, in your words.")]


@contextmanager
def _open(where: str, day: str) -> Iterator[Place]:
    with Records() as records:
        if (Path(where) / "result.json").is_file():
            yield Place(records, Path(where))
            return
        if not records.knows(where):
            raise InputError(f"{where} is neither the folder of a result nor a client", "see 'movescreen client list'")
        days = records.store.visit_days()[where]
        if not days:
            raise InputError(f"{where} has no visit yet", "screen first")
        yield Place(records, None, where, read_day(day) if day else days[-1])


def _make(by: str, **told: Any) -> Correction:
    return make_correction(by=by or system_user(), **told)


def judge_finding(
    where: Where,
    finding: Annotated[
        str, typer.Argument(help="CHECK, MOVEMENT:CHECK or MOVEMENT:CHECK:SIDE, such as squat:heel_rise:left.")
    ],
    verdict: Annotated[str, typer.Argument(help=f"{', '.join(VERDICTS)}, or take_back.")],
    picture: Annotated[
        list[Path] | None,
        typer.Option(help="A photo of it (JPEG or PNG), kept with the client's consent; up to three."),
    ] = None,
    reason: Reason = "",
    by: By = "",
    day: VisitDay = "",
) -> None:
    """Say what you think of a finding: report, plan, readiness and tables obey it, the camera's value stays beside it.

    Overruling (there, not_there) needs a reason, and lifts no red flag, no pain bar and no ban.
    """
    if verdict not in (*VERDICTS, "take_back"):
        raise UnknownNameError("verdict", verdict, (*VERDICTS, "take_back"))
    back = verdict == "take_back"
    with _open(where, day) as place:
        movement, check_id, side = name_finding(place.findings, finding)
        added = _make(
            by, kind="judgement", movement=movement, check_id=check_id, side=side, verdict=None if back else verdict,
            reason=reason, taken_back=back, pictures=tuple(read_picture(path) for path in picture or ()),
        )  # fmt: skip
        place.judge(added)
    typer.echo(f"kept: {describe_correction(added)}")


def leave_out(
    where: Where,
    clip: Annotated[str, typer.Argument(help="Folder of the clip inside the result, such as squat_front.")],
    rep: Annotated[int, typer.Argument(help="Number of the repetition in the report.")],
    reason: Reason = "",
    by: By = "",
    put_back: Annotated[bool, typer.Option("--put-back", help="Let it count again.")] = False,
    day: VisitDay = "",
) -> None:
    """Leave a repetition out; the recording is analyzed again from its poses."""
    with _open(where, day) as place:
        sha, path = place.clip(clip)
        added = _make(
            by, kind="left_out", clip=sha, reason=reason, taken_back=put_back,
            turn_s=_left_out_at(place.said, sha, path, rep) if put_back else _moment_of(path, rep),
        )  # fmt: skip
        place.correct(added)
    typer.echo(f"kept: {describe_correction(added)}")


def move_joint(
    where: Where,
    clip: Annotated[str, typer.Argument(help="Folder of the clip inside the result, such as squat_front.")],
    rep: Annotated[int, typer.Argument(help="Number of the repetition in the report.")],
    joint: Annotated[str, typer.Argument(help="Such as left_knee.")],
    right: Annotated[
        float, typer.Option(help="Pixels of the analyzed picture to the right; negative is to the left.")
    ] = 0.0,
    down: Annotated[float, typer.Option(help="Pixels down; negative is up.")] = 0.0,
    reason: Reason = "",
    by: By = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="Where the camera saw it.")] = False,
    day: VisitDay = "",
) -> None:
    """Move a joint at the turn of a repetition: its angles are computed again, the camera's stay beside them."""
    with _open(where, day) as place:
        sha, path = place.clip(clip)
        added = _make(
            by, kind="moved", clip=sha, joint=joint, turn_s=_moment_of(path, rep), reason=reason, taken_back=take_back,
            by_px=None if take_back else (right, down),
        )  # fmt: skip
        place.correct(added)
    typer.echo(f"kept: {describe_correction(added)}")


def _moment_of(clip: Path, number: int) -> float:
    result = load(clip)
    found = [rep.turn_s for rep in result.reps if rep.number == number] if isinstance(result, ClipResult) else []
    if not found:
        raise InputError(f"there is no repetition {number}", "see the table of repetitions in the report")
    return found[0]


def _left_out_at(said: tuple[Correction, ...], sha: str, clip: Path, number: int) -> float:
    result = load(clip)
    told = {n.message for n in result.notices} if isinstance(result, ClipResult) else set()
    for each in (c for c in said if c.kind == "left_out" and c.clip == sha and c.turn_s is not None):
        if any(text.startswith(f"Repetition {number} (at {each.turn_s:.1f} s)") for text in told):
            assert each.turn_s is not None
            return each.turn_s
    raise InputError(f"repetition {number} was not left out", "see 'movescreen correct list'")


def name(
    where: Where,
    clip: Annotated[str, typer.Argument(help="Folder of the clip inside the result, such as squat_front.")],
    movement: Annotated[str, typer.Option(help="What it is, such as lunge.")] = "",
    view: Annotated[str, typer.Option(help="front or side.")] = "",
    side: Annotated[str, typer.Option(help="The leg it is done with, left or right.")] = "",
    take_back: Annotated[bool, typer.Option("--take-back", help="As it was asked the first time.")] = False,
    reason: Reason = "",
    by: By = "",
    day: VisitDay = "",
) -> None:
    """Name movement, view or leg of a recording; it is analyzed again from its poses."""
    with _open(where, day) as place:
        sha, _ = place.clip(clip)
        added = _make(
            by, kind="named", clip=sha, movement=movement, view=view, side=side, reason=reason, taken_back=take_back
        )
        place.correct(added)
    typer.echo(f"kept: {describe_correction(added)}")


def give(
    folder: Annotated[Path, typer.Argument(help="Folder of a result that belongs to nobody.")],
    code: Annotated[str, typer.Argument(help="Code of the client.")],
    reason: Reason = "",
    by: By = "",
) -> None:
    """Give a result to a client, who must have passed the red-flag gate: pages, tables and records follow."""
    with Records() as records:
        moved = give_result(records, folder, code, by=by or system_user(), reason=reason)
    typer.echo(f"kept with {moved.code} as the visit of {moved.day}")
    for line in moved.told:
        typer.echo(line)


def list_corrections(where: Where, day: VisitDay = "") -> None:
    """List what was put right, the oldest first, also what was taken back."""
    with _open(where, day) as place:
        for each in place.said:
            typer.echo(f"{each.at:%Y-%m-%d %H:%M} {each.by}: {describe_correction(each)}")


GROUP = {
    "judge": judge_finding,
    "leave-out": leave_out,
    "move-joint": move_joint,
    "name": name,
    "give": give,
    "list": list_corrections,
}
