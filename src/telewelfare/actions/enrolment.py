"""Enrolling a device, unlocking it, locking it again."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from telewelfare.actions.devices import fetch_devices
from telewelfare.actions.session import Photos, Session, Way
from telewelfare.actions.settings import load_settings
from telewelfare.domain.clock import Millis
from telewelfare.store.home import Home, Identity, Opened, public_text
from telewelfare.store.index import Index
from telewelfare.store.kept_lines import KeptLines
from telewelfare.store.outgoing import Outgoing
from telewelfare.store.seal import Seal
from telewelfare.store.vault import TooSoon, WrongPin, pin_problem
from telewelfare.sync.bundle import Carrier
from telewelfare.sync.engine import APP_VERSION
from telewelfare.sync.file_transport import FileCentral
from telewelfare.sync.files import Fetcher, FileQueue
from telewelfare.sync.link import BUFFER
from telewelfare.sync.protocol import EnrolReply, EnrolRequest
from telewelfare.sync.schedule import REGULAR
from telewelfare.sync.service import SyncService
from telewelfare.sync.transport import TIMEOUT, Central

_CODE: Final = re.compile(r"[0-9A-Z]{5}-?[0-9A-Z]{5}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where to enrol, and the single-use code."""

    url: str
    code: str


def read_invitation(pasted: str, url: str = "") -> Invitation | None:
    """Read what an office sent or a QR code says: an address with a code, or a code alone.

    `url` is the centre's address when only a code was typed; `None` if it is not an invitation.
    """
    text = "".join(pasted.split())
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"} and parts.netloc and parts.fragment:
        return _invitation(f"{parts.scheme}://{parts.netloc}", parts.fragment)
    return _invitation(url, text) if url else None


def _invitation(url: str, code: str) -> Invitation | None:
    found = _CODE.fullmatch(code.upper())
    return Invitation(url.rstrip("/"), found[0]) if found else None


# Linger for no seconds: two shorts on Windows, two ints elsewhere.
DROP_AT_CLOSE: Final = struct.pack("HH" if sys.platform == "win32" else "ii", 1, 0)

Connect = Callable[[str], httpx.AsyncClient]


def connect(url: str) -> httpx.AsyncClient:
    """The one connection to a centre, kept open between rounds.

    Little of what is sent is held by the system, so that it shows when the network takes no more;
    and what it holds of a connection that is given up is dropped, not sent beside the next one.
    """
    options: list[tuple[int, int, int] | tuple[int, int, bytes | bytearray]] = [
        (socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER),
        (socket.SOL_SOCKET, socket.SO_LINGER, DROP_AT_CLOSE),
    ]
    return httpx.AsyncClient(
        base_url=url,
        timeout=TIMEOUT,
        headers={"User-Agent": "telewelfare"},
        transport=httpx.AsyncHTTPTransport(socket_options=options),
    )


async def enrol(home: Home, invitation: Invitation, pin: str, http: httpx.AsyncClient) -> Opened:
    """Enrol this folder's device behind a PIN that `pin_problem` has nothing against.

    Raises:
        SyncError: nothing was kept but this device's own key; trying again is safe.
    """
    problem = pin_problem(pin)
    if problem:
        raise ValueError(problem)
    reply = await _ask(home, invitation, http)
    identity = _identity(reply, invitation.url)
    return await asyncio.to_thread(home.enrol, pin, identity, reply.token)  # derives a key


async def _ask(home: Home, invitation: Invitation, http: httpx.AsyncClient) -> EnrolReply:
    request = EnrolRequest(
        code=invitation.code, public_key=public_text(home.enrolling_key()), app=APP_VERSION
    )
    return await Central(http).enrol(request)


def _identity(reply: EnrolReply, url: str) -> Identity:
    return Identity(
        device=reply.device,
        worker=reply.worker,
        worker_name=reply.worker_name,
        role=reply.role,
        areas=reply.areas,
        centre=reply.centre,
        centre_name=reply.centre_name,
        centre_key=reply.centre_key,
        url=url,
        epoch=reply.epoch,
    )


def unlock(home: Home, pin: str, now: Millis) -> Opened | WrongPin | TooSoon:
    """Open a device with its PIN. Takes about 0.1 s on purpose: call it off the screen's thread."""
    return home.unlock(pin, now)


def keep_lines(session: Session) -> None:
    """Keep what lists show, sealed, so that the next unlock is quick. Takes a moment."""
    KeptLines(session.home.folder, Seal(session.key)).save(session.journal, session.index)


def begin(
    home: Home,
    opened: Opened,
    connect_to: Connect,
    wall: Callable[[], Millis],
    jitter: Callable[[], float],
    *,
    every: int = REGULAR,
) -> Session:
    """Make a session of an opened home: reads all lines into memory, does not start syncing.

    `every` is how long to wait for news of the centre, in ms.
    """
    index = Index(opened.journal)
    KeptLines(home.folder, Seal(opened.key)).load(opened.journal, index)
    http = connect_to(opened.identity.url)
    central = Central(http, opened.token)
    files = FileCentral(http, opened.token, central.traffic, central.link)
    photos = photos_of(opened, files, wall, jitter)
    photos.queue.wifi_only = load_settings(home.folder).wifi_only
    carrier = Carrier(home.folder)
    errands = (
        lambda: carrier.forward(central, wall()),
        lambda: fetch_devices(opened.journal, central, wall),
    )
    service = SyncService(
        opened.journal, central, wall, jitter, every, errands=errands, files=photos.queue
    )
    return Session(
        home=home,
        journal=opened.journal,
        index=index,
        files=opened.files,
        sync=service,
        wall=wall,
        key=opened.key,
        photos=photos,
        way=Way(http, central, files),
    )


def photos_of(
    opened: Opened, central: FileCentral, wall: Callable[[], Millis], jitter: Callable[[], float]
) -> Photos:
    """What brings an opened home's files to the centre, and fetches others."""
    outgoing = Outgoing(opened.journal)
    return Photos(
        outgoing,
        FileQueue(outgoing, opened.files, central, wall, jitter),
        Fetcher(outgoing, opened.files, central, wall),
    )
