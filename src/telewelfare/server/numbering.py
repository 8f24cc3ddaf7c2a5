"""The last step of a write: numbers for its ledger rows, taken under the centre's row lock.

Everything before may run beside other transactions; from here to the commit a centre has one writer.
So whoever reads number N finds every smaller number committed: a cursor never skips a row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select, update

from telewelfare.server.batch import Batch, Entry, Held
from telewelfare.server.database import insert_many, upsert
from telewelfare.server.stamps import SERVER
from telewelfare.server.tables import CENTRE, LEDGER, RECORD
from telewelfare.server.versions import packed, unpacked

CHANGING = (
    "root",
    "area",
    "case_id",
    "about",
    "sealed",
    "seq",
    "whole_seq",
    "writer",
    "others_seq",
    "current",
    "versions",
)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A ledger row to be, with its number."""

    seq: int
    entry: Entry


def number(batch: Batch) -> list[Numbered]:
    """Take numbers, write the ledger and its hash chain. Nothing else of the centre can write now."""
    count, centre = len(batch.entries), batch.actor.centre
    taking = update(CENTRE).where(CENTRE.c.id == centre).values(seq=CENTRE.c.seq + count)
    last, chain = batch.db.execute(taking.returning(CENTRE.c.seq, CENTRE.c.chain)).one()
    numbered = [Numbered(last - count + 1 + i, e) for i, e in enumerate(batch.entries)]
    rows = list(_chained(batch, numbered, chain))
    insert_many(batch.db, LEDGER, rows)
    batch.db.execute(update(CENTRE).where(CENTRE.c.id == centre).values(chain=rows[-1]["hash"]))
    return numbered


def _chained(batch: Batch, numbered: list[Numbered], chain: str) -> Iterator[dict[str, Any]]:
    for one in numbered:
        entry = one.entry
        row = {
            "centre_id": batch.actor.centre,
            "seq": one.seq,
            "device": entry.device,
            "n": one.seq if entry.n is None else entry.n,
            "kind": entry.kind,
            "record_id": entry.record,
            "worker_id": SERVER if entry.n is None else batch.actor.worker,
            "stamp": entry.stamp,
            "sets": orjson.dumps(entry.sets).decode(),
            "received_at": batch.now,
        }
        chain = link(chain, row)
        yield row | {"hash": chain}


def link(chain: str, row: dict[str, Any]) -> str:
    """The hash of a ledger row: of the hash before it and everything the row says."""
    body = orjson.dumps(row, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(chain.encode() + body).hexdigest()


def broken(db: Connection, centre: str) -> int | None:
    """The first number at which the ledger is not what was written; `None` if it is sound.

    Returns the number after the last when rows are missing at the end.
    """
    rows = select(LEDGER).where(LEDGER.c.centre_id == centre).order_by(LEDGER.c.seq)
    chain, seq = "", 0
    for row in db.execute(rows).yield_per(1_000):
        seq += 1
        plain = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names
        told = plain.pop("hash")
        chain = link(chain, plain)
        if told != chain or row.seq != seq:
            return seq
    head = db.execute(select(CENTRE.c.seq, CENTRE.c.chain).where(CENTRE.c.id == centre)).one()
    return None if tuple(head) == (seq, chain) else seq + 1


def write_records(batch: Batch, numbered: list[Numbered]) -> None:
    """Write every record that was touched, with the numbers of its paths."""
    by_record: dict[str, list[Numbered]] = {}
    for one in numbered:
        by_record.setdefault(one.entry.record, []).append(one)
    last = numbered[-1].seq
    touched = [held for held in batch.held.values() if held.touched]
    rows = [(held, _row(batch, held, by_record.get(held.record.id, []), last)) for held in touched]
    fresh = [row for held, row in rows if held.stored is None]
    if fresh:  # one made elsewhere in the same instant fails here, and the request runs again
        insert_many(batch.db, RECORD, fresh)
    upsert(batch.db, RECORD, [row for held, row in rows if held.stored is not None], CHANGING)


def _row(batch: Batch, held: Held, mine: list[Numbered], last: int) -> dict[str, Any]:
    stored = held.stored
    created = stored.created_seq if stored else mine[0].seq
    seq, writer, others_seq = _standing(held, mine, last)
    return {
        "centre_id": batch.actor.centre,
        "id": held.record.id,
        "kind": held.record.kind,
        "root": held.root,
        "area": held.area,
        "case_id": held.case_id,
        "about": held.about,
        "sealed": held.sealed,
        "seq": seq,
        "created_seq": created,
        "whole_seq": last if held.whole else stored.whole_seq if stored else created,
        "writer": writer,
        "others_seq": others_seq,
        "created_by": held.created_by,
        "created_device": held.created_device,
        "current": dict(held.record.values),
        "versions": _versions(stored, mine),
    }


def _standing(held: Held, mine: list[Numbered], last: int) -> tuple[int, str, int]:
    """The newest number, whose it is, and the newest that is anybody else's.

    With them the feed passes over what a device wrote itself without looking at it.
    """
    stored = held.stored
    seq, writer, others_seq = (
        (stored.seq, stored.writer, stored.others_seq) if stored else (0, "", 0)
    )
    for one in mine:
        by = SERVER if one.entry.corrected else one.entry.device
        seq, writer, others_seq = one.seq, by, others_seq if by == writer else seq
    if (held.whole or not mine) and writer != SERVER:
        writer, others_seq = SERVER, seq
    return last if held.whole or not mine else seq, writer, others_seq


def _versions(stored: Row[Any] | None, mine: list[Numbered]) -> dict[str, list[str | int]]:
    versions = unpacked(stored.versions, stored.current) if stored else {}
    for one in mine:
        entry = one.entry
        for path in entry.changed:
            corrected = [1] if path in entry.corrected else []
            versions[path] = [entry.stamp, one.seq, *corrected]
    return packed(versions)
