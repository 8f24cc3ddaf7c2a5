"""The link emulator keeps to the figures of a kernel's TCP over the same link, in model time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from statistics import median

import pytest
from flows import Flow
from hypothesis import given
from hypothesis import strategies as st
from link import EDGE, LAN, NO_CUTS, THREE_G, Cuts, Fate, Link, Profile, Timeline, lossless
from tcp import MSS, End

FILE = 120_000  # bytes
SEEDS = range(20)
LONG = 10_000.0  # seconds, after which whatever still goes on never ends


@dataclass
class Program:
    """Sends what it has, as fast as it is taken, and notes what comes."""

    timeline: Timeline
    to_send: bytes = b""
    got: bytearray = field(default_factory=bytearray)
    end: End | None = None
    begun_at: float | None = None
    last_at: float = 0.0
    ended_at: float | None = None
    failed_at: float | None = None

    def connected(self) -> None:
        self.begun_at = self.timeline.now
        self.roomy()

    def arrived(self, data: bytes) -> None:
        self.got += data
        self.last_at = self.timeline.now

    def ended(self) -> None:
        self.ended_at = self.timeline.now

    def failed(self) -> None:
        self.failed_at = self.timeline.now

    def roomy(self) -> None:
        if self.end and self.to_send and self.end.room:
            now, self.to_send = self.to_send[: self.end.room], self.to_send[self.end.room :]
            self.end.write(now)


@dataclass
class Talk:
    """A connection of two programs over a link."""

    timeline: Timeline
    link: Link
    device: Program
    centre: Program
    flow: Flow

    def settled(self, until: float = LONG) -> Talk:
        self.timeline.run(until)
        return self


def talk(link: Link, *, up: bytes = b"", down: bytes = b"") -> Talk:
    timeline = link.timeline
    device, centre = Program(timeline, up), Program(timeline, down)

    def answer() -> Program:
        timeline.at(timeline.now, lambda: setattr(centre, "end", flow.centre))
        return centre

    flow = Flow(link, device, answer)
    device.end = flow.device
    flow.device.connect()
    return Talk(timeline, link, device, centre, flow)


def over(
    profile: Profile, *, up: bytes = b"", down: bytes = b"", seed: int = 0, cuts: Cuts = NO_CUTS
) -> Talk:
    return talk(Link(Timeline(), profile, seed=seed, cuts=cuts), up=up, down=down)


def bytes_of(seed: int, count: int) -> bytes:
    return Random(seed).randbytes(count)


def took(profile: Profile, *, up: int = 0, down: int = 0) -> float:
    """Median seconds from the first packet until the last byte is there."""

    def once(seed: int) -> float:
        done = over(profile, up=bytes(up), down=bytes(down), seed=seed).settled()
        assert (len(done.centre.got), len(done.device.got)) == (up, down)
        return max(done.centre.last_at, done.device.last_at)

    return median(once(seed) for seed in SEEDS)


def test_a_handshake_on_edge_takes_a_round_trip() -> None:
    begun = over(lossless(EDGE)).settled(5).device.begun_at
    assert begun == pytest.approx(0.6, abs=0.05)


def test_a_lost_syn_is_sent_again_after_a_second() -> None:
    first = Cuts(period=1e9, down=0.5, first=0.0)
    begun = over(lossless(EDGE), cuts=first).settled().device.begun_at
    assert begun == pytest.approx(1.6, abs=0.05)


def test_120_kb_come_down_as_fast_as_a_kernel_brings_them() -> None:
    assert took(EDGE, down=FILE) == pytest.approx(0.6 + 8.9, rel=0.05)


def test_120_kb_go_up_as_fast_as_a_kernel_brings_them() -> None:
    assert took(EDGE, up=FILE) == pytest.approx(0.6 + 17.4, rel=0.05)


def test_3g_gives_at_least_two_thirds_of_its_rate() -> None:
    least = FILE * 8 / 750_000
    assert least < took(THREE_G, down=FILE) < 1.5 * least


def test_two_connections_share_the_link() -> None:
    link = Link(Timeline(), lossless(EDGE))
    both = [talk(link, up=bytes(FILE // 2)) for _ in range(2)]
    link.timeline.run(LONG)
    last = [one.centre.last_at for one in both]
    assert max(last) == pytest.approx(0.6 + 17.4, rel=0.08)
    assert min(last) > 0.75 * max(last)


@given(st.integers(0, 2**32), st.integers(0, 60_000), st.integers(0, 60_000))
def test_every_byte_arrives_once_and_in_order_however_much_is_lost(
    seed: int, up: int, down: int
) -> None:
    bad = replace(EDGE, loss=0.15)
    sent, answered = bytes_of(seed, up), bytes_of(seed + 1, down)
    done = over(bad, up=sent, down=answered, seed=seed).settled()
    assert bytes(done.centre.got) == sent
    assert bytes(done.device.got) == answered


def test_the_same_seed_loses_the_same_packets() -> None:
    def once(seed: int) -> object:
        done = over(EDGE, up=bytes(FILE), seed=seed).settled()
        return done.centre.last_at, done.link.up.counts, done.link.down.counts

    assert once(3) == once(3)
    assert once(3) != once(4)


def test_two_in_a_hundred_packets_are_lost() -> None:
    link = Link(Timeline(), replace(EDGE, up=1e9))
    arrived = []
    for _ in range(20_000):
        link.up.send(100, "data", lambda: arrived.append(1))
        link.timeline.run(link.timeline.now + 0.001)
    assert link.up.counts.lost / link.up.counts.packets == pytest.approx(0.02, abs=0.004)


def test_headers_acknowledgements_and_retransmissions_are_counted() -> None:
    done = over(EDGE, up=bytes(FILE), seed=2).settled()
    up, down = done.link.up.counts, done.link.down.counts
    segments = -(-FILE // MSS)
    assert up.by_kind["data"] == pytest.approx(FILE + 52 * segments, rel=0.01)
    assert up.by_kind["data again"] >= 1_500 * (up.lost - 1)
    assert up.offered == sum(up.by_kind.values())
    assert segments / 2 * 52 <= down.by_kind["ack"] <= segments * 72 + 500


def test_an_end_is_told_and_costs_packets() -> None:
    done = over(lossless(EDGE), up=b"x" * 100).settled(5)
    done.flow.device.close()
    done.settled()
    assert done.centre.ended_at is not None
    assert done.link.up.counts.by_kind["fin"] == 52


def test_a_sender_is_held_back_at_its_buffer() -> None:
    begun = over(lossless(EDGE), up=bytes(10**6))
    begun.settled(1.0)
    assert len(begun.device.to_send) >= 10**6 - 16_000 - 4_000
    begun.settled(60.0)
    assert 10**6 - len(begun.device.to_send) - len(begun.centre.got) <= 16_000


def test_a_full_queue_drops_what_comes_last() -> None:
    link = Link(Timeline(), EDGE)
    for _ in range(30):
        link.up.send(1_400, "data", lambda: None)
    assert link.up.counts.overflowed == 30 - 30_000 // 1_400


def test_what_a_blackhole_swallows_is_sent_again() -> None:
    cut = Cuts(Fate.BLACKHOLE, first=3.0)
    sent = bytes_of(1, FILE)
    done = over(lossless(EDGE), up=sent, cuts=cut).settled()
    assert bytes(done.centre.got) == sent
    assert done.link.up.counts.cut > 0
    assert done.centre.last_at > 17 + 5


def test_who_waits_through_a_blackhole_loses_more_than_it_lasts() -> None:
    """The time-out has doubled meanwhile: the reason why a new connection pays."""
    once = Cuts(Fate.BLACKHOLE, period=1e9, down=5.0, first=3.0)
    waited = over(lossless(EDGE), up=bytes(FILE), cuts=once).settled().centre.last_at
    undisturbed = over(lossless(EDGE), up=bytes(FILE)).settled().centre.last_at
    assert waited > undisturbed + 5.0


def test_a_flow_that_was_open_at_a_cut_that_resets_is_dead() -> None:
    cut = Cuts(Fate.RESET, first=3.0)
    done = over(lossless(EDGE), up=bytes(FILE), cuts=cut).settled(30)
    got = len(done.centre.got)
    assert done.device.failed_at is not None
    assert done.device.failed_at >= 8.0  # when the link is there again and it sends
    assert 0 < got < FILE
    assert done.centre.failed_at is None
    assert len(done.settled(300).centre.got) == got


def test_a_device_that_only_listens_never_hears_of_a_reset() -> None:
    cut = Cuts(Fate.RESET, period=1e9, first=3.0)
    begun = over(lossless(EDGE), up=b"please", cuts=cut).settled(2.9)
    assert bytes(begun.centre.got) == b"please"
    end = begun.flow.centre
    assert end is not None
    begun.timeline.at(9.0, lambda: end.write(b"too late"))
    begun.settled(600)
    assert begun.device.failed_at is None
    assert not begun.device.got


def test_a_flow_that_is_opened_after_the_cut_works() -> None:
    link = Link(Timeline(), lossless(EDGE), cuts=Cuts(Fate.RESET, period=1e9, first=3.0))
    link.timeline.run(8.5)
    later = talk(link, up=b"again")
    link.timeline.run(20)
    assert bytes(later.centre.got) == b"again"


@given(st.floats(1.0, 15.0), st.floats(0.0, 200.0))
def test_the_link_is_down_a_quarter_of_the_time(first: float, moment: float) -> None:
    cuts = Cuts(first=first)
    assert cuts.is_down(first)
    assert not cuts.is_down(first / 2)
    assert cuts.is_down(moment) == (moment >= first and (moment - first) % 20 < 5)
    if moment >= first:
        assert cuts.last(moment) <= moment < cuts.last(moment) + 20.001


def test_an_aborted_connection_tells_the_other_side() -> None:
    begun = over(lossless(EDGE), up=b"x").settled(2)
    begun.flow.device.abort()
    begun.settled()
    assert begun.centre.failed_at == pytest.approx(2.3, abs=0.05)


def test_a_good_link_is_no_obstacle() -> None:
    assert took(LAN, up=10**6) < 0.2
