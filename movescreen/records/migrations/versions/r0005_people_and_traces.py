"""Who did what, and when; who may log in; until when records are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TRAIL = (("at_utc", 32), ("who", 80), ("how", 16), ("action", 16), ("what", 440))


def upgrade() -> None:
    """Make the tables and the column."""
    op.add_column("clients", sa.Column("look_again_on", sa.Date(), nullable=True))
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("reach", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "trail",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in _TRAIL),
        sa.Column("clients", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("trail")
    op.drop_table("accounts")
    op.drop_column("clients", "look_again_on")
