"""Teams, groups and jersey numbers of clients, and the days on which a team is screened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NEW = (("team", 64), ("group", 64), ("jersey", 16))


def upgrade() -> None:
    """Add the columns and the table."""
    for name, length in _NEW:
        op.add_column("clients", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.create_table(
        "team_days",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.UniqueConstraint("team", "day"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("team_days")
    for name, _ in _NEW:
        op.drop_column("clients", name)
