"""One device without a screen: what `telewelfare device` does, as functions that give JSON."""

from __future__ import annotations

import hashlib
import json
import mimetypes
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, cast

from telewelfare.actions.attaching import small_picture
from telewelfare.domain.clock import Millis
from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json, Kind, Type, Values, WrongShape, flat, nested, unescape
from telewelfare.domain.ids import RecordId, is_record_id, uuid7
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Edit, Record
from telewelfare.domain.rights import may_write
from telewelfare.domain.settling import sort_of
from telewelfare.domain.validation import Problem, is_soft, malformed, missing, problem_of
from telewelfare.store.home import Home, Opened
from telewelfare.store.journal import Journal
from telewelfare.store.vault import TooSoon, WrongPin

PIN: Final = "TELEWELFARE_PIN"
BATCH: Final = 200  # records in one transaction
LARGEST_FILE: Final = 50_000_000  # bytes
UNKNOWN_FIELD: Final = "unknown_field"  # kept for a newer app, but it may be a typing mistake


class Failed(Exception):
    """What was asked cannot be done. `code` has a sentence in `strings/*/device.toml`."""

    def __init__(self, code: str, /, **detail: object) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Invalid(Exception):
    """Fields that cannot be saved; nothing was. `line` counts from 1, 0 = there is only one."""

    def __init__(self, kind: str, problems: tuple[Problem, ...], line: int = 0) -> None:
        super().__init__(kind)
        self.kind, self.problems, self.line = kind, problems, line


@dataclass(frozen=True, slots=True)
class Checked:
    """An edit that can be saved, and what is doubtful about it."""

    edit: Edit
    doubts: tuple[Problem, ...] = field(default_factory=tuple)


