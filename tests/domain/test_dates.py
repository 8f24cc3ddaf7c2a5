"""Buddhist-era dates, fiscal years and Bangkok time."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain import dates
from telewelfare.domain.clock import Millis
from telewelfare.domain.dates import DateBE, Precision, parse_date
from telewelfare.domain.digits import thai_digits

TODAY = date(2026, 11, 20)
FIRST, LAST = date(1900, 1, 1), date(2100, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

days = st.dates(FIRST, LAST)
millis = st.integers(-(10**12), 10**13).map(Millis)


def test_every_day_of_two_centuries_survives_the_numeric_form() -> None:
    for day in EVERY_DAY:
        assert parse_date(dates.show_numeric(day), TODAY) == DateBE(day.isoformat(), "day")


@given(days)
def test_a_day_survives_each_way_of_typing_it(day: date) -> None:
    be = day.year + 543
    short = dates.SHORT_MONTHS_TH[day.month - 1]
    styles = [
        dates.show_long(day),
        dates.show_long(day, "en"),
        dates.show_short(day, "en"),
        dates.show_numeric(day),
        dates.show_numeric(day, "en"),
        day.isoformat(),
        f"{be}{day.isoformat()[4:]}",
        f"{day.day}-{day.month}-{be}",
        f"{day.day} {day.month} {be}",
        f"{day.day} {short} {be}",
        f"{day.day}{short.replace('.', '')}{be}",
        f"วันที่ {day.day} เดือน {short} พ.ศ. {be}",
    ]
    for typed in styles:
        assert parse_date(typed, TODAY) == DateBE(day.isoformat(), "day"), typed
        assert parse_date(thai_digits(typed), TODAY) == DateBE(day.isoformat(), "day"), typed


@given(st.dates(date(1937, 1, 1), date(2036, 12, 31)))
def test_a_two_digit_year_is_the_latest_at_most_ten_years_ahead(day: date) -> None:
    be = (day.year + 543) % 100
    for typed in (dates.show_short(day), f"{day.day}/{day.month}/{be:02d}"):
        assert parse_date(typed, TODAY) == DateBE(day.isoformat(), "day"), typed


@given(days)
def test_a_month_or_year_alone_says_so(day: date) -> None:
    be, year = day.year + 543, f"{day.year}-01-01"
    month = day.replace(day=1).isoformat()
    for typed in (f"{dates.MONTHS_TH[day.month - 1]} {be}", f"{day.month}/{be}", month[:7]):
        assert parse_date(typed, TODAY) == DateBE(month, "month"), typed
    for typed in (str(be), f"พ.ศ. {be}", f"ปี {be}", str(day.year), f"ค.ศ. {day.year}"):
        assert parse_date(typed, TODAY) == DateBE(year, "year"), typed


@pytest.mark.parametrize(
    ("typed", "iso"),
    [
        ("20 พ.ย. 2569", "2026-11-20"),
        ("20 พ.ย. 69", "2026-11-20"),
        ("๒๐/๑๑/๒๕๖๙", "2026-11-20"),
        ("2512-05-01", "1969-05-01"),
        ("29/2/2567", "2024-02-29"),
        ("1 ม.ค. 80", "1937-01-01"),
    ],
)
def test_the_reference_dates_are_read(typed: str, iso: str) -> None:
    assert parse_date(typed, TODAY) == DateBE(iso, "day")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "69",
        "31/4/2569",
        "29/2/2569",
        "0/1/2569",
        "1/13/2569",
        "20 ฟฟฟ 2569",
        "20 พ.ย.",
        "2300",
        "9999",
        "1/1/256",
        "เมื่อวาน",
        "20/11/2569 น่าจะ",
    ],
)
def test_what_is_no_date_is_refused(typed: str) -> None:
    assert parse_date(typed, TODAY) is None


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading(typed: str) -> None:
    parse_date(typed, TODAY)
    dates.parse_instant(typed)


@given(days, st.sampled_from(["day", "month", "year", "estimated"]))
def test_a_known_date_survives_storage(day: date, precision: Precision) -> None:
    known = DateBE(day.isoformat(), precision)
    assert DateBE.from_json(known.to_json()) == known


@pytest.mark.parametrize(
    "value",
    [
        None,
        "2026-11-20",
        {},
        {"iso": "x", "precision": "day"},
        {"iso": "2026-11-20", "precision": "?"},
    ],
)
def test_what_is_no_stored_date_is_refused(value: object) -> None:
    assert DateBE.from_json(value) is None


def test_dates_are_shown_in_both_languages() -> None:
    assert dates.show_long(TODAY) == "20 พฤศจิกายน 2569"
    assert dates.show_long(TODAY, "en") == "20 November 2026"
    assert dates.show_short(TODAY) == "20 พ.ย. 69"
    assert dates.show_short(TODAY, "en") == "20 Nov 2026"
    assert dates.show_numeric(TODAY) == "20/11/2569"
    assert dates.show_numeric(TODAY, "en") == "20/11/2026"


@pytest.mark.parametrize(
    ("precision", "th", "en"),
    [
        ("day", "1 พฤษภาคม 2512", "1 May 1969"),
        ("month", "พฤษภาคม 2512", "May 1969"),
        ("year", "2512", "1969"),
        ("estimated", "2512", "1969"),
    ],
)
def test_only_what_is_known_of_a_date_is_shown(precision: Precision, th: str, en: str) -> None:
    known = DateBE("1969-05-01", precision)
    assert (dates.show_known(known), dates.show_known(known, "en")) == (th, en)


@pytest.mark.parametrize(
    ("iso", "year", "quarter"),
    [
        ("2026-09-30", 2569, 4),
        ("2026-10-01", 2570, 1),
        ("2026-11-20", 2570, 1),
        ("2027-01-01", 2570, 2),
    ],
)
def test_the_budget_year_turns_on_the_first_of_october(iso: str, year: int, quarter: int) -> None:
    day = date.fromisoformat(iso)
    assert (dates.fiscal_year(day), dates.fiscal_quarter(day)) == (year, quarter)


@given(days, days)
def test_age_grows_by_one_each_birthday(birth: date, day: date) -> None:
    age = dates.age_on(birth, day)
    assert (age >= 0) == (day >= birth)
    assert abs((day - birth).days / 365.2425 - age - 0.5) <= 0.51


def test_who_is_born_on_a_leap_day_turns_on_the_first_of_march() -> None:
    birth = date(2008, 2, 29)
    assert dates.age_on(birth, date(2026, 2, 28)) == 17
    assert dates.age_on(birth, date(2026, 3, 1)) == 18


def test_someone_who_looks_sixty_is_born_sixty_years_ago() -> None:
    assert dates.born_about(60, TODAY) == DateBE("1966-01-01", "estimated")


@given(millis)
def test_a_moment_survives_its_text_form(now: Millis) -> None:
    text = dates.bangkok_iso(now)
    assert text.endswith("+07:00")
    assert dates.parse_instant(text) == now
    assert dates.bangkok_date(now).isoformat() == text[:10]


def test_the_day_turns_at_midnight_in_bangkok() -> None:
    late = dates.parse_instant("2026-11-20T16:59:59.999Z")
    assert late is not None
    assert dates.bangkok_date(late) == TODAY
    assert dates.bangkok_date(Millis(late + 1)) == date(2026, 11, 21)
    assert dates.show_time(late) == "23.59 น."
    assert dates.show_time(late, "en") == "23:59"


@pytest.mark.parametrize(
    "text", ["", "2026-11-20", "2026-11-20T14:00:00", "0001-01-01T00:00+25:00"]
)
def test_a_moment_without_an_offset_is_refused(text: str) -> None:
    assert dates.parse_instant(text) is None
