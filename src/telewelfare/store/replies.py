"""What a reply of the centre brings to the device's records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Path, Values
from telewelfare.domain.ids import RecordId


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
