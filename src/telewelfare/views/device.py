"""What a page may ask of the device it shows: enrol, unlock, leave. The app builds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import flet as ft

from telewelfare.actions.enrolment import Invitation
from telewelfare.actions.session import Session
from telewelfare.domain.clock import Millis
from telewelfare.store.vault import TooSoon, WrongPin
from telewelfare.views.look import Appearance


class Device(Protocol):
    """One worker's device. Several pages may show it; each gives the PIN itself."""

    @property
    def enrolled(self) -> bool:
        """Whether a worker has enrolled here and set a PIN."""

    @property
    def initial_url(self) -> str:
        """The centre's address when only a code is typed; "" when it is not known."""

    @property
    def banner(self) -> Callable[[], ft.Control] | None:
        """What stands above every screen; `None` outside the demo."""

    def wall(self) -> Millis:
        """The time by the device's own clock."""

    def idle(self, *, phone: bool) -> float:
        """Seconds without use until a page locks itself."""

    def appearance(self) -> Appearance:
        """How the app looks on this device."""

    def keep(self, appearance: Appearance) -> object:
        """Remember how the app should look."""

    async def enrol(self, invitation: Invitation, pin: str) -> Session:
        """Enrol and open.

        Raises:
            SyncError: trying again with the same invitation is safe.
            StoreError: the device could not keep it; `AlreadyEnrolled` = another page was faster.
        """

    async def unlock(self, pin: str) -> Session | WrongPin | TooSoon:
        """Open with the PIN, off the loop.

        Raises:
            StoreError: nothing was changed.
        """

    async def leave(self) -> None:
        """This page shows nothing any more; with the last one the session ends."""
