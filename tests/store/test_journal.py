"""The journal: what is pending, what is acknowledged, and what never becomes an operation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telewelfare.domain.clock import Millis
from telewelfare.domain.fields import Json, nested
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.operations import Edit, Record, apply
from telewelfare.store.errors import DamagedFile
from telewelfare.store.home import Home
from telewelfare.store.incoming import News, Reply
from telewelfare.store.journal import Changes, Journal
from telewelfare.store.migrations import migrate
from tests import eg
from tests.store import snapshots

CASE, PERSON = eg.new_id(), eg.new_id()
THEIRS = "dbbbbbbb"


def stamp(at: int, device: str = THEIRS) -> str:
    return f"{at:012x}0000{device}"


def reply(acknowledged: int = 0, *news: News, removed: tuple[str, ...] = ()) -> Reply:
    return Reply(acknowledged, {}, news, removed, "c", eg.NOW)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return eg.opened(tmp_path).journal


def alias(journal: Journal, text: Json, at: int = 0) -> None:
    journal.commit([Edit("person", PERSON, {"alias": text})], Millis(eg.NOW + at))


def current(journal: Journal, record: str = PERSON) -> Record:
    found = journal.get(record)
    assert found is not None
    return found


def test_an_edit_made_during_a_push_stays_pending(journal: Journal) -> None:
    alias(journal, "ก")
    [carried] = journal.pending(10)
    alias(journal, "ข")  # while the request is on its way
    journal.take_in(reply(carried.n))
    [left] = journal.pending(10)
    assert left.sets == {"alias": "ข"}
    assert current(journal).values["alias"] == "ข"


def test_only_the_numbers_up_to_the_named_one_are_acknowledged(journal: Journal) -> None:
    for text in "กขคง":
        alias(journal, text)
    journal.take_in(reply(2))
    assert [op.n for op in journal.pending(10)] == [3, 4]


def test_what_the_centre_acknowledges_no_more_waits_again(journal: Journal) -> None:
    for text in "กขคง":
        alias(journal, text)
    journal.take_in(reply(3))
    journal.take_in(reply(1))  # it was restored from an older backup
    assert [op.n for op in journal.pending(10)] == [2, 3, 4]


def test_a_refused_operation_is_kept_with_its_reason(journal: Journal) -> None:
    alias(journal, "ก")
    alias(journal, "ข")
    journal.take_in(Reply(2, {1: "forbidden"}, (), (), "c", eg.NOW))
    [(refused, code)] = journal.rejected()
    assert (refused.n, code) == (1, "forbidden")
    assert journal.waiting().pending == 0
    assert journal.waiting().rejected == 1


def test_a_restored_centre_is_sent_everything_again_what_it_refused_too(journal: Journal) -> None:
    for text in "กขค":
        alias(journal, text)
    journal.take_in(Reply(3, {2: "forbidden"}, (), (), "c", eg.NOW))
    assert journal.send_again(2) == 2
    assert [op.n for op in journal.pending(10)] == [2, 3]


def test_the_same_value_again_makes_no_operation(journal: Journal) -> None:
    alias(journal, "ก")
    before = journal.waiting()
    alias(journal, "ก")
    journal.commit([Edit("person", PERSON, {"first_name": None})], eg.NOW)
    assert journal.waiting() == before


def test_clearing_a_value_is_an_edit(journal: Journal) -> None:
    alias(journal, "ก")
    alias(journal, None)
    assert journal.waiting().pending == 2
    assert "alias" not in nested(KINDS["person"], current(journal).values)


def test_who_wrote_a_record_and_when_is_kept_once(journal: Journal) -> None:
    alias(journal, "ก")
    alias(journal, "ข", at=60_000)
    values = current(journal).values
    assert values["created_by"] == journal.actor.worker
    assert values["recorded_at"] == "2026-11-20T22:00:00.000+07:00"


def test_the_oldest_pending_work_is_known(journal: Journal) -> None:
    assert journal.waiting().oldest is None
    alias(journal, "ก", at=5)
    alias(journal, "ข", at=9)
    assert journal.waiting().oldest == eg.NOW + 5


def test_news_of_the_centre_do_not_overwrite_what_it_has_not_been_told(journal: Journal) -> None:
    alias(journal, "ของเรา")
    older = News(
        "person",
        PERSON,
        {"alias": "ของเขา", "sex": "male"},
        dict.fromkeys(("alias", "sex"), stamp(5)),
        1,
        False,
    )
    journal.take_in(reply(0, older))
    assert current(journal).values["alias"] == "ของเรา"
    assert current(journal).values["sex"] == "male"


def test_newer_news_win_over_our_older_edit(journal: Journal) -> None:
    alias(journal, "ของเรา")
    newer = News("person", PERSON, {"alias": "ของเขา"}, {"alias": stamp(eg.NOW + 9)}, 1, False)
    journal.take_in(reply(0, newer))
    assert current(journal).values["alias"] == "ของเขา"


def test_a_whole_record_keeps_what_was_typed_here_and_is_never_told_to_the_role(
    journal: Journal,
) -> None:
    typed = {"alias": "ของเรา", "religion": "พุทธ"}  # a volunteer is not told of a religion
    journal.commit([Edit("person", PERSON, typed)], eg.NOW)
    part = News("person", PERSON, {"sex": "male"}, {"sex": stamp(5)}, 1, False)
    journal.take_in(reply(1, part))
    whole = News("person", PERSON, {"title": "mr"}, {"title": stamp(6)}, 2, True)
    journal.take_in(reply(1, whole))
    values = current(journal).values
    assert {path: values.get(path) for path in ("sex", "title", *typed)} == {
        "sex": None,
        "title": "mr",
        "alias": None,
        "religion": "พุทธ",
    }


YEAR = 365 * 86_400_000


@pytest.mark.parametrize("device", [THEIRS, "srv"])
@pytest.mark.parametrize(
    "lag", [200_000, YEAR, 543 * YEAR], ids=["minutes", "year", "buddhist era"]
)
def test_an_edit_shows_at_once_though_our_clock_lags_behind_what_it_changes(
    journal: Journal, device: str, lag: int
) -> None:
    ahead = stamp(eg.NOW + lag, device)
    journal.take_in(reply(0, News("person", PERSON, {"alias": "เขา"}, {"alias": ahead}, 1, True)))
    alias(journal, "เรา")
    assert current(journal).values["alias"] == "เรา"
    [op] = journal.pending(1)
    assert op.stamp > ahead
    assert op.base == {"alias": ahead}


def test_a_case_moves_at_once_and_its_move_is_one_operation(journal: Journal) -> None:
    journal.commit([eg.case(CASE)], eg.NOW)
    event = eg.edit("status_event", None, case=CASE, **{"from": "reported", "to": "fact_finding"})
    journal.commit([event], eg.NOW)
    assert current(journal, CASE).values["state"] == "fact_finding"
    assert [op.kind for op in journal.pending(9)] == ["case", "status_event"]


def test_a_move_that_is_not_allowed_leaves_the_case(journal: Journal) -> None:
    journal.commit([eg.case(CASE)], eg.NOW)
    event = eg.edit("status_event", None, case=CASE, **{"from": "reported", "to": "closed"})
    journal.commit([event], eg.NOW)
    assert current(journal, CASE).values["state"] == "reported"


def test_what_is_out_of_reach_leaves_but_unsent_work_stays_until_it_is_sent(
    journal: Journal,
) -> None:
    visit = eg.new_id()
    journal.commit([eg.case(CASE), eg.edit("visit", visit, case=CASE, narrative="ก")], eg.NOW)
    journal.take_in(reply(2))
    journal.commit([Edit("visit", visit, {"narrative": "ข"})], eg.NOW)
    journal.take_in(reply(2, removed=(CASE,)))
    assert journal.get(CASE) is None
    assert current(journal, visit).values["narrative"] == "ข"
    journal.take_in(reply(3))  # it was sent: now it goes, though the centre says it only once
    assert journal.get(visit) is None


def test_what_came_back_within_reach_does_not_leave(journal: Journal) -> None:
    journal.commit([eg.case(CASE)], eg.NOW)
    journal.take_in(reply(0, removed=(CASE,)))
    again = News("case", CASE, {"area": "920213"}, {"area": stamp(9)}, 3, True)
    journal.take_in(reply(1, again))
    journal.take_in(reply(1))
    assert journal.get(CASE) is not None


def test_listeners_hear_what_changed_and_can_stop(journal: Journal) -> None:
    heard: list[Changes] = []
    stop = journal.listen(heard.append)
    alias(journal, "ก")
    stop()
    stop()
    alias(journal, "ข")
    assert [changes.records for changes in heard] == [{("person", PERSON)}]
    assert heard[0].touches("case", "person")
    assert not heard[0].touches("case")


def test_a_clock_far_off_is_corrected_by_what_the_centre_said(journal: Journal) -> None:
    wall = Millis(eg.NOW - 3 * 365 * 86_400_000)
    assert journal.corrected(wall) == wall
    journal.write_meta("clock_off", str(eg.NOW - wall))
    assert journal.corrected(wall) == eg.NOW


def test_many_records_are_read_at_once(journal: Journal) -> None:
    ids = [eg.new_id() for _ in range(700)]
    journal.commit((eg.edit("person", one, alias="ก") for one in ids), eg.NOW)
    assert {record.id for record in journal.some(ids)} == set(ids)
    assert journal.count("person") == 700


PATHS = st.sampled_from(["alias", "first_name", "phones/0812345678"])
VALUES = st.none() | st.sampled_from(["ก", "ข", "น้ำ"])


@given(edits=st.lists(st.tuples(PATHS, VALUES, st.integers(-9, 9)), max_size=8))
def test_a_record_is_what_its_operations_make_in_any_order(
    edits: list[tuple[str, Json, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    kept = snapshots.journal(tmp_path_factory.mktemp("home"), eg.identity().actor)
    migrate(kept.engine)
    for path, value, at in edits:
        kept.commit([Edit("person", PERSON, {path: value})], Millis(eg.NOW + at))
    ops = kept.pending(99)
    assert [op.n for op in ops] == list(range(1, len(ops) + 1))
    for order in (ops, ops[::-1]):
        folded = Record("person", PERSON)
        for op in order:
            folded = apply(folded, op).record
        assert (kept.get(PERSON) or Record("person", PERSON)) == folded
    kept.engine.dispose()


SECRETS = (
    "สมหญิงลับที่สุด",
    "ถูกสามีทำร้ายที่บ้าน",
    "1234567890121",
    "0898765432",
    "ข้อความร่างลับ",
    "token-secret",
)


def test_nothing_typed_can_be_read_in_any_file_of_the_home(tmp_path: Path) -> None:
    name, story, number, phone, draft, token = SECRETS
    opened = Home(tmp_path).enrol(eg.PIN, eg.identity(), token)
    opened.journal.commit(
        [
            eg.edit("person", PERSON, first_name=name, id_no=number, phones=[phone]),
            eg.edit("incident_report", None, case=CASE, situation_text=story),
        ],
        eg.NOW,
    )
    opened.journal.write_secret("report_draft", {"situation": draft})
    opened.files.keep("ab" * 32, story.encode())
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert {"journal.db", "journal.db-wal", "vault.json"} <= {file.name for file in files}
    for file in files:
        held = file.read_bytes()
        for secret in (*SECRETS, "สมศรี ทดสอบ"):
            assert secret.encode() not in held, file.name
            assert secret.encode("unicode_escape") not in held, file.name


@pytest.mark.parametrize(
    "contents", [b"not a database at all" * 200, b"SQLite format 3\0" + bytes(900)]
)
def test_a_damaged_database_is_said_to_be_damaged_and_is_not_changed(
    tmp_path: Path, contents: bytes
) -> None:
    eg.opened(tmp_path).journal.engine.dispose()
    for beside in tmp_path.glob("journal.db-*"):
        beside.unlink()
    (tmp_path / "journal.db").write_bytes(contents)
    with pytest.raises(DamagedFile):
        Home(tmp_path).unlock(eg.PIN, eg.NOW)
    assert (tmp_path / "journal.db").read_bytes() == contents


def test_a_database_of_another_vault_is_said_to_be_damaged(tmp_path: Path) -> None:
    eg.opened(tmp_path / "one").journal.engine.dispose()
    eg.opened(tmp_path / "two").journal.engine.dispose()
    assert not list((tmp_path / "two").glob("journal.db-*"))
    (tmp_path / "one" / "journal.db").replace(tmp_path / "two" / "journal.db")
    with pytest.raises(DamagedFile):
        Home(tmp_path / "two").unlock(eg.PIN, eg.NOW)


def test_damage_inside_the_file_is_met_when_it_is_read(tmp_path: Path) -> None:
    kept = eg.opened(tmp_path).journal
    kept.commit([eg.edit("person", None, alias="ก" * 100) for _ in range(300)], eg.NOW)
    kept.engine.dispose()
    file = tmp_path / "journal.db"
    held = bytearray(file.read_bytes())
    for page in range(40_960, len(held) - 4_096, 8_192):
        held[page : page + 4_096] = b"\xee" * 4_096
    file.write_bytes(held)
    with pytest.raises(DamagedFile):
        kept.of_kind("person")


def test_the_tables_missing_from_a_database_mean_it_is_not_ours(tmp_path: Path) -> None:
    kept = eg.opened(tmp_path).journal
    with kept.engine.begin() as db:
        db.exec_driver_sql("DROP TABLE meta")
    with pytest.raises(DamagedFile):
        Home(tmp_path).unlock(eg.PIN, eg.NOW)


def test_a_refused_edit_is_done_with_when_it_was_mended_and_taken(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    case = eg.new_id()
    home.journal.commit([eg.case(case)], eg.NOW)
    home.journal.commit([eg.edit("case", case, urgency_reason="x")], eg.NOW)
    home.journal.take_in(Reply(2, {2: "malformed"}, (), (), "c", eg.NOW))
    assert [op.n for op, _ in home.journal.rejected()] == [2]
    home.journal.commit([eg.edit("case", case, urgency_reason="ดีขึ้น")], eg.NOW)
    assert home.journal.rejected()
    home.journal.take_in(Reply(3, {}, (), (), "c", eg.NOW))
    assert not home.journal.rejected()
    assert home.journal.waiting().rejected == 0


def test_a_person_may_let_a_refused_edit_be_and_is_sent_what_the_centre_has(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    case = eg.new_id()
    home.journal.commit([eg.case(case)], eg.NOW)
    home.journal.take_in(Reply(1, {1: "forbidden"}, (), (), "c", eg.NOW))
    home.journal.set_aside(1)
    assert home.journal.waiting().rejected == 0
    assert json.loads(home.journal.read_meta("wants") or "") == [case]
    assert home.journal.read_meta("cursor") == "c"
    assert home.journal.get(case) is not None


def test_what_waits_is_counted_as_people_count_it(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    case = eg.new_id()
    home.journal.commit([eg.case(case)], eg.NOW)
    home.journal.commit([eg.edit("case", case, urgency_reason="ก")], eg.NOW)
    waiting = home.journal.waiting()
    assert (waiting.pending, waiting.records) == (2, 1)
