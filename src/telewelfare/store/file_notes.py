"""Which files the centre lacks, noted in the transaction that writes the record which names them.

So neither a crash nor a change of scope forgets one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import SQLModel

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Values
from telewelfare.domain.operations import Record
from telewelfare.store import tables

WAITING: Final = "waiting"
AT_CENTRE: Final = "at_centre"
REFUSED: Final = "refused"

ASK_AGAIN: Final = "files_ask_again"  # the centre may lack files that it once had

ATTACHMENT: Final = "attachment"
NAMES: Final = (("thumb_sha256", "thumb_size"), ("sha256", "size"))

outgoing = SQLModel.metadata.tables[tables.OutgoingRow.__tablename__]


def note(
    db: Connection, record: Record, now: Millis, *, state: str = WAITING, only: str = ""
) -> None:
    """The files of an attachment are put on the list. One that is on it stays as it is."""
    for sha256, size, small in files_of(record.values):
        if only not in ("", sha256):
            continue
        row = {
            "sha256": sha256,
            "record_id": record.id,
            "size": size,
            "small": small,
            "made_at": now,
            "state": state,
            "code": "",
            "tries": 0,
            "not_before": 0,
        }
        known = insert(outgoing).values(row)
        db.execute(known.on_conflict_do_nothing(index_elements=["sha256"]))


def files_of(values: Values) -> Iterator[tuple[str, int, bool]]:
    """Hash, size and whether it is the small picture, of each file an attachment names."""
    for hash_path, size_path in NAMES:
        sha256, size = values.get(hash_path), values.get(size_path)
        if isinstance(sha256, str) and sha256 and isinstance(size, int) and size > 0:
            yield sha256, size, hash_path != "sha256"
