"""What a form holds. A key or a tap may come before the last one was drawn; neither is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

import flet as ft
from flet.components.hooks.use_ref import MutableRef

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Draft(Generic[T]):
    """The newest values of a form; handlers change these, never those they were drawn with."""

    _latest: MutableRef[Any]
    _draw: Callable[[T], object]

    @property
    def now(self) -> T:
        """The newest values, drawn or not."""
        return cast("T", self._latest.current)

    def put(self, values: T) -> None:
        """Take over other values and draw them."""
        self._latest.current = values
        self._draw(values)

    def change(self, **fields: object) -> None:
        """Change some fields of the newest values."""
        self.put(replace(self.now, **fields))  # type: ignore[type-var]  # a form's values are a dataclass


def use_draft(first: T) -> Draft[T]:
    """Hold a form's values, beginning with `first`, a frozen dataclass."""
    _, draw = ft.use_state(first)
    latest: MutableRef[T] = ft.use_ref(first)
    return Draft(latest, lambda values: draw(lambda _: values))
