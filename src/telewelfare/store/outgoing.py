"""The files of this device that are on their way to the centre, and how far each has come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection as Database
from sqlalchemy import Row, Select, delete, func, select, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import elements
from telewelfare.domain.operations import Record
from telewelfare.store.engine import IMMEDIATE
from telewelfare.store.errors import translated
from telewelfare.store.file_notes import (
    ASK_AGAIN,
    AT_CENTRE,
    ATTACHMENT,
    REFUSED,
    WAITING,
    files_of,
    note,
    outgoing,
)
from telewelfare.store.journal import Journal
from telewelfare.store.rows import records

LISTED: Final = "files_listed"  # set once everything made before this list existed is on it
URGENCIES: Final = {"critical": 0, "urgent": 2}
DANGER: Final = 1  # reported and judged by nobody yet
ORDINARY: Final = 3
LONGEST_WAIT: Final = 24 * 3_600_000  # ms; a moment further off was set by a clock that was wrong


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to be brought to the centre."""

    sha256: str
    size: int
    small: bool  # the picture that travels ahead
    tries: int  # how often it failed in a row


@dataclass(frozen=True, slots=True)
class FilesWaiting:
    """What a person counts: photos the centre does not have whole, and those it refused."""

    photos: int = 0
    refused: int = 0


