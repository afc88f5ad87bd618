"""Where templates, migrations and examples lie: beside the package in a checkout, inside it when installed."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "_resources"


def templates_folder() -> Path:
    """Return the folder of the page, report and mail templates."""
    return _root() / "templates"


def migrations_folder() -> Path:
    """Return the folder with one Alembic tree per database, `main` and `keys`."""
    return _root() / "migrations"


def rosters_folder() -> Path:
    """Return the folder of example rosters."""
    return _root() / "examples" / "rosters"


def sample_reports_folder() -> Path:
    """Return the folder of two reports on 27 invented people, `kickoff.json` and `exit.json`, signed like any other."""
    return _root() / "examples" / "reports" / "27-people"


def _root() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _PACKAGE.parent
