"""What an unlocked device is made of; every action and every screen is given one."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId, uuid7
from telewelfare.domain.operations import Actor
from telewelfare.store.home import Home, Identity, SealedFiles
from telewelfare.store.index import Index
from telewelfare.store.journal import Journal
from telewelfare.store.outgoing import Outgoing
from telewelfare.sync.file_transport import FileCentral
from telewelfare.sync.files import Fetcher, FileQueue
from telewelfare.sync.service import SyncService
from telewelfare.sync.transport import Central


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """Files on their way to the centre, and how those of others are fetched."""

    outgoing: Outgoing
    queue: FileQueue
    fetcher: Fetcher


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The way to the centre that the whole session shares."""

    http: httpx.AsyncClient
    central: Central
    files: FileCentral

    def sign_in(self, token: str) -> None:
        """The centre gave this device another token."""
        self.central.sign_in(token)
        self.files.sign_in(token)


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """One worker's unlocked device."""

    home: Home
    journal: Journal
    index: Index
    files: SealedFiles
    sync: SyncService
    wall: Callable[[], Millis]
    key: bytes
    photos: Photos
    way: Way

    @property
    def actor(self) -> Actor:
        """The worker as the rules know them."""
        return self.journal.actor

    @property
    def identity(self) -> Identity:
        """Who works here, as the centre said last."""
        return self.journal.who

    def now(self) -> Millis:
        """The time by the centre's clock, as far as this device knows it."""
        return self.journal.corrected(self.wall())

    def new_id(self) -> RecordId:
        """An id for a new record."""
        return RecordId(uuid7(self.now(), os.urandom(10)))
