"""Find people on a roster by the beginnings of words in their names, addresses and cohorts."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Protocol, TypeVar

_SEPARATOR = re.compile(r"[\s@._+-]+")


class Findable(Protocol):
    """Somebody with a name and an address."""

    @property
    def name(self) -> str:
        """What they are called."""

    @property
    def email(self) -> str:
        """Where they get mail."""


Person = TypeVar("Person", bound=Findable)


def found_among(people: Iterable[Person], text: str) -> list[Person]:
    """Return those of whom each word of `text` begins a word, or who have it as an address; all for no word."""
    plain = _plain(text).strip()
    wanted = [word for word in _SEPARATOR.split(plain) if word]
    return [one for one in people if _plain(one.email) == plain or _has_all(one, wanted)]


def _has_all(person: Findable, wanted: list[str]) -> bool:
    words = _SEPARATOR.split(_plain(f"{person.name} {person.email}"))
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _plain(text: str) -> str:
    if text.isascii():
        return text.casefold()
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
