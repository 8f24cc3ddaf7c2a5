"""Builders with boring defaults: a test names only what it is about."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from telewelfare.actions.enrolment import begin, connect
from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Json, flat
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Edit
from telewelfare.store.home import Home, Identity, Opened

PIN = "482913"
NOW = Millis(1_795_186_800_000)  # 20 พฤศจิกายน 2569, a Friday, 22.00 น. in Bangkok
NOWHERE = "http://127.0.0.1:9"  # nobody answers there


def centre_key() -> str:
    """The public half of a centre's key."""
    public = X25519PrivateKey.generate().public_key()
    raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def identity(
    role: str = "volunteer",
    device: str = "daaaaaaa",
    worker: str = "00000000-0000-7000-8000-000000000001",
    areas: tuple[str, ...] = ("920213", "920211"),
    url: str = NOWHERE,
) -> Identity:
    """Who a device works for."""
    return Identity(
        device=device,
        worker=worker,
        worker_name="สมศรี ทดสอบ",
        role=role,
        areas=areas,
        centre="92",
        centre_name="ศูนย์คุ้มครองคนไร้ที่พึ่ง จังหวัดตรัง",
        centre_key=centre_key(),
        url=url,
        epoch="e1",
    )


def opened(folder: Path, who: Identity | None = None, pin: str = PIN) -> Opened:
    """An enrolled and unlocked home, without a centre having been asked."""
    return Home(folder).enrol(pin, who or identity(), "token")


def again(folder: Path, pin: str = PIN) -> Opened:
    """The same home, opened by another program."""
    found = Home(folder).unlock(pin, NOW)
    assert isinstance(found, Opened)
    return found


def session(
    folder: Path,
    role: str = "volunteer",
    *,
    now: Callable[[], Millis] = lambda: NOW,
    edits: Iterable[Edit] = (),
) -> Session:
    """An unlocked device whose sync is not started."""
    home = opened(folder, identity(role))
    home.journal.commit(edits, now())
    return begin(Home(folder), home, connect, now, lambda: 0.0)


_count = 0


def new_id(at: Millis = NOW) -> RecordId:
    """A fresh id; the same ones in the same order each run."""
    global _count  # noqa: PLW0603 - the counter is the point
    _count += 1
    return RecordId(uuid7(at, _count.to_bytes(10, "big")))


def edit(kind: str, record: str | None = None, /, **fields: Json) -> Edit:
    """An edit written as people would: sets as lists, structs as objects."""
    return Edit(kind, RecordId(record or new_id()), flat(KINDS[kind], fields, {}))


def case(record: str | None = None, /, **fields: Json) -> Edit:
    """A case that was just reported."""
    usual: dict[str, Json] = {
        "area": "920213",
        "opened_at": "2026-11-20T09:15:00+07:00",
        "state": "reported",
        "provisional_no": "TAAAA-691120-1",
    }
    return edit("case", record, **(usual | fields))


def wall() -> Millis:
    """The real time."""
    return Millis(int(time.time() * 1000))
