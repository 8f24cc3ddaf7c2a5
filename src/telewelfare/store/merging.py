"""How what the centre says of a record meets what is here."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.digest import is_hidden
from telewelfare.domain.fields import Path
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Actor, Record, author
from telewelfare.store.checking import is_own_and_hidden, unsent
from telewelfare.store.replies import News
from telewelfare.store.rows import REJECTED, Rows, operations

RESTORED: Final = "restored"  # meta: the centre went back, and may lack what we have from others


def merged(rows: Rows, news: News, had: Record, actor: Actor) -> Record:
    """The centre is right, except about what it was not told yet, never says, or has lost."""
    values = {} if news.whole else dict(had.values)
    stamps = {} if news.whole else dict(had.stamps)
    values |= news.sets
    stamps |= news.stamps
    if not had.stamps:  # as in a first sync: nothing of ours to look for
        return Record(news.kind, news.id, values, stamps)
    waiting, refused = unsent(rows, news.kind, news.id), _refused(rows, news.id)
    lost = lost_there(rows, news, had, actor)
    for path, stamp in had.stamps.items():
        newer = waiting.get(path, "") > stamps.get(path, "")
        own = is_own_and_hidden(news.kind, path, stamp, actor.role, actor.device)
        untold = path not in stamps and (own or path in refused)
        if newer or untold or path in lost:
            values[path], stamps[path] = had.values.get(path), stamp
    return Record(news.kind, news.id, values, stamps)


def lost_there(rows: Rows, news: News, had: Record, actor: Actor) -> frozenset[Path]:
    """What a restored centre lacks that we have from somebody else, who may be gone.

    Of a whole record only: else the centre does not say what else it has. Of a worker, the centre's
    word counts as it is now, though it was once another: it decides who may see what.
    """
    if not (news.whole and rows.get(RESTORED)) or _is_the_centres(news.kind):
        return frozenset()
    return frozenset(
        path
        for path, stamp in had.stamps.items()
        if author(stamp) != actor.device
        and stamp > news.stamps.get(path, "")
        and not is_hidden(actor.role, news.kind, path)
    )


def _is_the_centres(kind: str) -> bool:
    declared = KINDS.get(kind)
    return declared is not None and declared.server_only


def _refused(rows: Rows, record: str) -> frozenset[Path]:
    """What was typed here and not taken, and nobody has let be: it stays in sight."""
    kept = (operations.c.record_id == record) & (operations.c.state == REJECTED)
    found = rows.db.execute(operations.select().where(kept)).all()
    return frozenset(path for row in found for path in rows.operation(row).sets)
