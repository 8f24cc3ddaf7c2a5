"""What the centre says of its devices, kept on this one: to be read without a network, with its age."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.rights import may_see_devices
from telewelfare.domain.upkeep import DeviceLine
from telewelfare.store.journal import Journal
from telewelfare.sync.protocol import DevicesReply, DeviceState
from telewelfare.sync.transport import Central

KEPT: Final = "devices"
WANTED: Final = "devices_wanted"  # meta: somebody asked, however fresh what is kept
FRESH: Final = 5 * 60_000  # ms within which the centre is not asked again


@dataclass(frozen=True, slots=True)
class Devices:
    """The devices as the centre knew them at a moment of its clock; `None` = it was never asked."""

    at: Millis | None = None
    lines: tuple[DeviceLine, ...] = ()


def known_devices(journal: Journal) -> Devices:
    """What was kept of the last answer."""
    kept = journal.read_secret(KEPT)
    if not isinstance(kept, dict):
        return Devices()
    return Devices(Millis(kept["at"]), tuple(DeviceLine(**line) for line in kept["lines"]))


async def fetch_devices(journal: Journal, central: Central, wall: Callable[[], Millis]) -> None:
    """Ask the centre how its devices stand, if that is this worker's to know and not just done.

    Raises:
        SyncError: what was kept stays.
    """
    if not may_see_devices(journal.actor.role):
        return
    if await asyncio.to_thread(_is_fresh, journal, wall()):
        return
    reply = await central.devices()
    await asyncio.to_thread(_keep, journal, reply)


def ask_again(journal: Journal) -> None:
    """The next round brings the list, also when it is fresh."""
    journal.write_meta(WANTED, "1")


def _is_fresh(journal: Journal, wall: Millis) -> bool:
    kept = known_devices(journal)
    recent = kept.at is not None and abs(journal.corrected(wall) - kept.at) < FRESH
    return recent and not journal.read_meta(WANTED)


def _keep(journal: Journal, reply: DevicesReply) -> None:
    lines: list[Any] = [asdict(_line(state)) for state in reply.devices]
    journal.write_secret(KEPT, {"at": reply.now, "lines": lines})
    journal.write_meta(WANTED, "")


def _line(state: DeviceState) -> DeviceLine:
    told: dict[str, Any] = state.model_dump(exclude={"worker_id"})
    return DeviceLine(worker=state.worker_id, **told)
