"""The version of each path of a record, kept small: most paths were written by one edit.

Stored: {"": version of every path not named, path: its own version}. Without "" each path is named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from telewelfare.domain.fields import Path

Version: TypeAlias = Sequence[Any]
"""[stamp, number of the ledger row, 1 if the centre changed the stamp]"""

OTHERS: Final = ""  # no path is empty


def packed(versions: Mapping[Path, Version]) -> dict[Path, list[str | int]]:
    """What is stored: the commonest version once."""
    if not versions:
        return {}
    common = Counter(tuple(version) for version in versions.values()).most_common(1)[0][0]
    own = {path: list(v) for path, v in versions.items() if tuple(v) != common}
    return {OTHERS: list(common), **own}


def version_of(stored: Mapping[Path, Any], path: Path) -> Version:
    """The version of one path that the record has."""
    found = stored.get(path)
    version: Version = stored[OTHERS] if found is None else found
    return version


def unpacked(stored: Mapping[Path, Any], paths: Iterable[Path]) -> dict[Path, Version]:
    """The version of each of the record's paths."""
    others = stored.get(OTHERS)
    if others is None:
        return dict(stored)
    return {path: stored.get(path, others) for path in paths}
