"""Real subdistricts, with invented spots in them."""

from __future__ import annotations

from functools import cache
from random import Random

from telewelfare.domain.areas import AreaCode, children, postcode
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import bangkok_iso
from telewelfare.domain.fields import Json
from telewelfare.synthetic.model import Place
from telewelfare.synthetic.words import pool, table

ISLAND, MAINLAND = "920213", "920211"  # where the first volunteer of Trang works
COAST = frozenset({"9202", "9204", "9205", "9210"})  # districts with many Muslim families
_SPREAD = 0.025  # degrees, about 3 km


@cache
def subdistricts(province: str) -> tuple[str, ...]:
    """Return the subdistricts of a province."""
    return tuple(area for part in children(AreaCode(province)) for area in children(part))


def place_in(rng: Random, area: str) -> Place:
    """Choose a spot in a subdistrict."""
    middle = table("places").get(area) or table("places").get(area[:4])
    if middle is None:
        return Place(area, None, None)
    lat, lon = (degrees + rng.uniform(-_SPREAD, _SPREAD) for degrees in middle)
    return Place(area, round(lat, 5), round(lon, 5))


def position(rng: Random, place: Place, at: Millis) -> Json:
    """Return the position as a phone would give it; `None` where we know none."""
    if place.lat is None:
        return None
    return {
        "lat": place.lat,
        "lon": place.lon,
        "accuracy_m": rng.choice((4, 6, 8, 12, 20, 35, 120)),
        "taken_at": bangkok_iso(at),
        "source": rng.choices(("gps", "map"), (9, 1))[0],
    }


def village_of(rng: Random, place: Place) -> str:
    """Name a village, in the way of the region."""
    south = int(place.province) >= 80
    return rng.choice(pool("texts", "villages_south" if south else "villages_isan"))


def house(rng: Random, place: Place) -> dict[str, Json]:
    """Give an address with a house number."""
    number = str(rng.randint(1, 389))
    address: dict[str, Json] = {
        "house_no": f"{number}/{rng.randint(1, 40)}" if rng.random() < 0.3 else number,
        "moo": str(rng.randint(1, 12)),
        "village": village_of(rng, place),
        "area": place.area,
        "postcode": postcode(AreaCode(place.area)),
    }
    if rng.random() < 0.4:
        address["landmark"] = rng.choice(pool("texts", "landmarks"))
    return address


def outdoors(rng: Random, place: Place) -> dict[str, Json]:
    """Say where somebody without a house sleeps."""
    return {
        "place_name": rng.choice(pool("texts", "public_places")),
        "area": place.area,
        "landmark": rng.choice(pool("texts", "landmarks")),
    }