def wall() -> Millis:
    """The machine's clock."""
    return Millis(time.time_ns() // 1_000_000)


def now(journal: Journal) -> Millis:
    """The time by the centre's clock, as far as this device knows it."""
    return journal.corrected(wall())


def pin() -> str:
    """The PIN from the environment; it never stands in a command line.

    Raises:
        Failed: pin_missing
    """
    found = os.environ.get(PIN, "")
    if not found:
        raise Failed("pin_missing")
    return found


@contextmanager
def opened(folder: Path) -> Iterator[Opened]:
    """An unlocked device.

    Raises:
        Failed: not_enrolled, pin_missing, wrong_pin, too_soon
        StoreError: as in `store.errors`.
    """
    if not folder.is_dir() or not Home(folder).enrolled:
        raise Failed("not_enrolled")
    found = Home(folder).unlock(pin(), wall())
    if isinstance(found, WrongPin):
        raise Failed("wrong_pin", tries=found.tries)
    if isinstance(found, TooSoon):
        raise Failed("too_soon", seconds=-(-found.wait // 1000))
    try:
        yield found
    finally:
        found.journal.engine.dispose()


def kind_named(name: str) -> Kind:
    """A kind of record by its name.

    Raises:
        Failed: unknown_kind
    """
    if name not in KINDS:
        raise Failed("unknown_kind", kind=name, kinds=", ".join(KINDS))
    return KINDS[name]


def record_of(journal: Journal, kind: Kind, record: str) -> Record:
    """A record on this device.

    Raises:
        Failed: unknown_record
    """
    found = journal.get(record)
    if found is None or found.kind != kind.name:
        raise Failed("unknown_record", kind=kind.name, id=record)
    return found


def shown(record: Record) -> dict[str, Json]:
    """A record as programs read it."""
    return {"id": record.id, **nested(KINDS[record.kind], record.values)}


def parse_object(text: bytes) -> dict[str, Json]:
    """Read one JSON object.

    Raises:
        Failed: invalid_json, not_an_object
    """
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Failed("invalid_json", line=getattr(error, "lineno", 1)) from error
    if not isinstance(found, dict):
        raise Failed("not_an_object")
    return cast("dict[str, Json]", found)


def _no_number(name: str) -> float:
    raise ValueError(name)


def parse_lines(text: bytes) -> list[dict[str, Json]]:
    """Read JSON lines; empty ones count for nothing.

    Raises:
        Failed: as `parse_object`, with the number of the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(parse_object(line))
            except Failed as failed:
                raise Failed(failed.code, line=number) from failed
    return found


def check(
    journal: Journal, kind: Kind, plain: Mapping[str, Json], had: Record | None, line: int = 0
) -> Checked:
    """Fields as an edit of a record, a new one when `had` is `None`.

    Raises:
        Failed: bad_id, exists, forbidden, nothing_given
        Invalid: nothing can be saved before these problems are mended.
    """
    given = dict(plain)
    record = had.id if had else _id_for(journal, given)
    current: Values = had.values if had else {}
    try:
        sets = flat(kind, given, current, fresh=os.urandom(3).hex() if had else "")
    except WrongShape as wrong:
        raise Invalid(kind.name, (Problem(str(wrong), "wrong_type"),), line) from wrong
    problems = malformed(kind, sets) + _missing(kind, current, sets, is_new=had is None)
    if problems:
        raise Invalid(kind.name, problems, line)
    _allowed(journal, kind, sets, had)
    if had is None and not sets:  # the journal keeps no record without a field; its id would lie
        raise Failed("nothing_given")
    return Checked(Edit(kind.name, record, sets), _doubts(kind, sets))


def _id_for(journal: Journal, given: dict[str, Json]) -> RecordId:
    """The id that was given with the fields, so that a program may refer to it, or a new one."""
    named = given.pop("id", None)
    if named is None:
        return RecordId(uuid7(now(journal), os.urandom(10)))
    if not isinstance(named, str) or not is_record_id(named):
        raise Failed("bad_id")
    if journal.get(named) is not None:
        raise Failed("exists", id=named)
    return RecordId(named)


def _missing(
    kind: Kind, current: Values, sets: Mapping[str, Json], *, is_new: bool
) -> tuple[Problem, ...]:
    """What is required; of a known record only what was emptied: the rest may be hidden from us."""
    found = missing(kind, {**current, **sets})
    return found if is_new else tuple(one for one in found if one.path in sets)


def _allowed(journal: Journal, kind: Kind, sets: Mapping[str, Json], had: Record | None) -> None:
    if not may_write(journal.actor, kind, reached=True, paths=sets):
        raise Failed("forbidden", kind=kind.name, role=journal.actor.role)
    if had is not None and kind.append_only and sets.keys() & had.values.keys():
        raise Failed("append_only", kind=kind.name)
    if had is not None and kind.name == "case" and "state" in sets:
        raise Failed("state_by_event")


def _doubts(kind: Kind, sets: Mapping[str, Json]) -> tuple[Problem, ...]:
    found = (_doubt(kind, path, value) for path, value in sets.items())
    return tuple(
        one for one in found if one is not None and (one.code == UNKNOWN_FIELD or is_soft(one.code))
    )


def _doubt(kind: Kind, path: str, value: Json) -> Problem | None:
    declared = kind.field(path)
    if value is None:
        return None
    if declared is None:
        return Problem(path, UNKNOWN_FIELD)
    if declared.type is Type.SET:
        element = replace(declared, type=declared.of or Type.TEXT)
        return problem_of(element, unescape(path.partition("/")[2]), path) if value else None
    if declared.type in (Type.LIST, Type.STRUCT):
        return None
    return problem_of(declared, value, path)


def save(journal: Journal, checked: Iterable[Checked]) -> list[RecordId]:
    """Save edits in batches; each batch whole or not at all."""
    ids, rest = [], iter(checked)
    while batch := list(islice(rest, BATCH)):
        journal.commit([one.edit for one in batch], now(journal))
        ids += [one.edit.record for one in batch]
    return ids


def newest(journal: Journal, kind: Kind, limit: int) -> dict[str, Json]:
    """The records of a kind, latest made first, and how many there are."""
    found = sorted(journal.of_kind(kind.name), key=lambda record: record.id, reverse=True)
    return {"total": len(found), "records": [shown(record) for record in found[:limit]]}


def attach(device: Opened, kind: Kind, record: str, file: Path, what: str) -> RecordId:
    """Seal a file on this device and record it at a record; give the attachment's id.

    Raises:
        Failed: unknown_record, unknown_code, unreadable_file, file_too_large
        StoreError: as in `store.errors`.
    """
    journal, to = device.journal, record_of(device.journal, kind, record)
    if what not in CODES["attachment_kind"]:
        raise Failed("unknown_code", code=what, codes=", ".join(CODES["attachment_kind"]))
    contents = _contents(file)
    sha256 = hashlib.sha256(contents).hexdigest()
    case = to.id if kind.name == "case" else to.values.get(kind.case) if kind.case else None
    plain: dict[str, Json] = {
        "case": case,
        "kind": what,
        "of_kind": kind.name,
        "of": to.id,
        "captured_at": bangkok_iso(Millis(int(file.stat().st_mtime * 1000))),
        "sha256": sha256,
        "media_type": mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        "size": len(contents),
    }
    small = small_picture(contents)
    if small is not None:
        plain |= {"thumb_sha256": hashlib.sha256(small).hexdigest(), "thumb_size": len(small)}
    known = {name: value for name, value in plain.items() if value is not None}
    checked = check(journal, KINDS["attachment"], known, None)
    device.files.keep(sha256, contents)
    if small is not None:
        device.files.keep(str(plain["thumb_sha256"]), small)
    return save(journal, [checked])[0]


def _contents(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise Failed("file_too_large", largest=LARGEST_FILE // 1_000_000)
        return file.read_bytes()
    except OSError as error:
        raise Failed("unreadable_file", file=file.name) from error


def status(device: Opened) -> dict[str, Any]:
    """Who works here, what waits, what is here."""
    journal, who, waiting = device.journal, device.identity, device.journal.waiting()
    last = journal.read_meta("last_ok")
    return {
        "device": who.device,
        "worker": who.worker,
        "worker_name": who.worker_name,
        "role": who.role,
        "areas": list(who.areas),
        "centre": who.centre,
        "centre_name": who.centre_name,
        "url": who.url,
        "pending": waiting.pending,
        "rejected": waiting.rejected,
        "oldest": bangkok_iso(waiting.oldest) if waiting.oldest is not None else None,
        "last_sync": bangkok_iso(Millis(int(last))) if last else None,
        "conflicts": len(open_conflicts(journal)),
        "records": {name: count for name in KINDS if (count := journal.count(name))},
    }


def open_conflicts(journal: Journal) -> list[dict[str, Json]]:
    """What waits for a person: `ours` stands, `theirs` gave way."""
    waiting = (one for one in journal.of_kind("conflict") if not one.values.get("settled"))
    return [_conflict(one) for one in waiting]


def _conflict(record: Record) -> dict[str, Json]:
    values = record.values
    return {
        "id": record.id,
        "sort": sort_of(values),
        "of_kind": values.get("of_kind"),
        "of": values.get("of"),
        "with": values.get("with"),
        "case": values.get("case"),
        "path": values.get("path"),
        "ours": values.get("kept"),
        "ours_by": values.get("kept_by"),
        "theirs": values.get("other"),
        "theirs_by": values.get("other_by"),
        "needs_person": values.get("needs_person") is True,
    }
