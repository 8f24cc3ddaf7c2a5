"""Which records name a file, and with that who may bring it and who may have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, or_, select

from telewelfare.domain.fields import Json
from telewelfare.domain.operations import Actor
from telewelfare.server.batch import Batch
from telewelfare.server.database import upsert
from telewelfare.server.scope import in_scope
from telewelfare.server.tables import FILE_NAME, RECORD

ATTACHMENT: Final = "attachment"
PICTURE: Final = "image/jpeg"  # what every small picture is
PARTS: Final = (("sha256", "size"), ("thumb_sha256", "thumb_size"))


@dataclass(frozen=True, slots=True)
class Named:
    """What a record says of a file."""

    size: int
    media_type: str


def note(batch: Batch) -> None:
    """Remember which files the records of this transaction name; they are found by it later."""
    rows = [
        {"centre_id": batch.actor.centre, "sha256": sha256, "record_id": held.record.id}
        for held in batch.held.values()
        if held.touched and held.record.kind == ATTACHMENT
        for sha256, _ in files_of(held.record.values)
    ]
    upsert(batch.db, FILE_NAME, rows, ())


def files_of(values: Mapping[str, Json]) -> Iterator[tuple[str, Named]]:
    """The files an attachment names, by hash."""
    for hash_path, size_path in PARTS:
        sha256, size = values.get(hash_path), values.get(size_path)
        if isinstance(sha256, str) and sha256 and isinstance(size, int) and size > 0:
            media_type = values.get("media_type") if hash_path == "sha256" else PICTURE
            yield sha256, Named(size, str(media_type or ""))


def named(
    db: Connection, actor: Actor, sha256: str, *, to_bring: bool = False
) -> tuple[Named, ...]:
    """What the records that a worker reaches say of a file; nothing = it is none of theirs.

    A worker may still bring the file of a record they wrote and have lost from sight since.
    """
    same = and_(RECORD.c.centre_id == FILE_NAME.c.centre_id, RECORD.c.id == FILE_NAME.c.record_id)
    theirs = in_scope(actor)
    if to_bring:
        theirs = or_(theirs, RECORD.c.created_by == actor.worker)
    query = (
        select(RECORD.c.current)
        .join_from(FILE_NAME, RECORD, same)
        .where(FILE_NAME.c.centre_id == actor.centre, FILE_NAME.c.sha256 == sha256, theirs)
    )
    found = (entry for values in db.scalars(query) for entry in files_of(values))
    return tuple(dict.fromkeys(one for name, one in found if name == sha256))
