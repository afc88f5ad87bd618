"""At which revision a database is, read without Alembic, which only an upgrade has to load."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from feedback.storage.database import READ_ONLY


def is_current(engine: Engine, folder: Path) -> bool:
    """Tell whether the database is at the newest revision of the Alembic tree in `folder`."""
    with engine.connect().execution_options(**READ_ONLY) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.scalars(text("SELECT version_num FROM alembic_version")).all() == [newest_revision(folder)]


def newest_revision(folder: Path) -> str:
    """Return the newest revision; the files are numbered, `0011_the_last_mail.py` holds `0011`."""
    return max(file.name for file in (folder / "versions").glob("[0-9]*_*.py")).partition("_")[0]
