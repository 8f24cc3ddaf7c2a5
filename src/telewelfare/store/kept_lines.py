"""The index's lines, sealed in a file: opening thousands of records again at each unlock costs seconds.

The file says up to which change it knows. What was written since is read afresh; when that
cannot be told for sure, everything is. Losing the file loses nothing.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from telewelfare.store.errors import translated
from telewelfare.store.index import Index, Lines
from telewelfare.store.journal import Changes, Journal
from telewelfare.store.lines import CaseLine, PartnerLine, WorkerLine
from telewelfare.store.seal import BrokenSeal, Seal
from telewelfare.store.vault import write_atomically

FORMAT: Final = 1  # another one whenever lines are built in another way
FILE: Final = "lines.sealed"
ABOUT: Final = "lines"


class KeptLines:
    """One home's file of lines."""

    def __init__(self, folder: Path, seal: Seal) -> None:
        self._path = folder / FILE
        self._seal = seal

    def load(self, journal: Journal, index: Index) -> None:
        """Fill the index: from the file and what changed since, else from all records."""
        kept = self._read()
        since = journal.changed_since(int(kept["mark"]) if kept else -1)
        if kept is None or since is None:
            index.load()
            return
        index.put_lines(_lines(kept))
        if since:
            index.refresh(Changes(since))

    def save(self, journal: Journal, index: Index) -> bool:
        """Keep the lines for the next unlock; gives whether it could be done.

        Raises:
            StoreError: the file is as it was.
        """
        with journal.at_rest() as mark:
            if mark is None:
                return False
            lines = index.lines()
        plain = _plain(lines) | {"mark": mark, "format": _format()}
        packed = zlib.compress(json.dumps(plain, ensure_ascii=False).encode(), 1)
        with translated(FILE):
            write_atomically(self._path, self._seal.close(packed, ABOUT))
        journal.forget_changes(mark)
        return True

    def _read(self) -> dict[str, Any] | None:
        if not self._path.is_file():
            return None
        try:
            packed = self._seal.open(self._path.read_bytes(), ABOUT)
            kept: dict[str, Any] = json.loads(zlib.decompress(packed))
        except (BrokenSeal, OSError, ValueError, zlib.error):
            return None  # another key, or a damaged file: the records themselves are read
        return kept if kept.get("format") == _format() else None


def _format() -> list[Any]:
    names = [[field.name for field in fields(kind)] for kind in (CaseLine, PartnerLine, WorkerLine)]
    return [FORMAT, *names]


def _plain(lines: Lines) -> dict[str, Any]:
    return {
        "cases": [_row(line) for line in lines.cases],
        "partners": [_row(line) for line in lines.partners],
        "workers": [_row(line) for line in lines.workers],
        "reports": dict(lines.reports),
        "logs": {log: list(of) for log, of in lines.logs.items()},
    }


def _row(line: CaseLine | PartnerLine | WorkerLine) -> list[Any]:
    return [getattr(line, field.name) for field in fields(line)]


def _lines(kept: dict[str, Any]) -> Lines:
    return Lines(
        cases=tuple(CaseLine(*row) for row in kept["cases"]),
        partners=tuple(PartnerLine(*_tupled(row)) for row in kept["partners"]),
        workers=tuple(WorkerLine(*_tupled(row)) for row in kept["workers"]),
        reports=kept["reports"],
        logs={log: (partner, at) for log, (partner, at) in kept["logs"].items()},
    )


def _tupled(row: Iterable[Any]) -> list[Any]:
    """JSON knows no tuples."""
    return [tuple(value) if isinstance(value, list) else value for value in row]
