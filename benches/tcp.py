"""TCP over the model link: one end of a connection as a state machine.

Close to what Linux does by default: initial window 10, HyStart, cubic, SACK with RACK (a segment is
lost when later ones arrived), a tail loss probe, retransmission time-out with doubling, delayed
acknowledgements, timestamps. Left out: receive windows (the application always reads), F-RTO, PRR.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Protocol

from link import Timeline, Timer

MSS: Final = 1_448
HEADERS: Final = 52  # IP 20, TCP 20, timestamps 12
OPENING: Final = 60  # SYN, SYN-ACK
RESET_SIZE: Final = 40
SACK_BLOCKS: Final = 3
INITIAL_WINDOW: Final = 10.0  # segments
FIRST_RTO: Final = 1.0
MIN_RTO: Final = 0.2
MAX_RTO: Final = 120.0
ACK_DELAY: Final = 0.04
BETA: Final = 0.7  # what a loss leaves of the window
CUBIC: Final = 0.4
HYSTART_LOW: Final = 16.0  # segments
DUPLICATES: Final = 3  # later segments that arrived, until one is given up


class Flag(Enum):
    """What a packet is for."""

    SYN = auto()
    SYN_ACK = auto()
    DATA = auto()
    ACK = auto()
    RST = auto()


@dataclass(frozen=True, slots=True)
class Packet:
    """`start` counts the stream's bytes from 0; the FIN takes one more."""

    flag: Flag
    start: int = 0
    data: bytes = b""
    fin: bool = False
    ack: int = 0
    sacks: tuple[tuple[int, int], ...] = ()
    again: bool = False  # a retransmission

    @property
    def size(self) -> int:
        """IP bytes."""
        if self.flag in (Flag.SYN, Flag.SYN_ACK):
            return OPENING
        if self.flag is Flag.RST:
            return RESET_SIZE
        options = 4 + 8 * len(self.sacks) if self.sacks else 0
        return HEADERS + options + len(self.data)

    @property
    def kind(self) -> str:
        """Under what it is counted."""
        if self.flag is Flag.DATA:
            return "data again" if self.again else "data" if self.data else "fin"
        return {Flag.ACK: "ack", Flag.RST: "rst"}.get(self.flag, "syn")


class Application(Protocol):
    """Who uses an end of a connection."""

    def connected(self) -> None:
        """The other side answers; bytes may flow."""

    def arrived(self, data: bytes) -> None:
        """Bytes, in order."""

    def ended(self) -> None:
        """The other side will send no more."""

    def failed(self) -> None:
        """The connection is gone."""

    def roomy(self) -> None:
        """The send buffer has room again."""


@dataclass(slots=True, eq=False)
class Segment:
    """A part of the stream that is on its way."""

    start: int
    data: bytes
    fin: bool
    sent_at: float
    serial: int  # of its latest transmission, in the order of all
    again: bool = False
    arrived: bool = False
    lost: bool = False
    passed: int = 0  # later transmissions that arrived

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + len(self.data) + self.fin


class Window:
    """How much may be on its way: slow start, then cubic."""

    def __init__(self) -> None:
        self.size = INITIAL_WINDOW
        self.threshold = float("inf")
        self._most = 0.0  # before the latest loss
        self._epoch = self._turning = 0.0

    def grow(self, segments: int, now: float, rtt: float, least_rtt: float) -> None:
        """So many segments arrived while the window was full."""
        if self.size < self.threshold:
            self.size += segments
            slower = rtt - least_rtt > min(0.016, max(0.004, least_rtt / 8))
            if self.size >= HYSTART_LOW and slower:
                self.threshold = self._most = self.size
                self._epoch, self._turning = now, 0.0
            return
        target = CUBIC * (now - self._epoch + rtt - self._turning) ** 3 + self._most
        reno = 3 * (1 - BETA) / (1 + BETA) / self.size
        steep = min(0.5, max(reno, (target - self.size) / self.size))
        self.size += steep * segments

    def shrink(self, now: float) -> None:
        """Segments were lost."""
        self._most, self._epoch = self.size, now
        self._turning = (self._most * (1 - BETA) / CUBIC) ** (1 / 3)
        self.size = self.threshold = max(2.0, self.size * BETA)

    def collapse(self, now: float) -> None:
        """Nothing is heard any more."""
        self.shrink(now)
        self.size = 1.0

    def rest(self) -> None:
        """The sender paused: what the link takes is not known any more."""
        self.size = min(self.size, INITIAL_WINDOW)


