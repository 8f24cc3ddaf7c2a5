"""A client that knows only `docs/protocol.md` does everything that the book promises it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from telewelfare.server.backup import backup, restore
from telewelfare.server.database import address
from tests.server import independent_client
from tests.server.independent_client import Client, Refused
from tests.sync.served import Served, served

OPENED = "2026-11-20T09:00:00.000+07:00"
CASE = {"area": "920213", "opened_at": OPENED, "state": "reported", "urgency": "normal"}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A real one, over a real socket."""
    with served(tmp_path_factory.mktemp("centre")) as running:
        yield running


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(independent_client.__file__).read_text("utf-8"))
    names = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, (ast.Import, ast.ImportFrom))]
    assert [name for name in names if "telewelfare" in name or "tests" in name] == []


def test_enrolling_again_with_the_same_key_gives_the_same_device(centre: Served) -> None:
    code = centre.invite().code
    first = Client(centre.url, code)
    second = Client(centre.url, code.lower().replace("-", " "), first.key)
    assert second.me["device"] == first.me["device"]
    with pytest.raises(Refused, match="invitation_used"):
        Client(centre.url, code)


def test_work_goes_up_once_and_comes_to_others(centre: Served) -> None:
    phone = Client(centre.url, centre.invite().code)
    desk = Client(centre.url, centre.invite("social_worker", "92").code)
    person = phone.edit("person", {"first_name": "ทองดี"})
    case = phone.edit("case", CASE | {"client": person})
    phone.sync()
    again = phone.ask(ops=list(phone.log.values()), cursor=phone.cursor)
    assert (again["acknowledged"], again["changes"]) == (2, [])
    assert phone.records[case]["values"]["case_no"].startswith("92-")
    desk.sync()
    assert desk.records[person]["values"]["first_name"] == "ทองดี"
    desk.edit("case", {"urgency": "urgent"}, case)
    desk.sync()
    phone.sync()
    assert phone.records[case]["values"] == desk.records[case]["values"]
    assert phone.check()
    assert desk.check()
    phone.records[person]["stamps"]["first_name"] = "0" * 16 + "x"
    assert not phone.check()


def test_who_wrote_without_knowing_of_the_other_is_both_kept(centre: Served) -> None:
    phone = Client(centre.url, centre.invite().code)
    desk = Client(centre.url, centre.invite("social_worker", "92").code)
    person = phone.edit("person", {"alias": "ลุงดำ"})
    phone.edit("case", CASE | {"client": person})
    phone.sync()
    desk.sync()
    desk.edit("person", {"alias": "ลุงแดง"}, person)
    phone.edit("person", {"alias": "ลุงขาว"}, person)
    desk.sync()
    phone.sync()
    desk.sync()
    cards = [i for i, r in phone.records.items() if r["kind"] == "conflict"]
    (card,) = [i for i in cards if phone.records[i]["values"]["of"] == person]
    told = phone.records[card]["values"]
    assert {told["kept"], told["other"]} == {"ลุงแดง", "ลุงขาว"}
    seen = desk.records[person]["stamps"]["alias"]
    desk.edit("conflict", {"settled": "other", "chosen": "ลุงเขียว", "seen": seen}, card)
    desk.sync()
    phone.sync()
    assert phone.records[person]["values"]["alias"] == "ลุงเขียว"


def test_what_was_refused_is_handed_in_again_until_it_is_taken(centre: Served) -> None:
    phone = Client(centre.url, centre.invite().code)
    stranger = Client(centre.url, centre.invite().code)
    desk = Client(centre.url, centre.invite("social_worker", "92").code)
    case = phone.edit("case", CASE)
    phone.sync()
    desk.sync()
    log = stranger.edit("visit", {"case": case, "visited_at": OPENED})
    stranger.sync()
    assert stranger.rejected[1]["code"] == "forbidden"
    stranger.sync()
    assert 1 in stranger.rejected
    desk.edit("case", {"field_worker": stranger.me["worker"]}, case)
    desk.sync()
    stranger.sync()
    assert stranger.rejected == {}
    desk.sync()
    assert desk.records[log]["values"]["visited_at"] == OPENED


def test_an_old_copy_of_a_device_loses_nothing(centre: Served) -> None:
    phone = Client(centre.url, centre.invite().code)
    desk = Client(centre.url, centre.invite("social_worker", "92").code)
    first = phone.edit("case", CASE)
    phone.sync()
    phone.edit("person", {"alias": "รอส่ง"})
    copy = deepcopy(phone)
    phone.edit("person", {"alias": "ส่งแล้ว"})
    phone.sync()
    typed = copy.edit("person", {"alias": "พิมพ์ทีหลัง"})
    copy.edit("case", {"client": typed}, first)
    copy.sync()
    assert copy.records.keys() >= phone.records.keys()
    desk.sync()
    mine = [one["values"] for one in desk.records.values() if one["kind"] == "person"]
    aliases = [one["alias"] for one in mine if one["created_by"] == phone.me["worker"]]
    assert sorted(aliases) == sorted(["รอส่ง", "ส่งแล้ว", "พิมพ์ทีหลัง"])
    assert copy.check()


def test_a_centre_that_was_restored_is_given_what_it_lost(tmp_path: Path) -> None:
    with served(tmp_path) as running:
        phone = Client(running.url, running.invite().code)
        first = phone.edit("case", CASE)
        phone.sync()
        copy = tmp_path / "copy"
        backup(address(running.database), copy)
        second = phone.edit("case", CASE | {"urgency": "urgent"})
        phone.edit("case", {"urgency": "critical"}, second)
        phone.sync()
        running.kill()
        restore(address(running.database), copy)
        running.start()
        desk = Client(running.url, running.invite("social_worker", "92").code)
        desk.sync()
        assert second not in desk.records
        phone.edit("case", {"urgency": "urgent"}, first)
        phone.sync()
        assert phone.resets == 1
        desk.sync()
        assert desk.records[second]["values"]["urgency"] == "critical"
        assert desk.records[first]["values"]["urgency"] == "urgent"
        assert phone.check()
