"""Rows drawn once: a list that is drawn again draws only the rows that changed.

The client is then told nothing of the others, and comparing them costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import flet as ft

Draw = Callable[[], ft.Control]


class Drawn:
    """The rows of the last drawing, by what they show.

    `on_press` is what a press on a row does now.
    """

    def __init__(self) -> None:
        self._rows: dict[Hashable, ft.Control] = {}
        self._basis: object = None
        self.on_press: Callable[[str], object] = lambda _: None

    def rows(self, basis: object, wanted: Sequence[tuple[Hashable, Draw]]) -> list[ft.Control]:
        """Return rows in this order: those drawn before, and what is drawn now for the others.

        What stands before a row's drawing must say all that the row shows; `basis` is what all of
        them are drawn with. A row needs a `key` of its own, and its handlers must not hold what
        changes: they stay those of the first drawing.
        """
        before = self._rows if basis == self._basis else {}
        self._basis = basis
        self._rows = {shows: before[shows] if shows in before else draw() for shows, draw in wanted}
        return list(self._rows.values())


def use_drawn(*places: object) -> Drawn:
    """Keep the rows of this component until one of `places` changes.

    `places` say where the list stands, if it stands at all: a row cannot leave the page and return.
    """
    return ft.use_memo(Drawn, places)
