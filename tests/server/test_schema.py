"""The migrations make exactly what `tables` declares, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from telewelfare.server.database import connect, migrate
from telewelfare.server.tables import METADATA


def test_migrations_give_what_the_tables_declare(database_url: str) -> None:
    engine = connect(database_url)
    migrate(engine)
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    engine = connect(database_url)
    migrate(engine)
    migrate(engine)
    engine.dispose()


def test_every_key_begins_with_the_centre() -> None:
    for table in METADATA.sorted_tables:
        first = next(iter(table.primary_key)).name
        assert first == ("id" if table.name == "centre" else "centre_id"), table.name
