"""Numbers to call in need, known without a network."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


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
