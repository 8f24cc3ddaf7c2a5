"""Puts the device's app together. The only place that builds things; everything else is given them."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import flet as ft
import httpx

from telewelfare.actions import enrolment
from telewelfare.actions.enrolment import Connect, Invitation
from telewelfare.actions.session import Session
from telewelfare.actions.settings import Settings as Chosen
from telewelfare.actions.settings import load_settings, save_settings
from telewelfare.config import Settings, read_settings
from telewelfare.domain.clock import Millis
from telewelfare.store.errors import AlreadyEnrolled, StoreError
from telewelfare.store.home import Home, Opened
from telewelfare.store.vault import TooSoon, WrongPin
from telewelfare.strings import texts
from telewelfare.sync.schedule import REGULAR
from telewelfare.views.look import Appearance
from telewelfare.views.root import Root
from telewelfare.views.theme import dress

log = logging.getLogger(__name__)

FIRST_KEEPING: Final = 60  # seconds after unlock
KEEPING: Final = 600


def clock() -> Millis:
    """The device's own clock."""
    return Millis(time.time_ns() // 1_000_000)


class DeviceApp:
    """One worker's device and the pages that show it.

    The open session is shared by all pages: one journal, one index, one sync.
    Which pages may show it is counted; with the last one the key is dropped.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        connect: Connect = enrolment.connect,
        wall: Callable[[], Millis] = clock,
        banner: Callable[[], ft.Control] | None = None,
        initial_url: str = "",
        every: int = REGULAR,
    ) -> None:
        self.wall = wall
        self.banner = banner
        self.initial_url = initial_url
        self._every = every
        self._settings = settings
        self._connect = connect
        self._home = Home(settings.folder)
        self._session: Session | None = None
        self._http: httpx.AsyncClient | None = None
        self._open_pages = 0
        self._keeper: asyncio.Task[None] | None = None
        self._door = asyncio.Lock()

    @property
    def enrolled(self) -> bool:
        """Whether a worker has enrolled here and set a PIN."""
        return self._home.enrolled

    @property
    def session(self) -> Session | None:
        """The open session, `None` while every page is locked."""
        return self._session

    def idle(self, *, phone: bool) -> float:
        """Seconds without use until a page locks itself."""
        return self._settings.idle_phone if phone else self._settings.idle_desk

    def appearance(self) -> Appearance:
        """How the app looks on this device."""
        return _appearance(load_settings(self._settings.folder))

    def keep(self, appearance: Appearance) -> None:
        """Remember how the app should look."""
        chosen = Chosen(
            appearance.text_size,
            appearance.mode,
            appearance.lang,
            wifi_only=load_settings(self._settings.folder).wifi_only,
        )
        save_settings(self._settings.folder, chosen)

    async def enrol(self, invitation: Invitation, pin: str) -> Session:
        """Enrol and open.

        Raises:
            SyncError: trying again with the same invitation is safe.
            StoreError: the device could not keep it.
        """
        async with self._door:
            if self.enrolled:
                raise AlreadyEnrolled(self._settings.folder.name)
            async with self._connect(invitation.url) as http:
                opened = await enrolment.enrol(self._home, invitation, pin, http)
            return await self._begin(opened)

    async def unlock(self, pin: str) -> Session | WrongPin | TooSoon:
        """Open with the PIN; a second page proves that it knows it and shares what is open.

        Raises:
            StoreError: nothing was changed.
        """
        async with self._door:
            if self._session is not None:
                return await self._join(self._session, pin)
            opened = await asyncio.to_thread(enrolment.unlock, self._home, pin, self.wall())
            return await self._begin(opened) if isinstance(opened, Opened) else opened

    async def leave(self) -> None:
        """One page shows nothing any more; with the last one the session ends."""
        async with self._door:
            self._open_pages -= 1
            if self._open_pages == 0:
                await self._end()

    async def _join(self, session: Session, pin: str) -> Session | WrongPin | TooSoon:
        answer = await asyncio.to_thread(self._home.vault.unlock, pin, self.wall())
        if not isinstance(answer, bytes):
            return answer
        self._open_pages += 1
        return session

    async def _begin(self, opened: Opened) -> Session:
        gc.disable()  # nothing that is read now is garbage, and looking costs a fifth of the time
        try:
            session = await asyncio.to_thread(
                enrolment.begin,
                self._home,
                opened,
                self._remembering,
                self.wall,
                random.random,
                every=self._every,
            )
        except StoreError:
            opened.journal.engine.dispose()
            await self._end()
            raise
        finally:
            gc.enable()
        gc.freeze()  # thousands of lines that stay: looking through them would halt the screen
        session.sync.start()
        self._keeper = asyncio.create_task(_keep_now_and_then(session))
        self._session = session
        self._open_pages += 1
        return session

    async def _end(self) -> None:
        session, http = self._session, self._http
        self._session = self._http = None
        gc.unfreeze()
        if session is not None:
            await session.sync.stop()
            if self._keeper is not None:
                self._keeper.cancel()
            await asyncio.to_thread(_keep_lines, session)
            session.journal.engine.dispose()
        if http is not None:
            await http.aclose()

    def _remembering(self, url: str) -> httpx.AsyncClient:
        self._http = self._connect(url)
        return self._http

    def main(self, page: ft.Page) -> None:
        """Draw one page: a phone's screen, a window, a tab of the browser."""
        appearance = self.appearance()
        page.title = texts(appearance.lang)("nav.app")
        page.padding = 0
        dress(page, appearance)
        page.render_views(Root, self)
        page.update()


async def _keep_now_and_then(session: Session) -> None:
    """A phone kills an app without asking: what the next unlock wants must lie there by then."""
    await asyncio.sleep(FIRST_KEEPING)
    while True:
        await asyncio.to_thread(_keep_lines, session)
        await asyncio.sleep(KEEPING)


def _keep_lines(session: Session) -> None:
    """For the next unlock; without it that one only takes longer."""
    try:
        enrolment.keep_lines(session)
    except StoreError as error:
        log.warning("the lines were not kept: %s", error.code)


def _appearance(chosen: Chosen) -> Appearance:
    return Appearance(
        chosen.text_size,
        chosen.theme,  # type: ignore[arg-type]  # load_settings allows nothing else
        chosen.lang,  # type: ignore[arg-type]  # the same
    )


def assets() -> Path | None:
    """Where fonts lie when the app runs from its source; a built app knows itself."""
    found = Path(__file__).parents[2] / "assets"
    return found if found.is_dir() else None


def run() -> None:
    """Start the app as a phone or a built desktop app does."""
    ft.run(DeviceApp(read_settings()).main, assets_dir=str(assets() or "assets"), no_cdn=True)
