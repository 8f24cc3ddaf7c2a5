"""How a reply of the centre becomes part of the device's records."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Row, delete, update

from telewelfare.domain.clock import ClockAhead, observe, parse_stamp
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Record
from telewelfare.store import guard, resending, wanting
from telewelfare.store.changes import Touched
from telewelfare.store.checking import ALONE, LEAVING, ids_in, keep_ids
from telewelfare.store.file_notes import ASK_AGAIN
from telewelfare.store.mending import mend, wanted
from telewelfare.store.merging import RESTORED, merged
from telewelfare.store.replies import News, Reply
from telewelfare.store.rows import (
    ACKNOWLEDGED,
    PENDING,
    REJECTED,
    SET_ASIDE,
    Rows,
    among,
    operations,
    records,
)
from telewelfare.store.turns import CHECK_ALL, DUE

__all__ = ["News", "Reply", "let_go", "take_in"]


def take_in(rows: Rows, reply: Reply, actor: Actor) -> Touched:
    """Apply a reply inside the caller's transaction; give what changed."""
    _send_what_was_lost(rows, reply)
    _settle(rows, reply)
    found_wrong = wanted(reply)
    news = [one for one in reply.news if found_wrong.get(one.id) is not one]
    touched = {(one.kind, one.id) for one in news if _merge(rows, one, reply, actor)}
    _arrived(rows, reply)
    touched |= _out_of_reach(rows, reply)
    touched |= mend(rows, reply, actor)
    _observe(rows, reply)
    rows.put("cursor", reply.cursor.encode())
    return touched


def let_go(rows: Rows) -> Touched:
    """Remove what the guard held back, now that a person has allowed it."""
    return _forget(rows, guard.let_go(rows), ids_in(rows, LEAVING))


def _send_what_was_lost(rows: Rows, reply: Reply) -> None:
    """A centre that counts less of our work than it once took was restored from an old backup.

    Before anything of the reply is merged: what waits then stands against what the centre is left
    with.
    """
    went_back = reply.acknowledged < resending.last_settled(rows)
    if went_back:
        resending.send_again(rows, reply.acknowledged + 1)
    if went_back or reply.reset:
        rows.put(RESTORED, b"1")
        rows.put(ASK_AGAIN, b"1")
    if went_back or reply.reset or reply.removed:
        rows.put(CHECK_ALL, DUE.encode())


def _arrived(rows: Rows, reply: Reply) -> None:
    """What the centre speaks of again is neither ours alone nor to be let go."""
    alone, told = ids_in(rows, ALONE), {news.id for news in reply.news}
    if alone & told:
        keep_ids(rows, ALONE, alone - told)
    guard.regain(rows, [news.id for news in reply.news if news.whole])


def _settle(rows: Rows, reply: Reply) -> None:
    """Acknowledge by number; what was made since the request went out stays pending."""
    named = (operations.c.n <= reply.acknowledged) & (operations.c.state == PENDING)
    rows.db.execute(update(operations).where(named).values(state=ACKNOWLEDGED))
    _refuse(rows, reply)
    taken = operations.c.n.in_(reply.accepted) & operations.c.state.in_((REJECTED, SET_ASIDE))
    rows.db.execute(update(operations).where(taken).values(state=ACKNOWLEDGED, code=""))
    _set_mended_aside(rows)


def _refuse(rows: Rows, reply: Reply) -> None:
    """Keep what was refused; what followed from it here has to be asked for again."""
    for number, code in reply.rejected.items():
        here = operations.c.n == number
        found = rows.db.execute(operations.select().where(here)).first()
        if found is not None and found.state != SET_ASIDE:
            refused = update(operations).where(here)
            rows.db.execute(refused.values(state=REJECTED, code=code))
            if found.state != REJECTED:
                wanting.ask_for(rows, wanting.guessed(rows, rows.operation(found)))


def _set_mended_aside(rows: Rows) -> None:
    """What was refused is mended once later edits of the same paths were taken."""
    refused = operations.select().where(operations.c.state == REJECTED)
    for row in rows.db.execute(refused).all():
        mine = operations.c.record_id == row.record_id
        later = mine & (operations.c.n > row.n) & (operations.c.state == ACKNOWLEDGED)
        taken = rows.db.execute(operations.select().where(later)).all()
        again = {path for one in taken for path in rows.operation(one).sets}
        if set(rows.operation(row).sets) <= again:
            here = update(operations).where(operations.c.n == row.n)
            rows.db.execute(here.values(state=SET_ASIDE))


def _merge(rows: Rows, news: News, reply: Reply, actor: Actor) -> bool:
    had = rows.load(news.id) or Record(news.kind, news.id)
    now = merged(rows, news, had, actor)
    rows.store(now, reply.now, news.seq)
    return now != had


def _out_of_reach(rows: Rows, reply: Reply) -> Touched:
    """Remove what was lost now, and what was lost before while something of it was not sent.

    A case may go of which some records stay, such as a report of one's own: these come whole.
    """
    regained = {news.id for news in reply.news if news.whole}
    earlier = ids_in(rows, LEAVING)
    lost = guard.let_through(rows, set(reply.removed) - earlier, reply.now)
    return _forget(rows, lost | (earlier & set(reply.removed)), earlier - regained, regained)


def _forget(
    rows: Rows, roots: Collection[str], alone: Collection[str], spared: Collection[str] = ()
) -> Touched:
    """Remove roots with all that is theirs, and records `alone`; what is unsent stays until it is sent.

    The centre says it only once, so that what stays is remembered.
    """
    here = {row.id: row.kind for row in _with_theirs(rows, roots, alone) if row.id not in spared}
    pending = operations.select().with_only_columns(operations.c.record_id)
    unsent = set(rows.db.scalars(pending.where(operations.c.state == PENDING)))
    staying = here.keys() & unsent
    rows.db.execute(delete(records).where(among(records.c.id, here.keys() - unsent)))
    if staying or rows.get(LEAVING):
        keep_ids(rows, LEAVING, staying)
    return {(kind, RecordId(id_)) for id_, kind in here.items() if id_ not in unsent}


def _with_theirs(
    rows: Rows, roots: Collection[str], alone: Collection[str]
) -> Iterator[Row[str, str]]:
    found = records.select().with_only_columns(records.c.id, records.c.kind)
    theirs = among(records.c.id, roots) | among(records.c.case_id, roots)
    yield from rows.db.execute(found.where(theirs)).all()
    yield from rows.db.execute(found.where(among(records.c.id, alone))).all()


def _observe(rows: Rows, reply: Reply) -> None:
    """Move our clock past everything we have seen, so that our next edit sorts after it."""
    newest = max((stamp for news in reply.news for stamp in news.stamps.values()), default="")
    remote = parse_stamp(newest)
    if remote is None:
        return
    moved = observe(rows.clock(), remote, reply.now)
    if not isinstance(moved, ClockAhead):
        rows.put("clock", moved.text.encode())
