"""State that outlives its screen: a search is still there when one comes back from a detail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from telewelfare.store.journal import Journal
from telewelfare.views.draft import Draft, use_draft

T = TypeVar("T")

_kept: Final[WeakKeyDictionary[Journal, dict[str, Any]]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Kept(Generic[T]):
    """A value that outlives its screen."""

    _draft: Draft[T]
    _mine: dict[str, Any]
    _name: str
    _rest: Callable[[T], T] | None

    def __call__(self, new: T) -> None:
        """Take over a new value and draw it."""
        self._mine[self._name] = self._rest(new) if self._rest else new
        self._draft.put(new)

    def alter(self, update: Callable[[T], T]) -> None:
        """Change the newest value, drawn or not: a search may end after a row was opened."""
        self(update(self._draft.now))


def use_kept(
    journal: Journal, name: str, first: T, rest: Callable[[T], T] | None = None
) -> tuple[T, Kept[T]]:
    """Keep a value for as long as the device is unlocked; in memory only.

    `journal` stands for the unlocked device: locking forgets everything.
    `rest` takes away what is not to be found again by one who comes back; `None` = nothing.
    """
    mine = _kept.setdefault(journal, {})
    draft = use_draft(mine.get(name, first))
    return draft.now, Kept(draft, mine, name, rest)


def keep(journal: Journal, name: str, value: object) -> None:
    """Leave a value for a screen that is not drawn yet."""
    _kept.setdefault(journal, {})[name] = value
