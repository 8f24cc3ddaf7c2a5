"""What every part needs to draw itself: the words, the colours and the sizes."""

from dataclasses import dataclass
from functools import cache
from typing import Final

import flet as ft

from telewelfare.strings import Lang, Texts, texts
from telewelfare.views.palette import PALETTES, Mode, Palette

GRID: Final = 8
CORNER: Final = 12
TARGET: Final = 56
"""Height of what a thumb touches, in dp."""
ROW_DENSE: Final = 40
WIDE: Final = 700
"""From this width in dp the rail and list-beside-detail replace the bottom bar."""
READING: Final = 560
"""Widest line of running text and of a phone form, in dp."""
SMALLEST_TEXT: Final = 18
LARGEST_TEXT: Final = 24

REGULAR: Final = "Sarabun"
SEMIBOLD: Final = "Sarabun SemiBold"
BOLD: Final = "Sarabun Bold"


@dataclass(frozen=True)
class Sizes:
    """Text sizes in sp, all from the size the worker chose."""

    body: int

    @property
    def question(self) -> int:
        return self.body + 8

    @property
    def title(self) -> int:
        return self.body + 4

    @property
    def label(self) -> int:
        return self.body - 2

    @property
    def dense(self) -> int:
        """Tables on the desk."""
        return self.body - 3

    @property
    def icon(self) -> int:
        return self.body + 6


@dataclass(frozen=True)
class Appearance:
    """What a worker may choose: text size 18 to 24 sp, mode and language."""

    text_size: int = SMALLEST_TEXT
    mode: Mode = "light"
    lang: Lang = "th"


@dataclass(frozen=True)
class Look:
    """The words, colours and sizes that all parts take as their first argument."""

    t: Texts
    colours: Palette
    size: Sizes
    mode: Mode

    @property
    def line(self) -> int:
        """Border width in dp: stronger in the sun."""
        return 2 if self.mode == "sunlight" else 1


@cache
def look_of(appearance: Appearance) -> Look:
    """Return the look of an appearance; a text size out of range takes the nearest allowed."""
    body = min(max(appearance.text_size, SMALLEST_TEXT), LARGEST_TEXT)
    return Look(texts(appearance.lang), PALETTES[appearance.mode], Sizes(body), appearance.mode)


LookContext: Final = ft.create_context(look_of(Appearance()))


def use_look() -> Look:
    """Return the look the app provides: `LookContext(look, lambda: tree)`."""
    return ft.use_context(LookContext)
