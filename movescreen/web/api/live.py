"""Guided sessions: begin one, and the socket that carries pictures in and what was seen out."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, WebSocket, status
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect, WebSocketState

from movescreen.display import in_units
from movescreen.doors import parse_object
from movescreen.errors import InputError, MovescreenError
from movescreen.settings import ModelName
from movescreen.web.frames import parse_frame
from movescreen.web.live_session import LiveSession, SessionChoices
from movescreen.web.pairing_code import draw_code, phone_address
from movescreen.web.security.pairing import CODE_S, Opens
from movescreen.web.security.throttling import TokenBucket
from movescreen.web.services import ServicesDep

router = APIRouter(prefix="/api/live", tags=["guided sessions"])

#: A socket that says nothing for so long is closed, s.
_SILENCE_S = 20.0
#: A message that the other end does not take in so long ends the socket, s.
_SEND_S = 5.0
#: So many malformed messages end the socket, and so many times the allowed rate of pictures.
_MALFORMED = 10
_FLOOD = 10.0
#: Close codes: replaced by another camera, malformed, flooding, silent, gone, too many watch.
REPLACED, MALFORMED, FLOODING, SILENT, GONE, CROWDED = 4409, 4400, 4429, 4408, 4404, 4423


class NewSession(BaseModel):
    """What to do, and with whom."""

    client: Annotated[str, Field(max_length=80, description="Code of a client, or a name; may be empty.")] = ""
    protocol: Annotated[str, Field(description="Name of a protocol of the catalog.")] = "standard"
    repetitions: Annotated[int | None, Field(ge=1, le=20, description="Of every part; null = the protocol's.")] = None
    pictures: Annotated[bool, Field(description="Keep pictures of the deepest moments in the report.")] = False
    model: Annotated[ModelName, Field(description="Pose network.")] = "full"
    view: Annotated[Literal["both", "front", "side"], Field(description="From where it is recorded.")] = "both"


class OpenSession(BaseModel):
    """A session that was begun."""

    id: str
    page: str
    socket: str


@router.post("", status_code=status.HTTP_201_CREATED)
async def open_session(new: NewSession, services: ServicesDep) -> OpenSession:
    """Begin a guided session."""
    seen = services.catalog.protocol(new.protocol).seen_from(new.view)
    parts = () if new.view == "both" else tuple(part.id for part in seen.parts)
    choices = SessionChoices(new.client.strip(), new.protocol, new.repetitions, new.pictures, new.model, parts=parts)
    session = await run_in_threadpool(services.hub.open, choices)
    return OpenSession(id=session.id, page=f"/live/{session.id}", socket=f"/api/live/{session.id}/socket")


@router.get("/{session_id}")
async def show_session(session_id: str, services: ServicesDep) -> dict[str, Any]:
    """Return the state of a session, as the socket sends it."""
    return services.hub.find(session_id).latest()[1]


class Pairing(BaseModel):
    """A code with which a phone may film for a session."""

    url: Annotated[str, Field(description="What the phone opens.")]
    picture: Annotated[str, Field(description="The same as a QR code, SVG.")]
    trust: Annotated[str, Field(description="Where the phone trusts this machine, once; empty when it need not.")]
    seconds: Annotated[float, Field(description="How long the code is good.")]


@router.post("/{session_id}/phone", status_code=status.HTTP_201_CREATED)
async def pair_phone(session_id: str, request: Request, services: ServicesDep) -> Pairing:
    """Offer a code with which one phone may film for the session; those offered before end."""
    session = services.hub.find(session_id)
    base = phone_address(services.config, request.url.hostname or "")
    code = services.pairings.offer(Opens(f"/live/{session.id}"))
    url = f"{base}/phone/{code}"
    trust = f"{base}/trust" if services.config.authority is not None else ""
    return Pairing(url=url, picture=draw_code(url), trust=trust, seconds=CODE_S)


@router.websocket("/{session_id}/socket")
async def attend(
    socket: WebSocket, session_id: str, services: ServicesDep, watch: bool = False, page: str = "", again: bool = False
) -> None:
    """Pictures in (see :mod:`movescreen.web.frames`), commands in as JSON, poses and states out as JSON.

    Whoever watches sends no pictures, and is sent those that were looked at, in the form in which they came in.
    """
    try:
        session = services.hub.find(session_id)
    except MovescreenError as error:
        await socket.accept()
        await socket.close(GONE, error.message)
        return
    await socket.accept()
    news = _News()
    if watch and not session.watch(news.tell):
        await socket.close(CROWDED, "enough others are watching already")
        return
    if not watch and not session.attach(news.tell, page[:40], again=again):
        await socket.close(REPLACED, "another device films by now")
        return
    rate = services.config.limits.frames_per_s
    pictures = None if watch else TokenBucket(rate, rate)
    attendance = _Attendance(socket, session, news, pictures, TokenBucket(_FLOOD * rate, _FLOOD * rate))
    await attendance.run()


class _News:
    """Something new of a session, told from its thread to the loop of a connection."""

    def __init__(self) -> None:
        self._loop, self.event = asyncio.get_running_loop(), asyncio.Event()

    def tell(self) -> None:
        """Wake the connection."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self.event.set)


