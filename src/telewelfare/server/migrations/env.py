"""Alembic on the connection that `database.migrate` hands over."""

from alembic import context

from telewelfare.server.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
)
context.run_migrations()
