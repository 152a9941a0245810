"""Run by alembic for every migration; the connection is handed in by ``evidoc.storing.migrate``."""

from alembic import context

from evidoc.storing.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
