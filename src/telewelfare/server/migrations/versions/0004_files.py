"""Which attachments name a file, so that a file is found by its hash."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    made = op.create_table(
        "file_name",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "sha256", "record_id", name="pk_file_name"),
    )
    query = "SELECT centre_id, id, current FROM record WHERE kind = 'attachment'"
    rows = [
        {"centre_id": row.centre_id, "sha256": sha256, "record_id": row.id}
        for row in op.get_bind().execute(sa.text(query))
        if (sha256 := _values(row.current).get("sha256"))
    ]
    if rows:
        op.bulk_insert(made, rows)


def _values(current: object) -> dict[str, object]:
    """SQLite gives the document as text."""
    found = json.loads(current) if isinstance(current, str) else current
    return found if isinstance(found, dict) else {}


def downgrade() -> None:
    op.drop_table("file_name")
