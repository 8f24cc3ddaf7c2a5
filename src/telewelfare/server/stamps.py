"""The centre's clock: it needs no memory, for it looks at the stamps it has to beat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from telewelfare.domain.clock import MAX_DRIFT, Millis, Stamp, tick
from telewelfare.domain.fields import Path
from telewelfare.domain.ids import DeviceId
from telewelfare.domain.operations import STAMP_CLOCK, Operation, author

SERVER: Final = DeviceId("srv")
_MILLIS_DIGITS: Final = 12


def after(now: Millis, device: DeviceId, *seen: str) -> str:
    """The stamp of an edit made now, greater than each of `seen`."""
    if not seen:
        return Stamp(now, 0, device).text
    newest = max(seen)
    millis, counter = newest[:_MILLIS_DIGITS], newest[_MILLIS_DIGITS:STAMP_CLOCK]
    return tick(Stamp(Millis(int(millis, 16)), int(counter, 16), device), now).text


def honest(op: Operation, held: Mapping[Path, str], now: Millis) -> str:
    """The stamp under which the centre takes an edit: the device's own, or now if that lies.

    A clock that runs ahead would win over everyone for days; one that lags would lose against
    what its worker saw and changed. Neither is a reason to refuse the work.
    """
    stamp = op.stamp[:STAMP_CLOCK] + op.device
    known = [held[path] for path in op.sets if path in held and _knew(op, path, held[path])]
    ahead = int(op.stamp[:_MILLIS_DIGITS], 16) - now > MAX_DRIFT
    return after(now, op.device, *known) if ahead or max(known, default="") >= stamp else stamp


def _knew(op: Operation, path: Path, held: str) -> bool:
    return op.base.get(path) == held or author(held) == op.device
