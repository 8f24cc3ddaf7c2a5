"""Whether someone is typing into a field just now: letters belong to the field then.

A page hears every key, also those typed into a field.
"""

from __future__ import annotations

from typing import Final
from weakref import WeakKeyDictionary

import flet as ft

_fields: Final[WeakKeyDictionary[ft.Page, int]] = WeakKeyDictionary()
"""The number of the field that has the cursor."""


def note_entered(event: ft.Event[ft.TextField]) -> None:
    """Note that a field has the cursor."""
    _fields[ft.context.page] = event.control._i  # noqa: SLF001 - the number outlives a redraw


def note_left(event: ft.Event[ft.TextField]) -> None:
    """Note that a field has lost the cursor; another may have taken it before."""
    page = ft.context.page
    if _fields.get(page) == event.control._i:  # noqa: SLF001 - as above
        del _fields[page]


def has_cursor(field: ft.TextField) -> bool:
    """Whether this field has the cursor."""
    return _fields.get(ft.context.page) == field._i  # noqa: SLF001 - as above


def is_typing(page: ft.Page) -> bool:
    """Whether a field has the cursor; one that was taken off the page has not."""
    field = _fields.get(page)
    return field is not None and field in page.session.index
