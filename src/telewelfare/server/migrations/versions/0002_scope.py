"""Scope changes and first syncs as deltas; what a device tells of itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _counter(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")


def upgrade() -> None:
    op.create_table(
        "gain",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "worker_id", "record_id", name="pk_gain"),
    )
    columns = ["centre_id", "worker_id", "seq", "record_id"]
    op.create_index("ix_gain_centre_id_worker_id_seq_record_id", "gain", columns)
    op.create_table(
        "head_start",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("upto_seq", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "device", "root", name="pk_head_start"),
    )
    for name in ("files", "repaired", "alone"):
        op.add_column("device", _counter(name))
    op.add_column("device", sa.Column("last_repair", sa.BigInteger()))
    op.drop_column("worker", "scope_seq")
    _contacts_know_their_partner()


def _contacts_know_their_partner() -> None:
    """So that they follow a partner that moves."""
    about = "current ->> 'partner'"  # the same word on SQLite and PostgreSQL
    here = "kind = 'partner_contact_log' AND about IS NULL"
    op.execute(sa.text(f"UPDATE record SET about = {about} WHERE {here}"))  # noqa: S608 - no value of anybody


def downgrade() -> None:
    op.add_column("worker", _counter("scope_seq"))
    for name in ("files", "repaired", "alone", "last_repair"):
        op.drop_column("device", name)
    op.drop_table("head_start")
    op.drop_index("ix_gain_centre_id_worker_id_seq_record_id", table_name="gain")
    op.drop_table("gain")
