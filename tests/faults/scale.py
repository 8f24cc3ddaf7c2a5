"""How much is tried: little in every run of the tests, much by `make soak`."""

from __future__ import annotations

import os
import random
import sys
from typing import Final

IS_SOAK: Final = os.environ.get("TELEWELFARE_HYPOTHESIS") == "soak"


def many(short: int, long: int) -> int:
    """How often, in a short run and in a long one."""
    return long if IS_SOAK else short


def seeds(short: int, long: int) -> list[int]:
    """The same ones in each short run; new ones in a long run, which a failure prints."""
    first = random.SystemRandom().randrange(1_000_000) if IS_SOAK else 0
    if IS_SOAK:
        sys.stderr.write(f"seeds from {first}\n")
    return [first + place for place in range(many(short, long))]
