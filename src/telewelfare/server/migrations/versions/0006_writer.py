"""Whose the newest number of a record is: a device is not sent what it wrote itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of records from before nobody's writer is known: they are looked at, as they were."""
    writer = sa.Column("writer", sa.String(), nullable=False, server_default="srv")
    op.add_column("record", writer)
    others = sa.Column("others_seq", sa.BigInteger(), nullable=False, server_default="0")
    op.add_column("record", others)


def downgrade() -> None:
    op.drop_column("record", "others_seq")
    op.drop_column("record", "writer")
