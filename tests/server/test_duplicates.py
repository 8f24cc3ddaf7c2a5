"""What two devices recorded twice without knowing: one card, a person's word, nothing lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import JsonValue

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Actor, Operation
from telewelfare.server import admin, ledger
from telewelfare.server.database import writing
from telewelfare.server.routes import again
from tests.server.centre import Centre, Phone

MORNING, NOON = "2026-11-20T09:00:00.000+07:00", "2026-11-20T12:00:00.000+07:00"
BORN: JsonValue = {"iso": "1961-03-05", "precision": "day"}
ID_NO = "1101700230678"
LAST_NAMES = ("มีสุข", "ใจดี", "รักไทย", "แสนดี", "กล้าหาญ")


async def desks(centre: Centre) -> tuple[Phone, Phone]:
    """Two people of the office."""
    return (
        await centre.phone("social_worker", "92", name="วิภา"),
        await centre.phone("case_manager", "92", name="ประเสริฐ"),
    )


def cards(centre: Centre, sort: str) -> list[dict[str, Any]]:
    rows = centre.rows("record", kind="conflict")
    return [{"id": r["id"], **r["current"]} for r in rows if r["current"].get("sort") == sort]


def values(centre: Centre, record: str) -> dict[str, Any]:
    found: dict[str, Any] = centre.rows("record", id=record)[0]["current"]
    return found


def meeting(device: Phone, case: str, at: str, *resolutions: str, **more: object) -> str:
    sets: dict[str, object] = {"case": case, "started_at": at, "channel": "line_meeting", **more}
    for n, said in enumerate(resolutions):
        sets |= {f"resolutions/{device.me.device[:4]}{n}": True}
        sets |= {f"resolutions/{device.me.device[:4]}{n}/text": said}
    return device.edit("conference", sets)


def resolved(found: dict[str, Any]) -> list[str]:
    return sorted(v for p, v in found.items() if p.endswith("/text") and v)


async def a_meeting_twice(centre: Centre) -> tuple[Phone, Phone, str, str]:
    one, two = await desks(centre)
    case = one.case()
    await one.sync()
    await two.sync()
    first = meeting(one, case, MORNING, "ส่งฝึกอาชีพ", "ทำบัตรประชาชน", place="ห้องประชุม")
    second = meeting(two, case, NOON, "ทำ บัตรประชาชน", "หาที่พัก", notes="คุยทางไลน์")
    await one.sync()
    await two.sync()
    return one, two, first, second


async def test_one_meeting_recorded_twice_ends_in_one_card(centre: Centre) -> None:
    one, two, first, second = await a_meeting_twice(centre)
    (card,) = cards(centre, "same_meeting")
    assert (card["of"], card["with"]) == (first, second)
    for device in (one, two):
        await device.sync()
        assert list(device.of("conflict")) == [card["id"]]


async def test_the_same_meeting_is_united_with_each_resolution_once(centre: Centre) -> None:
    one, two, first, second = await a_meeting_twice(centre)
    await one.sync()
    one.edit("conflict", {"settled": "same"}, cards(centre, "same_meeting")[0]["id"])
    before = values(centre, second)
    for device in (one, two, one):
        await device.sync()
    found = values(centre, first)
    assert resolved(found) == ["ทำบัตรประชาชน", "ส่งฝึกอาชีพ", "หาที่พัก"]
    assert (found["place"], found["notes"]) == ("ห้องประชุม", "คุยทางไลน์")
    assert values(centre, second) == before | {"merged_into": first}
    assert two.records[first] == one.records[first]


async def test_different_meetings_both_stay_and_are_never_asked_about_again(centre: Centre) -> None:
    one, two, first, second = await a_meeting_twice(centre)
    await two.sync()
    two.edit("conflict", {"settled": "different"}, cards(centre, "same_meeting")[0]["id"])
    one.edit("conference", {"started_at": NOON}, first)
    for device in (two, one, two):
        await device.sync()
    assert len(cards(centre, "same_meeting")) == 1
    assert "merged_into" not in values(centre, second)


async def test_a_second_word_undoes_what_the_first_one_did(centre: Centre) -> None:
    one, two, first, second = await a_meeting_twice(centre)
    await one.sync()
    (card,) = cards(centre, "same_meeting")
    one.edit("conflict", {"settled": "same"}, card["id"])
    await one.sync()
    await two.sync()
    centre.clock.pass_(1000)
    two.edit("conflict", {"settled": "different"}, card["id"])
    await two.sync()
    assert values(centre, second)["merged_into"] is None
    assert resolved(values(centre, first)) == ["ทำบัตรประชาชน", "ส่งฝึกอาชีพ"]
    assert "หาที่พัก" in resolved(values(centre, second))


async def test_two_meetings_of_one_device_are_two(centre: Centre) -> None:
    one, _ = await desks(centre)
    case = one.case()
    meeting(one, case, MORNING)
    meeting(one, case, NOON)
    await one.sync()
    assert not cards(centre, "same_meeting")


async def test_a_meeting_of_another_day_or_case_is_another(centre: Centre) -> None:
    one, two = await desks(centre)
    case, other = one.case(), one.case()
    await one.sync()
    await two.sync()
    meeting(one, case, MORNING)
    meeting(two, case, "2026-11-21T00:30:00.000+07:00")
    meeting(two, other, MORNING)
    await one.sync()
    await two.sync()
    assert not cards(centre, "same_meeting")


async def a_last_place(centre: Centre, **capacity: object) -> tuple[Phone, Phone, str, str]:
    """A partner with one free place, and two people who are sent there offline."""
    one, two = await desks(centre)
    told = {f"capacity/{name}": value for name, value in capacity.items()}
    fields = {"name": "วัดทดสอบ", "kind": "temple", "area": "920201"}
    partner = one.edit("partner", fields | {"capacity/total": 1} | told)
    cases = [one.case(), one.case()]
    await one.sync()
    await two.sync()
    placed = []
    for device, case in zip((one, two), cases, strict=True):
        sets = {"case": case, "partner": partner, "state": "handed_over", "handover_at": MORNING}
        placed.append(device.edit("placement", sets))
    await one.sync()
    await two.sync()
    return one, two, placed[0], placed[1]


async def test_the_second_into_the_last_place_waits_and_the_office_is_asked(
    centre: Centre,
) -> None:
    one, two, first, second = await a_last_place(centre)
    (card,) = cards(centre, "last_place")
    assert (card["of"], card["with"], card["other"]) == (second, first, "handed_over")
    assert values(centre, first)["state"] == "handed_over"
    assert values(centre, second)["state"] == two.records[second]["state"] == "waiting"
    await one.sync()
    assert card["id"] in one.of("conflict")


@pytest.mark.parametrize(
    ("choice", "early", "late"),
    [
        ("wait", "handed_over", "waiting"),
        ("swap", "waiting", "handed_over"),
        ("both", "handed_over", "handed_over"),
    ],
)
async def test_the_office_says_who_has_the_place(
    centre: Centre, choice: str, early: str, late: str
) -> None:
    one, two, first, second = await a_last_place(centre)
    await one.sync()
    one.edit("conflict", {"settled": choice}, cards(centre, "last_place")[0]["id"])
    for device in (one, two):
        await device.sync()
    assert (values(centre, first)["state"], values(centre, second)["state"]) == (early, late)
    assert two.records[first]["state"] == early
    assert len(cards(centre, "last_place")) == 1


async def test_a_later_word_about_the_place_undoes_the_earlier(centre: Centre) -> None:
    one, two, first, second = await a_last_place(centre)
    (card,) = cards(centre, "last_place")
    await one.sync()
    one.edit("conflict", {"settled": "swap"}, card["id"])
    centre.clock.pass_(1000)
    two.edit("conflict", {"settled": "wait"}, card["id"])
    for device in (one, two, one):
        await device.sync()
    assert (values(centre, first)["state"], values(centre, second)["state"]) == (
        "handed_over",
        "waiting",
    )
    assert one.records[second]["state"] == "waiting"


async def test_what_the_partner_told_on_a_day_counts_from_that_day(centre: Centre) -> None:
    day = {"iso": "2026-11-19", "precision": "day"}
    _, _, first, second = await a_last_place(centre, total=5, used=3, as_of=day)
    assert values(centre, first)["state"] == values(centre, second)["state"] == "handed_over"
    assert not cards(centre, "last_place")


async def test_a_partner_that_never_said_how_many_is_not_guessed_about(centre: Centre) -> None:
    await a_last_place(centre, total=None)
    assert not cards(centre, "last_place")


async def one_person_twice(centre: Centre, **more: JsonValue) -> tuple[Phone, Phone, list[str]]:
    one = await centre.phone("volunteer", "9202", name="สมใจ")
    two = await centre.phone("volunteer", "9202", name="สมศรี")
    same: dict[str, JsonValue] = {"first_name": "ทองดี", "last_name": "มีสุข", "id_no": ID_NO, **more}
    people = [one.person(**same), two.person(**same)]
    cases = [one.case(client=people[0]), two.case(client=people[1])]
    await one.sync()
    await two.sync()
    return one, two, [*people, *cases]


async def test_one_person_registered_twice_ends_in_one_card_for_the_office(
    centre: Centre,
) -> None:
    one, two, (first, second, _, case) = await one_person_twice(centre)
    desk, _ = await desks(centre)
    (card,) = cards(centre, "same_person")
    assert (card["of"], card["with"], card["case"]) == (first, second, case)
    assert "ทองดี" not in str(card)
    for device in (one, two, desk):
        await device.sync()
    assert card["id"] in desk.of("conflict")
    assert not one.of("conflict")  # a volunteer is not told of the other's client
    assert not two.of("conflict")


async def test_same_person_the_case_of_the_second_shows_the_first_and_nothing_is_lost(
    centre: Centre,
) -> None:
    _, two, (first, second, _, case) = await one_person_twice(centre)
    desk, _ = await desks(centre)
    await desk.sync()
    (card,) = cards(centre, "same_person")
    before = values(centre, second)
    desk.edit("conflict", {"settled": "same"}, card["id"])
    await desk.sync()
    await two.sync()
    assert values(centre, case)["client"] == two.records[case]["client"] == first
    assert values(centre, second) == before | {"merged_into": first}
    assert first in two.of("person")  # who has the case sees the person
    centre.clock.pass_(1000)
    desk.edit("conflict", {"settled": "different"}, card["id"])
    await desk.sync()
    assert values(centre, case)["client"] == second
    assert values(centre, second)["merged_into"] is None


async def test_two_people_are_asked_about_once_and_never_again(centre: Centre) -> None:
    one, _, (first, *_) = await one_person_twice(centre)
    desk, _ = await desks(centre)
    await desk.sync()
    desk.edit("conflict", {"settled": "different"}, cards(centre, "same_person")[0]["id"])
    one.edit("person", {"birth": BORN}, first)
    for device in (desk, one):
        await device.sync()
    assert len(cards(centre, "same_person")) == 1


async def test_a_new_case_of_a_merged_person_shows_the_one_that_stayed(centre: Centre) -> None:
    _, two, (first, second, *_) = await one_person_twice(centre)
    desk, _ = await desks(centre)
    await desk.sync()
    desk.edit("conflict", {"settled": "same"}, cards(centre, "same_person")[0]["id"])
    later = two.case(client=second)  # offline, before anybody told
    await desk.sync()
    await two.sync()
    assert values(centre, later)["client"] == two.records[later]["client"] == first


async def test_sending_twice_gives_one_card(centre: Centre) -> None:
    one = await centre.phone()
    for _ in range(2):
        one.person(first_name="ทองดี", last_name="มีสุข", birth=BORN)
    ops = list(one.outbox)
    for _ in range(3):
        await one.round(ops)
    assert len(cards(centre, "same_person")) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"id_no": "3920100457891", "birth": BORN},
        {"id_no": ID_NO, "sex": "female"},
        {"birth": {"iso": "1961-03-06", "precision": "day"}},
        {"last_name": "มีทรัพย์", "birth": BORN},
        {"last_name": None, "birth": BORN},
    ],
)
async def test_what_speaks_against_it_is_not_asked_about(
    centre: Centre, other: dict[str, object]
) -> None:
    one = await centre.phone()
    one.person(first_name="ทองดี", last_name="มีสุข", birth=BORN, sex="male", id_no=ID_NO)
    one.edit("person", {"first_name": "ทองดี", "last_name": "มีสุข"} | other)
    await one.sync()
    assert not cards(centre, "same_person")


async def test_names_that_sound_alike_in_one_district_with_fitting_ages_are_asked_about(
    centre: Centre,
) -> None:
    one = await centre.phone()
    born: JsonValue = {"iso": "1961-01-01", "precision": "year"}
    about: JsonValue = {"iso": "1962-01-01", "precision": "estimated"}
    first = one.person(first_name="ณรงค์", last_name="สุขใจ", birth=born)
    await one.sync()
    one.case("920201", client=first)
    second = one.person(first_name="นรงค์", last_name="สุขใจ", birth=about, area="920207")
    await one.sync()
    (card,) = cards(centre, "same_person")
    assert (card["of"], card["with"]) == (first, second)


def four(centre: Centre) -> list[Actor]:
    """Four people of the office, each with a device."""
    with writing(centre.engine) as db:
        terms = {"centre": "92", "role": "social_worker", "areas": ("92",), "name": "ก"}
        made = [admin.add_actor(db, **terms, now=centre.clock.now) for _ in range(4)]  # type: ignore[arg-type]
    return [actor for actor, _ in made]


def test_one_person_brought_at_once_from_four_devices_is_asked_about(centre: Centre) -> None:
    actors = four(centre)
    who = {"first_name": "ทองดี"}

    def bring(place: int) -> None:
        actor = actors[place]
        for n in range(1, 6):
            more = who | {"last_name": LAST_NAMES[n - 1], "birth": BORN}
            push(centre, actor, [op(centre, actor, n, "person", centre.id(), more)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring, range(4)))
    assert len(cards(centre, "same_person")) == 5 * 6  # five persons, each two of four


def test_four_into_one_place_at_once_leave_one_there_and_three_waiting(centre: Centre) -> None:
    actors = four(centre)
    partner, cases = centre.id(), [centre.id() for _ in actors]
    first = [op(centre, actors[0], 1, "partner", partner, {"name": "วัด", "capacity/total": 1})]
    opened = {"area": "920201", "opened_at": MORNING, "state": "reported"}
    first += [op(centre, actors[0], 2 + i, "case", case, opened) for i, case in enumerate(cases)]
    push(centre, actors[0], first)

    def bring(place: int) -> None:
        n, actor = 6 if place == 0 else 1, actors[place]
        there = {"case": cases[place], "partner": partner, "state": "handed_over"}
        push(centre, actor, [op(centre, actor, n, "placement", centre.id(), there)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring, range(4)))
    assert len(cards(centre, "last_place")) == 3
    states = sorted(row["current"]["state"] for row in centre.rows("record", kind="placement"))
    assert states == ["handed_over", "waiting", "waiting", "waiting"]


def op(  # noqa: PLR0917 - an operation has that many sides
    centre: Centre, actor: Actor, n: int, kind: str, record: str, sets: dict[str, Any]
) -> Operation:
    stamp = f"{centre.clock.now + n:012x}0000{actor.device}"
    return Operation(actor.device, n, kind, RecordId(record), stamp, sets)


def push(centre: Centre, actor: Actor, ops: list[Operation]) -> None:
    def once() -> None:
        with writing(centre.engine) as db:
            assert ledger.append(db, actor, ops, centre.clock.now).rejected == ()

    again(once)
