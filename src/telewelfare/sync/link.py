"""What is known of the network between device and centre, and what follows: how much at once, how long to wait."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

AIR: Final = 3.0  # seconds that one line may be on the air
SHORTEST_AIR: Final = 1.0
STALL: Final = 4.0  # seconds without progress after which a connection is given up, at least
UNKNOWN: Final = 15.0  # the same, while nothing is known of the link
HEARTBEAT: Final = 2.0  # seconds after which the centre says that it is still there
BUFFER: Final = 8_192  # bytes of a body that the system may hold unsent (SO_SNDBUF)
SWALLOWED: Final = 40_000  # bytes that buffers on the way may take at once
GUESS: Final = 1.0  # seconds of a round trip, where only the rate was measured yet
PIECE: Final = 4_096  # bytes given to the socket at once
WEIGHED: Final = 8_000  # bytes from which a rate means something
PACKET: Final = 1_400
CONNECTING: Final = 0.02  # seconds; less is no network that a phone has
FEW: Final = 100  # operations of a first line: what a slow link carries in three seconds
MOST: Final = 1_000
CAREFUL: Final = 25  # of the first line after a break
OPERATION: Final = 230.0  # bytes of an operation on the wire, to begin with
FRESH: Final = 0.5  # how much of a rate is the newest measurement


@dataclass(slots=True)
class Traffic:
    """What went over the wire: bodies and headers, without TLS and TCP."""

    bytes_up: int = 0
    bytes_down: int = 0
    requests: int = 0


def weight(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """What headers weigh on the wire."""
    return sum(len(name) + len(value) + 4 for name, value in headers)


@dataclass(slots=True)
class Link:
    """Rates in bytes a second, times in seconds; `None` = not measured yet."""

    up: float | None = None
    down: float | None = None
    rtt: float | None = None
    operation: float = OPERATION
    air: float = AIR
    grown: int = FEW
    blocked: bool = False  # the network was seen to take less than it was given
    proven: bool = False  # the rate was measured to the other end
    taken: int = 0  # bytes of bodies that the network took
    stall: float = STALL
    unknown: float = UNKNOWN
    heartbeat: float = HEARTBEAT

    def sent(self, size: int, seconds: float) -> None:
        """So many bytes were taken by the network in so long, its buffers being full."""
        self.up = _smoothed(self.up, size, seconds)

    def received(self, size: int, seconds: float) -> None:
        """So many bytes came in so long."""
        self.down = _smoothed(self.down, size, seconds)

    def connected(self, seconds: float) -> None:
        """It took so long to reach the other side, if anything had to be done for that."""
        if self.rtt is None and seconds > CONNECTING:
            self.rtt = seconds

    def answered(self, size: int, seconds: float) -> None:
        """The first byte of a reply came so long after a body of `size` bytes was begun.

        What buffers on the way had swallowed has arrived by then: only this proves a rate.
        """
        if size <= PACKET:
            self.rtt = seconds if self.rtt is None else min(self.rtt * 1.2, seconds)
        elif size >= WEIGHED:
            self.up = size / max(seconds - (self.rtt or 0.0), 1e-3)
            self.proven = True

    def packed(self, operations: int, size: int) -> None:
        """So many operations took so many bytes; the next line may be larger."""
        self.operation += ((size / operations) - self.operation) * FRESH
        self.grown = min(self.grown * 2, MOST)

    def broke(self) -> None:
        """A connection died under way: smaller steps lose less."""
        self.air = max(SHORTEST_AIR, self.air / 2)
        self.grown = CAREFUL

    def worked(self) -> None:
        """A whole request got through."""
        self.air = min(AIR, self.air * 1.5)

    def operations(self) -> int:
        """How many operations the next line should hold."""
        most = MOST if self.proven else FEW
        if self.up is None:
            return min(self.grown, most)
        return max(1, min(most, int(self.up * self.air / self.operation), self.grown))

    def pace(self) -> int | None:
        """What the centre is told: bytes a second that we receive."""
        return None if self.down is None else int(self.down)

    def patience(self, expected: float) -> float:
        """How long without progress is too long, when something should take `expected` seconds."""
        if self.rtt is None and self.up is None and not self.blocked:
            return self.unknown
        return min(self.unknown, max(self.stall, 2 * expected + 2 * (self.rtt or GUESS)))

    def to_write(self) -> float:
        """How long a piece may take to be accepted."""
        if self.up is None and not self.blocked:
            return self.unknown
        return self.patience(PIECE / (self.up or PIECE))

    def to_answer(self, size: int) -> float:
        """How long the first byte of a reply may take after the last piece of `size` was accepted."""
        if self.up is None and size > PIECE:
            return self.unknown
        held = min(size, SWALLOWED + BUFFER) / self.up if self.up else 0.0
        return min(self.unknown, held + self.patience(self.heartbeat / 2))

    def to_read(self) -> float:
        """How long nothing may come in the middle of a reply."""
        return self.patience(self.heartbeat)


def _smoothed(had: float | None, size: int, seconds: float) -> float:
    rate = size / max(seconds, 1e-4)
    return rate if had is None else had + (rate - had) * FRESH
