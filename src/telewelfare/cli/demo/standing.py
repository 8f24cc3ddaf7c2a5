"""How the devices of the invented workers stand: most are well, a few should be called about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.upkeep import DAY
from telewelfare.server.tables import DEVICE
from telewelfare.sync.engine import APP_VERSION

HOUR: Final = DAY // 24
SINCE: Final = 200 * DAY  # ago, when they were enrolled
PHONES: Final = ("Android 13", "Android 12", "Android 14", "Android 11")
OLD_APP: Final = "0.0.9"


def stand(db: Connection, devices: Sequence[str], now: Millis) -> None:
    """Write for each device when it was last heard of and what it still held then."""
    for n, device in enumerate(devices):
        told = {
            "name": PHONES[n % len(PHONES)],
            "app": APP_VERSION,
            "enrolled_at": now - SINCE,
            "last_seen": now - (n % 11 + 1) * HOUR,
            **_trouble(n, now),
        }
        db.execute(update(DEVICE).where(DEVICE.c.id == device).values(told))


def _trouble(n: int, now: Millis) -> dict[str, object]:
    """One of each that somebody should know of."""
    troubles: dict[int, dict[str, object]] = {
        2: {"last_seen": now - 9 * DAY, "pending": 6, "oldest": now - 10 * DAY, "files": 2},
        4: {"last_seen": now - 2 * HOUR, "pending": 1, "oldest": now - 3 * DAY, "files": 4},
        6: {"app": OLD_APP},
    }
    return troubles.get(n, {})
