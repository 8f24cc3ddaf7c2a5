"""Learn what a line of sync looks like, from invented people only: `sync/data/lines-1.zdict`.

    python scripts/train_dictionary.py [FILE]

The same worlds always give the same bytes. The bytes are what the content coding `x-tw1` means:
other bytes need another name (`x-tw2`), for centres and devices are renewed one at a time.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from telewelfare.domain.clock import Millis, Stamp, tick
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.ids import DeviceId, new_device_id, uuid7
from telewelfare.sync.lines import reply_line, request_line
from telewelfare.sync.protocol import RecordDelta, SyncReply, SyncRequest, WireOperation
from telewelfare.sync.stream import DICTIONARY, ESCAPED, THAI
from telewelfare.synthetic.model import Entry, World
from telewelfare.synthetic.world import generate

HERE: Final = Path(__file__).parents[1]
KEPT: Final = HERE / "src" / "telewelfare" / "sync" / "data" / DICTIONARY
SIZE: Final = 64 * 1024
WORLDS: Final = 6
CASES: Final = 60
TODAY: Final = date(2026, 11, 20)
BATCHES: Final = ((1,), (2, 3, 5), (10, 20), (50,))
APP: Final = "0.1.0"


class Hand:
    """A worker with a device, whose clock counts on."""

    def __init__(self, chance: random.Random) -> None:
        self.worker = uuid7(Millis(1_790_000_000_000), chance.randbytes(10))
        self.stamp = Stamp(Millis(0), 0, new_device_id(chance.randbytes(5)))

    def write(self, n: int, entry: Entry) -> WireOperation:
        """An entry as this device would send it."""
        self.stamp = tick(self.stamp, entry.at)
        signed = {"created_by": self.worker, "recorded_at": bangkok_iso(entry.at)}
        return WireOperation(
            n=n,
            kind=entry.edit.kind,
            id=entry.edit.record,
            stamp=self.stamp.text,
            sets={**entry.edit.sets, **signed},
        )

    def edit(self, n: int, made: WireOperation, chance: random.Random) -> WireOperation:
        """A later change of a few fields of a record."""
        later = Millis(int(made.stamp[:12], 16) + chance.randrange(10**5, 10**9))
        self.stamp = tick(self.stamp, later)
        paths = chance.sample(sorted(made.sets), min(len(made.sets), chance.randint(1, 3)))
        return WireOperation(
            n=n,
            kind=made.kind,
            id=made.id,
            stamp=self.stamp.text,
            sets={path: made.sets[path] for path in paths},
            base=dict.fromkeys(paths, made.stamp),
        )


def _operations(seed: int, chance: random.Random) -> list[WireOperation]:
    hand = Hand(chance)
    world = World(seed=seed, today=TODAY, cases=CASES)
    return [hand.write(n, entry) for n, entry in enumerate(generate(world), start=1)]


def _edits(ops: Sequence[WireOperation], chance: random.Random) -> list[WireOperation]:
    hand, some = Hand(chance), sorted(chance.sample(ops, len(ops) // 4), key=lambda op: op.n)
    return [hand.edit(n, op, chance) for n, op in enumerate(some, start=2_000)]


def _batches(ops: Sequence[WireOperation], chance: random.Random) -> Iterator[list[WireOperation]]:
    for sizes in BATCHES:
        start = 0
        while start < len(ops):
            size = chance.choice(sizes)
            yield list(ops[start : start + size])
            start += size


def _cursor(chance: random.Random) -> str:
    return f"{chance.randbytes(6).hex()}.{chance.randrange(10**5)}.{chance.randrange(10**5)}."


def _request(ops: Sequence[WireOperation], chance: random.Random) -> str:
    left = chance.choice((0, 0, 12))
    oldest = int(ops[0].stamp[:12], 16)
    asked = SyncRequest(
        cursor=_cursor(chance), ops=tuple(ops), app=APP, pending=left, oldest=oldest
    )
    return request_line(asked)


def _changed(op: WireOperation, seq: int, by: DeviceId) -> RecordDelta:
    stamps = dict.fromkeys(op.sets, op.stamp[:16] + by)
    if op.kind == "case":
        stamps |= dict.fromkeys(stamps.keys() & {"case_no", "fiscal_year"}, op.stamp[:16] + "srv")
    return RecordDelta(
        kind=op.kind, id=op.id, sets=op.sets, stamps=stamps, seq=seq, whole=not op.base
    )


def _reply(ops: Sequence[WireOperation], chance: random.Random) -> str:
    devices = [new_device_id(chance.randbytes(5)) for _ in range(3)]
    seq = chance.randrange(10**5)
    changes = [_changed(op, seq + n, chance.choice(devices)) for n, op in enumerate(ops)]
    return reply_line(
        SyncReply(
            acknowledged=chance.randrange(1000),
            changes=tuple(changes),
            cursor=_cursor(chance),
            more=chance.random() < 0.5,  # noqa: PLR2004 - one half
            epoch=chance.randbytes(6).hex(),
            now=int(ops[-1].stamp[:12], 16),
            left=chance.choice((0, 0, 1200)),
        )
    )


def samples() -> Iterator[bytes]:
    """Lines of small and of medium batches, both ways."""
    for seed in range(100, 100 + WORLDS):
        chance = random.Random(seed)  # noqa: S311 - invented people
        ops = _operations(seed, chance)
        for batch in _batches(ops, chance):
            line = _request(batch, chance) if chance.randrange(2) else _reply(batch, chance)
            yield f"{line}\n".encode(THAI, ESCAPED)
        for batch in _batches(_edits(ops, chance), chance):
            line = _request(batch, chance) if chance.randrange(2) else _reply(batch, chance)
            yield f"{line}\n".encode(THAI, ESCAPED)


def main() -> None:
    """Train and write."""
    trained = zstd.train_dict(list(samples()), SIZE).dict_content
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(trained)
    print(f"{target}: {len(trained)} bytes, SHA-256 {hashlib.sha256(trained).hexdigest()}")


if __name__ == "__main__":
    main()
