"""Run by Alembic: works on the connection, and in the transaction, that it is handed."""

from __future__ import annotations

from alembic import context

from movescreen.records.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all of it
)
context.run_migrations()
