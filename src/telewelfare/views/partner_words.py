"""A partner in words and signs, the same in the list, the table and on its page."""

from __future__ import annotations

from datetime import date
from typing import Final

import flet as ft

from telewelfare.domain.areas import AreaCode, is_area, labelled_name
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import show_short
from telewelfare.domain.network import is_stale
from telewelfare.domain.phones import parse_phone, show_phone, tel_uri
from telewelfare.store.lines import PartnerLine
from telewelfare.views.ago import days_ago_words
from telewelfare.views.look import Look
from telewelfare.views.parts import ToneName, status_chip

KIND_ICONS: Final = {
    "temple": ft.Icons.TEMPLE_BUDDHIST_ROUNDED,
    "mosque_church": ft.Icons.MOSQUE_ROUNDED,
    "employer": ft.Icons.STOREFRONT_ROUNDED,
    "employment_office": ft.Icons.WORK_ROUNDED,
    "skill_center": ft.Icons.HANDYMAN_ROUNDED,
    "foundation": ft.Icons.VOLUNTEER_ACTIVISM_ROUNDED,
    "public_benefit_org": ft.Icons.DIVERSITY_3_ROUNDED,
    "community": ft.Icons.HOLIDAY_VILLAGE_ROUNDED,
    "community_welfare_fund": ft.Icons.SAVINGS_ROUNDED,
    "local_gov": ft.Icons.ACCOUNT_BALANCE_ROUNDED,
    "hospital": ft.Icons.LOCAL_HOSPITAL_ROUNDED,
    "psychiatric_hospital": ft.Icons.PSYCHOLOGY_ROUNDED,
    "police": ft.Icons.LOCAL_POLICE_ROUNDED,
    "district_office": ft.Icons.BADGE_ROUNDED,
}
NOT_TO_SEND: Final = frozenset({"suspended", "ended"})
"""States in which nobody is sent there."""
STATUS_TONES: Final[dict[str, ToneName]] = {"active": "good", "suspended": "problem"}

_DISTRICT: Final = 4  # digits


def kind_icon(kind: str) -> ft.IconData:
    """Return the sign of a kind; one that we do not know is a handshake."""
    return KIND_ICONS.get(kind, ft.Icons.HANDSHAKE_ROUNDED)


def place_words(look: Look, area: str, province: str) -> str:
    """Return "ต.เกาะลิบง อ.กันตัง"; the province only when it is another than the worker's own."""
    if not is_area(area):
        return ""
    whole = [AreaCode(area[:n]) for n in range(len(area), 1, -2)]
    parts = [code for code in whole if len(code) >= _DISTRICT or code != province]
    between = ", " if look.t.lang == "en" else " "
    return between.join(labelled_name(code, look.t.lang) for code in parts)


def as_of(line: PartnerLine) -> date | None:
    """When the free places were told."""
    return date.fromisoformat(line.capacity_as_of) if line.capacity_as_of else None


def free_words(look: Look, line: PartnerLine) -> str:
    """Return "ว่าง 3 ที่", "เต็ม", or that nobody has asked."""
    if line.free is None:
        return look.t("partners.free.unknown")
    return look.t("partners.free.some", n=line.free) if line.free else look.t("partners.free.none")


def as_of_words(look: Look, line: PartnerLine) -> str:
    """Return "ข้อมูลเมื่อ 1 พ.ย. 69"; "" when there is nothing to date."""
    day = as_of(line)
    if line.free is None or day is None:
        return ""
    return look.t("partners.free.as_of", day=show_short(day, look.t.lang))


def is_old(line: PartnerLine, today: date) -> bool:
    """Whether the free places should be asked for again."""
    return line.free is not None and is_stale(as_of(line), today)


def free_chips(
    look: Look, line: PartnerLine, today: date, *, dense: bool = False
) -> list[ft.Control]:
    """Free places in words; figures too old to trust say so."""
    tone: ToneName = "good" if line.free and not is_old(line, today) else "plain"
    chips = [status_chip(look, free_words(look, line), tone, dense=dense)]
    if is_old(line, today):
        label = look.t("partners.free.old")
        sign = ft.Icons.HISTORY_ROUNDED
        chips.append(status_chip(look, label, "notice", leading=sign, dense=dense))
    return chips


def status_chips(look: Look, line: PartnerLine, *, dense: bool = False) -> list[ft.Control]:
    """Say the status when it is not the usual one: nobody may be sent there, or it went quiet."""
    if not line.status or line.status == "active":
        return []
    tone: ToneName = STATUS_TONES.get(line.status, "plain")
    sign = ft.Icons.BLOCK_ROUNDED if line.status in NOT_TO_SEND else None
    label = look.t.code("partner_status", line.status)
    return [status_chip(look, label, tone, leading=sign, dense=dense)]


def contacted_words(look: Look, line: PartnerLine, now: Millis) -> str:
    """Return "คุยล่าสุด 3 วันก่อน", or that nobody ever has."""
    if line.last_contact is None:
        return look.t("partners.contact.never")
    return look.t("partners.contact.last", ago=days_ago_words(look.t, line.last_contact, now))


def phone_words(phone: str) -> str:
    """Write a number in groups, as far as it is one."""
    known = parse_phone(phone)
    return show_phone(known) if known else phone


def call_address(phone: str) -> str:
    """Return the address that calls a number; "" for what nobody can call."""
    known = parse_phone(phone)
    return tel_uri(known) if known else ""
