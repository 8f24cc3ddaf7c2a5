"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "case_counter",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "fiscal_year", name="pk_case_counter"),
    )
    op.create_table(
        "centre",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre"),
    )
    op.create_table(
        "device",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged", sa.BigInteger(), nullable=False),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("oldest", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("centre_id", "id", name="pk_device"),
        sa.UniqueConstraint("token_hash", name="uq_device_token_hash"),
    )
    op.create_index(
        "ix_device_centre_id_worker_id", "device", ["centre_id", "worker_id"], unique=False
    )
    op.create_table(
        "invitation",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("device_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("centre_id", "code_hash", name="pk_invitation"),
        sa.UniqueConstraint("code_hash", name="uq_invitation_code_hash"),
    )
    op.create_table(
        "ledger",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("sets", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "seq", name="pk_ledger"),
        sa.UniqueConstraint("centre_id", "device", "n", name="uq_ledger_centre_id_device_n"),
    )
    op.create_index(
        "ix_ledger_centre_id_record_id", "ledger", ["centre_id", "record_id"], unique=False
    )
    op.create_table(
        "link",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "case_id", "root", name="pk_link"),
    )
    op.create_index("ix_link_centre_id_root", "link", ["centre_id", "root"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "device", "n", name="pk_quarantine"),
    )
    op.create_table(
        "reach",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("since_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "root", "worker_id", name="pk_reach"),
    )
    op.create_index(
        "ix_reach_centre_id_worker_id_since_seq",
        "reach",
        ["centre_id", "worker_id", "since_seq"],
        unique=False,
    )
    op.create_table(
        "record",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("case_id", sa.String(), nullable=True),
        sa.Column("about", sa.String(), nullable=True),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created_seq", sa.BigInteger(), nullable=False),
        sa.Column("whole_seq", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_device", sa.String(), nullable=False),
        sa.Column("current", DOCUMENT, nullable=False),
        sa.Column("versions", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name="pk_record"),
    )
    op.create_index("ix_record_centre_id_about", "record", ["centre_id", "about"], unique=False)
    op.create_index("ix_record_centre_id_root", "record", ["centre_id", "root"], unique=False)
    op.create_index(
        "ix_record_feed",
        "record",
        ["centre_id", "seq", "id", "kind", "root", "area", "sealed", "created_by"],
        unique=False,
    )
    op.create_table(
        "removal",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "worker_id", "seq", "root", name="pk_removal"),
    )
    op.create_table(
        "worker",
        sa.Column("centre_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("areas", DOCUMENT, nullable=False),
        sa.Column("position", sa.String(), nullable=False),
        sa.Column("sdhsv_id", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("scope_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "id", name="pk_worker"),
    )


def downgrade() -> None:
    op.drop_table("worker")
    op.drop_table("removal")
    op.drop_index("ix_record_feed", table_name="record")
    op.drop_index("ix_record_centre_id_root", table_name="record")
    op.drop_index("ix_record_centre_id_about", table_name="record")
    op.drop_table("record")
    op.drop_index("ix_reach_centre_id_worker_id_since_seq", table_name="reach")
    op.drop_table("reach")
    op.drop_table("quarantine")
    op.drop_index("ix_link_centre_id_root", table_name="link")
    op.drop_table("link")
    op.drop_index("ix_ledger_centre_id_record_id", table_name="ledger")
    op.drop_table("ledger")
    op.drop_table("invitation")
    op.drop_index("ix_device_centre_id_worker_id", table_name="device")
    op.drop_table("device")
    op.drop_table("centre")
    op.drop_table("case_counter")
