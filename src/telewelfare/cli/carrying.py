"""Hand-carry bundles, the doctor and the support document of a device without a screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telewelfare.actions.enrolment import connect
from telewelfare.actions.support import patient, support
from telewelfare.cli.headless import Failed, now, wall
from telewelfare.store.errors import translated
from telewelfare.store.home import Home, Opened
from telewelfare.sync.bundle import ENDING, Carried, Carrier, make_all
from telewelfare.sync.doctor import Step, diagnose
from telewelfare.sync.engine import APP_VERSION
from telewelfare.sync.failures import SyncError
from telewelfare.sync.transport import Central
from telewelfare.sync.twb import LARGEST, BadBundle


def make(device: Opened, to: Path) -> dict[str, Any]:
    """Write what waits into one file, or several in a folder.

    Raises:
        Failed: nothing_waits, file_exists, several_files
    """
    made = make_all(device.journal, device.identity, now(device.journal), app=APP_VERSION)
    if not made:
        raise Failed("nothing_waits")
    if len(made) > 1 and not to.is_dir():
        raise Failed("several_files", n=len(made))
    files = [to / one.name if to.is_dir() else to for one in made]
    for file, one in zip(files, made, strict=True):
        _write(file, one.bundle)
    return {
        "files": [str(file) for file in files],
        "operations": sum(one.operations for one in made),
        "bytes": sum(len(one.bundle) for one in made),
    }


def _write(file: Path, bundle: bytes) -> None:
    if file.exists():
        raise Failed("file_exists", file=file)
    with translated(file.name):
        try:
            file.write_bytes(bundle)
        except OSError:  # half a bundle is none
            file.unlink(missing_ok=True)
            raise


async def take(folder: Path, device: Opened, file: Path) -> dict[str, Any]:
    """Keep somebody's bundle and give the centre what is carried; offline it waits.

    Raises:
        Failed: unreadable_file, or why it is no bundle
    """
    carrier = Carrier(folder)
    try:
        kept = carrier.take(_read(file), wall())
    except BadBundle as error:
        raise Failed(error.code) from error
    problem = ""
    try:
        async with connect(device.identity.url) as http:
            await carrier.forward(Central(http, device.token), wall())
    except SyncError as error:
        problem = error.code
    found = {one.id: one for one in carrier.all()}
    return {**_shown(found.get(kept.id, kept)), "problem": problem}


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST + 1)
    except OSError as error:
        raise Failed("unreadable_file", file=file) from error


def _shown(one: Carried) -> dict[str, Any]:
    return {"id": one.id, "state": one.state, "bytes": one.size}


def carried(folder: Path) -> dict[str, Any]:
    """What this device carries for others."""
    return {"carried": [_shown(one) for one in Carrier(folder).all()], "ending": ENDING}


async def steps(folder: Path, device: Opened) -> tuple[Step, ...]:
    """The way to the centre, step by step."""
    looked = patient(Home(folder), device.journal, device.identity, wall, connect)
    return tuple([step async for step in diagnose(looked)])


async def support_document(folder: Path, device: Opened) -> dict[str, Any]:
    """What an administrator needs; nothing of a person."""
    found = await steps(folder, device)
    return support(Home(folder), device.journal, device.identity, wall(), found)
