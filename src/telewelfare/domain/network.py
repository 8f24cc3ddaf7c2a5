"""What holds for every partner: when a figure is too old to trust, where a LINE account opens."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote


def is_stale(as_of: date | None, today: date) -> bool:
    """Whether free places as of this day should be asked for again; unknown days count as old."""
    return as_of is None or today - as_of > timedelta(days=_rules()["capacity"]["stale_after_days"])


def line_address(line_id: str) -> str:
    """Return the address that opens a LINE account; an official one's id begins with "@"."""
    known = line_id.strip().removeprefix("~")
    pattern = "official" if known.startswith("@") else "person"
    address: str = _rules()["line"][pattern]
    return address.format(id=quote(known.removeprefix("@"), safe=""))


@cache
def _rules() -> Mapping[str, Any]:
    return tomllib.loads((files("telewelfare.domain") / "data" / "network.toml").read_text("utf-8"))
