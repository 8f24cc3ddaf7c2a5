"""The index in memory: kept up to date it says what a fresh one says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telewelfare.domain.fields import Json
from telewelfare.domain.operations import Edit
from telewelfare.store.incoming import News, Reply
from telewelfare.store.index import CaseFilter, Index, PartnerFilter
from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate
from tests import eg
from tests.store import snapshots

CASES, PEOPLE, REPORTS, PARTNERS, LOGS = (
    [eg.new_id() for _ in range(count)] for count in (3, 2, 3, 2, 3)
)
NAMES = st.sampled_from(["ก้อง", "สมศรี", "ดำ", None])
AREAS = st.sampled_from(["920213", "920211", "360101"])
CASE = st.sampled_from(CASES)


def _edit(kind: str, ids: list[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Edit]:
    chosen = st.fixed_dictionaries({}, optional=fields)
    return st.builds(lambda record, sets: Edit(kind, record, sets), st.sampled_from(ids), chosen)


MOMENTS = st.sampled_from(["2026-11-01T10:00:00+07:00", "2026-11-09T10:00:00+07:00", "?"])
EDITS = st.one_of(
    _edit("case", CASES, client=st.sampled_from(PEOPLE), area=AREAS, state=st.just("reported")),
    _edit("person", PEOPLE, first_name=NAMES, alias=NAMES),
    _edit(
        "incident_report",
        REPORTS,
        case=CASE,
        situation_text=NAMES,
        **{"red_flags/x": st.booleans()},
    ),
    _edit("partner", PARTNERS, name=NAMES, area=AREAS, **{"services/shelter": st.booleans()}),
    _edit("partner_contact_log", LOGS, partner=st.sampled_from(PARTNERS), date=MOMENTS),
)
REMOVALS = st.sampled_from([*CASES, *PEOPLE, *PARTNERS]).map(lambda root: (root,))


def fresh(folder: Path) -> Journal:
    kept = snapshots.journal(folder, eg.identity().actor)
    migrate(kept.engine)
    return kept


def seen(index: Index) -> list[object]:
    return [
        index.cases(CaseFilter(), sort="opened"),
        index.cases(CaseFilter(), sort="name", descending=True),
        index.partners(PartnerFilter()),
        [index.report_of(case) for case in CASES],
        [index.logs_of(partner) for partner in PARTNERS],
        index.workers(),
    ]


def loaded(journal: Journal) -> Index:
    index = Index(journal)
    index.load()
    return index


@settings(max_examples=60)
@given(steps=st.lists(EDITS | REMOVALS, max_size=14))
def test_an_index_kept_up_to_date_equals_a_fresh_one(
    steps: list[Edit | tuple[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    journal = fresh(tmp_path_factory.mktemp("home"))
    kept = loaded(journal)
    for step in steps:
        if isinstance(step, Edit):
            journal.commit([step], eg.NOW)
        else:
            journal.take_in(Reply(10**9, {}, (), step, "c", eg.NOW))
    again = loaded(journal)
    assert seen(kept) == seen(again)
    journal.engine.dispose()


def news(kind: str, record: str, **sets: Json) -> News:
    stamps = dict.fromkeys(sets, "00000000000500" + "00dbbbbbbb")
    return News(kind, record, sets, stamps, 1, True)  # type: ignore[arg-type]  # an id


def test_a_case_whose_person_and_report_come_later_gets_their_words(tmp_path: Path) -> None:
    journal = fresh(tmp_path)
    index = loaded(journal)
    case, person, report = CASES[0], PEOPLE[0], REPORTS[0]
    for one in (
        news("case", case, client=person, area="920213"),
        news("incident_report", report, case=case, situation_text="นอนที่สถานีรถไฟ"),
        news("person", person, first_name="ก้องภพ"),
    ):
        journal.take_in(Reply(0, {}, (one,), (), "c", eg.NOW))
    [line] = index.cases(CaseFilter(query="กองภพ รถไฟ")).rows
    assert (line.id, line.name, line.situation) == (case, "ก้องภพ", "นอนที่สถานีรถไฟ")


def test_pages_say_how_many_there_are(tmp_path: Path) -> None:
    journal = fresh(tmp_path)
    journal.commit([eg.case(provisional_no=f"T{n:03d}") for n in range(25)], eg.NOW)
    page = loaded(journal).cases(CaseFilter(), sort="no", offset=20, limit=10)
    assert [line.no for line in page.rows] == [f"T{n:03d}" for n in range(20, 25)]
    assert page.total == 25


def test_filters_narrow_each_other(tmp_path: Path) -> None:
    journal = fresh(tmp_path)
    near, urgent = eg.new_id(), eg.new_id()
    journal.commit(
        [eg.case(near), eg.case(urgent, urgency="urgent", area="360101"), eg.case(area="360102")],
        eg.NOW,
    )
    index = loaded(journal)

    def found(wanted: CaseFilter) -> set[str]:
        return {line.id for line in index.cases(wanted).rows}

    assert found(CaseFilter(area="92")) == {near}
    assert found(CaseFilter(urgencies=frozenset({"urgent"}))) == {urgent}
    assert found(CaseFilter(area="92", urgencies=frozenset({"urgent"}))) == set()
    assert found(CaseFilter(states=frozenset({"closed"}))) == set()
    assert len(found(CaseFilter(only_open=True, worker=journal.actor.worker))) == 3
