"""Which of a centre's devices somebody should look after, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from telewelfare.domain.clock import Millis

Worry: TypeAlias = Literal["silent", "stuck", "restored", "never", "old_app", ""]

DAY: Final = 24 * 60 * 60 * 1000  # ms
SILENT: Final = 7 * DAY  # with work that never came; ours, no regulation
STUCK: Final = 2 * DAY
WORRIES: Final[tuple[Worry, ...]] = ("silent", "stuck", "restored", "never", "old_app", "")


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device as its centre knows it, by what it said when it was last heard of."""

    id: str
    worker: str
    worker_name: str
    role: str
    name: str
    app: str
    enrolled_at: Millis
    last_seen: Millis | None
    pending: int
    oldest: Millis | None
    files: int
    repaired: int
    alone: int

    @property
    def unsent(self) -> int:
        """Everything that waits on it."""
        return self.pending + self.files


def worry(line: DeviceLine, now: Millis, app: str) -> Worry:
    """The worst that is to be said of a device; "" = nothing. `app`: the version in use here."""
    if line.unsent and line.last_seen is not None and now - line.last_seen > SILENT:
        return "silent"
    if line.unsent and line.oldest is not None and now - line.oldest > STUCK:
        return "stuck"
    if line.alone:
        return "restored"
    if line.last_seen is None:
        return "never" if now - line.enrolled_at > STUCK else ""
    return "old_app" if line.app and version(line.app) < version(app) else ""


def most_worrying_first(
    lines: tuple[DeviceLine, ...], now: Millis, app: str
) -> tuple[DeviceLine, ...]:
    """The worst first; of the same kind who was not heard of for longest."""

    def rank(line: DeviceLine) -> tuple[int, int, int]:
        seen = line.last_seen if line.last_seen is not None else line.enrolled_at
        return WORRIES.index(worry(line, now, app)), -min(line.unsent, 1), seen

    return tuple(sorted(lines, key=rank))


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version, to be compared."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text)[:3])
