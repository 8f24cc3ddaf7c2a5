"""A client as somebody else would write it: from `docs/protocol.md` alone, importing nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import ssl
import time
import zlib
from typing import Any

import httpx

Json = dict[str, Any]
MOVED = ("state", "state_reason", "closed_at")  # of a case: compared by value
JSON_GZIP = {
    "Content-Type": "application/json",
    "Content-Encoding": "gzip",
    "Accept-Encoding": "gzip",
}


TRUSTED = ssl.create_default_context()


class Refused(Exception):
    """The centre answered with a problem document."""

    def __init__(self, problem: Json) -> None:
        super().__init__(problem["code"])
        self.problem = problem


def new_id() -> str:
    """A UUIDv7."""
    millis, rest = f"{time.time_ns() // 1_000_000:012x}", os.urandom(10).hex()
    return f"{millis[:8]}-{millis[8:]}-7{rest[:3]}-8{rest[3:6]}-{rest[6:18]}"


class Client:
    """A device: a log of operations, the records they and others made, and a cursor."""

    def __init__(self, base_url: str, code: str, key: bytes | None = None) -> None:
        self.url, self.headers = base_url, JSON_GZIP
        self.key = key or os.urandom(32)  # makes no bundles: needs no private half
        public = base64.urlsafe_b64encode(self.key).decode().rstrip("=")
        self.me = self._post("/v1/enrol", {"protocol": 1, "code": code, "public_key": public})
        self.headers = JSON_GZIP | {"Authorization": f"Bearer {self.me['token']}"}
        self.log: dict[int, Json] = {}  # all that was ever done here, by number
        self.next = 1
        self.acknowledged = 0
        self.rejected: dict[int, Json] = {}
        self.cursor = ""
        self.resets = 0
        self.records: dict[str, Json] = {}
        self.clock = (0, 0)  # milliseconds, counter: of the newest stamp seen

    def edit(self, kind: str, sets: Json, record: str = "") -> str:
        """Write something; it waits until it is sent."""
        sets = sets if record else sets | {"created_by": self.me["worker"]}
        record = record or new_id()
        now = time.time_ns() // 1_000_000
        self.clock = (now, 0) if now > self.clock[0] else (self.clock[0], self.clock[1] + 1)
        stamp = f"{self.clock[0]:012x}{self.clock[1]:04x}{self.me['device']}"
        had = self.records.setdefault(record, {"kind": kind, "values": {}, "stamps": {}})
        base = {path: had["stamps"][path] for path in sets if path in had["stamps"]}
        op = {"n": self.next, "kind": kind, "id": record, "stamp": stamp}
        self.log[self.next] = {**op, "sets": sets, "base": base}
        self.next += 1
        had["values"] |= sets
        had["stamps"] |= dict.fromkeys(sets, stamp)
        return record

    def sync(self) -> None:
        """Rounds until nothing waits and nothing is to come."""
        while True:
            sent = self.waiting()[:1000]
            try:
                refused = sorted(self.rejected)[:500]
                reply = self.ask(ops=sent, cursor=self.cursor, refused=refused)
            except Refused as error:
                if error.problem["code"] != "gap":
                    raise
                self._go_on(error.problem)
                continue
            if reply["acknowledged"] >= self.next:  # we are an old copy of ourselves
                self.next, self.cursor = reply["acknowledged"] + 1, ""
                continue
            self._take(reply, sent[-1]["n"] if sent else 0)
            if not reply["more"] and not self.waiting():
                return

    def waiting(self) -> list[Json]:
        """What the centre has not said that it has, oldest first."""
        return [self.log[n] for n in sorted(self.log) if n > self.acknowledged]

    def _go_on(self, gap: Json) -> None:
        """From the number that the centre expects."""
        if "other" not in gap:
            self.acknowledged = gap["next"] - 1
            return
        moved = [self.log.pop(n) for n in sorted(self.log) if n >= gap["other"]]
        for n, op in enumerate(moved, start=gap["next"]):
            self.log[n] = {**op, "n": n}
        self.next, self.cursor = gap["next"] + len(moved), ""

    def check(self) -> bool:
        """Whether we hold what the centre says, window by window."""
        after, same = "", True
        while True:
            told = self.ask(cursor=self.cursor, check=after, check_span=2)["check"]
            upto = told["upto"] or "g"
            mine = [self._digest(one) for one in self.records if told["after"] < one <= upto]
            summed = f"{sum(mine) % 2**64:016x}"
            same = same and (len(mine), summed) == (told["count"], told["digest"])
            after = told["upto"]
            if not after:
                return same

    def ask(self, **fields: Any) -> Json:  # noqa: ANN401 - JSON
        """One request, one reply."""
        return self._post("/v1/sync", {"protocol": 1, "app": "other 1.0", **fields})

    def _post(self, path: str, message: Json) -> Json:
        packing = zlib.compressobj(wbits=31)
        body = packing.compress(json.dumps(message).encode()) + packing.flush()
        response = httpx.post(self.url + path, content=body, headers=self.headers, verify=TRUSTED)
        told: Json = response.json()
        if response.status_code != 200:
            raise Refused(told)
        return told

    def _take(self, reply: Json, sent: int) -> None:
        # Lower than before: send again from there. Never more than what was sent.
        self.acknowledged = min(reply["acknowledged"], max(sent, self.acknowledged))
        self.rejected |= {one["n"]: one for one in reply["rejected"]}
        for n in reply["accepted"]:
            self.rejected.pop(n, None)
        self.resets += reply["reset"]
        waiting = {(op["id"], path): op["stamp"] for op in self.waiting() for path in op["sets"]}
        unsent = {record for record, _ in waiting}
        for root in reply["removed"]:
            theirs = [i for i, r in self.records.items() if root in (i, r["values"].get("case"))]
            for record in set(theirs) - unsent:
                del self.records[record]
        for delta in reply["changes"]:
            self._merge(delta, waiting)
        self.cursor = reply["cursor"]

    def _merge(self, delta: Json, waiting: dict[tuple[str, str], str]) -> None:
        record = delta["id"]
        empty: Json = {"kind": delta["kind"], "values": {}, "stamps": {}}
        had = self.records.get(record, empty)
        now = empty if delta["whole"] else had
        for path, value in delta["sets"].items():
            now["values"][path], now["stamps"][path] = value, delta["stamps"][path]
        for path, stamp in list(had["stamps"].items()):
            if waiting.get((record, path), "") > now["stamps"].get(path, ""):
                now["values"][path], now["stamps"][path] = had["values"][path], stamp
        for stamp in delta["stamps"].values():
            self.clock = max(self.clock, (int(stamp[:12], 16), int(stamp[12:16], 16)))
        self.records[record] = now

    def _digest(self, record: str) -> int:
        one, parts = self.records[record], [record]
        for path in sorted(one["stamps"]):
            if one["kind"] != "case" or path not in MOVED:
                parts += [path, one["stamps"][path]]
            elif one["values"][path] is not None:
                parts += [path, json.dumps(one["values"][path])]
        return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:8], "big")
