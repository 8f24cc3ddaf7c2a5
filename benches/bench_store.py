"""Saving an answer, unlocking, and the memory of the device core. `bench_store.py [CASES]`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from random import Random

from measure import PIN, figure, filled, folder, now, peak_mb, tell, timed

from telewelfare.domain.operations import Edit
from telewelfare.store.home import Home, Opened
from telewelfare.store.index import CaseFilter, Index

SAVES = 300
SAVE_TARGET = 20.0  # ms
MEMORY_TARGET = 250.0  # MB


def unlocked(place: Path) -> Opened:
    """A device as its worker opens it."""
    found = Home(place).unlock(PIN, now())
    if not isinstance(found, Opened):
        raise TypeError("the PIN of the bench does not open it")
    return found


def as_opened(place: Path, cases: int) -> None:
    """In a process of its own, as after a start: unlock, load, save answers; then tell the peak."""
    began = time.perf_counter()
    opened = unlocked(place)
    unlock = time.perf_counter()
    index = Index(opened.journal)
    index.load()
    loaded = time.perf_counter()
    tell("open", cases=cases, unlock_s=unlock - began, index_s=loaded - unlock)
    _save(opened, index, cases)
    tell("memory", cases=cases, peak_mb=peak_mb(), target_mb=MEMORY_TARGET)


def _save(opened: Opened, index: Index, cases: int) -> None:
    rng, lines = Random(1), index.cases(CaseFilter(), limit=1000).rows
    visits = opened.journal.of_kind("visit")[:1000]

    def answer() -> None:
        visit = rng.choice(visits)
        text = f"อยู่คนเดียวมาตั้งแต่ปีก่อน {rng.random()}"
        opened.journal.commit([Edit("visit", visit.id, {"narrative": text})], now())

    def urgency() -> None:
        case = opened.journal.get(rng.choice(lines).id)
        if case is not None:
            reason = {"urgency_reason": f"เหตุผล {rng.random()}"}
            opened.journal.commit([Edit("case", case.id, reason)], now())

    figure("save_answer", cases, timed(answer, SAVES), SAVE_TARGET)
    figure("save_case", cases, timed(urgency, SAVES), SAVE_TARGET)


def main(cases: int) -> None:
    """Fill a device, then open it in a fresh process."""
    with folder() as place:
        began = time.perf_counter()
        filled(place, cases).journal.engine.dispose()
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        tell("fill", cases=cases, seconds=time.perf_counter() - began, disk_mb=size / 1e6)
        again = (sys.executable, __file__, str(cases), str(place))
        subprocess.run(again, check=True)  # noqa: S603 - this file itself


if __name__ == "__main__":
    match sys.argv[1:]:
        case [count, place]:
            as_opened(Path(place), int(count))
        case [count]:
            main(int(count))
        case _:
            main(10_000)
