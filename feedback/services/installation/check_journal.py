"""See in the participants' process, which holds no key, that no wave is open that the journal knows to be over."""

from pathlib import Path

from sqlalchemy import Connection

from feedback.domain.epochs import waves_over
from feedback.services.installation.check_databases import Engines
from feedback.storage.journal import Journal, folder_of
from feedback.storage.journal_key import journal_key
from feedback.storage.wave_places import open_wave_ids


def journal_fault(connection: Connection, path: Path) -> str | None:
    """Say with its mend that a survey is open here that was closed or cancelled; None if not, or nobody can tell."""
    over = waves_over(Journal(path).read(journal_key(connection)).steps)
    lost = sorted(over & open_wave_ids(connection))
    if not lost:
        return None
    named = ", ".join(f"wave {number}" for number in lost)
    return (
        f"The main database is older than the journal, so it was restored from a copy: {named} was closed since, and "
        "would take answers that nobody can open. Start a worker first, which stops that, then `feedback db restored`."
    )


def lies_beside(path: Path, engines: Engines) -> bool:
    """Tell whether a journal lies on the disk of one of the databases, as far as that can be told."""
    folders = [folder for engine in engines.named.values() if (folder := folder_of(engine)) is not None]
    try:
        return path.parent.stat().st_dev in {folder.stat().st_dev for folder in folders}
    except OSError:
        return False
