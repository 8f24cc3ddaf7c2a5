"""The hybrid logical clock that says which of two edits of one field is later."""

import re
from dataclasses import dataclass
from typing import NewType

from telewelfare.domain.ids import DeviceId

Millis = NewType("Millis", int)
"""Milliseconds since 1970-01-01 00:00 UTC."""

MAX_COUNTER = 0xFFFF
MAX_DRIFT = 5 * 60 * 1000  # milliseconds another device may be ahead of us

_STAMP = re.compile(r"([0-9a-f]{12})([0-9a-f]{4})([a-z0-9]{1,16})")


@dataclass(frozen=True, slots=True, order=True)
class Stamp:
    """When an edit happened, comparable across devices."""

    millis: Millis
    counter: int
    device: DeviceId

    @property
    def text(self) -> str:
        """Text form; plain string comparison gives the same order as comparing stamps."""
        return f"{self.millis:012x}{self.counter:04x}{self.device}"


@dataclass(frozen=True, slots=True)
class ClockAhead:
    """Another device's clock is too far ahead of ours to follow; one of the two is wrong."""

    ours: Millis
    theirs: Millis


def parse_stamp(text: str) -> Stamp | None:
    """Read the text form of a stamp, a device's or the centre's; `None` if it is not exactly one."""
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    return Stamp(Millis(int(found[1], 16)), int(found[2], 16), DeviceId(found[3]))


def tick(last: Stamp, now: Millis) -> Stamp:
    """Return the stamp for a new local edit; always greater than `last`.

    A wall clock that stands still or runs backwards only grows the counter.
    """
    if now > last.millis:
        return Stamp(now, 0, last.device)
    if last.counter < MAX_COUNTER:
        return Stamp(last.millis, last.counter + 1, last.device)
    return Stamp(Millis(last.millis + 1), 0, last.device)


def observe(last: Stamp, remote: Stamp, now: Millis) -> Stamp | ClockAhead:
    """Move our clock past `remote`, so that our next edit sorts after it.

    A remote clock more than `MAX_DRIFT` ahead is refused: following it would make
    every later edit of ours look as if it came from the future too.
    """
    if remote.millis - now > MAX_DRIFT:
        return ClockAhead(ours=now, theirs=remote.millis)
    newest = max(last, remote)
    return tick(Stamp(newest.millis, newest.counter, last.device), now)
