"""What a device without a screen does with its centre, and how it says what is wrong."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from telewelfare.actions.casework import settle
from telewelfare.actions.enrolment import Invitation, connect, enrol, photos_of, read_invitation
from telewelfare.actions.renewal import let_in_again
from telewelfare.actions.session import Session, Way
from telewelfare.cli.carrying import steps
from telewelfare.cli.headless import Failed, open_conflicts, opened, pin, wall
from telewelfare.domain.settling import CHOICES
from telewelfare.store.errors import StoreError
from telewelfare.store.home import Home, Opened
from telewelfare.store.index import Index
from telewelfare.store.vault import pin_problem
from telewelfare.sync.doctor import Step, verdict
from telewelfare.sync.engine import Patience, run_round
from telewelfare.sync.file_transport import FileCentral
from telewelfare.sync.files import Brought, added
from telewelfare.sync.service import SyncService
from telewelfare.sync.transport import Central

GIVE_UP: Final = 20  # times that a line breaks while files are brought
WELL: Final = frozenset({"open", "pending", "all_sent", "reached"})  # what a doctor likes to find


async def enrol_again(device: Opened, url: str, code: str) -> dict[str, Any]:
    """Let a device in again with its work; tells how much of it is sent once more.

    Raises:
        Failed: bad_invitation
        SyncError: nothing but a key was kept.
    """
    invitation = _invitation(url, code)
    async with connect(invitation.url) as http:
        again = await let_in_again(device.journal, invitation, http)
    return {"device": device.identity.device, "sent_again": again.operations}


async def enrol_here(folder: Path, url: str, code: str) -> dict[str, Any]:
    """Enrol a folder's device behind the PIN.

    Raises:
        Failed: bad_invitation, already_enrolled, pin_missing, pin_length, pin_easy
        SyncError, StoreError: nothing but this device's own key was kept.
    """
    invitation = _invitation(url, code)
    chosen = pin()
    if problem := pin_problem(chosen):
        raise Failed(problem)
    if Home(folder).enrolled:
        raise Failed("already_enrolled")
    async with connect(invitation.url) as http:
        device = await enrol(Home(folder), invitation, chosen, http)
    device.journal.engine.dispose()
    who = device.identity
    return {
        "device": who.device,
        "worker": who.worker,
        "worker_name": who.worker_name,
        "role": who.role,
        "areas": list(who.areas),
        "centre": who.centre,
        "centre_name": who.centre_name,
    }


def _invitation(url: str, code: str) -> Invitation:
    try:
        parts = urlsplit(url.strip())
        base = httpx.URL(f"{parts.scheme}://{parts.netloc}")
        well_formed = parts.scheme in ("http", "https") and bool(base.host) and parts.port != 0
    except (ValueError, httpx.InvalidURL) as error:
        raise Failed("bad_invitation") from error
    if not well_formed:
        raise Failed("bad_invitation")
    found = read_invitation(code, str(base)) if code else read_invitation(url)
    if found is None:
        raise Failed("bad_invitation")
    return found


async def sync(
    device: Opened, *, files: bool = True, patience: float = 0.0
) -> dict[str, int | float | str]:
    """One round, the files that wait, and what it cost.

    For `patience` seconds it is tried again when the network breaks it off.

    Raises:
        SyncError: what was acknowledged until then stays acknowledged.
    """
    async with connect(device.identity.url) as http:
        central = Central(http, device.token)
        steadily, began = Patience(patience, random.random), time.monotonic()
        done = await run_round(device.journal, central, wall, patience=steadily)
        seconds = time.monotonic() - began
        device.journal.write_meta("last_ok", str(wall()))
        brought = await _bring(device, http, central) if files else {}
        return {
            "pushed": done.pushed,
            "pulled": done.pulled,
            "rejected": done.rejected,
            "conflicts": done.conflicts,
            "pending": done.pending,
            "bytes_up": central.traffic.bytes_up,
            "bytes_down": central.traffic.bytes_down,
            "requests": central.traffic.requests,
            "seconds": round(seconds, 3),
            **brought,
        }


async def check(device: Opened) -> dict[str, int]:
    """Compare everything here with the centre, and make it right.

    Raises:
        SyncError: what was mended until then stays mended.
    """
    before = device.journal.health().repaired
    async with connect(device.identity.url) as http:
        central = Central(http, device.token)
        done = await run_round(device.journal, central, wall, everything=True)
    device.journal.write_meta("last_ok", str(wall()))
    health = device.journal.health()
    return {
        "repaired": health.repaired - before,
        "held_back": health.held_back,
        "alone": health.alone,
        "pending": done.pending,
        "requests": central.traffic.requests,
    }


async def _bring(device: Opened, http: httpx.AsyncClient, central: Central) -> dict[str, int | str]:
    """Bring files as long as they come further, text that was written meanwhile before them.

    Tells only what there is to tell of them.
    """
    photos = photos_of(
        device, FileCentral(http, device.token, central.traffic, central.link), wall, _no_jitter
    )
    photos.outgoing.hurry()
    total = Brought()
    for failed in count():
        done = await photos.queue.run(lambda: device.journal.waiting().pending > 0)
        total = added(total, done)
        if done.gave_way:
            await run_round(device.journal, central, wall)
        elif not done.problem or failed >= GIVE_UP:
            break
        else:
            await asyncio.sleep(1.0)
    told: dict[str, int | str] = {
        "files_sent": total.files,
        "files_waiting": total.waiting,
        "files_refused": total.refused,
        "files_problem": total.problem,
    }
    return {name: value for name, value in told.items() if value}


def _no_jitter() -> float:
    return 0.0


async def resolve(folder: Path, device: Opened, conflict: str, choice: str) -> None:
    """Settle a conflict by one of the choices its sort offers; a third value needs the screen.

    Raises:
        Failed: unknown_choice, unknown_conflict
    """
    found = {one["id"]: one for one in open_conflicts(device.journal)}
    if conflict not in found:
        raise Failed("unknown_conflict", id=conflict)
    if choice not in CHOICES.get(str(found[conflict]["sort"]), ()) or choice == "other":
        raise Failed("unknown_choice", choice=choice)
    async with connect(device.identity.url) as http:
        settle(_session(folder, device, http), conflict, choice)


def _session(folder: Path, device: Opened, http: httpx.AsyncClient) -> Session:
    """A session whose lists are not loaded and whose sync is not started."""
    journal = device.journal
    central, files = Central(http, device.token), FileCentral(http, device.token)
    service = SyncService(journal, central, wall, lambda: 0.0)
    return Session(
        home=Home(folder),
        journal=journal,
        index=Index(journal),
        files=device.files,
        sync=service,
        wall=wall,
        key=device.key,
        photos=photos_of(device, files, wall, _no_jitter),
        way=Way(http, central, files),
    )


async def doctor(folder: Path) -> dict[str, Any]:
    """What is well here and what is not: codes with details for their sentences, and each step."""
    looked: tuple[Step, ...] = ()
    found: list[tuple[str, dict[str, Any]]]
    try:
        with opened(folder) as device:
            waiting = device.journal.waiting()
            looked = await steps(folder, device)
            found = [
                ("open", {}),
                ("pending" if waiting.pending else "all_sent", {"n": waiting.pending}),
                *([("rejected", {"n": waiting.rejected})] if waiting.rejected else []),
                (verdict(looked) or "reached", {}),
            ]
    except Failed as failed:
        found = [(failed.code, failed.detail)]
    except StoreError as error:
        found = [(error.code, {})]
    return {"checks": found, "steps": [asdict(step) for step in looked]}
