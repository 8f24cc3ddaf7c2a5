"""What device and centre compare, so that either notices when the two hold different things.

A record's digest covers its paths and their stamps: two copies with the same stamps hold the same
values, for a stamp is of one edit. Windows of records are compared by the sum of their digests,
which needs no order and is taken apart again by asking for each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from telewelfare.domain.fields import Json, Path
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.lifecycle import WRITTEN_BY_MOVE
from telewelfare.domain.rights import hides

LENGTH: Final = 8  # bytes of a digest
DIGITS: Final = 2 * LENGTH
SUM: Final = 1 << (8 * LENGTH)
REMEMBERED: Final = 16_384  # paths whose rule need not be found again
BETWEEN: Final = "\0"  # no path, stamp or id holds it

# A device that moves a case stamps all of these with the move, the centre only what changed.
BY_VALUE: Final[Mapping[str, frozenset[Path]]] = {"case": frozenset(WRITTEN_BY_MOVE)}


def record_digest(
    kind: str, record: str, stamps: Mapping[Path, str], values: Mapping[Path, Json]
) -> int:
    """The digest of a record, over the paths of `stamps`; `values` may hold more."""
    by_value = BY_VALUE.get(kind, frozenset())
    parts = [record]
    for path in sorted(stamps):
        if path not in by_value:
            parts += (path, stamps[path])
        elif values.get(path) is not None:
            parts += (path, json.dumps(values[path]))
    told = BETWEEN.join(parts).encode()
    return int.from_bytes(hashlib.sha256(told).digest()[:LENGTH])


def total(digests: Iterable[int]) -> str:
    """The digest of a window, as it goes over the wire."""
    return written(sum(digests) % SUM)


def written(digest: int) -> str:
    """A digest as it goes over the wire."""
    return f"{digest:0{DIGITS}x}"


@lru_cache(REMEMBERED)
def is_hidden(role: str, kind: str, path: Path) -> bool:
    """Whether a role is not shown a path. What was typed on a device stays there nevertheless.

    Such paths are not compared: the centre does not say how they stand now.
    """
    declared = KINDS[kind].field(path) if kind in KINDS else None
    return declared is not None and hides(role, declared.sensitivity)
