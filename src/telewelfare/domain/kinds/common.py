"""Fields that several kinds share, and short ways to declare the usual ones."""

from __future__ import annotations

from typing import Final

from telewelfare.domain.fields import Field, Sensitivity, Type

PERSONAL, S26 = Sensitivity.PERSONAL, Sensitivity.S26

# Who wrote it first and when the device's clock said so. The centre replaces `created_by`
# with the worker it authenticated.
WRITTEN: Final = (
    Field(name="created_by", type=Type.WORKER),
    Field(name="recorded_at", type=Type.INSTANT),
)


def text(
    name: str,
    section: str = "",
    sensitivity: Sensitivity = Sensitivity.NORMAL,
    *,
    required: bool = False,
    max_length: int = 200,
) -> Field:
    """One line of text."""
    return Field(
        name=name,
        type=Type.TEXT,
        section=section,
        sensitivity=sensitivity,
        required=required,
        max_length=max_length,
    )


def long_text(
    name: str,
    section: str = "",
    sensitivity: Sensitivity = Sensitivity.NORMAL,
    *,
    required: bool = False,
) -> Field:
    """Several lines of text; long enough for a story told on a doorstep."""
    return Field(
        name=name,
        type=Type.LONG_TEXT,
        section=section,
        sensitivity=sensitivity,
        required=required,
        max_length=8_000,
    )


def code(
    name: str,
    codes: str,
    section: str = "",
    sensitivity: Sensitivity = Sensitivity.NORMAL,
    *,
    required: bool = False,
    needs_person: bool = False,
) -> Field:
    """One of an enumeration."""
    return Field(
        name=name,
        type=Type.CODE,
        codes=codes,
        section=section,
        sensitivity=sensitivity,
        required=required,
        needs_person=needs_person,
    )


def codes(
    name: str,
    enumeration: str,
    section: str = "",
    sensitivity: Sensitivity = Sensitivity.NORMAL,
    *,
    required: bool = False,
) -> Field:
    """Any number of an enumeration."""
    return Field(
        name=name,
        type=Type.SET,
        of=Type.CODE,
        codes=enumeration,
        section=section,
        sensitivity=sensitivity,
        required=required,
    )


def money(name: str, section: str = "", *, needs_person: bool = True) -> Field:
    """An amount in satang."""
    return Field(name=name, type=Type.MONEY, section=section, lowest=0, needs_person=needs_person)


def ref(name: str, kind: str, *, required: bool = False) -> Field:
    """The id of another record."""
    return Field(name=name, type=Type.REF, refers=kind, required=required)


def whole(name: str, highest: int, section: str = "") -> Field:
    """A whole number from nought."""
    return Field(name=name, type=Type.INT, section=section, lowest=0, highest=highest)


def yes_no(
    name: str,
    section: str = "",
    sensitivity: Sensitivity = Sensitivity.NORMAL,
    *,
    needs_person: bool = False,
) -> Field:
    """Yes, no, or not asked (`null`)."""
    return Field(
        name=name,
        type=Type.BOOL,
        section=section,
        sensitivity=sensitivity,
        needs_person=needs_person,
    )


def instant(name: str, section: str = "", *, required: bool = False) -> Field:
    """A moment, ISO 8601 at +07:00."""
    return Field(name=name, type=Type.INSTANT, section=section, required=required)


def date(name: str, section: str = "", sensitivity: Sensitivity = Sensitivity.NORMAL) -> Field:
    """A day, a month or only a year."""
    return Field(name=name, type=Type.DATE, section=section, sensitivity=sensitivity)


def area(name: str = "area", *, required: bool = False) -> Field:
    """Province, district, subdistrict or village by its code."""
    return Field(name=name, type=Type.AREA, required=required)


def geo(name: str) -> Field:
    """A position with its accuracy."""
    return Field(name=name, type=Type.GEO, sensitivity=PERSONAL)


def phone(name: str, sensitivity: Sensitivity = PERSONAL) -> Field:
    """A Thai telephone number."""
    return Field(name=name, type=Type.PHONE, sensitivity=sensitivity)


def address(name: str, section: str) -> Field:
    """A Thai address in the order of the form (domain reference H3)."""
    return Field(
        name=name,
        type=Type.STRUCT,
        section=section,
        sensitivity=PERSONAL,
        fields=(
            text("place_name", section, PERSONAL),
            text("house_code", section, PERSONAL, max_length=11),
            text("house_no", section, PERSONAL, max_length=40),
            text("moo", section, PERSONAL, max_length=20),
            text("village", section, PERSONAL),
            text("alley", section, PERSONAL),
            text("soi", section, PERSONAL),
            text("road", section, PERSONAL),
            area("area"),
            text("postcode", section, PERSONAL, max_length=5),
            text("landmark", section, PERSONAL),
            geo("geo"),
        ),
    )
