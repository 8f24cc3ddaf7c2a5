"""What a person has settled here shows at once; the centre decides the same when it is told."""

from __future__ import annotations

from telewelfare.domain.clock import Millis, Stamp
from telewelfare.domain.operations import Record
from telewelfare.domain.settling import follows
from telewelfare.store.changes import Touched
from telewelfare.store.rows import Rows, stamped


def follow(rows: Rows, had: Record | None, conflict: Record, stamp: Stamp, now: Millis) -> Touched:
    """Write what a settlement says into the record it is about, if that is here."""
    newly = conflict.stamps.get("settled") == stamp.text
    if conflict.kind != "conflict" or not newly:
        return set()
    target = rows.load(str(conflict.values.get("of")))
    earlier = had.stamps.get("settled", "") if had else ""
    sets = follows(conflict.values, earlier, target) if target else {}
    if target is None or not sets:
        return set()
    rows.store(stamped(target, sets, dict.fromkeys(sets, stamp.text)), now)
    return {(target.kind, target.id)}
