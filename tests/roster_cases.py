"""Roster files as the world writes them, in tests/cases/rosters. All are invented; nobody in them is real."""

from pathlib import Path

FOLDER = Path(__file__).parent / "cases" / "rosters"


def case(name: str) -> bytes:
    """The bytes of a case, such as "reimport/first.csv"."""
    return (FOLDER / name).read_bytes()
