"""Where the app keeps its work and how long it stays open: read once, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_dir

IDLE_PHONE: Final = 5 * 60
IDLE_DESK: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Settings:
    """What the surroundings say. `idle_*` are seconds without use until a page locks itself."""

    folder: Path
    idle_phone: int = IDLE_PHONE
    idle_desk: int = IDLE_DESK


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read TELEWELFARE_HOME, else what the app's shell set, else the platform's data folder.

    On a phone the shell sets FLET_APP_STORAGE_DATA; platformdirs does not know phones.
    """
    known = os.environ if environment is None else environment
    named = known.get("TELEWELFARE_HOME") or known.get("FLET_APP_STORAGE_DATA")
    return Settings(Path(named or user_data_dir("telewelfare", appauthor=False)).absolute())
