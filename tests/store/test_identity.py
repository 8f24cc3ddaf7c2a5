"""A device acts in the role and areas that its worker's own record gives, at once and after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from telewelfare.domain.fields import Json
from telewelfare.domain.ids import RecordId
from telewelfare.store.home import Opened
from telewelfare.store.incoming import News, Reply
from tests import eg

ME = eg.identity()


def told(worker: str, **sets: Json) -> Reply:
    """The centre says something of a worker."""
    paths = {name.replace("__", "/"): value for name, value in sets.items()}
    stamps = dict.fromkeys(paths, "00000000000100000srv")
    news = News("worker", RecordId(worker), paths, stamps, 1, whole=True)
    return Reply(0, {}, (news,), (), "c", eg.NOW)


@pytest.fixture
def device(tmp_path: Path) -> Opened:
    return eg.opened(tmp_path)


def test_another_role_counts_at_once_and_after_a_restart(device: Opened, tmp_path: Path) -> None:
    device.journal.take_in(told(ME.worker, role="case_manager", areas__92=True))
    for now in (device, eg.again(tmp_path)):
        assert now.journal.actor.role == now.identity.role == "case_manager"
        assert now.journal.actor.areas == now.identity.areas == ("92",)
        assert now.identity.device == ME.device


def test_whoever_listens_finds_the_new_role(device: Opened) -> None:
    seen: list[str] = []
    device.journal.listen(lambda _: seen.append(device.journal.actor.role))
    device.journal.take_in(told(ME.worker, role="director"))
    assert seen == ["director"]


def test_a_move_is_judged_by_the_new_role(device: Opened) -> None:
    case = eg.new_id()
    device.journal.commit([eg.case(case)], eg.NOW)
    device.journal.take_in(told(ME.worker, role="social_worker"))
    event = eg.edit("status_event", case=case, to="triaged", **{"from": "reported"})
    device.journal.commit([event], eg.NOW)
    moved = device.journal.get(case)
    assert moved is not None
    assert moved.values["state"] == "triaged"


@pytest.mark.parametrize("sets", [{"position": "หัวหน้า"}, {"role": ME.role}, {"areas__77": False}])
def test_what_the_record_does_not_say_stays(device: Opened, sets: dict[str, Json]) -> None:
    before = device.identity
    device.journal.take_in(told(ME.worker, **sets))
    assert device.journal.actor == ME.actor
    assert device.identity == before


def test_a_colleague_s_record_changes_nothing(device: Opened, tmp_path: Path) -> None:
    before = device.identity
    device.journal.take_in(told(eg.new_id(), role="director", areas__92=True))
    assert eg.again(tmp_path).identity == device.identity == before


def test_a_new_name_is_shown(device: Opened, tmp_path: Path) -> None:
    device.journal.take_in(told(ME.worker, display_name="สมศรี แต่งงานแล้ว"))
    assert eg.again(tmp_path).identity.worker_name == "สมศรี แต่งงานแล้ว"


def test_a_reply_that_could_not_be_kept_changes_no_role(device: Opened) -> None:
    with device.journal.engine.begin() as db:
        db.exec_driver_sql(
            "CREATE TRIGGER broken BEFORE INSERT ON meta WHEN NEW.key = 'cursor'"
            " BEGIN SELECT RAISE(ABORT, 'the phone died here'); END"
        )
    with pytest.raises(Exception, match="phone died"):
        device.journal.take_in(told(ME.worker, role="director"))
    assert device.journal.actor.role == device.identity.role == ME.role
