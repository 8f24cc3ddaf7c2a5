"""By which rules operations are judged, and a name for them: what was refused by others is tried again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from telewelfare.domain.fields import Kind
from telewelfare.domain.kinds import KINDS
from telewelfare.domain.rights import WRITES

CODE: Final = 1
"""To be raised by hand when judging, rights or the lifecycle decide otherwise than before."""
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Rules:
    """The kinds an operation is checked against, and the version of everything that judges."""

    kinds: Mapping[str, Kind]
    version: str


def rules_of(kinds: Mapping[str, Kind], code: int = CODE) -> Rules:
    """Name rules by what they say: the same declarations give the same name in every process."""
    declared = [repr(kinds[name]) for name in sorted(kinds)]
    rights = [f"{role}: {sorted(WRITES[role])}" for role in sorted(WRITES)]
    text = "\n".join((str(code), *declared, *rights))
    return Rules(kinds, hashlib.sha256(text.encode()).hexdigest()[:_DIGITS])


RULES: Final = rules_of(KINDS)
