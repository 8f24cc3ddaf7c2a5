"""What the sync bench sends is what it says it sends."""

from __future__ import annotations

import sys

from floor import edited, floor_of, pulled, pushed
from link import EDGE
from workload import CASES, DAY, EDIT_DAYS, TEXTS, VISIT_DAYS, Written, cases, edits, plain, visits
from workload import size as json_bytes

from telewelfare.domain.clock import Millis
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.thai_id import is_valid
from telewelfare.domain.validation import malformed, missing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

WORKER = "01990000-0000-7000-8000-000000000001"
BEGIN = Millis(1_787_000_000_000)
SAMPLE = 200


def made(seed: int = 1) -> list[Written]:
    homes = [one.edit.record for one in cases(seed, BEGIN)]
    assert len(homes) == CASES
    return visits(seed, SAMPLE, BEGIN, homes, WORKER)


def test_a_record_has_44_paths_and_weighs_what_it_did_in_the_comparison() -> None:
    records = [plain(one.edit, WORKER, one.at) for one in made()]
    assert {len(record) - 1 for record in records} == {44}
    assert 1_960 < sum(map(json_bytes, records)) / SAMPLE < 2_060


def test_the_centre_takes_every_visit_and_edit() -> None:
    written = made()
    for one in (*written, *edits(1, written, Millis(BEGIN + VISIT_DAYS * DAY))):
        assert not malformed(KINDS["visit"], one.edit.sets)
    assert not any(missing(KINDS["visit"], one.edit.sets) for one in written)
    numbers = [str(one.edit.sets["applicant/id_no"]) for one in written]
    assert all(number.startswith("9") and is_valid(number) for number in numbers)


def test_its_text_is_no_easier_than_prose() -> None:
    texts = [str(one.edit.sets[name]) for one in made() for name in TEXTS]
    text = "".join(texts)[:9_300]
    assert len(zstd.compress(text.encode(), 19)) * 8 / len(text) > 4.1
    assert 205 < sum(map(len, texts)) / SAMPLE < 235


def test_an_edit_weighs_233_bytes() -> None:
    changed = edited(edits(1, made(), Millis(BEGIN + VISIT_DAYS * DAY)))
    assert 223 < sum(map(json_bytes, changed)) / SAMPLE < 243


def test_a_seed_always_makes_the_same_and_another_something_else() -> None:
    assert made(1) == made(1)
    assert made(1) != made(2)


def test_the_days_of_visits_and_edits_do_not_overlap() -> None:
    written = made()
    changed = edits(1, written, Millis(BEGIN + VISIT_DAYS * DAY))
    assert max(one.at for one in written) < min(one.at for one in changed)
    assert max(one.at for one in changed) < BEGIN + (VISIT_DAYS + EDIT_DAYS) * DAY


def test_the_floor_is_the_bytes_at_the_links_rate_and_two_round_trips() -> None:
    floor = floor_of([plain(one.edit, WORKER, one.at) for one in made()])
    assert 30_000 < floor.size < 45_000
    assert abs(pushed(floor, EDGE) - (floor.size * 8 / 60_000 + 1.2)) < 1e-9
    assert abs(pulled(floor, EDGE) - (floor.size * 8 / 120_000 + 1.2)) < 1e-9
