"""How the app looks on this device and when it sends photos. Needed before anyone has unlocked it, so it is kept in clear."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from telewelfare.store.vault import write_atomically

FILE: Final = "settings.json"
TEXT_SIZES: Final = (18, 20, 22, 24)
THEMES: Final = ("light", "dark", "sunlight")
LANGUAGES: Final = ("th", "en")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a worker chose. No personal data."""

    text_size: int = 18
    theme: str = "light"
    lang: str = "th"
    wifi_only: bool = False  # photos wait for a line that costs nothing


def load_settings(folder: Path) -> Settings:
    """What was chosen; what cannot be read counts as not chosen."""
    file = folder / FILE
    if not file.exists():
        return Settings()
    try:
        kept = json.loads(file.read_text())
    except (OSError, ValueError, RecursionError):
        return Settings()
    if not isinstance(kept, dict):
        return Settings()
    known = {field.name for field in fields(Settings)}
    chosen = {name: value for name, value in kept.items() if name in known}
    return _allowed(Settings(**chosen))


def save_settings(folder: Path, settings: Settings) -> None:
    """Remember what was chosen."""
    write_atomically(folder / FILE, json.dumps(asdict(settings)).encode())


def _allowed(settings: Settings) -> Settings:
    standard = Settings()
    return Settings(
        settings.text_size if settings.text_size in TEXT_SIZES else standard.text_size,
        settings.theme if settings.theme in THEMES else standard.theme,
        settings.lang if settings.lang in LANGUAGES else standard.lang,
        wifi_only=settings.wifi_only is True,
    )
