"""What one installation of the central API is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from telewelfare.domain.clock import Millis


def wall_clock() -> Millis:
    """The machine's clock."""
    return Millis(time.time_ns() // 1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`database` is a SQLAlchemy URL (`sqlite:///…`, `postgresql+psycopg://…`) or a file's path."""

    database: str
    keys: Path | None = None  # folder of the centres' private keys; None = see `keys.folder`
    files: str = ""  # where attachments will lie: a folder or a store's URL
    enrol_attempts_per_minute: int = 30  # from one address
    clock: Callable[[], Millis] = wall_clock
