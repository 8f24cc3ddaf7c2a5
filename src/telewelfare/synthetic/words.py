"""The packaged word lists, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return one of the TOML files of this package."""
    return tomllib.loads((files(__package__) / f"{name}.toml").read_text("utf-8"))


@cache
def pool(name: str, *path: str) -> tuple[str, ...]:
    """Return a list of words or phrases; `path` leads to its key.

    Phrases are parted by "|" or by lines, single words by spaces. Repeated ones are dropped.
    """
    value: Any = table(name)
    for step in path:
        value = value[step]
    return tuple(dict.fromkeys(split(value)))


def split(text: str) -> list[str]:
    """Part a list written as one string."""
    if "|" in text:
        return text.split("|")
    if text.startswith("\n") or "\n" in text.strip():
        return text.strip().splitlines()
    return text.split()


@cache
def vocabulary(name: str, key: str) -> tuple[str, ...]:
    """Return single words, however they are spread over lines."""
    text: str = table(name)[key]
    return tuple(dict.fromkeys(text.split()))


def some(rng: Random, items: tuple[str, ...], least: int, most: int) -> list[str]:
    """Draw between `least` and `most` different items, fewer if there are not so many."""
    return rng.sample(items, min(len(items), rng.randint(least, most)))
