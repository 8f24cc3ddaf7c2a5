"""What is asked of the generator and what it gives."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time

from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import BANGKOK
from telewelfare.domain.operations import Edit

_MORNING = time(8, 0)


@dataclass(frozen=True, slots=True)
class World:
    """An invented pair of provinces. The same world always gives the same records.

    Nothing is recorded after `until`; `None` means 8 in the morning of `today` in Bangkok.
    """

    seed: int
    _: KW_ONLY
    today: date
    cases: int = 400
    partners: int = 150
    provinces: tuple[str, ...] = ("92", "36")
    until: Millis | None = None

    @property
    def now(self) -> Millis:
        """The moment that the newest entries lie just before."""
        if self.until is not None:
            return self.until
        morning = datetime.combine(self.today, _MORNING, BANGKOK)
        return Millis(int(morning.timestamp() * 1000))


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it was written: when, by whom (the key of a synthetic worker), and what.

    Every record is written by exactly one entry, in its final form; a case already in the state
    that its status events lead to.
    """

    at: Millis
    actor: str
    edit: Edit


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticWorker:
    """Somebody who works for a centre. `areas` are codes of 2, 4 or 6 digits.

    `mark` stands in the provisional numbers of cases made on this worker's device.
    """

    key: str
    centre: str
    display_name: str
    role: str
    areas: tuple[str, ...]
    position: str
    sdhsv_id: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something happens; `lat` and `lon` are degrees, `None` where we know none."""

    area: str
    lat: float | None
    lon: float | None

    @property
    def province(self) -> str:
        """The code of its province, which is also its centre."""
        return self.area[:2]
