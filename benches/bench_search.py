"""Searching and paging the cases in memory. `bench_search.py [CASES …]`, else 10,000 and 100,000.

Above `BUILT` cases the lines are made from records that never lay on a disk: the search is the
same, and filling a device with 100,000 cases would take longer than anybody waits.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import cycle

from measure import TODAY, WORLD_SEED, figure, filled, folder, now, timed

from telewelfare.domain.ids import RecordId
from telewelfare.domain.operations import Edit, Record
from telewelfare.store.index import LISTED, CaseFilter, Index, PartnerFilter
from telewelfare.store.journal import Journal
from telewelfare.synthetic import World, generate

QUERIES = ("สมชาย", "กันตัง", "ลุง", "นอน", "T", "สม กันตัง", "ไม่มีใครชื่อนี้เลย", "๒๕", "ก")
RUNS = 180
TARGETS = {10_000: 50.0, 100_000: 150.0}  # ms
BUILT = 10_000


class Remembered:
    """A journal's records without its file; what an index reads of one.

    Beyond `BUILT` cases the same people come again under other ids.
    """

    def __init__(self, cases: int) -> None:
        built = min(cases, BUILT)
        world = World(WORLD_SEED, today=TODAY, cases=built, partners=built // 20, provinces=("92",))
        self._by_kind: defaultdict[str, list[Record]] = defaultdict(list)
        edits = [entry.edit for entry in generate(world) if entry.edit.kind in LISTED]
        for copy in range(cases // built):
            for edit in edits:
                self._by_kind[edit.kind].append(_copied(edit, copy))

    def each(self, kind: str) -> Iterable[Record]:
        """All records of a kind."""
        return self._by_kind[kind]

    def listen(self, _listener: object) -> None:
        """Nothing ever changes here."""


def _copied(edit: Edit, copy: int) -> Record:
    names = {path: f"{edit.sets[path]}-{copy}" for path in ("client", "case") if path in edit.sets}
    return Record(edit.kind, RecordId(f"{edit.record}-{copy}"), {**edit.sets, **names})


def measure(index: Index, cases: int) -> None:
    """Print the figures of one index."""
    queries, target = cycle(QUERIES), TARGETS.get(cases, 150.0)
    figure("search", cases, timed(lambda: index.cases(CaseFilter(next(queries))), RUNS), target)
    wanted = CaseFilter(only_open=True, area="9202")
    figure("filter", cases, timed(lambda: index.cases(wanted), 40), target)
    figure("first_page", cases, timed(lambda: index.cases(CaseFilter()), 40), target)
    named = timed(lambda: index.cases(CaseFilter(), sort="name"), 40)
    figure("sort_by_name", cases, named, target)
    partners = timed(lambda: index.partners(PartnerFilter(next(queries))), 40)
    figure("search_partners", cases // 20, partners, target)
    overdue = timed(lambda: index.cases(CaseFilter(overdue_at=now()), sort="due"), 40)
    figure("overdue", cases, overdue, target)


def main(sizes: Iterable[int]) -> None:
    """Measure each size."""
    for cases in sizes:
        if cases > BUILT:
            index = Index(Remembered(cases))  # type: ignore[arg-type]  # all an index reads of a journal
            index.load()
            measure(index, cases)
            continue
        with folder() as place:
            journal: Journal = filled(place, cases).journal
            index = Index(journal)
            index.load()
            measure(index, cases)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(TARGETS))
