"""How the last rounds went: times and codes, for whoever has to find out why nothing comes through."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from telewelfare.domain.clock import Millis
from telewelfare.store.journal import Journal

KEPT: Final = 20
META: Final = "rounds"


@dataclass(frozen=True, slots=True)
class Went:
    """A round: when it ended, and the code of why it did not finish ("" = it did)."""

    at: Millis
    code: str


def note(journal: Journal, at: Millis, code: str) -> None:
    """Remember how a round went.

    Raises:
        StoreError: it was not remembered.
    """
    kept = (*lately(journal), Went(at, code))[-KEPT:]
    journal.write_meta(META, json.dumps([[one.at, one.code] for one in kept]))


def lately(journal: Journal) -> tuple[Went, ...]:
    """The last rounds, oldest first; what cannot be read counts as none."""
    try:
        found = json.loads(journal.read_meta(META) or "[]")
        return tuple(Went(Millis(int(at)), str(code)) for at, code in found)
    except (ValueError, TypeError):
        return ()