class _Attendance:
    """One connection to a session, for as long as it lasts; one without a rate of pictures only watches."""

    def __init__(
        self, socket: WebSocket, session: LiveSession, news: _News, pictures: TokenBucket | None, flood: TokenBucket
    ) -> None:
        self._socket, self._session, self._news = socket, session, news
        self._pictures, self._flood = pictures, flood
        self._malformed = 0

    async def run(self) -> None:
        """Serve the connection until either end closes it. It harms nobody but itself."""
        tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            code, reason = next(iter(done)).result()
        except (WebSocketDisconnect, RuntimeError):
            code, reason = 1000, ""
        finally:
            self._session.detach(self._news.tell)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)  # not gather: a cancellation from outside must stay what it is
            for task in tasks:
                task.cancelled() or task.exception()  # was looked at
        if self._socket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await asyncio.wait_for(self._socket.close(code, reason), _SEND_S)

    async def _receive(self) -> tuple[int, str]:
        while True:
            try:
                message = await asyncio.wait_for(self._socket.receive(), _SILENCE_S)
            except TimeoutError:
                return SILENT, "nothing was sent for a while"
            if message["type"] == "websocket.disconnect":
                return 1000, ""
            if not self._flood.take():
                return FLOODING, "too many messages"
            try:
                self._take(message)
            except (InputError, ValueError) as error:
                self._malformed += 1
                if self._malformed >= _MALFORMED:
                    return MALFORMED, str(error)[:100]

    def _take(self, message: Any) -> None:
        data = message.get("bytes")
        if data is not None:
            frame = parse_frame(data)
            if self._pictures is not None and self._pictures.take():
                self._session.show(frame)
            return
        told = parse_object(message.get("text") or "")
        if isinstance(told.get("command"), str):
            self._session.command(told["command"])

    async def _send(self) -> tuple[int, str]:
        sent_state: dict[str, Any] | None = None
        sent_number: int | None = None
        while True:
            if not self._session.is_listener(self._news.tell):
                return REPLACED, "the session was opened in another window"
            pose, state = self._session.latest()
            message: dict[str, Any] = {}
            picture = self._session.picture if self._pictures is None else None
            if pose is not None and pose["number"] != sent_number:
                message |= pose
                sent_number = pose["number"]
            if state != sent_state:
                message["state"] = state
                sent_state = state
            if message:
                text = in_units(json.dumps(message, separators=(",", ":"), ensure_ascii=False))
                try:
                    if picture is not None and "number" in message:
                        await asyncio.wait_for(self._socket.send_bytes(picture.jpeg), _SEND_S)
                    await asyncio.wait_for(self._socket.send_text(text), _SEND_S)
                except TimeoutError:
                    return 1011, "the other end is too slow"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.event.wait(), 2.0)
            self._news.event.clear()
