"""Days and moments as Thais write them: Buddhist era, fiscal year, Bangkok time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Literal, TypeAlias, get_args

from telewelfare.domain.clock import Millis
from telewelfare.domain.digits import arabic_digits
from telewelfare.domain.lang import Lang

Precision: TypeAlias = Literal["day", "month", "year", "estimated"]

BE_AHEAD: Final = 543
BANGKOK: Final = timezone(timedelta(hours=7), "Asia/Bangkok")
"""Thailand has no summer time; a fixed offset needs no zone database on the phone."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_BE_YEAR = 2400  # a typed year from here on is Buddhist era
_LAST_BE_YEAR = 2743
_YEARS_AHEAD = 10  # how far after today a two-digit year may lie

# fmt: off
MONTHS_TH: Final = (
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)
SHORT_MONTHS_TH: Final = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.",
    "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)
MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on

_FILLER = re.compile(
    r"วันที่|เดือน|ปี|พ\.?ศ\.?|ค\.?ศ\.?|\bB\.?E\.?|\bA\.?D\.?|\bC\.?E\.?", re.IGNORECASE
)
_DAY_FIRST = re.compile(r"(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4}|\d{2})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})?[\s/.-]*([^\d\s/-][^\d\s/-]*)[\s/,-]*(\d{4}|\d{2})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{4})", re.ASCII)
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{1,2})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)

_PRECISIONS: Final[dict[str, Precision]] = {word: word for word in get_args(Precision)}


@dataclass(frozen=True, slots=True)
class DateBE:
    """A day known as exactly as `precision` says.

    `iso` is always a whole Gregorian date; what is not known of it is 01.
    "estimated" is a year someone guessed, as when a person looks about sixty.
    """

    iso: str
    precision: Precision

    @property
    def day(self) -> date:
        """The day itself, or the first day it can be."""
        return date.fromisoformat(self.iso)

    def to_json(self) -> dict[str, str]:
        """Give the form it is stored and sent in."""
        return {"iso": self.iso, "precision": self.precision}

    @staticmethod
    def from_json(value: object) -> "DateBE | None":
        """Read the stored form; `None` for anything else."""
        match value:
            case {"iso": str(iso), "precision": str(word)} if word in _PRECISIONS:
                day = _iso_day(iso)
                return None if day is None else DateBE(day.isoformat(), _PRECISIONS[word])
            case _:
                return None


def show_long(day: date, lang: Lang = "th") -> str:
    """Write "20 พฤศจิกายน 2569", "20 November 2026"."""
    return f"{day.day} {_month(day.month, lang)} {shown_year(day, lang)}"


def show_short(day: date, lang: Lang = "th") -> str:
    """Write "20 พ.ย. 69", "20 Nov 2026"."""
    if lang == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1][:3]} {day.year}"
    return f"{day.day} {SHORT_MONTHS_TH[day.month - 1]} {(day.year + BE_AHEAD) % 100:02d}"


def show_numeric(day: date, lang: Lang = "th") -> str:
    """Write "20/11/2569", "20/11/2026"."""
    return f"{day.day:02d}/{day.month:02d}/{shown_year(day, lang)}"


def show_known(known: DateBE, lang: Lang = "th") -> str:
    """Write only what is known: "20 พฤศจิกายน 2569", "พฤศจิกายน 2569" or "2569"."""
    match known.precision:
        case "day":
            return show_long(known.day, lang)
        case "month":
            return f"{_month(known.day.month, lang)} {shown_year(known.day, lang)}"
        case "year" | "estimated":
            return str(shown_year(known.day, lang))


def show_time(now: Millis, lang: Lang = "th") -> str:
    """Write the Bangkok time of day: "14.00 น.", "14:00"."""
    return bangkok_moment(now).strftime("%H:%M" if lang == "en" else "%H.%M น.")


def shown_year(day: date, lang: Lang = "th") -> int:
    """Return the year as the language counts it: 2569 or 2026."""
    return day.year if lang == "en" else day.year + BE_AHEAD