class End:
    """One end: what it sends, and what it puts together again."""

    def __init__(
        self,
        timeline: Timeline,
        send: Callable[[Packet], object],
        application: Application,
        *,
        buffer: int,
    ) -> None:
        self._timeline, self._send, self._application = timeline, send, application
        self._buffer = buffer
        self.open = self.dead = False
        self._unsent, self._closing, self._fin_sent = bytearray(), False, False
        self._next = self._serial = self._acked = 0
        self._flight: list[Segment] = []
        self._window, self._recovery, self._restarting = Window(), 0, False
        self._rtt = self._var = 0.0
        self._least_rtt, self._rto, self._backoff = float("inf"), FIRST_RTO, 1
        self._last_sent = 0.0
        self._probed = self._full = False
        self._timer: Timer | None = None
        self._expected, self._early = 0, dict[int, tuple[bytes, bool]]()
        self._ack_timer: Timer | None = None
        self._unacknowledged = 0
        self._opened_at = 0.0

    # ------------------------------------------------------------ what the application does

    @property
    def room(self) -> int:
        """Bytes the send buffer takes."""
        return max(0, self._buffer - len(self._unsent) - (self._next - self._acked))

    @property
    def is_roomy(self) -> bool:
        """Whether writing is worth while, as Linux decides it: a third of the buffer is free."""
        return self.room * 3 >= self._buffer

    def connect(self) -> None:
        """Ask for a connection."""
        self._opened_at = self._timeline.now
        self._ask(Flag.SYN)

    def write(self, data: bytes) -> None:
        """Send bytes; more than there is room for is a mistake of the caller."""
        self._unsent += data
        self._push()

    def close(self) -> None:
        """Send no more after what was written."""
        self._closing = True
        self._push()

    def abort(self) -> None:
        """Forget everything and tell the other side."""
        if not self.dead:
            self._send(Packet(Flag.RST))
            self._die()

    def _die(self) -> None:
        self.dead = True
        for timer in (self._timer, self._ack_timer):
            if timer:
                timer.cancel()

    # -------------------------------------------------------------------- opening

    def _ask(self, flag: Flag, wait: float = FIRST_RTO) -> None:
        if self.open or self.dead:
            return
        self._send(Packet(flag))
        self._timer = self._timeline.at(
            self._timeline.now + wait, lambda: self._ask(flag, min(wait * 2, MAX_RTO))
        )

    def _opened(self) -> None:
        if self._timer:
            self._timer.cancel()
        self.open = True
        self._application.connected()

    # ------------------------------------------------------------------ what arrives

    def receive(self, packet: Packet) -> None:
        """A packet of the other side has come."""
        if self.dead:
            if packet.flag is not Flag.RST:
                self._send(Packet(Flag.RST))
            return
        match packet.flag:
            case Flag.RST:
                self._die()
                self._application.failed()
            case Flag.SYN:
                self._answer_syn()
            case Flag.SYN_ACK:
                if not self.open:
                    self._sample(self._timeline.now - self._opened_at)
                    self._opened()
                if not self._flight:  # else what we sent is the answer
                    self._acknowledge()
                self._push()
            case _:
                self._receive_stream(packet)

    def _answer_syn(self) -> None:
        if not self.open and self._timer is None:
            self._opened_at = self._timeline.now
            self._ask(Flag.SYN_ACK)
        elif not self.open:
            self._send(Packet(Flag.SYN_ACK))

    def _receive_stream(self, packet: Packet) -> None:
        if not self.open:
            self._sample(self._timeline.now - self._opened_at)
            self._opened()
        self._take_ack(packet)
        if packet.data or packet.fin:
            self._take_data(packet)
        self._push()

    def _take_data(self, packet: Packet) -> None:
        quick = bool(self._early) or packet.start != self._expected or packet.fin
        if packet.start >= self._expected:
            self._early[packet.start] = (packet.data, packet.fin)
        while self._expected in self._early:
            data, fin = self._early.pop(self._expected)
            self._expected += len(data) + fin
            if data:
                self._application.arrived(data)
            if fin:
                self._application.ended()
        self._unacknowledged += 1
        if quick or self._unacknowledged > 1:
            self._acknowledge()
        elif self._ack_timer is None or self._ack_timer.cancelled:
            late = self._timeline.now + ACK_DELAY
            self._ack_timer = self._timeline.at(late, self._acknowledge)

    def _acknowledge(self) -> None:
        if not self.dead:
            self._transmit(Packet(Flag.ACK, ack=self._expected, sacks=self._sacks()))

    def _transmit(self, packet: Packet) -> None:
        """Send; whatever goes carries the acknowledgement."""
        self._unacknowledged = 0
        if self._ack_timer:
            self._ack_timer.cancel()
        self._send(packet)

    def _sacks(self) -> tuple[tuple[int, int], ...]:
        blocks: list[tuple[int, int]] = []
        for start in sorted(self._early):
            data, fin = self._early[start]
            end = start + len(data) + fin
            if blocks and blocks[-1][1] == start:
                blocks[-1] = (blocks[-1][0], end)
            else:
                blocks.append((start, end))
        return tuple(blocks[-SACK_BLOCKS:])

    # ------------------------------------------------------- acknowledgements and loss

    def _take_ack(self, packet: Packet) -> None:
        now = self._timeline.now
        reached = [s for s in self._flight if not s.arrived and _covers(packet, s)]
        for segment in reached:
            segment.arrived = True
        self._acked = max(self._acked, packet.ack)
        self._flight = [s for s in self._flight if s.end > packet.ack]
        if reached:
            self._probed, self._backoff = False, 1
            fresh = [s for s in reached if not s.again]
            if fresh:
                self._sample(now - max(s.sent_at for s in fresh))
            self._detect(reached)
            if self._acked >= self._recovery:
                self._restarting = False
            if self._full and (self._restarting or self._acked >= self._recovery):
                self._window.grow(len(reached), now, self._rtt, self._least_rtt)
            self._arm()
            if self.is_roomy:
                self._application.roomy()

    def _sample(self, rtt: float) -> None:
        self._least_rtt = min(self._least_rtt, rtt)
        if self._rtt == 0.0:
            self._rtt, self._var = rtt, rtt / 2
        else:
            self._var = 0.75 * self._var + 0.25 * abs(self._rtt - rtt)
            self._rtt = 0.875 * self._rtt + 0.125 * rtt
        self._rto = self._rtt + max(MIN_RTO, 4 * self._var)

    def _detect(self, reached: list[Segment]) -> None:
        """What was sent before something that arrived is late; much before, lost."""
        for segment in self._flight:
            if not segment.arrived and not segment.lost:
                segment.passed += sum(one.serial > segment.serial for one in reached)
                if segment.passed >= DUPLICATES:
                    self._lose(segment)
                elif segment.passed:
                    self._suspect(segment, segment.serial)

    def _suspect(self, segment: Segment, serial: int) -> None:
        def give_up() -> None:
            gone = segment.arrived or segment.lost or segment.serial != serial
            if not (gone or self.dead):
                self._lose(segment)
                self._push()

        self._timeline.at(self._timeline.now + self._least_rtt / 4, give_up)

    def _lose(self, segment: Segment) -> None:
        segment.lost = True
        if self._acked >= self._recovery:
            self._recovery = self._next
            self._window.shrink(self._timeline.now)

    # ------------------------------------------------------------------- sending

    def _push(self) -> None:
        """Send what the window lets go."""
        if not self.open or self.dead:
            return
        now = self._timeline.now
        if not self._flight and self._unsent and now - self._last_sent > self._rto:
            self._window.rest()
        sent = False
        while self._on_its_way() < int(self._window.size):
            segment = next((s for s in self._flight if s.lost), None) or self._cut()
            if segment is None:
                break
            self._emit(segment)
            sent = True
        self._full = self._on_its_way() >= int(self._window.size)
        if sent:
            self._arm()

    def _on_its_way(self) -> int:
        return sum(not (segment.arrived or segment.lost) for segment in self._flight)

    def _cut(self) -> Segment | None:
        """The next piece of what was written; at the end, the FIN."""
        data = bytes(self._unsent[:MSS])
        fin = self._closing and len(self._unsent) == len(data) and not self._fin_sent
        if not data and not fin:
            return None
        self._fin_sent = self._fin_sent or fin
        del self._unsent[: len(data)]
        segment = Segment(self._next, data, fin, 0.0, 0)
        self._next = segment.end
        self._flight.append(segment)
        return segment

    def _emit(self, segment: Segment) -> None:
        again = segment.serial > 0
        self._serial += 1
        segment.sent_at, segment.serial = self._timeline.now, self._serial
        segment.lost, segment.again, segment.passed = False, again, 0
        self._last_sent = self._timeline.now
        self._transmit(
            Packet(
                Flag.DATA,
                segment.start,
                segment.data,
                segment.fin,
                self._expected,
                self._sacks(),
                again,
            )
        )

    # -------------------------------------------------------------------- timers

    def _arm(self) -> None:
        """A probe soon, if the last segments may be lost unnoticed; else the time-out."""
        if self._timer:
            self._timer.cancel()
        if not any(not segment.arrived for segment in self._flight):
            return
        now, probe = self._timeline.now, self._probe_after()
        if probe < self._rto * self._backoff:
            self._timer = self._timeline.at(now + probe, self._probe)
        else:
            self._timer = self._timeline.at(now + self._wait(), self._time_out)

    def _wait(self) -> float:
        return min(self._rto * self._backoff, MAX_RTO)

    def _probe_after(self) -> float:
        if self._probed or self._backoff > 1 or self._acked < self._recovery:
            return float("inf")
        return 2 * self._rtt + (MIN_RTO if self._on_its_way() == 1 else 0.0)

    def _probe(self) -> None:
        if self.dead:
            return
        self._probed = True
        last = self._cut() or next((s for s in reversed(self._flight) if not s.arrived), None)
        if last is not None:
            self._emit(last)
        self._arm()

    def _time_out(self) -> None:
        if self.dead:
            return
        for segment in self._flight:
            segment.lost = not segment.arrived
        if self._backoff == 1:
            self._window.collapse(self._timeline.now)
        self._window.size = 1.0
        self._recovery, self._restarting = self._next, True
        self._backoff = min(self._backoff * 2, 1 << 10)
        self._push()


def _covers(packet: Packet, segment: Segment) -> bool:
    return segment.end <= packet.ack or any(
        start <= segment.start and segment.end <= end for start, end in packet.sacks
    )
