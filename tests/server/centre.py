"""A centre under test: the real API in this process, and phones that speak the protocol to it."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
from fastapi import FastAPI
from pydantic import JsonValue
from sqlalchemy import Engine, func, select

from telewelfare.domain.clock import Millis, Stamp
from telewelfare.domain.ids import DeviceId, uuid7
from telewelfare.server import admin
from telewelfare.server.routes import Service
from telewelfare.server.tables import METADATA
from telewelfare.sync.protocol import (
    ENROL_PATH,
    SYNC_PATH,
    EnrolReply,
    EnrolRequest,
    SyncReply,
)

START: Final = Millis(1_795_150_000_000)  # a morning in November 2026
OPENED: Final = "2026-11-20T09:00:00.000+07:00"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: Millis = START

    def __call__(self) -> Millis:
        return self.now

    def pass_(self, millis: int) -> None:
        """Let time pass."""
        self.now = Millis(self.now + millis)


@dataclass
class Centre:
    """The API, its database and its clock."""

    app: FastAPI
    clock: Clock
    chance: random.Random = field(default_factory=lambda: random.Random(92))

    @property
    def engine(self) -> Engine:
        service = self.app.state.service
        assert isinstance(service, Service)
        return service.engine

    def client(self) -> httpx.AsyncClient:
        """An HTTP client without a network."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://centre"
        )

    def id(self) -> str:
        """A fresh record id."""
        return uuid7(self.clock.now, self.chance.randbytes(10))

    def invite(
        self, role: str = "volunteer", *areas: str, name: str = "สมใจ ใจดี", centre: str = "92"
    ) -> admin.Invited:
        """An invitation for a new worker."""
        return admin.invite(
            self.engine,
            centre=centre,
            role=role,
            areas=areas or ("9202",),
            name=name,
            now=self.clock.now,
        )

    async def phone(
        self, role: str = "volunteer", *areas: str, name: str = "สมใจ ใจดี", centre: str = "92"
    ) -> Phone:
        """An enrolled device of a new worker."""
        return await self.enrolled(self.invite(role, *areas, name=name, centre=centre))

    async def enrolled(self, invited: admin.Invited) -> Phone:
        """A device that uses an invitation."""
        response = await self.enrol(invited.code)
        assert response.status_code == 200, response.text
        return Phone(self, EnrolReply.model_validate_json(response.content))

    async def enrol(self, code: str, key: str | None = None) -> httpx.Response:
        """Present a code with a key."""
        public_key = key or base64.urlsafe_b64encode(self.chance.randbytes(32)).decode()
        request = EnrolRequest(code=code, public_key=public_key, name="Android 13", app="0.1.0")
        async with self.client() as client:
            return await client.post(ENROL_PATH, json=request.model_dump(mode="json"))

    def counts(self) -> dict[str, int]:
        """How many rows each table has."""
        with self.engine.connect() as db:
            return {
                name: db.scalar(select(func.count()).select_from(table)) or 0
                for name, table in METADATA.tables.items()
            }

    def rows(self, table: str, **where: object) -> list[dict[str, Any]]:
        """Rows of a table, by equal columns."""
        found = METADATA.tables[table]
        query = select(found).where(*(found.c[name] == value for name, value in where.items()))
        with self.engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]


@dataclass
class Phone:
    """A device: keeps what it was sent, as the protocol tells a client to."""

    centre: Centre
    me: EnrolReply
    n: int = 0
    cursor: str = ""
    outbox: list[dict[str, Any]] = field(default_factory=list)
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    stamps: dict[str, dict[str, str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    ticks: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.me.token}"}

    def stamp(self, ahead: int = 0) -> str:
        """The next stamp of this device's clock."""
        self.ticks += 1
        now = Millis(self.centre.clock.now + ahead)
        return Stamp(now, self.ticks, DeviceId(self.me.device)).text

    def edit(
        self, kind: str, sets: Mapping[str, Any], record: str | None = None, *, ahead: int = 0
    ) -> str:
        """Write on this device; it waits in the outbox."""
        record, self.n = record or self.centre.id(), self.n + 1
        stamp, had = self.stamp(ahead), self.stamps.setdefault(record, {})
        base = {path: had[path] for path in sets if path in had}
        self.outbox.append(
            {
                "n": self.n,
                "kind": kind,
                "id": record,
                "stamp": stamp,
                "sets": dict(sets),
                "base": base,
            }
        )
        self.records.setdefault(record, {}).update(sets)
        had.update(dict.fromkeys(sets, stamp))
        self.kinds[record] = kind
        return record

    def case(self, area: str = "920201", **more: JsonValue) -> str:
        """A reported case."""
        fields = {"area": area, "opened_at": OPENED, "state": "reported", "urgency": "normal"}
        return self.edit("case", fields | more)

    def report(self, area: str = "920201", **more: JsonValue) -> str:
        """An incident report."""
        fields = {"channel": "volunteer", "occurred_at": OPENED, "area": area}
        return self.edit("incident_report", fields | {"situation_text": "นอนใต้สะพาน"} | more)

    def person(self, **more: JsonValue) -> str:
        """A person."""
        return self.edit("person", {"first_name": "ทองดี", "last_name": "ไม่มีนามสกุล"} | more)

    def move(self, case: str, start: str, to: str) -> str:
        """A status event; shown on the device at once, as the app does."""
        fields = {"case": case, "from": start, "to": to, "occurred_at": OPENED}
        event = self.edit("status_event", fields)
        self.records[case]["state"] = to
        return event

    async def post(self, **request: object) -> httpx.Response:
        """A raw round."""
        async with self.centre.client() as client:
            return await client.post(SYNC_PATH, json=request, headers=self.headers)

    async def round(
        self, ops: Sequence[dict[str, Any]] | None = None, limit: int = 1000
    ) -> SyncReply:
        """One request with what waits, and take in the reply."""
        waiting = self.outbox if ops is None else list(ops)
        response = await self.post(ops=waiting, cursor=self.cursor, limit=limit)
        assert response.status_code == 200, response.text
        reply = SyncReply.model_validate_json(response.content)
        self.outbox = [op for op in self.outbox if op["n"] > reply.acknowledged]
        self._take(reply)
        return reply

    async def sync(self, limit: int = 1000) -> list[SyncReply]:
        """Rounds until there is no more."""
        replies = [await self.round(limit=limit)]
        while replies[-1].more:
            replies.append(await self.round(limit=limit))
        return replies

    def _take(self, reply: SyncReply) -> None:
        for root in reply.removed:
            for record in [r for r, v in self.records.items() if root in (r, v.get("case"))]:
                for kept in (self.records, self.stamps, self.kinds):
                    kept.pop(record, None)
        for delta in reply.changes:
            if delta.whole:
                self.records[delta.id], self.stamps[delta.id] = {}, {}
            self.records.setdefault(delta.id, {}).update(delta.sets)
            self.stamps.setdefault(delta.id, {}).update(delta.stamps)
            self.kinds[delta.id] = delta.kind
        self.cursor = reply.cursor

    def of(self, kind: str) -> dict[str, dict[str, Any]]:
        """What the device holds of a kind."""
        return {r: v for r, v in self.records.items() if self.kinds[r] == kind}