class Outgoing:
    """The list of files to be brought. Safe to use from several threads."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._listeners: list[Callable[[object], object]] = []

    def waiting(self, now: Millis, *, only_small: bool = False) -> tuple[OutgoingFile, ...]:
        """What may be brought now: small pictures, then those of urgent cases, then the oldest.

        `now` by the device's clock; what failed waits until its time has come.
        """
        with self._reading() as db:
            rows = db.execute(_waiting()).all()
        ready = [row for row in rows if not now < row.not_before <= now + LONGEST_WAIT]
        ranks = self._ranks(ready)
        ready.sort(key=lambda row: (not row.small, ranks[row.sha256], row.made_at, row.sha256))
        return tuple(
            OutgoingFile(row.sha256, row.size, row.small, row.tries)
            for row in ready
            if row.small or not only_small
        )

    def next_try(self, *, only_small: bool = False) -> Millis | None:
        """When the first of those that wait may be tried; `None` when none waits."""
        query = select(func.min(outgoing.c.not_before)).where(outgoing.c.state == WAITING)
        if only_small:
            query = query.where(outgoing.c.small)
        with self._reading() as db:
            found = db.execute(query).scalar()
        return None if found is None else Millis(found)

    def at_centre(self, sha256: str) -> None:
        """The centre has said that it has all of it."""
        self._set(sha256, state=AT_CENTRE, code="", tries=0, not_before=0)

    def refused(self, sha256: str, code: str) -> None:
        """Trying again is useless; a person has to know."""
        self._set(sha256, state=REFUSED, code=code)

    def later(self, sha256: str, not_before: Millis) -> None:
        """It failed; the others go on, and it waits for its turn until then."""
        self._set(sha256, tries=outgoing.c.tries + 1, not_before=not_before)

    def hurry(self) -> None:
        """What failed may be tried at once."""
        late = update(outgoing).where(outgoing.c.state == WAITING, outgoing.c.not_before > 0)
        self._write(late.values(not_before=0))

    def try_again(self) -> None:
        """The worker asks: everything may be tried at once, what was refused as well."""
        again = update(outgoing).where(outgoing.c.state.in_((WAITING, REFUSED)))
        self._write(again.values(state=WAITING, code="", tries=0, not_before=0))

    def bring_again(self, is_here: Callable[[str], bool]) -> None:
        """The centre was restored from an old copy: ask of each file here whether it has it."""
        for sha256 in self.may_go():
            if is_here(sha256):
                self._set(sha256, state=WAITING, tries=0, not_before=0)

    def came(self, sha256: str, record: Record, now: Millis) -> None:
        """A file of the record was fetched from the centre."""
        with self._writing() as db:
            note(db, record, now, state=AT_CENTRE, only=sha256)

    def states(self, sha256s: Collection[str]) -> Mapping[str, str]:
        """Where files of this device stand; one that is not named came from elsewhere."""
        query = select(outgoing.c.sha256, outgoing.c.state)
        query = query.where(outgoing.c.sha256.in_(list(sha256s)))
        with self._reading() as db:
            return {row.sha256: row.state for row in db.execute(query)}

    def may_go(self) -> frozenset[str]:
        """Files that the centre is known to have, too."""
        query = select(outgoing.c.sha256).where(outgoing.c.state == AT_CENTRE)
        with self._reading() as db:
            return frozenset(db.execute(query).scalars())

    def left_behind(self) -> frozenset[str]:
        """Files that the centre has, of records that are not on this device any more."""
        here = select(records.c.id)
        gone = outgoing.c.record_id.not_in(here) & (outgoing.c.state == AT_CENTRE)
        still = select(outgoing.c.sha256).where(~gone)
        query = select(outgoing.c.sha256).where(gone, outgoing.c.sha256.not_in(still))
        with self._reading() as db:
            return frozenset(db.execute(query).scalars())

    def forget(self, sha256: str) -> None:
        """Take a file off the list."""
        self._write(delete(outgoing).where(outgoing.c.sha256 == sha256))

    def counts(self, case: str = "") -> FilesWaiting:
        """How many photos wait, of one case or of all."""
        query = select(outgoing.c.state, func.count(outgoing.c.record_id.distinct()))
        query = query.where(outgoing.c.state != AT_CENTRE).group_by(outgoing.c.state)
        if case:
            theirs = select(records.c.id).where(records.c.case_id == case)
            query = query.where(outgoing.c.record_id.in_(theirs))
        with self._reading() as db:
            found: dict[str, int] = {row[0]: row[1] for row in db.execute(query)}
        return FilesWaiting(found.get(WAITING, 0), found.get(REFUSED, 0))

    def catch_up(self, is_here: Callable[[str], bool], now: Millis) -> None:
        """Put on the list what was attached before there was one, and what a centre lost.

        Does the first once, the second after the centre was restored from an old copy.
        """
        if self._journal.read_meta(ASK_AGAIN):
            self.bring_again(is_here)
            self._journal.write_meta(ASK_AGAIN, "")
        if not self._journal.read_meta(LISTED):
            self._list_older(is_here, now)

    def _list_older(self, is_here: Callable[[str], bool], now: Millis) -> None:
        for record in self._journal.of_kind(ATTACHMENT):
            if any(is_here(sha256) for sha256, _, _ in files_of(record.values)):
                with self._writing() as db:
                    note(db, record, now)
        self._journal.write_meta(LISTED, "1")

    def announce(self) -> None:
        """Tell everyone who listens that something changed."""
        for listener in tuple(self._listeners):
            listener(None)

    def listen(self, listener: Callable[[object], object]) -> Callable[[], None]:
        """Call `listener` after each change, in the thread that made it; give back how to stop."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def _ranks(self, rows: list[Row[Any]]) -> dict[str, int]:
        cases = {row.case_id: row.urgency or "" for row in rows if row.case_id}
        of_case = {case: self._rank(case, urgency) for case, urgency in cases.items()}
        return {row.sha256: of_case.get(row.case_id, ORDINARY) for row in rows}

    def _rank(self, case: str, urgency: str) -> int:
        if urgency:
            return URGENCIES.get(urgency, ORDINARY)
        reports = (one for one in self._journal.of_case(case) if one.kind == "incident_report")
        return DANGER if any(elements(r.values, "red_flags") for r in reports) else ORDINARY

    def _set(self, sha256: str, **values: object) -> None:
        self._write(update(outgoing).where(outgoing.c.sha256 == sha256).values(**values))

    def _write(self, statement: Any) -> None:  # noqa: ANN401 - an UPDATE of any kind
        with self._writing() as db:
            db.execute(statement)
        self.announce()

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with translated("journal"), self._journal.engine.connect() as connection:
            db = connection.execution_options(**IMMEDIATE)
            with db.begin():
                yield db

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        with translated("journal"), self._journal.engine.connect() as db, db.begin():
            yield db


def _waiting() -> Select[Any]:
    """Each waiting file with the urgency of its case."""
    of = records.alias("of")
    case = records.alias("its_case")
    joined = outgoing.outerjoin(of, of.c.id == outgoing.c.record_id)
    joined = joined.outerjoin(case, case.c.id == of.c.case_id)
    shown = (outgoing, of.c.case_id, case.c.urgency)
    return select(*shown).select_from(joined).where(outgoing.c.state == WAITING)
