"""Where this device is, asked of it once when the worker presses the button."""

import asyncio
from dataclasses import dataclass
from typing import Final

import flet as ft
import flet_geolocator as fg

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json

PATIENCE: Final = 15.0  # seconds; indoors a phone may find no satellite at all
ALLOWED: Final = frozenset(
    {fg.GeolocatorPermissionStatus.ALWAYS, fg.GeolocatorPermissionStatus.WHILE_IN_USE}
)


@dataclass(frozen=True)
class Located:
    """A position as records keep it; `None` when the device does not know or may not say."""

    geo: dict[str, Json] | None


async def locate(now: Millis) -> Located:
    """Ask the device where it is. What it cannot or may not say is not an error."""
    try:
        position = await asyncio.wait_for(_ask(), PATIENCE)
    except (TimeoutError, RuntimeError, ValueError, ft.FletUnsupportedPlatformException):
        return Located(None)
    return Located(_kept(position, now))


async def _ask() -> fg.GeolocatorPosition | None:
    service = fg.Geolocator()
    if await service.request_permission() not in ALLOWED:
        return None
    return await service.get_current_position()


def _kept(position: fg.GeolocatorPosition | None, now: Millis) -> dict[str, Json] | None:
    if position is None or position.latitude is None or position.longitude is None:
        return None
    kept: dict[str, Json] = {
        "lat": float(position.latitude),
        "lon": float(position.longitude),
        "taken_at": bangkok_iso(now),
        "source": "device",
    }
    return kept | ({} if position.accuracy is None else {"accuracy_m": float(position.accuracy)})