def parse_date(typed: str, today: date) -> DateBE | None:
    """Read a date as people type it; `None` if it is none or the year is out of all reason.

    Accepts Thai digits, 20/11/2569, 20 พ.ย. 69, 20 พฤศจิกายน 2569, 2569-11-20, 20 Nov 2026,
    a month with a year, a year alone. Years from 2400 on are Buddhist era. A two-digit year is
    Buddhist era too, the latest such year at most ten years after `today`:
    in 2569, "69" is 2569, "79" is 2579 and "80" is 2480, someone's birth.
    """
    text = " ".join(_FILLER.sub(" ", arabic_digits(typed)).split())
    if found := _YEAR_FIRST.fullmatch(text):
        return _known(found[1], found[2], found[3], today)
    if found := _DAY_FIRST.fullmatch(text):
        return _known(found[3], found[2], found[1], today)
    if found := _NAMED.fullmatch(text):
        return _known(found[3], _month_number(found[2]), found[1], today)
    if found := _MONTH_YEAR.fullmatch(text):
        return _known(found[2], found[1], None, today)
    if found := _YEAR_MONTH.fullmatch(text):
        return _known(found[1], found[2], None, today)
    return _known(text, None, None, today) if _YEAR.fullmatch(text) else None


def born_about(age: int, today: date) -> DateBE:
    """Return the birth of someone who looks `age` years old."""
    return DateBE(date(today.year - age, 1, 1).isoformat(), "estimated")


def age_on(birth: date, day: date) -> int:
    """Return full years of age; negative before birth. Born 29 February turns on 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def fiscal_year(day: date) -> int:
    """Return the budget year (1 Oct - 30 Sep), named by the Buddhist year in which it ends."""
    return day.year + BE_AHEAD + (day.month >= 10)  # noqa: PLR2004 - October


def fiscal_quarter(day: date) -> int:
    """Return the quarter of the budget year, 1 (Oct - Dec) to 4 (Jul - Sep)."""
    return (day.month - 10) % 12 // 3 + 1


def bangkok_moment(now: Millis) -> datetime:
    """Return the moment on a Bangkok clock."""
    return (_EPOCH + timedelta(milliseconds=now)).astimezone(BANGKOK)


def bangkok_date(now: Millis) -> date:
    """Return the day it is in Bangkok."""
    return bangkok_moment(now).date()


def bangkok_iso(now: Millis) -> str:
    """Write a moment for storage: "2026-11-20T14:00:00.000+07:00"."""
    return bangkok_moment(now).isoformat(timespec="milliseconds")


def parse_instant(text: str) -> Millis | None:
    """Read an ISO-8601 moment with an offset; `None` without one, for it could mean any hour."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return None
        return Millis((moment - _EPOCH) // timedelta(milliseconds=1))
    except (ValueError, OverflowError):
        return None


def _month(month: int, lang: Lang) -> str:
    return (MONTHS_EN if lang == "en" else MONTHS_TH)[month - 1]


def _known(year: str, month: str | None, day: str | None, today: date) -> DateBE | None:
    """Put the parts together; an empty month is one we could not read."""
    gregorian = _gregorian(year, today)
    if gregorian is None or month == "":
        return None
    found = _iso_day(f"{gregorian:04d}-{int(month or 1):02d}-{int(day or 1):02d}")
    precision: Precision = "day" if day else "month" if month else "year"
    return None if found is None else DateBE(found.isoformat(), precision)


def _gregorian(typed_year: str, today: date) -> int | None:
    year = int(typed_year)
    if len(typed_year) == 2:  # noqa: PLR2004 - 69 for 2569
        latest = today.year + BE_AHEAD + _YEARS_AHEAD
        year = latest - (latest - year) % 100
    elif year < _FIRST_BE_YEAR:
        year += BE_AHEAD
    return year - BE_AHEAD if _FIRST_BE_YEAR <= year <= _LAST_BE_YEAR else None


def _month_number(typed: str) -> str:
    """Return "1" to "12" for a month's name, short or long, dots or none; "" for another word."""
    word = typed.replace(".", "").casefold()
    for names in (MONTHS_TH, SHORT_MONTHS_TH, MONTHS_EN, [name[:3] for name in MONTHS_EN]):
        for at, name in enumerate(names, start=1):
            if word == name.replace(".", "").casefold():
                return str(at)
    return ""


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
