"""Records to ask the centre for: what the device shows of them was a guess that did not come true."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Final

from telewelfare.domain.operations import Operation
from telewelfare.store.rows import Rows

WANTS: Final = "wants"  # meta: ids, a JSON list


def wanted(rows: Rows) -> tuple[str, ...]:
    """The records to ask for, in no order that matters."""
    found = rows.get(WANTS)
    return tuple(json.loads(found)) if found else ()


def ask_for(rows: Rows, ids: Iterable[str]) -> None:
    """Ask for these records with the next request."""
    _keep(rows, {*wanted(rows), *(id_ for id_ in ids if id_)})


def were_told(rows: Rows, ids: Collection[str]) -> None:
    """The centre has answered for these."""
    _keep(rows, set(wanted(rows)) - set(ids))


def _keep(rows: Rows, ids: set[str]) -> None:
    if ids or rows.get(WANTS):
        rows.put(WANTS, json.dumps(sorted(ids)).encode())


def guessed(rows: Rows, op: Operation) -> set[str]:
    """Which records beside its own an operation changed here before the centre was asked."""
    if op.kind == "status_event":
        return {str(op.sets.get("case") or "")}
    conflict = rows.load(op.record) if op.kind == "conflict" else None
    return {str(conflict.values.get("of") or "")} if conflict else set()
