"""What a reply of the centre brings to the device's records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Path, Values
from telewelfare.domain.ids import RecordId

PART: Final = 30  # records; 10 ms at a desk, 50 ms on an old phone


@dataclass(frozen=True, slots=True)
class News:
    """What changed of one record; `whole` = forget paths not named here."""

    kind: str
    id: RecordId
    sets: Values
    stamps: Mapping[Path, str]
    seq: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """What a round brought, to be taken in as one piece."""

    acknowledged: int
    rejected: Mapping[int, str]  # operation number: code, and where there is one the path
    news: Sequence[News]
    removed: Sequence[str]  # cases, persons … out of reach
    cursor: str
    now: Millis  # the centre's clock
    reset: bool = False  # the centre is not the one it was: it may lack what it once had
    wanted: Collection[str] = ()  # records a check asked for, and this answers for
    accepted: Collection[int] = ()  # numbers refused once, now taken
    gone: Collection[str] = ()  # of `wanted`: the centre has them, but not for this worker


def parts(reply: Reply) -> tuple[Reply, ...]:
    """A reply in short parts where it is nothing but news; else whole.

    They are not to hold up for long whoever saves something on this device meanwhile.
    """
    mere_news = replace(reply, news=(), acknowledged=0, cursor="") == Reply(
        0, {}, (), (), "", reply.now
    )
    if not mere_news or len(reply.news) <= PART:
        return (reply,)
    starts = range(0, len(reply.news), PART)
    return tuple(replace(reply, news=reply.news[start : start + PART]) for start in starts)
