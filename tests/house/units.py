"""The systemd units of deploy/, each with what is dropped into it, as systemd reads them."""

from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "deploy/systemd"
SERVICES = (
    "feedback-pages@participants",
    "feedback-pages@staff",
    "feedback-worker",
    "feedback-backup",
    "feedback-roster-sync",
)


def files_of(service: str) -> list[Path]:
    """Return a service's own file, or its template's, and those dropped into it."""
    own = FOLDER / f"{service}.service"
    template = FOLDER / f"{service.partition('@')[0]}@.service"
    return [own if own.exists() else template, *sorted((FOLDER / f"{service}.service.d").glob("*.conf"))]


def said_of(service: str) -> dict[str, list[str]]:
    """Return what is said of a service, each setting with all its values."""
    found = defaultdict[str, list[str]](list)
    for file in files_of(service):
        for line in file.read_text(encoding="utf-8").splitlines():
            if "=" in line and not line.startswith("#"):
                name, _equal, value = line.partition("=")
                found[name].append(value.replace("%i", service.partition("@")[2]))
    return found
