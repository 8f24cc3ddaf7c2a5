"""The people of each centre."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
from random import Random

from telewelfare.domain.areas import AreaCode, children
from telewelfare.synthetic import names, places
from telewelfare.synthetic.model import Place, SyntheticWorker, World

_POSITIONS = {
    "volunteer": "อาสาสมัครพัฒนาสังคมและความมั่นคงของมนุษย์ (อพม.)",
    "volunteer_lead": "หัวหน้า อพม. ระดับอำเภอ",
    "social_worker": "นักสังคมสงเคราะห์",
    "case_manager": "ผู้จัดการรายกรณี",
    "finance": "เจ้าพนักงานการเงินและบัญชี",
    "director": "ผู้อำนวยการศูนย์คุ้มครองคนไร้ที่พึ่ง",
    "admin": "ผู้ดูแลระบบ",
}
_OFFICE = {"social_worker": 3, "case_manager": 2, "finance": 1, "director": 1, "admin": 1}
_LEADS = 2
_FEWEST, _MOST = 12, 40  # volunteers of a centre
_CASES_EACH = 100  # a volunteer more for so many cases of the world


@dataclass(frozen=True, slots=True)
class Staff:
    """The workers of one centre by what they do."""

    field: dict[str, SyntheticWorker]  # by subdistrict
    leads: tuple[SyntheticWorker, ...]
    officers: tuple[SyntheticWorker, ...]
    managers: tuple[SyntheticWorker, ...]
    director: SyntheticWorker

    def lead_of(self, area: str) -> SyntheticWorker:
        """The volunteer who leads the others of a district."""
        return next(lead for lead in self.leads if area[:4] in lead.areas)


@lru_cache(maxsize=8)
def workers(world: World) -> tuple[SyntheticWorker, ...]:
    """Return everyone, centre by centre, volunteers first.

    The first volunteer of centre 92 works on the island เกาะลิบง and the coast opposite;
    the first social worker of each centre receives its reports.
    """
    return tuple(worker for centre in world.provinces for worker in _centre(world, centre))


@lru_cache(maxsize=8)
def staff(world: World) -> dict[str, Staff]:
    """Return the workers by centre and duty."""
    return {centre: _staff(centre, workers(world)) for centre in world.provinces}


def _staff(centre: str, everyone: Iterable[SyntheticWorker]) -> Staff:
    own = [worker for worker in everyone if worker.centre == centre]

    def of(role: str) -> tuple[SyntheticWorker, ...]:
        return tuple(worker for worker in own if worker.role == role)

    return Staff(
        {area: worker for worker in of("volunteer") for area in worker.areas},
        of("volunteer_lead"),
        of("social_worker"),
        of("case_manager"),
        of("director")[0],
    )


def _centre(world: World, centre: str) -> Iterable[SyntheticWorker]:
    rng, numbers = Random(f"{world.seed}/workers/{centre}"), count(1)
    wanted = min(_MOST, max(_FEWEST, world.cases // _CASES_EACH))
    for areas in _shares(places.subdistricts(centre), wanted):
        yield _worker(rng, centre, "volunteer", areas, next(numbers))
    districts = children(AreaCode(centre))
    for part in range(_LEADS):
        yield _worker(rng, centre, "volunteer_lead", districts[part::_LEADS], next(numbers))
    for role, how_many in _OFFICE.items():
        for _ in range(how_many):
            yield _worker(rng, centre, role, (centre,), next(numbers))


def _shares(areas: tuple[str, ...], wanted: int) -> list[tuple[str, ...]]:
    """Give every subdistrict to one volunteer, neighbours together."""
    first = tuple(area for area in (places.ISLAND, places.MAINLAND) if area in areas) or areas[:2]
    rest = [area for area in areas if area not in first]
    cuts = [round(len(rest) * n / (wanted - 1)) for n in range(wanted)]
    return [first] + [tuple(rest[start:end]) for start, end in pairwise(cuts) if start < end]


def _worker(
    rng: Random, centre: str, role: str, areas: tuple[str, ...], number: int
) -> SyntheticWorker:
    sex, place = rng.choice(("male", "female", "female")), Place(areas[0], None, None)
    muslim = names.is_muslim(rng, place)
    first = names.first_name(rng, sex, 50, place, muslim=muslim)
    volunteer = role.startswith("volunteer")
    return SyntheticWorker(
        key=f"{centre}-{role}-{number:02d}",
        centre=centre,
        display_name=f"{first} {names.last_name(rng, muslim=muslim)}",
        role=role,
        areas=areas,
        position=_POSITIONS[role],
        sdhsv_id=f"{centre}9999{number:04d}" if volunteer else "",
        mark=f"{centre}{number:02d}",
    )
