"""Clips of one person: begin an upload, send the clips, have the screening made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, status
from pydantic import BaseModel, Field
from starlette.responses import Response

from movescreen.web.drafts import FILE_AS_BODY
from movescreen.web.errors import ErrorDetail, body_of
from movescreen.web.services import ServicesDep
from movescreen.web.uploads import Upload, UploadedClip

router = APIRouter(prefix="/api/uploads", tags=["uploads"])


class NewUpload(BaseModel):
    """Whose clips they are."""

    client: Annotated[str, Field(max_length=80, description="Code of a client, or a name; may be empty.")] = ""
    recorded: Annotated[
        str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$", description="Day of the recording, ISO 8601; may be empty.")
    ] = ""
    formats: Annotated[
        list[str], Field(max_length=20, description="Output formats beside the usual ones, such as pdf.")
    ] = []


class ClipStatus(BaseModel):
    """How far a clip is."""

    name: str
    state: str
    progress: float
    movement: str = ""
    view: str = ""
    reps: int | None = None
    error: ErrorDetail | None = None


class UploadStatus(BaseModel):
    """How far an upload is."""

    id: str
    state: str
    clips: list[ClipStatus]
    result: str = ""
    note: str = ""
    error: ErrorDetail | None = None


@router.post("", status_code=status.HTTP_201_CREATED)
def open_upload(new: NewUpload, services: ServicesDep) -> UploadStatus:
    """Begin an upload."""
    return _status(services.uploads.open(new.client.strip(), new.recorded, new.formats))


@router.put("/{upload_id}/clips/{name}", status_code=status.HTTP_201_CREATED, openapi_extra=FILE_AS_BODY)
async def send_clip(upload_id: str, name: str, request: Request, services: ServicesDep, person: str = "") -> ClipStatus:
    """Send one clip, its bytes as the body. It is analyzed as soon as it is here.

    ``person`` says who is followed when there are several: left, middle, right, a number from the left, or the point ``x,y`` of the
    first picture, shares of its size.
    """
    length = request.headers.get("content-length", "")
    stated = int(length) if length.isdigit() else None
    return _clip_status(await services.uploads.receive(upload_id, name, request.stream(), stated, person))


@router.get("/{upload_id}")
def show_upload(upload_id: str, services: ServicesDep) -> UploadStatus:
    """Tell how far an upload is."""
    return _status(services.uploads.find(upload_id))


@router.post("/{upload_id}/finish", status_code=status.HTTP_202_ACCEPTED)
def finish_upload(upload_id: str, services: ServicesDep) -> UploadStatus:
    """Make the screening as soon as all clips are analyzed."""
    return _status(services.uploads.finish(upload_id))


@router.delete("/{upload_id}", status_code=status.HTTP_204_NO_CONTENT)
def cancel_upload(upload_id: str, services: ServicesDep) -> Response:
    """Forget an upload and delete its clips."""
    services.uploads.cancel(upload_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


def _status(upload: Upload) -> UploadStatus:
    return UploadStatus(
        id=upload.id,
        state=upload.state,
        clips=[_clip_status(c) for c in upload.clips],
        result=upload.folder.name if upload.state == "done" else "",
        note=upload.note,
        error=ErrorDetail(**body_of(upload.error)["error"]) if upload.error else None,
    )


def _clip_status(clip: UploadedClip) -> ClipStatus:
    result = clip.result
    return ClipStatus(
        name=clip.name,
        state=clip.state,
        progress=round(clip.progress(), 3),
        movement=result.movement.name if result else "",
        view=result.view.kind.value if result else "",
        reps=sum(r.complete for r in result.reps) if result else None,
        error=ErrorDetail(**body_of(clip.error)["error"]) if clip.error else None,
    )
