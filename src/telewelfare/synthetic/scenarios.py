"""What brings people to a centre, read from scenarios.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from telewelfare.synthetic.words import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of story. `flags` gives the chance of each red flag; `provinces` empty = both."""

    name: str
    weight: float
    provinces: tuple[str, ...]
    ages: tuple[int, int]
    sexes: tuple[str, ...]
    target: tuple[str, ...]
    client: tuple[str, ...]
    problems: tuple[str, ...]
    causes: tuple[str, ...]
    tracks: tuple[str, ...]
    housing: tuple[str, ...]
    help: tuple[str, ...]
    no_id: float
    flags: Mapping[str, float]
    situation: tuple[str, ...]
    living: tuple[str, ...]
    narrative: tuple[str, ...]
    voice: tuple[str, ...]
    child: bool = False
    disabled: bool = False
    sealed: bool = False


_WORDS = ("sexes", "target", "client", "problems", "causes", "tracks", "housing", "help")
_TEXTS = ("situation", "living", "narrative", "voice", "ages")


def choose(rng: Random, province: str) -> Scenario:
    """Draw a scenario that happens in this province."""
    found, weights = _of(province)
    return rng.choices(found, cum_weights=weights)[0]


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Return all of them."""
    return tuple(map(_scenario, table("scenarios")["scenario"]))


@cache
def _of(province: str) -> tuple[tuple[Scenario, ...], tuple[float, ...]]:
    found = tuple(s for s in scenarios() if not s.provinces or province in s.provinces)
    sums = tuple(sum(s.weight for s in found[: n + 1]) for n in range(len(found)))
    return found, sums


def _scenario(row: Mapping[str, Any]) -> Scenario:
    words = {name: tuple(row[name].split()) for name in _WORDS}
    texts = {name: tuple(row[name]) for name in _TEXTS}
    provinces = tuple(row.get("provinces", "").split())
    return Scenario(**{**row, **words, **texts, "provinces": provinces})
