"""A device that is killed before each of its statements in turn; run as a program.

`dying.py FOLDER WORK`: for k = 1, 2, … copies FOLDER/template to FOLDER/WORK-k and lets a child
process do WORK there, which kills itself (SIGKILL) before its k-th statement; the commit counts
as one. Ends with the first k that the work survives.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

from sqlalchemy import event

from telewelfare.domain.ids import DeviceId, RecordId, WorkerId
from telewelfare.domain.operations import Actor, Edit
from telewelfare.store.incoming import News, Reply
from telewelfare.store.journal import Journal
from telewelfare.store.migrations import migrate
from tests import eg
from tests.store.snapshots import journal

ACTOR = Actor("92", WorkerId("w1"), "volunteer", ("920213",), DeviceId("daaaaaaa"))
CASE, PERSON, EVENT, OTHER, LOST = (
    RecordId(f"{n:08d}-0000-7000-8000-00000000000{n}") for n in range(1, 6)
)
LATER = "ffff00000000" + "0000" + "dbbbbbbb"


def prepare(folder: Path) -> None:
    """A journal with some work in it, two operations of which a request has carried away."""
    folder.mkdir(parents=True)
    kept = journal(folder, ACTOR)
    migrate(kept.engine)
    kept.commit([eg.case(CASE), eg.edit("person", PERSON, alias="ตาดำ")], eg.NOW)
    kept.commit([eg.case(LOST), eg.edit("person", PERSON, alias="ลุงดำ")], eg.NOW)
    kept.engine.dispose()


def edit(kept: Journal) -> None:
    """A report's worth of edits: a new record, a changed one, and a move of the case."""
    moved = {"case": CASE, "from": "reported", "to": "fact_finding", "occurred_at": "2026-11-20"}
    kept.commit(
        [
            eg.edit("visit", OTHER, case=CASE, narrative="นอนใต้สะพาน"),
            Edit("person", PERSON, {"alias": "ป้าดำ"}),
            Edit("status_event", EVENT, moved),
        ],
        eg.NOW,
    )


def take_in(kept: Journal) -> None:
    """A reply with everything a reply can hold."""
    kept.take_in(
        Reply(
            acknowledged=3,
            rejected={2: "forbidden"},
            news=(
                News("case", CASE, {"case_no": "92-2570-1"}, {"case_no": LATER}, 7, False),
                News("visit", OTHER, {"narrative": "บ้าน"}, {"narrative": LATER}, 8, True),
            ),
            removed=(LOST,),
            cursor="e1.8.8.",
            now=eg.NOW,
        )
    )


WORKS: dict[str, Callable[[Journal], None]] = {"edit": edit, "take_in": take_in}


def _die_at(kept: Journal, k: int) -> None:
    steps = count(1)

    def step(*_: object) -> None:
        if next(steps) == k:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(kept.engine, "before_cursor_execute", step)
    event.listen(kept.engine, "commit", step)


def _survives(folder: Path, work: Callable[[Journal], None], k: int) -> bool:
    child = os.fork()
    if child == 0:
        kept = journal(folder, ACTOR)
        _die_at(kept, k)
        work(kept)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        sys.exit(f"the work failed at {k}")
    return os.WIFEXITED(status)


def main(folder: Path, name: str) -> None:
    """Die at every statement."""
    for k in count(1):
        place = folder / f"{name}-{k:03d}"
        shutil.copytree(folder / "template", place)
        if _survives(place, WORKS[name], k):
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
