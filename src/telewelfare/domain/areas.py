"""Provinces, districts, subdistricts and villages by their official codes."""

from collections.abc import Iterator
from csv import DictReader
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NewType, TypeAlias

from telewelfare.domain.lang import Lang
from telewelfare.domain.text import all_in, query_keys, search_key

AreaCode = NewType("AreaCode", str)
"""2 digits a province, 4 a district, 6 a subdistrict, 8 a village (subdistrict and หมู่)."""

Level: TypeAlias = Literal["province", "district", "subdistrict", "village"]

BANGKOK = AreaCode("10")

_LEVELS: dict[int, Level] = {2: "province", 4: "district", 6: "subdistrict", 8: "village"}
_BEFORE_NAME: dict[Level, str] = {"province": "จ.", "district": "อ.", "subdistrict": "ต."}
_BEFORE_NAME_BANGKOK: dict[Level, str] = {"province": "", "district": "เขต", "subdistrict": "แขวง"}
_DATA_FILES = ("provinces.csv", "districts.csv", "subdistricts.csv")


@dataclass(frozen=True, slots=True)
class Area:
    """One row of the register; `name_en` and `postcode` are empty where we know none."""

    code: AreaCode
    name_th: str
    name_en: str
    postcode: str


def is_area(code: str) -> bool:
    """Whether the code stands in the register; of a village, whether its subdistrict does."""
    return code in _register() or (_is_village(code) and code[:6] in _register())


def level(code: AreaCode) -> Level:
    """Return what kind of area it is. Raises KeyError for a code of another length."""
    return _LEVELS[len(code)]


def province(code: AreaCode) -> AreaCode:
    """Return the province an area lies in."""
    return AreaCode(code[:2])


def district(code: AreaCode) -> AreaCode | None:
    """Return the district an area is or lies in; `None` for a province."""
    return AreaCode(code[:4]) if len(code) >= 4 else None  # noqa: PLR2004 - digits of a district


def subdistrict(code: AreaCode) -> AreaCode | None:
    """Return the subdistrict an area is or lies in; `None` for a province or district."""
    return AreaCode(code[:6]) if len(code) >= 6 else None  # noqa: PLR2004 - digits of a subdistrict


def contains(area: str, code: str) -> bool:
    """Whether `code` is `area` or lies in it. Nothing lies in an empty or unknown area."""
    return is_area(area) and code.startswith(area)


def provinces() -> tuple[AreaCode, ...]:
    """Return all 77 provinces in the order of their codes."""
    return _children().get("", ())


def children(code: AreaCode) -> tuple[AreaCode, ...]:
    """Return the districts of a province or subdistricts of a district, in the order of codes.

    Villages are not in the register, so a subdistrict has none.
    """
    return _children().get(code, ())


def area_name(code: AreaCode, lang: Lang = "th") -> str:
    """Return the name alone: "เกาะลิบง", "หมู่ 3"; the code itself if the register lacks it.

    English falls back on Thai where no English name is known.
    """
    if _is_village(code):
        return f"{'Moo' if lang == 'en' else 'หมู่'} {int(code[6:])}"
    area = _register().get(code)
    if area is None:
        return code
    return area.name_en if lang == "en" and area.name_en else area.name_th


def labelled_name(code: AreaCode, lang: Lang = "th") -> str:
    """Return the name with its level: "ต.เกาะลิบง"; in Bangkok "แขวง…", "เขต…"."""
    name = area_name(code, lang)
    if lang == "en" or not is_area(code):
        return name
    before = _BEFORE_NAME_BANGKOK if province(code) == BANGKOK else _BEFORE_NAME
    return before.get(level(code), "") + name


def full_name(code: AreaCode, lang: Lang = "th") -> str:
    """Return the name up to the province: "หมู่ 3 ต.เกาะลิบง อ.กันตัง จ.ตรัง"."""
    names = (labelled_name(part, lang) for part in _upwards(code))
    return (", " if lang == "en" else " ").join(names)


def postcode(code: AreaCode) -> str | None:
    """Return the postcode of a subdistrict or village; `None` for larger areas.

    A few subdistricts have several; the register keeps the main one, so let it be corrected.
    """
    area = _register().get(code[:6])
    return area.postcode or None if area else None


def search_areas(query: str, within: AreaCode | None = None, limit: int = 20) -> list[AreaCode]:
    """Find areas by words of their full name, best first: equal, then beginning, then within.

    Larger areas come before smaller ones that match as well.
    """
    keys = query_keys(query)
    if not keys:
        return []
    found = (
        (_rank(keys, own), len(code), code)
        for code, (own, full) in _keys().items()
        if code.startswith(within or "") and all_in(keys, full)
    )
    return [code for _, _, code in sorted(found)[:limit]]


def _rank(keys: tuple[str, ...], own: str) -> int:
    if own == "".join(keys):
        return 0
    return 1 if own.startswith(keys[0]) else 2 if any(key in own for key in keys) else 3


def _is_village(code: str) -> bool:
    return len(code) == 8 and code[6:].isdecimal() and code[6:].isascii() and code[6:] != "00"  # noqa: PLR2004


def _upwards(code: AreaCode) -> Iterator[AreaCode]:
    """Yield the area itself, then each larger one that holds it."""
    return (AreaCode(code[:digits]) for digits in range(len(code), 1, -2))


@cache
def _register() -> dict[str, Area]:
    """Read the packaged register once; see data/LICENSE-divisions.md for where it comes from."""
    folder = files("telewelfare.domain") / "data"
    areas = (area for name in _DATA_FILES for area in _read((folder / name).read_text("utf-8")))
    return {area.code: area for area in areas}


def _read(text: str) -> Iterator[Area]:
    for row in DictReader(text.splitlines()):
        name = " ".join(row["name_th"].split())
        yield Area(AreaCode(row["code"]), name, row["name_en"], row.get("postcode", ""))


@cache
def _children() -> dict[str, tuple[AreaCode, ...]]:
    found: dict[str, list[AreaCode]] = {}
    for area in _register().values():
        found.setdefault(area.code[:-2], []).append(area.code)
    return {code: tuple(sorted(inside)) for code, inside in found.items()}


@cache
def _keys() -> dict[AreaCode, tuple[str, str]]:
    """For each area, the search key of its own name and of its full name in both languages."""
    own = {
        area.code: (search_key(area.name_th), search_key(area.name_en))
        for area in _register().values()
    }
    full = {code: [own[part] for part in _upwards(code)] for code in own}
    return {
        code: (own[code][0], "\n".join("".join(names) for names in zip(*parts, strict=True)))
        for code, parts in full.items()
    }
