"""Names, numbers and telephones that belong to nobody."""

from __future__ import annotations

from random import Random

from telewelfare.domain.fields import Json
from telewelfare.domain.thai_id import check_digit
from telewelfare.synthetic.model import Place
from telewelfare.synthetic.places import COAST
from telewelfare.synthetic.words import pool, vocabulary

_OLD = 55  # years; older people of the north-east bear other names
_GROWN = 20  # years; before that the bare nickname will do
_SOUTH = "92"


def is_muslim(rng: Random, place: Place) -> bool:
    """Whether somebody of this place is of a Muslim family; only the coast of Trang has many."""
    if place.province != _SOUTH:
        return False
    return rng.random() < (0.55 if place.area[:4] in COAST else 0.08)


def first_name(rng: Random, sex: str, age: int, place: Place, *, muslim: bool) -> str:
    """Choose a given name by family, region and age."""
    which = "female" if sex == "female" else "male"
    if muslim:
        which += "_muslim"
    elif place.province != _SOUTH and age > _OLD and rng.random() < 0.5:
        which += "_isan"
    return rng.choice(vocabulary("names", which))


def last_name(rng: Random, *, muslim: bool) -> str:
    """Put a surname together."""
    which = "surname_muslim" if muslim else "surname"
    first = rng.choice(vocabulary("names", which + "_first"))
    last = rng.choice(vocabulary("names", which + "_last"))
    return first + last if last != first else f"{first}ทอง"


def nickname(rng: Random, sex: str, age: int, *, muslim: bool) -> str:
    """Choose what the neighbours say: "ลุงแดง", "นุ้ย"."""
    nick = rng.choice(vocabulary("names", "nicknames"))
    if age < _GROWN or rng.random() < 0.4:
        return nick
    kind = "_muslim" if muslim else "_old" if age > _OLD else ""
    return rng.choice(vocabulary("names", f"before_{sex}{kind}")) + nick


def unknown_name(rng: Random, sex: str) -> str:
    """Say how people call somebody whose name nobody knows."""
    return rng.choice(pool("names", "unknown_female" if sex == "female" else "unknown_male"))


def national_id(rng: Random, place: Place) -> str:
    """Make a number that passes every check and can have been issued to nobody.

    A number begins with the person's category, 1 to 8, or 0; there is no category 9.
    """
    twelve = f"9{place.area[:4]}{rng.randrange(10**7):07d}"
    return f"{twelve}{check_digit(twelve)}"


def is_issuable(number: str) -> bool:
    """Whether a number could be that of a person."""
    return not number.startswith("9")


def mobile(rng: Random) -> str:
    """Make a mobile number with 000 where the operator's block stands."""
    return f"0{rng.choice('689')}{rng.randrange(10)}000{rng.randrange(10_000):04d}"


def landline(rng: Random, place: Place) -> str:
    """Make a number of an office: the code of the region, then 000."""
    return f"0{'75' if place.province == _SOUTH else '44'}000{rng.randrange(1000):03d}"


def maybe_mobile(rng: Random, chance: float) -> Json:
    """Return a mobile number, or `None` for those who have none."""
    return mobile(rng) if rng.random() < chance else None
