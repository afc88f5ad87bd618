"""Run by Alembic inside a transaction that holds the migration lock."""

from alembic import context

from feedback.storage.job_queue import is_ours

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    compare_type=True,
    include_object=is_ours,
)
context.run_migrations()
