"""What the trainer put right, and since when something lies in the bin."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_BINNED = ("clients", "intakes", "screenings", "measurements", "notes", "plans", "words_read")


def upgrade() -> None:
    """Make the table and the columns."""
    for name in _BINNED:
        op.add_column(name, sa.Column("binned_utc", sa.DateTime(), nullable=True))
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column(
            "client_id", sa.Integer(), sa.ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("written_utc", sa.DateTime(), nullable=False),
        sa.Column("binned_utc", sa.DateTime(), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("screening_id", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("corrections")
    for name in _BINNED:
        op.drop_column(name, "binned_utc")
