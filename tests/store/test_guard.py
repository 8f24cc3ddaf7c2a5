"""A pull that would empty the device waits for a person; small losses do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from telewelfare.domain.clock import Millis
from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit
from telewelfare.store.guard import DAY, LEAST
from telewelfare.store.incoming import News, Reply
from telewelfare.store.journal import Journal
from tests import eg

MANY = 2 * LEAST


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = eg.opened(tmp_path).journal
    yield made
    made.engine.dispose()


def _news(kind: str, record: str, **values: str) -> News:
    stamps = dict.fromkeys(values, f"{eg.NOW:012x}0000dbbbbbbb")
    return News(kind, RecordId(record), values, stamps, 1, whole=True)


def _given(journal: Journal, cases: int) -> list[str]:
    """Cases that the centre sent, with a visit each."""
    ids = [eg.new_id() for _ in range(cases)]
    news = [_news("case", case, area="920213") for case in ids]
    news += [_news("visit", eg.new_id(), case=case) for case in ids]
    _reply(journal, news)
    return [str(one) for one in ids]


def _reply(
    journal: Journal,
    news: Sequence[News] = (),
    removed: Sequence[str] = (),
    wanted: Sequence[str] = (),
    now: Millis = eg.NOW,
) -> None:
    gone = wanted
    journal.take_in(Reply(0, {}, news, removed, "c", now, wanted=wanted, gone=gone))


def test_a_reply_that_takes_most_of_it_is_held(journal: Journal) -> None:
    cases = _given(journal, MANY)
    _reply(journal, removed=cases)
    assert journal.count("case") == journal.count("visit") == MANY
    assert journal.health().held_back == MANY


def test_it_is_let_go_when_a_person_allows_it(journal: Journal) -> None:
    cases = _given(journal, MANY)
    _reply(journal, removed=cases)
    touched = journal.let_go()
    assert touched.touches("case", "visit")
    assert journal.count("case") == journal.count("visit") == journal.health().held_back == 0


@pytest.mark.parametrize(("here", "lost"), [(LEAST - 1, LEAST - 1), (MANY + 2, LEAST)])
def test_few_or_less_than_half_go_at_once(journal: Journal, here: int, lost: int) -> None:
    cases = _given(journal, here)
    _reply(journal, removed=cases[:lost])
    assert journal.count("case") == here - lost
    assert journal.health().held_back == 0


def test_a_loss_in_small_steps_is_one_loss(journal: Journal) -> None:
    cases = _given(journal, MANY)
    for start in range(0, MANY, 5):
        _reply(journal, removed=cases[start : start + 5])
    assert journal.count("case") == MANY - LEAST
    assert journal.health().held_back == MANY - LEAST


def test_what_went_on_another_day_is_not_counted(journal: Journal) -> None:
    cases = _given(journal, MANY)
    _reply(journal, removed=cases[:LEAST])
    _reply(journal, removed=cases[LEAST : LEAST + 15], now=Millis(eg.NOW + DAY))
    assert journal.health().held_back == 0


def test_what_the_centre_gives_again_is_not_let_go(journal: Journal) -> None:
    cases = _given(journal, MANY)
    _reply(journal, removed=cases)
    _reply(journal, [_news("case", case, area="920213") for case in cases[:3]])
    journal.let_go()
    assert sorted(one.id for one in journal.of_kind("case")) == sorted(cases[:3])


def test_a_check_empties_a_device_no_more_than_a_reply_does(journal: Journal) -> None:
    _given(journal, MANY)
    everything = [one.id for one in journal.of_kind("case", "visit")]
    _reply(journal, wanted=everything)
    assert journal.count("case") == journal.count("visit") == MANY
    assert journal.health().repaired == 0


def test_what_was_not_sent_stays_even_then(journal: Journal) -> None:
    cases = _given(journal, MANY)
    journal.commit([Edit("case", RecordId(cases[0]), {"urgency": "critical"})], eg.NOW)
    _reply(journal, removed=cases)
    journal.let_go()
    [kept] = journal.of_kind("case")
    assert (kept.id, kept.values["urgency"]) == (cases[0], "critical")
    assert journal.waiting().pending == 1
