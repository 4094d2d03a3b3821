"""Which danger words the trainer has read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "words_read",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column(
            "client_id", sa.Integer(), sa.ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("written_utc", sa.DateTime(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("words_read")
