"""The first tables: clients, and what is kept of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _entries(*more: Any) -> list[Any]:
    return [
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column(
            "client_id", sa.Integer(), sa.ForeignKey("clients.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("written_utc", sa.DateTime(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        *more,
    ]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False, primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False, unique=True),
        sa.Column("code", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("sex", sa.String(8), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table("intakes", *_entries())
    op.create_table("screenings", *_entries(sa.Column("folder", sa.String(64), nullable=False)))
    op.create_table("measurements", *_entries())
    op.create_table("notes", *_entries())
    op.create_table(
        "plans",
        *_entries(sa.Column("number", sa.Integer(), nullable=False), sa.UniqueConstraint("client_id", "number")),
    )


def downgrade() -> None:
    """Remove the tables."""
    for name in ("plans", "notes", "measurements", "screenings", "intakes", "clients"):
        op.drop_table(name)
