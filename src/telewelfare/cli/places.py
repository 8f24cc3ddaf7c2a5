"""Where the centre's data lies when nobody says."""

from __future__ import annotations

from typing import Final

from platformdirs import user_data_path

APP: Final = "telewelfare"


def default_database() -> str:
    """The URL of a SQLite file in the user's data folder."""
    return f"sqlite:///{user_data_path(APP) / 'centre.db'}"


def default_files() -> str:
    """The folder of attachments."""
    return str(user_data_path(APP) / "files")
