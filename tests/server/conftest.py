"""The centre of Trang, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from telewelfare.server import admin
from telewelfare.server.app import create_app
from telewelfare.server.config import Settings
from tests.server.centre import Centre, Clock

BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgres", id="postgres", marks=pytest.mark.postgres),
]


@pytest.fixture(params=BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each make."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'centre.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


@pytest.fixture
def centre(database_url: str, tmp_path: Path) -> Iterator[Centre]:
    """A centre with nobody in it."""
    clock = Clock()
    app = create_app(
        Settings(
            database=database_url,
            files=str(tmp_path / "files"),
            clock=clock,
            enrol_attempts_per_minute=1_000,
        )
    )
    made = Centre(app, clock)
    admin.init(made.engine, centre="92", name="ศูนย์คุ้มครองคนไร้ที่พึ่งจังหวัดตรัง", keys=tmp_path)
    yield made
    made.engine.dispose()
