"""Languages: those that the service speaks, in one list, and those that a roster may name (ISO 639-1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Language:
    """A language that the service speaks: participants' pages, mails, questionnaires, staff pages and reports.

    `name` is what its speakers call it; `direction` is that of its script; `comma` stands between things
    in a row, `colon` between a name and what it is.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"] = "ltr"
    comma: str = ", "
    colon: str = ": "


ENGLISH = Language("en", "English")
LANGUAGES = (
    ENGLISH,
    Language("fr", "Français", colon="\u00a0: "),
    Language("es", "Español"),
    Language("ar", "العربية", "rtl", "، "),
    Language("cy", "Cymraeg"),
)


def spoken_language(tag: str, offered: Iterable[Language] = LANGUAGES) -> Language:
    """Return the offered language for a tag such as "fr" or "fr-CA", or English where there is none."""
    code = tag.replace("_", "-").partition("-")[0].lower()
    return next((language for language in offered if language.code == code), ENGLISH)


def languages_with(codes: Iterable[str]) -> tuple[Language, ...]:
    """Return those languages of the service whose codes are named, in the service's order."""
    named = frozenset(codes)
    return tuple(language for language in LANGUAGES if language.code in named)


def address_in(address: str, language: Language) -> str:
    """Return the address of a page with the language in which it is to be read; `address` has no query."""
    return f"{address}?language={language.code}"


# All of ISO 639-1, so that a country's code is not taken for a language.
_CODES = """
aa ab af ak am an ar as az ba be bg bm bn bo br bs ca ce co cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi
fo fr fy ga gd gl gn gu gv ha he hi hr ht hu hy ia id ie ig ii io is it iu ja jv ka ki kk kl km kn ko ks ku kw ky
la lb lg ln lo lt lu lv mg mi mk ml mn mr ms mt my nb nd ne nl nn no nr nv ny oc om or os pa pl ps pt qu rm rn ro
ru rw sa sc sd se sg si sk sl sn so sq sr ss st su sv sw ta te tg th ti tk tn to tr ts tt ug uk ur uz ve vi vo wa
wo xh yi yo za zh zu
"""
LANGUAGE_CODES = frozenset(_CODES.split())
