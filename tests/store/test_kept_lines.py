"""The lines kept for the next unlock say what all records would say, or are not used."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telewelfare.domain.operations import Edit
from telewelfare.store.home import Opened
from telewelfare.store.incoming import News, Reply
from telewelfare.store.index import Index, Lines
from telewelfare.store.kept_lines import FILE, KeptLines
from telewelfare.store.seal import Seal
from tests import eg


def fresh(home: Opened) -> Lines:
    index = Index(home.journal)
    index.load()
    return index.lines()


def same(one: Lines, other: Lines) -> bool:
    def key(lines: Lines) -> tuple[object, ...]:
        named = (lines.cases, lines.partners, lines.workers)
        return (*({line.id: line for line in part} for part in named), lines.reports, lines.logs)

    return key(one) == key(other)


def kept(home: Opened, folder: Path) -> KeptLines:
    return KeptLines(folder, Seal(home.key))


def reopened(home: Opened, folder: Path) -> Index:
    index = Index(home.journal)
    kept(home, folder).load(home.journal, index)
    return index


def story(n: int) -> list[Edit]:
    person, case, partner = eg.new_id(), eg.new_id(), eg.new_id()
    return [
        eg.edit("person", person, alias=f"คนที่ {n}"),
        eg.case(case, client=person, provisional_no=f"T-{n}"),
        eg.edit("incident_report", case=case, situation_text="นอนข้างถนน", channel="volunteer"),
        eg.edit("partner", partner, name=f"วัดที่ {n}", kind="temple", area="920213"),
        eg.edit(
            "partner_contact_log",
            partner=partner,
            date="2026-11-20T10:00:00+07:00",
            kind="call",
            summary="คุยแล้ว",
        ),
    ]


def test_kept_lines_are_the_lines(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    index = reopened(home, tmp_path)
    home.journal.commit(story(1) + story(2), eg.NOW)
    assert kept(home, tmp_path).save(home.journal, index)
    assert same(reopened(home, tmp_path).lines(), fresh(home))


steps = st.lists(
    st.sampled_from(["write", "rename", "news", "remove", "save", "reopen"]), max_size=12
)


@settings(max_examples=25)
@given(steps)
def test_whatever_happened_since_the_lines_are_those_of_all_records(
    tmp_path_factory: pytest.TempPathFactory, done: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("home")
    home = eg.opened(folder)
    index = reopened(home, folder)
    people: list[str] = []
    for number, step in enumerate(done):
        if step == "write":
            edits = story(number)
            people.append(edits[0].record)
            home.journal.commit(edits, eg.NOW)
        elif step == "rename" and people:
            home.journal.commit([eg.edit("person", people[-1], alias=f"ใหม่ {number}")], eg.NOW)
        elif step == "news":
            _news(home, number)
        elif step == "remove":
            cases = [line.id for line in index.lines().cases]
            home.journal.take_in(_reply(home, removed=tuple(cases[:1])))
        elif step == "save":
            assert kept(home, folder).save(home.journal, index)
        elif step == "reopen":
            index = reopened(home, folder)
        assert same(index.lines(), fresh(home)), (number, step)
    assert same(reopened(home, folder).lines(), fresh(home))


def _news(home: Opened, number: int) -> None:
    stamp = f"{eg.NOW + number:012x}0000srv"
    sets = {"display_name": f"เจ้าหน้าที่ {number}", "role": "social_worker"}
    news = News("worker", eg.new_id(), sets, dict.fromkeys(sets, stamp), number + 1, whole=True)
    home.journal.take_in(_reply(home, news))


def _reply(home: Opened, *news: News, removed: tuple[str, ...] = ()) -> Reply:
    done = home.journal.next_number() - 1  # everything is acknowledged, so that it may be removed
    return Reply(done, {}, news, removed, "c", eg.NOW)


def test_a_damaged_file_is_not_believed(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    index = reopened(home, tmp_path)
    home.journal.commit(story(1), eg.NOW)
    kept(home, tmp_path).save(home.journal, index)
    file = tmp_path / FILE
    bad = bytearray(file.read_bytes())
    bad[len(bad) // 2] ^= 1
    file.write_bytes(bytes(bad))
    assert same(reopened(home, tmp_path).lines(), fresh(home))


def test_what_another_program_wrote_meanwhile_is_not_passed_over(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    index = reopened(home, tmp_path)
    other = eg.again(tmp_path)
    other.journal.commit(story(1), eg.NOW)
    assert not kept(home, tmp_path).save(home.journal, index)
    assert same(reopened(home, tmp_path).lines(), fresh(home))
    assert reopened(home, tmp_path).lines().cases


def test_nothing_of_a_line_can_be_read_in_the_file(tmp_path: Path) -> None:
    home = eg.opened(tmp_path)
    index = reopened(home, tmp_path)
    home.journal.commit(story(7), eg.NOW)
    kept(home, tmp_path).save(home.journal, index)
    raw = (tmp_path / FILE).read_bytes()
    assert "คนที่ 7".encode() not in raw
    assert "วัดที่".encode() not in raw
