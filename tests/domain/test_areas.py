"""The register of areas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain import areas
from telewelfare.domain.areas import AreaCode

TRANG, CHAIYAPHUM = AreaCode("92"), AreaCode("36")
EVERY = [
    AreaCode(code)
    for top in areas.provinces()
    for middle in (top, *areas.children(top))
    for code in ((middle,) if middle == top else (middle, *areas.children(middle)))
]

codes = st.sampled_from(EVERY)


@pytest.mark.parametrize(
    ("code", "subdistricts"),
    [
        (TRANG, [15, 14, 8, 10, 5, 16, 5, 6, 5, 3]),
        (CHAIYAPHUM, [19, 6, 9, 11, 8, 9, 7, 5, 5, 11, 5, 10, 8, 4, 4, 3]),
    ],
)
def test_both_provinces_have_all_their_districts_and_subdistricts(
    code: AreaCode, subdistricts: list[int]
) -> None:
    districts = areas.children(code)
    assert [len(areas.children(district)) for district in districts] == subdistricts
    assert districts == tuple(f"{code}{n:02d}" for n in range(1, len(subdistricts) + 1))


def test_the_register_is_one_tree_of_all_77_provinces() -> None:
    assert len(areas.provinces()) == 77
    assert (len(EVERY), len(set(EVERY))) == (77 + 928 + 7475, 77 + 928 + 7475)


@given(codes)
def test_every_area_lies_in_the_larger_ones_and_they_not_in_it(code: AreaCode) -> None:
    assert areas.is_area(code)
    assert areas.area_name(code) != code
    for larger in (areas.province(code), areas.district(code), areas.subdistrict(code)):
        if larger is not None:
            assert areas.contains(larger, code)
            assert areas.contains(code, larger) == (code == larger)


@given(codes)
def test_an_area_is_found_by_its_full_name(code: AreaCode) -> None:
    assert code in areas.search_areas(areas.full_name(code), limit=50)


@given(codes, st.text("0123456789 ก.", max_size=9))
def test_any_text_can_be_asked_about(code: AreaCode, text: str) -> None:
    areas.is_area(text)
    areas.contains(text, code)
    areas.area_name(AreaCode(text))
    areas.full_name(AreaCode(text))
    areas.search_areas(text, code)


@pytest.mark.parametrize(
    "code", ["", "9", "00", "920", "9299", "92021300", "9202130", "9202130x", "٩٢"]
)
def test_what_is_no_area_is_recognised(code: str) -> None:
    assert not areas.is_area(code)
    assert not areas.contains(code, "92021303")


@pytest.mark.parametrize(
    ("code", "th", "en"),
    [
        ("92", "จ.ตรัง", "Trang"),
        ("9202", "อ.กันตัง จ.ตรัง", "Kantang, Trang"),
        ("920213", "ต.เกาะลิบง อ.กันตัง จ.ตรัง", "Ko Libong, Kantang, Trang"),
        ("92021303", "หมู่ 3 ต.เกาะลิบง อ.กันตัง จ.ตรัง", "Moo 3, Ko Libong, Kantang, Trang"),
        ("100101", "แขวงพระบรมมหาราชวัง เขตพระนคร กรุงเทพมหานคร", "พระบรมมหาราชวัง, พระนคร, Bangkok"),
    ],
)
def test_names_say_the_level_of_each_area(code: str, th: str, en: str) -> None:
    assert areas.full_name(AreaCode(code)) == th
    assert areas.full_name(AreaCode(code), "en") == en


def test_a_village_is_a_number_in_its_subdistrict() -> None:
    village = AreaCode("92021303")
    assert areas.is_area(village)
    assert areas.level(village) == "village"
    assert areas.subdistrict(village) == "920213"
    assert areas.children(village) == ()
    assert areas.postcode(village) == "92110"


def test_only_small_areas_have_a_postcode() -> None:
    assert areas.postcode(AreaCode("920213")) == "92110"
    assert areas.postcode(AreaCode("9202")) is None
    assert areas.postcode(AreaCode("999999")) is None


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("ตรัง", "92"),
        ("จ.ตรัง", "92"),
        ("กันตัง", "9202"),
        ("ตำบลเกาะลิบง", "920213"),
        ("เกาะลิบงกันตัง", "920213"),
        ("ต.เกาะลิบงอ.กันตังจ.ตรัง", "920213"),
        ("หวยยอด", "9206"),
        ("kantang", "9202"),
        ("libong", "920213"),
    ],
)
def test_the_best_area_comes_first(query: str, first: str) -> None:
    assert areas.search_areas(query)[0] == first


def test_search_stays_within_an_area_and_a_limit() -> None:
    found = areas.search_areas("บ้าน", TRANG, 3)
    assert len(found) == 3
    assert all(areas.contains(TRANG, code) for code in found)
    assert areas.search_areas("เกาะลิบง", CHAIYAPHUM) == []
    assert areas.search_areas(" ") == []
