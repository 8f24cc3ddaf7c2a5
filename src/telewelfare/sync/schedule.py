"""When to try again."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.clock import Millis

FIRST: Final = 1_000  # ms
LONGEST: Final = 15 * 60 * 1_000
REGULAR: Final = 3 * 60 * 1_000  # between rounds while online and nothing waits
SOON: Final = 2_000  # after an edit while online: several answers go together


def next_attempt(failures: int, now: Millis, jitter: float) -> Millis:
    """When to try the centre again after `failures` rounds in a row.

    Waits 1 s, 2 s, 4 s … at most 15 min, and up to as much again by `jitter` (0 ≤ jitter < 1),
    so that phones that come back into coverage together do not call together.
    """
    wait = min(FIRST * 2 ** min(max(failures - 1, 0), 20), LONGEST)
    return Millis(now + wait + int(wait * jitter))


def next_regular(now: Millis, jitter: float, every: int = REGULAR) -> Millis:
    """When to ask the centre for news although nothing waits to be sent; `every` in ms."""
    return Millis(now + every + int(every * jitter / 4))
