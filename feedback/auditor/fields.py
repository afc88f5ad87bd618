"""Typed access to JSON from strangers: whatever is missing or of the wrong type is named, with its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

LARGEST = 10_000_000
"""Numbers above this are refused: no programme has so many people, and the solver's arithmetic stays exact."""


class Unreadable(ValueError):
    """The document is not a report as the format describes it; the message says what is wrong, and where."""


class UnknownStatement(Unreadable):
    """The document says something whose meaning the auditor does not know."""


class BeyondLimits(Unreadable):
    """A statement is about a question that is too large to be attacked."""


@dataclass(frozen=True)
class Fields:
    """A JSON object at `place`, such as "statement 3"."""

    place: str
    values: Mapping[str, Any]

    def only(self, known: Collection[str]) -> None:
        """Raise UnknownStatement if there are other keys: what is not understood might give somebody away."""
        for key in self.values:
            if key not in known:
                raise UnknownStatement(f"{self.place} has {key!r}, which the auditor does not know.")

    def text(self, key: str) -> str:
        """Return a text."""
        value = self._value(key)
        if not isinstance(value, str):
            raise self._wrong(key, "a text")
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a text, or None for null."""
        return None if self._value(key) is None else self.text(key)

    def number(self, key: str, least: int = 0) -> int:
        """Return a whole number from `least` to `LARGEST`."""
        value = self._value(key)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= LARGEST:
            raise self._wrong(key, f"a whole number from {least} to {LARGEST}")
        return value

    def optional_number(self, key: str) -> int | None:
        """Return a whole number, or None for null."""
        return None if self._value(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._value(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def one_of(self, key: str, known: Collection[str]) -> str:
        """Return a text that is among the known ones."""
        value = self.text(key)
        if value not in known:
            raise self._wrong(key, f"one of {', '.join(sorted(known))}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of distinct texts."""
        values = self._list(key)
        if not all(isinstance(value, str) for value in values) or len(set(values)) < len(values):
            raise self._wrong(key, "a list of texts without repeats")
        return tuple(values)

    def optional_texts(self, key: str) -> tuple[str | None, ...]:
        """Return a list of texts and nulls."""
        values = self._list(key)
        if not all(value is None or isinstance(value, str) for value in values):
            raise self._wrong(key, "a list of texts and nulls")
        return tuple(values)

    def objects(self, key: str, name: str) -> tuple["Fields", ...]:
        """Return a list of objects, placed as `name` 1, `name` 2, …"""
        return tuple(fields_of(value, f"{name} {at}") for at, value in enumerate(self._list(key), 1))

    def within(self, key: str, name: str) -> tuple["Fields", ...]:
        """Return a list of objects inside this one."""
        return tuple(fields_of(value, f"{self.place}, {name} {at}") for at, value in enumerate(self._list(key), 1))

    def _list(self, key: str) -> list[Any]:
        value = self._value(key)
        if not isinstance(value, list | tuple):
            raise self._wrong(key, "a list")
        return list(value)

    def _value(self, key: str) -> Any:
        if key not in self.values:
            raise Unreadable(f"{self.place} lacks {key!r}.")
        return self.values[key]

    def _wrong(self, key: str, wanted: str) -> Unreadable:
        return Unreadable(f"{self.place}: {key!r} is {_shown(self.values[key])}, not {wanted}.")


def fields_of(value: object, place: str) -> Fields:
    """Return the fields of a JSON object, or raise Unreadable if it is something else."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise Unreadable(f"{place} is {_shown(value)}, not an object with named fields.")
    return Fields(place, value)


def _shown(value: object) -> str:
    """Show a value briefly. Python refuses to write integers of thousands of digits, so those are described."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST:
        return "a huge number"
    if isinstance(value, list | tuple | Mapping):
        return "a list" if isinstance(value, list | tuple) else "an object"
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
