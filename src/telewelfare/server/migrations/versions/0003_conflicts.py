"""What makes records look alike, and by which rules an operation was refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "likeness",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "digest", "record_id", name="pk_likeness"),
    )
    op.create_index(
        "ix_likeness_centre_id_record_id", "likeness", ["centre_id", "record_id"], unique=False
    )
    op.add_column("quarantine", sa.Column("rules", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("quarantine", "rules")
    op.drop_index("ix_likeness_centre_id_record_id", table_name="likeness")
    op.drop_table("likeness")
