"""A long text that does not push away what stands under it."""

import unicodedata
from typing import Final

import flet as ft

from telewelfare.views.hooks import screen
from telewelfare.views.look import use_look
from telewelfare.views.parts.basic import stack, words
from telewelfare.views.parts.buttons import quiet_button

LONG: Final = 400
"""Characters from which a text is folded."""
LINES: Final = 6
"""Lines of a folded text; a text of more line breaks is folded too."""
SHOWN: Final = 280
"""Characters of a folded text, so that even the desk's wide lines leave something to unfold."""
WORD: Final = 40
"""Characters to go back for a space at the cut; Thai writes few."""


@screen
def Folded(text: str, mark: str = "fold") -> ft.Control:
    """Draw a text, a long one by its beginning and a button that shows all of it."""
    look = use_look()
    unfolded, set_unfolded = ft.use_state("")  # the text itself: another one begins folded
    if not is_long(text):
        return words(look, text)
    is_open = unfolded == text
    button = quiet_button(
        look,
        look.t("parts.fold.less" if is_open else "parts.fold.all"),
        lambda: set_unfolded("" if is_open else text),
        leading=ft.Icons.EXPAND_LESS_ROUNDED if is_open else ft.Icons.EXPAND_MORE_ROUNDED,
        mark=mark,
    )
    said = words(look, text) if is_open else words(look, beginning(text), lines=LINES)
    return stack(said, ft.Row([button]), gap=0)


def is_long(text: str) -> bool:
    """Whether a text is folded: for its characters or for its line breaks."""
    return len(text) > LONG or text.count("\n") > LINES


def beginning(text: str) -> str:
    """Return what is shown of a long text, with an ellipsis; no Thai mark loses its letter."""
    start = "\n".join(text.split("\n")[:LINES])
    end = min(len(start), SHOWN)
    if end < len(start):
        space = max(start.rfind(gap, end - WORD, end) for gap in " \n")
        end = space if space > 0 else _before_marks(start, end)
    return start[:end].rstrip() + "…"


def _before_marks(text: str, end: int) -> int:
    """Return the end moved back so that what follows it does not begin with a mark."""
    while end and unicodedata.category(text[end]) == "Mn":
        end -= 1
    return end
