"""Numbers to call in need, known without a network."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

IN_DANGER: Final = ("ambulance", "police", "social")
"""Keys of whom to call when a life is at stake, in this order."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """One number. `key` names its words; `source` is where it was found, "" when nowhere yet."""

    number: str
    key: str
    source: str
    verified: bool


@cache
def hotlines() -> tuple[Hotline, ...]:
    """Return all numbers, the most needed first."""
    text = (files("telewelfare.domain") / "data" / "hotlines.toml").read_text(encoding="utf-8")
    return tuple(Hotline(**row) for row in tomllib.loads(text)["hotline"])


@cache
def in_danger() -> tuple[Hotline, ...]:
    """Return whom to call when a life is at stake."""
    by_key = {line.key: line for line in hotlines()}
    return tuple(by_key[key] for key in IN_DANGER)
