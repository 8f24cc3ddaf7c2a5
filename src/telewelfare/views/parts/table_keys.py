"""What the keys of a table mean: pure, so that the desk's fingers can be tested."""

from collections.abc import Sequence
from dataclasses import dataclass

NEXT = {"j", "arrow down", "่"}
BEFORE = {"k", "arrow up", "า"}
OPEN = {"enter", "numpad enter"}
CLOSE = {"escape"}
SEARCH = {"/", "slash", "ฝ"}
FIRST = {"home"}
LAST = {"end"}
"""The Thai letters are what the same keys type on a Kedmanee keyboard."""


@dataclass(frozen=True)
class Select:
    """Move the selection to this row."""

    id: str


@dataclass(frozen=True)
class Open:
    """Open this row beside the list."""

    id: str


@dataclass(frozen=True)
class Close:
    """Close what is open."""


@dataclass(frozen=True)
class Search:
    """Put the cursor into the search field."""


Move = Select | Open | Close | Search


def table_key(key: str, ids: Sequence[str], selected: str | None) -> Move | None:
    """Return what a key does to a table that shows `ids`, None when nothing.

    `key` is the name of `page.on_keyboard_event`. Without a selection the first move takes the
    first row; a selection that is no longer shown counts as none. Call it inside the state's
    setter (`set_selected(lambda now: …)`): the next key may come before the last one is drawn.
    """
    name = key.lower()
    if name in SEARCH:
        return Search()
    if name in CLOSE:
        return Close()
    if not ids:
        return None
    here = ids.index(selected) if selected in ids else None
    if name in OPEN:
        return None if here is None else Open(ids[here])
    target = _target(name, here, len(ids))
    return None if target is None else Select(ids[target])


def _target(name: str, here: int | None, count: int) -> int | None:
    if name in FIRST:
        return 0
    if name in LAST:
        return count - 1
    if name in NEXT:
        return 0 if here is None else min(here + 1, count - 1)
    if name in BEFORE:
        return 0 if here is None else max(here - 1, 0)
    return None
