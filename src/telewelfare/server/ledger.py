"""Take operations into a centre's ledger: safe to repeat, and one bad one never stops the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from json import dumps

from sqlalchemy import Connection, insert, select, update

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Path
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server.batch import Batch, load
from telewelfare.server.duplicates import find_duplicates
from telewelfare.server.effects import keep_both, move_case, number_cases, renew_conflicts
from telewelfare.server.file_names import note as note_files
from telewelfare.server.judge import Refusal, refusal
from telewelfare.server.numbering import number, write_records
from telewelfare.server.place import place
from telewelfare.server.problems import Refused
from telewelfare.server.reach import hand_out, spread
from telewelfare.server.repeats import first_other, refused_before, taken_before
from telewelfare.server.retrying import Due, due, keep, release
from telewelfare.server.rules import RULES, Rules
from telewelfare.server.settling import carry_out
from telewelfare.server.stamps import honest
from telewelfare.server.standing import turns
from telewelfare.server.tables import DEVICE, QUARANTINE
from telewelfare.sync.protocol import Rejection

CREATED_BY = "created_by"


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of the operations. `made`: ids of the records they created."""

    acknowledged: int
    rejected: tuple[Rejection, ...] = ()
    made: frozenset[str] = frozenset()
    accepted: tuple[int, ...] = ()  # refused once, taken now or since


def append(
    db: Connection,
    actor: Actor,
    ops: Sequence[Operation],
    now: Millis,
    *,
    refused: Sequence[int] = (),
    rules: Rules = RULES,
) -> Pushed:
    """Take a device's operations; those the ledger holds already count as taken.

    `now` is the centre's clock. `refused`: numbers the device still holds as refused, tried again
    when the rules are others. To be called in a writing transaction, with the device enrolled.

    Raises:
        Refused: `gap`, when operations are missing before the first new one, or when those the
            ledger holds under their numbers are others.
    """
    held = _acknowledged(db, actor)
    fresh = sorted((op for op in ops if op.n > held), key=lambda op: op.n)
    if [op.n for op in fresh] != list(range(held + 1, held + 1 + len(fresh))):
        raise Refused("gap", next_n=held + 1)
    repeated = [op for op in ops if op.n <= held]
    other = first_other(db, actor, repeated)
    if other is not None:
        raise Refused("gap", next_n=held + 1, other=other)
    again = due(db, actor, refused, rules)
    known = refused_before(db, actor, repeated)
    if not fresh and not again.ops:
        return Pushed(held, known, accepted=again.taken)
    batch = load(db, actor, [*again.ops, *fresh], now)
    batch.rules = rules
    accepted, still = _retry(batch, again)
    there = taken_before(db, actor, fresh)
    out = [
        (op, found) for op in fresh if op.n not in there and (found := _take(batch, op)) is not None
    ]
    made = frozenset(held.record.id for held in batch.held.values() if held.stored is None)
    settle(batch)
    _quarantine(batch, out)
    last = fresh[-1].n if fresh else held
    _acknowledge(db, actor, last)
    told = {one.n: one for one in known} | {op.n: _told(op, why) for op, why in (*still, *out)}
    rejected = tuple(one for n, one in told.items() if n not in accepted)
    return Pushed(last, rejected, made, accepted)


def _told(op: Operation, why: Refusal) -> Rejection:
    return Rejection(n=op.n, code=why.code, path=why.path)


def _retry(batch: Batch, again: Due) -> tuple[tuple[int, ...], list[tuple[Operation, Refusal]]]:
    """Judge refused operations anew: the numbers taken since, and what is still refused."""
    tried = [(op, _take(batch, op, anew=True)) for op in again.ops]
    still = [(op, why) for op, why in tried if why is not None]
    taken = [op.n for op, why in tried if why is None]
    release(batch.db, batch.actor, taken)
    for op, why in still:
        keep(batch.db, batch.actor, op, why, batch.rules)
    return (*again.taken, *taken), still


def settle(batch: Batch) -> None:
    """Number and write everything a batch did."""
    number_cases(batch)
    renew_conflicts(batch)
    find_duplicates(batch)
    if not batch.entries:
        return
    numbered = number(batch)
    last, changed = numbered[-1].seq, turns(batch)
    spread(batch, changed, last)
    write_records(batch, numbered)
    note_files(batch)
    hand_out(batch, changed, last)


def _acknowledged(db: Connection, actor: Actor) -> int:
    """Lock the device, so that two of its requests do not mix."""
    mine = DEVICE.c.centre_id == actor.centre, DEVICE.c.id == actor.device
    return int(
        db.execute(select(DEVICE.c.acknowledged).where(*mine).with_for_update()).scalar_one()
    )


def _acknowledge(db: Connection, actor: Actor, n: int) -> None:
    mine = DEVICE.c.centre_id == actor.centre, DEVICE.c.id == actor.device
    db.execute(update(DEVICE).where(*mine).values(acknowledged=n))


def _take(batch: Batch, sent: Operation, *, anew: bool = False) -> Refusal | None:
    """Do one operation and what follows from it, or say why not.

    `anew`: it was refused once. What others wrote since may stand, so its sender is told all.
    """
    sent, signed = _signed(batch, sent)
    if why := refusal(batch, sent):
        return why
    held = batch.held.get(sent.record)
    before = held.record if held else None
    stamps = before.stamps if before else {}
    op = replace(sent, stamp=honest(sent, stamps, batch.now))
    corrected = frozenset(op.sets) if anew or op.stamp != sent.stamp else signed
    applied = batch.write(op, n=sent.n, corrected=corrected)
    made = batch.held[sent.record]
    place(batch, made)
    if held is None and made.root == made.record.id:
        batch.reached.add(made.root)
    for met in applied.concurrent:
        keep_both(batch, made, met)
    if held is None and sent.kind == "status_event":
        move_case(batch, made, op, anew=anew)
    if before is not None and op.kind == "conflict" and "settled" in op.sets:
        carry_out(batch, made, before, op)
    return None


def _signed(batch: Batch, sent: Operation) -> tuple[Operation, frozenset[Path]]:
    """Who wrote a record is known from the token, once; nobody signs for another.

    Returns the operation, and the path if the device must learn that it was changed.
    """
    if CREATED_BY not in sent.sets:
        return sent, frozenset()
    held, sets = batch.held.get(sent.record), dict(sent.sets)
    told = sets.pop(CREATED_BY)
    if held is not None and CREATED_BY in held.record.stamps:
        return replace(sent, sets=sets), frozenset()
    own = {CREATED_BY: batch.actor.worker}
    changed = frozenset(own) if told != batch.actor.worker else frozenset()
    return replace(sent, sets=sets | own), changed


def _quarantine(batch: Batch, refused: Sequence[tuple[Operation, Refusal]]) -> None:
    rows = [
        {
            "centre_id": batch.actor.centre,
            "device": batch.actor.device,
            "n": op.n,
            "code": why.code,
            "path": why.path,
            "body": dumps(asdict(op)),
            "received_at": batch.now,
            "rules": batch.rules.version,
        }
        for op, why in refused
    ]
    if rows:
        batch.db.execute(insert(QUARANTINE), rows)
