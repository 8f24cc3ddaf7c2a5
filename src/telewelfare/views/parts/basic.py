"""Words, icons and surfaces: what every other part is made of."""

from collections.abc import Callable
from typing import Literal

import flet as ft

from telewelfare.views.look import BOLD, CORNER, GRID, READING, REGULAR, SEMIBOLD, Look
from telewelfare.views.palette import Tone

Role = Literal["question", "title", "strong", "body", "label", "dense", "dense_strong"]

FAMILIES: dict[Role, str] = {
    "question": BOLD,
    "title": BOLD,
    "strong": SEMIBOLD,
    "body": REGULAR,
    "label": REGULAR,
    "dense": REGULAR,
    "dense_strong": SEMIBOLD,
}
HEADINGS: dict[Role, int] = {"question": 1, "title": 2}
HOUR, UNBROKEN = " น.", "\N{NO-BREAK SPACE}น."
"""What follows a time of day; a line does not begin with it."""


def size_of(look: Look, role: Role) -> int:
    """Return the size of a role in sp."""
    sizes: dict[Role, int] = {
        "question": look.size.question,
        "title": look.size.title,
        "label": look.size.label,
        "dense": look.size.dense,
        "dense_strong": look.size.dense,
    }
    return sizes.get(role, look.size.body)


def style(look: Look, role: Role = "body", colour: str | None = None) -> ft.TextStyle:
    """Return a text style; Thai needs the tall line for its stacked marks."""
    height = 1.35 if role in HEADINGS else 1.5
    return ft.TextStyle(
        size=size_of(look, role),
        font_family=FAMILIES[role],
        height=height,
        color=colour or look.colours.ink,
    )


def words(
    look: Look,
    value: str,
    role: Role = "body",
    *,
    colour: str | None = None,
    lines: int | None = None,
    align: ft.TextAlign = ft.TextAlign.START,
    expand: bool = False,
) -> ft.Text:
    """Text of a role. With `lines` the rest is cut with an ellipsis, else it wraps."""
    return ft.Text(
        value.replace(HOUR, UNBROKEN),
        style=style(look, role, colour),
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        text_align=align,
        expand=expand or None,
    )


def icon(
    look: Look, name: ft.IconData, *, colour: str | None = None, size: int | None = None
) -> ft.Icon:
    """An icon that stands beside its word, so that readers aloud skip it."""
    return ft.Icon(name, color=colour or look.colours.accent, size=size or look.size.icon)


def border(look: Look, colour: str | None = None, width: int | None = None) -> ft.Border:
    """Return the border of a surface; in the sun it is black and twice as wide."""
    return ft.Border.all(width or look.line, colour or look.colours.hairline)


def surface(
    look: Look, content: ft.Control, *, tone: Tone | None = None, padding: int = 2 * GRID
) -> ft.Container:
    """A card, or with `tone` a coloured note."""
    return ft.Container(
        content,
        bgcolor=tone.fill if tone else look.colours.card,
        border=border(look, tone.edge if tone else None),
        border_radius=CORNER,
        padding=padding,
    )


def stack(*controls: ft.Control, gap: int = GRID) -> ft.Column:
    """Controls under each other, as wide as the room allows."""
    return ft.Column(
        list(controls),
        spacing=gap,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def centred(content: ft.Control, width: int = READING) -> ft.Container:
    """Keep content at reading width in the middle of a wide window."""
    return ft.Container(
        ft.Container(content, width=width), alignment=ft.Alignment.TOP_CENTER, expand=True
    )


def marked(identifier: str, content: ft.Control) -> ft.Semantics:
    """Name a control for tests, whatever the language."""
    return ft.Semantics(identifier=identifier, content=content)


def section_title(look: Look, value: str, action: ft.Control | None = None) -> ft.Control:
    """The heading of a group on a screen, with one quiet action at its end."""
    heading = ft.Semantics(
        header=True, heading_level=2, content=words(look, value, "title"), expand=True
    )
    return ft.Container(
        ft.Row([heading, *([action] if action else [])], spacing=GRID),
        padding=ft.Padding.only(top=GRID),
    )


def tap(act: Callable[[], object]) -> Callable[[], None]:
    """Return a handler that calls `act` without the event Flet would hand it if it had room."""

    def handler() -> None:
        act()

    return handler
