"""One round of a real device with its centre, over a real connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import httpx

from telewelfare.domain.clock import Millis
from telewelfare.store.journal import Journal
from telewelfare.sync.engine import Patience, Round, run_round
from telewelfare.sync.transport import Central

AT_ONCE: Final = Patience(pause=lambda _seconds: asyncio.sleep(0))  # tests need not spare a link


async def one_round(
    journal: Journal, http: httpx.AsyncClient, token: str, wall: Callable[[], Millis]
) -> Round:
    """As the app does it, but for the pauses.

    Raises:
        SyncError, StoreError: it broke off.
    """
    return await run_round(journal, Central(http, token), wall, patience=AT_ONCE)
