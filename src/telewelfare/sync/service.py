"""Keeps a device in step with its centre while the app runs, without ever making a screen wait."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.store.errors import StoreError
from telewelfare.store.journal import Changes, Journal
from telewelfare.sync import history
from telewelfare.sync.engine import Patience, Progress, run_round
from telewelfare.sync.files import FileQueue
from telewelfare.sync.schedule import REGULAR, SOON, next_attempt, next_regular
from telewelfare.sync.transport import Busy, Central, SyncError

log = logging.getLogger(__name__)

FAR: Final = Millis(1 << 62)
LASTING: Final = frozenset({"signed_out", "revoked", "app_too_old"})  # only people can mend these


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What the sync line says. With `Journal.waiting` it is the whole truth about the data."""

    running: bool = False
    progress: Progress | None = None
    problem: str = ""  # code of why the last round did not finish; "" = it did
    last_ok: Millis | None = None  # when a round last finished


class SyncService:
    """Runs rounds: soon after an edit, when the network comes back, every few minutes, when asked."""

    def __init__(
        self,
        journal: Journal,
        central: Central,
        wall: Callable[[], Millis],
        jitter: Callable[[], float],
        every: int = REGULAR,
        *,
        errands: Sequence[Callable[[], Awaitable[object]]] = (),
        files: FileQueue | None = None,
    ) -> None:
        """`errands` follow a finished round and hold up nothing; one that fails follows the next.

        `files` are brought after a round, until another is due: text always goes first.
        """
        self.status = SyncStatus(last_ok=_last_ok(journal))
        self._journal = journal
        self._central = central
        self._wall = wall
        self._jitter = jitter
        self._patience = Patience(jitter=jitter)
        self._every = every
        self._errands = errands
        self._errand: asyncio.Task[None] | None = None
        self._files = files
        self._failures = 0
        self._due = Millis(0)
        self._woken = asyncio.Event()
        self._listeners: list[Callable[[SyncStatus], object]] = []
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin, in the running event loop. Starting twice is harmless."""
        if self._task is None:
            self._loop = asyncio.get_running_loop()
            self._stop_listening = self._journal.listen(self._edited)
            self._task = self._loop.create_task(self._run())

    @property
    def started(self) -> bool:
        """Whether rounds are run."""
        return self._task is not None

    async def stop(self) -> None:
        """End after cancelling a round that is under way; nothing is lost by that."""
        if self._task is not None:
            self._stop_listening()
            under_way = [task for task in (self._task, self._errand) if task is not None]
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
            self._task = self._errand = None

    def nudge(self) -> None:
        """Try now: the worker asked, or the network came back."""
        self._failures = 0
        if self._files is not None:
            self._files.hurry()
        self._wake_at(Millis(0))

    def listen(self, listener: Callable[[SyncStatus], object]) -> Callable[[], None]:
        """Call `listener` with each new status; give back how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _edited(self, changes: Changes) -> None:
        if changes.records and not self._failures and self._journal.waiting().pending:
            self._wake_at(Millis(self._wall() + SOON))

    def _wake_at(self, moment: Millis) -> None:
        """May be called from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set_due, moment)

    def _set_due(self, moment: Millis) -> None:
        self._due = min(self._due, moment)
        self._woken.set()

    async def _run(self) -> None:
        while True:
            wait = (self._due - self._wall()) / 1000
            if wait > 0:
                self._woken.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), wait)
                continue
            self._due = FAR  # an edit made while the round runs brings it nearer
            self._set_due(await self._round())

    async def _round(self) -> Millis:
        """One round; gives when the next is due."""
        self._show(replace(self.status, running=True, progress=None))
        try:
            await run_round(
                self._journal, self._central, self._wall, self._progressed, self._patience
            )
            now = self._wall()
            await asyncio.to_thread(self._journal.write_meta, "last_ok", str(now))
            await asyncio.to_thread(history.note, self._journal, now, "")
        except (SyncError, StoreError) as error:
            log.info("sync did not finish: %s %s", error.code, error)  # ours: no data in its text
            await self._note(error.code)
            return self._failed(error)
        except Exception as error:  # noqa: BLE001 - the loop must live on; the work is safe in the journal
            log.error("sync met an unexpected fault: %s", type(error).__name__)  # noqa: TRY400 - its message may hold what was typed
            await self._note(SyncError.code)
            return self._failed(SyncError())
        self._failures = 0
        self._show(SyncStatus(last_ok=now))
        if self._errands and (self._errand is None or self._errand.done()):
            self._errand = asyncio.create_task(self._do_errands())  # no edit waits for it
        return min(next_regular(now, self._jitter(), self._every), await self._bring_files())

    async def _note(self, code: str) -> None:
        with suppress(StoreError):  # a full disk is shown already, and its round is not news
            await asyncio.to_thread(history.note, self._journal, self._wall(), code)

    async def _do_errands(self) -> None:
        for errand in self._errands:
            try:
                await errand()
            except (SyncError, StoreError) as error:
                log.info("an errand waits: %s %s", error.code, error)
            except Exception as error:  # noqa: BLE001 - the loop must live on
                log.error("an errand failed: %s", type(error).__name__)  # noqa: TRY400 - its message may hold what was typed
        self._show(self.status)  # what an errand changed is shown, too

    async def _bring_files(self) -> Millis:
        """When the files want the next turn. What goes wrong with them is no failure of the round."""
        if self._files is None:
            return FAR
        try:
            brought = await self._files.run(lambda: self._due <= self._wall())
            return await asyncio.to_thread(self._files.due, brought) or FAR
        except StoreError as error:
            log.info("files wait: %s", error.code)
        except Exception as error:  # noqa: BLE001 - the loop must live on
            log.error("bringing files failed: %s", type(error).__name__)  # noqa: TRY400 - its message may hold what was typed
        return FAR

    def _failed(self, error: SyncError | StoreError) -> Millis:
        self._failures += 1
        self._show(replace(self.status, running=False, progress=None, problem=error.code))
        now = self._wall()
        if error.code in LASTING:
            return next_attempt(99, now, self._jitter())
        if isinstance(error, Busy):
            return Millis(now + int(error.wait * 1000 * (1 + self._jitter())))
        return next_attempt(self._failures, now, self._jitter())

    def _progressed(self, progress: Progress) -> None:
        if progress.confirmed or progress.received:
            self._failures = 0  # what broke off after it got somewhere is tried again soon
        self._show(replace(self.status, running=True, progress=progress))

    def _show(self, status: SyncStatus) -> None:
        self.status = status
        for listener in tuple(self._listeners):
            try:
                listener(status)
            except Exception as error:  # noqa: BLE001 - a screen that fails must not stop the sync
                log.error("a listener failed: %s", type(error).__name__)  # noqa: TRY400 - as above


def _last_ok(journal: Journal) -> Millis | None:
    kept = journal.read_meta("last_ok")
    return Millis(int(kept)) if kept else None
