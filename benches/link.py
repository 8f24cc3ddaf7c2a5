"""A bad packet link in model time: serialisation, queue, delay, loss, cuts. No sockets, no clock.

`tcp` puts a transport on it, `proxy` real sockets. Bytes are IP bytes, times are seconds.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import count
from random import Random
from typing import Final

QUEUE_BYTES: Final = 30_000  # or QUEUE_SECONDS at the link's rate, whatever is more
QUEUE_SECONDS: Final = 2.0
UNCUT: Final = math.inf


@dataclass(slots=True, eq=False)
class Timer:
    """Something that will be done; `cancel` it and it will not."""

    work: Callable[[], object]
    cancelled: bool = False

    def cancel(self) -> None:
        """Forget it."""
        self.cancelled = True


class Timeline:
    """Model time, and what is to happen in it. Equal moments keep the order they were asked in."""

    def __init__(self) -> None:
        self.now = 0.0
        self._number = count()
        self._waiting: list[tuple[float, int, Timer]] = []

    def at(self, moment: float, work: Callable[[], object]) -> Timer:
        """Do something at a moment; a past one is now."""
        timer = Timer(work)
        heapq.heappush(self._waiting, (max(moment, self.now), next(self._number), timer))
        return timer

    def next(self) -> float:
        """The moment of what comes first; infinite when nothing is waiting."""
        while self._waiting and self._waiting[0][2].cancelled:
            heapq.heappop(self._waiting)
        return self._waiting[0][0] if self._waiting else math.inf

    def run(self, until: float) -> None:
        """Let time pass; everything happens at its own moment, however late we are."""
        while self.next() <= until:
            self.now, _, timer = heapq.heappop(self._waiting)
            timer.work()
        self.now = max(self.now, until) if math.isfinite(until) else self.now


@dataclass(frozen=True, slots=True)
class Profile:
    """A link: kbit/s towards the device and from it, round trip, share of packets lost each way."""

    name: str
    down: float
    up: float
    rtt: float
    loss: float


EDGE: Final = Profile("EDGE", 120, 60, 0.6, 0.02)
THREE_G: Final = Profile("3G", 750, 250, 0.2, 0.01)
LAN: Final = Profile("LAN", 1_000_000, 1_000_000, 0.0001, 0.0)
PROFILES: Final = {profile.name: profile for profile in (EDGE, THREE_G, LAN)}


def lossless(profile: Profile) -> Profile:
    """The same link on a good day."""
    return replace(profile, loss=0.0)


class Fate(StrEnum):
    """What a cut does to the flows that were open: nothing more, or they are dead afterwards."""

    BLACKHOLE = "blackhole"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Cuts:
    """The link is down for `down` seconds of every `period`, first at `first`."""

    fate: Fate = Fate.BLACKHOLE
    period: float = 20.0
    down: float = 5.0
    first: float = UNCUT

    def is_down(self, moment: float) -> bool:
        """Whether packets are dropped."""
        return moment >= self.first and (moment - self.first) % self.period < self.down

    def last(self, moment: float) -> float:
        """When the latest cut began; -infinite before the first."""
        if moment < self.first:
            return -math.inf
        return self.first + (moment - self.first) // self.period * self.period


NO_CUTS: Final = Cuts()


@dataclass(slots=True)
class Counts:
    """What senders offered to one direction, and what became of it. Bytes with IP and TCP headers."""

    offered: int = 0
    packets: int = 0
    lost: int = 0  # packets
    overflowed: int = 0  # packets
    cut: int = 0  # packets
    by_kind: dict[str, int] = field(default_factory=dict)  # bytes


class Wire:
    """One direction, shared by all connections."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        kbits: float,
        delay: float,
        loss: float,
        cuts: Cuts,
        rng: Random,
    ) -> None:
        self._timeline, self._delay, self._loss = timeline, delay, loss
        self._cuts, self._rng = cuts, rng
        self._rate = kbits * 1000 / 8  # bytes a second
        self._room = max(QUEUE_BYTES, QUEUE_SECONDS * self._rate)
        self._free_at = 0.0
        self.counts = Counts()

    def count(self, size: int, kind: str) -> None:
        """Note what was offered."""
        self.counts.offered += size
        self.counts.packets += 1
        self.counts.by_kind[kind] = self.counts.by_kind.get(kind, 0) + size

    def send(self, size: int, kind: str, arrive: Callable[[], object]) -> None:
        """Offer a packet; `arrive` is called when and if it gets there."""
        self.count(size, kind)
        now, unlucky = self._timeline.now, self._rng.random() < self._loss
        queued = max(0.0, self._free_at - now) * self._rate
        if queued + size > self._room:
            self.counts.overflowed += 1
            return
        self._free_at = max(now, self._free_at) + size / self._rate
        if self._cuts.is_down(self._free_at):
            self.counts.cut += 1
        elif unlucky:
            self.counts.lost += 1
        else:
            self._timeline.at(self._free_at + self._delay, arrive)


class Link:
    """Both directions. The same seed and the same packets lose the same packets."""

    def __init__(
        self, timeline: Timeline, profile: Profile, *, seed: int = 0, cuts: Cuts = NO_CUTS
    ) -> None:
        self.timeline, self.profile, self.cuts = timeline, profile, cuts
        self.up = self._wire(profile.up, Random(f"{seed}/up"))
        self.down = self._wire(profile.down, Random(f"{seed}/down"))

    def _wire(self, kbits: float, rng: Random) -> Wire:
        profile = self.profile
        return Wire(
            self.timeline,
            kbits=kbits,
            delay=profile.rtt / 2,
            loss=profile.loss,
            cuts=self.cuts,
            rng=rng,
        )

    def has_died(self, opened: float) -> bool:
        """Whether a flow opened then was killed by a cut since."""
        return self.cuts.fate is Fate.RESET and opened < self.cuts.last(self.timeline.now)
