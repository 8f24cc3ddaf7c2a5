"""A path that only one operation writes: by it the operation is known again under any number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

MARK: Final = "mark_"


def mark_of(sets: Iterable[str]) -> str:
    """The mark among the paths of an operation; what bears none was made by the system."""
    return next((path for path in sets if path.startswith(MARK)), "")
