"""Invented persons and the households they live in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from telewelfare.domain.codes import CODES
from telewelfare.domain.dates import born_about
from telewelfare.domain.fields import Json
from telewelfare.synthetic import names, places
from telewelfare.synthetic.model import Place
from telewelfare.synthetic.scenarios import Scenario
from telewelfare.synthetic.texts import phrase
from telewelfare.synthetic.words import pool

ADULT = 18  # years
_TITLED = 15  # years; from then on the titles of adults are used
_WITHOUT_HOUSE = frozenset({"public_place", "roaming", "temple", "shelter"})
_NO_ID = {
    "lost": 26,
    "expired": 16,
    "never_registered": 12,
    "stateless_0": 6,
    "foreigner_passport": 3,
    "refuses": 6,
    "unknown": 22,
    "has_number_no_card": 9,
}
_ADULT_WORK = ("unemployed", "trade", "farmer", "labourer", "company_employee", "other")
_LEVELS = CODES["education"]
_LEVEL_WEIGHTS = (10, 34, 22, 16, 8, 5, 3, 2, 0.2)
_BAHT = 100  # satang


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """Who a story is about, before it is written down. Names are empty where nobody knows them."""

    scenario: Scenario
    place: Place
    sex: str
    age: int
    muslim: bool
    title: str
    first: str
    last: str
    alias: str
    id_status: str
    housing: str

    @property
    def shown(self) -> str:
        """How somebody who tells of this person would say it."""
        return self.first or self.alias

    @property
    def minor(self) -> bool:
        """Whether this is a child."""
        return self.age < ADULT


def sketch(rng: Random, scenario: Scenario, place: Place) -> Sketch:
    """Invent the person of a story."""
    sex, age = rng.choice(scenario.sexes), rng.randint(*scenario.ages)
    muslim = names.is_muslim(rng, place)
    status = _id_status(rng, scenario)
    nameless = status in ("unknown", "refuses") and rng.random() < 0.7
    first = "" if nameless else names.first_name(rng, sex, age, place, muslim=muslim)
    single = nameless or (status != "has_card" and rng.random() < 0.15)
    alias = names.unknown_name(rng, sex) if nameless else ""
    return Sketch(
        scenario=scenario,
        place=place,
        sex=sex,
        age=age,
        muslim=muslim,
        title=title_of(rng, sex, age, muslim=muslim),
        first=first,
        last="" if single else names.last_name(rng, muslim=muslim),
        alias=alias or (names.nickname(rng, sex, age, muslim=muslim) if rng.random() < 0.3 else ""),
        id_status=status,
        housing=rng.choice(scenario.housing),
    )


def title_of(rng: Random, sex: str, age: int, *, muslim: bool) -> str:
    """Choose the title that goes with sex and age."""
    if age < _TITLED:
        return "girl" if sex == "female" else "boy"
    if sex == "female":
        return rng.choice(("mrs", "mrs", "miss"))
    return "monk" if not muslim and rng.random() < 0.01 else "mr"


def person(rng: Random, who: Sketch, today: date) -> dict[str, Json]:
    """Write down what is known of the person: much of some, nearly nothing of others."""
    plain: dict[str, Json] = {
        "title": who.title,
        "first_name": who.first,
        "last_name": who.last,
        "alias": who.alias,
        "sex": who.sex,
        "area": who.place.area,
        **_identity(rng, who, today),
        **_life(rng, who),
        **_body(rng, who),
        "current_address": address(rng, who),
    }
    if who.last and rng.random() < 0.8:
        plain["registered_address"] = places.house(rng, who.place)
    if rng.random() < 0.2:
        plain["contact_via"] = _contact(rng, who)
    return present(plain)


def present(plain: dict[str, Json]) -> dict[str, Json]:
    """Leave out what is not known."""
    return {name: value for name, value in plain.items() if value not in (None, "", [], {})}


def has_house(who: Sketch) -> bool:
    """Whether there is a household to visit."""
    return who.housing not in _WITHOUT_HOUSE


def address(rng: Random, who: Sketch) -> dict[str, Json]:
    """Say where the person can be found now."""
    where = places.house if has_house(who) else places.outdoors
    return where(rng, who.place)


def household(rng: Random, who: Sketch, client: str, today: date) -> dict[str, Json]:
    """Write down who lives there and on what."""
    income = rng.choice((0, 600, 700, 1_200, 2_500, 4_000, 6_500, 9_000))
    return present(
        {
            "head": client,
            "housing_type": who.housing,
            "rent": rng.choice((800, 1_200, 1_800)) * _BAHT if who.housing == "rented" else None,
            "income_month": income * _BAHT,
            "income_sources": [rng.choice(("work", "family", "state", "other"))],
            "debt_formal": rng.choice((0, 0, 20_000, 85_000, 300_000)) * _BAHT,
            "debt_informal": rng.choice((0, 0, 0, 5_000, 20_000, 60_000)) * _BAHT,
            "dependants": [rng.choice(("parents", "children", "older_persons", "disabled"))],
            "members": [_member(rng, who, today, seq) for seq in range(1, rng.randint(1, 6))],
        }
    )


def _member(rng: Random, who: Sketch, today: date, seq: int) -> Json:
    relation = rng.choice(_KIN_OF_CHILD if who.minor else tuple(_OLDER))
    age = min(95, max(1, who.age + _OLDER[relation] + rng.randint(-6, 6)))
    sex = rng.choice(("male", "female"))
    return present(
        {
            "key": f"m{seq:02d}",
            "seq": seq,
            "id_no": names.national_id(rng, who.place) if rng.random() < 0.7 else None,
            "title": title_of(rng, sex, age, muslim=who.muslim),
            "first_name": names.first_name(rng, sex, age, who.place, muslim=who.muslim),
            "last_name": who.last or names.last_name(rng, muslim=who.muslim),
            "birth": _birth(rng, age, today),
            "relation": relation,
            "occupation": _occupation(rng, age),
            "income_month": 0 if age < ADULT else rng.choice((0, 600, 3_000, 7_500)) * _BAHT,
            "physical_condition": rng.choices(("normal", "disabled", "chronic_illness"), (7, 1, 2))[
                0
            ],
            "self_care": rng.random() < 0.9,
        }
    )


_OLDER = {"parent": 26, "spouse": 0, "child": -26, "grandchild": -50, "sibling_relative": 2}
_KIN_OF_CHILD = ("parent", "sibling_relative")
_SCHOOL = 5  # years


def _occupation(rng: Random, age: int) -> str | None:
    if age < ADULT:
        return "student" if age >= _SCHOOL else None
    return rng.choice(_ADULT_WORK)


def _id_status(rng: Random, scenario: Scenario) -> str:
    if rng.random() >= scenario.no_id:
        return "has_card"
    if scenario.name == "no_civil_status":
        return rng.choice(("never_registered", "never_registered", "stateless_0"))
    return rng.choices(tuple(_NO_ID), tuple(_NO_ID.values()))[0]


def _identity(rng: Random, who: Sketch, today: date) -> dict[str, Json]:
    numbered = who.id_status in ("has_card", "has_number_no_card", "expired", "lost")
    return {
        "id_status": who.id_status,
        "id_no": names.national_id(rng, who.place) if numbered and who.first else None,
        "passport_no": "ZZ0000000" if who.id_status == "foreigner_passport" else None,
        "no_id_reason": None if who.id_status == "has_card" else phrase(rng, "no_id_reasons"),
        "birth": _birth(rng, who.age, today) if who.last else None,
        "age_estimated": None if who.last else round(who.age / 5) * 5 or 1,
        "marks": phrase(rng, "marks") if not who.last or rng.random() < 0.1 else None,
    }


def _birth(rng: Random, age: int, today: date) -> Json:
    """Give a birth that makes the person this old; some know only the year."""
    if rng.random() < 0.15:
        guess = born_about(age, today).to_json()
        return {"iso": guess["iso"], "precision": rng.choice(("year", "estimated"))}
    born = today - timedelta(days=round(age * 365.25) + rng.randint(5, 350))
    return {"iso": born.isoformat(), "precision": "day"}


def _life(rng: Random, who: Sketch) -> dict[str, Json]:
    grown = not who.minor
    return {
        "nationality": None if who.id_status == "foreigner_passport" else "ไทย",
        "religion": "อิสลาม" if who.muslim else "พุทธ",
        "marital": _marital(rng, who) if grown else "single",
        "education": rng.choices(_LEVELS, _LEVEL_WEIGHTS)[0] if grown else None,
        "occupation": _occupation(rng, who.age),
        "occupation_text": phrase(rng, "jobs") if grown and rng.random() < 0.5 else None,
        "phones": [names.mobile(rng)] if grown and rng.random() < 0.55 else None,
    }


def _marital(rng: Random, who: Sketch) -> str:
    choices = ("single", "married", "separated", "divorced", "cohabiting", "widowed")
    return rng.choices(choices, (3, 4, 2, 2, 2, 5 if who.age > 60 else 0.5))[0]


def _body(rng: Random, who: Sketch) -> dict[str, Json]:
    disabled = who.scenario.disabled or rng.random() < 0.07
    ill = who.scenario.disabled or rng.random() < who.age / 160
    released = who.scenario.name == "ex_prisoner"
    return {
        "has_disability": disabled,
        "disability": phrase(rng, "disabilities") if disabled else None,
        "health": ", ".join(rng.sample(pool("texts", "illnesses"), rng.randint(1, 2)))
        if ill
        else None,
        "criminal_history": phrase(rng, "crimes") if released else None,
    }


def _contact(rng: Random, who: Sketch) -> dict[str, Json]:
    return {
        "name": names.first_name(rng, "female", 50, who.place, muslim=who.muslim),
        "phone": names.mobile(rng),
        "relation": rng.choice(("neighbour", "village_head", "sibling_relative", "child")),
    }
