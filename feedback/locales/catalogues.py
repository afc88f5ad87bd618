"""The interface's sentences in each language, read from the text files that translators edit.

Nothing is compiled beforehand: no file can be out of date, and a wheel works like a checkout.
"""

from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask_babel import Babel, Domain, get_locale
from werkzeug.utils import cached_property

from feedback.domain.languages import ENGLISH, LANGUAGES, Language

DOMAIN = "feedback"
_FOLDER = files("feedback") / "translations"
_TRANSLATED = frozenset(language.code for language in LANGUAGES) - {ENGLISH.code}


@cache
def catalogue(code: str) -> NullTranslations:
    """Return the sentences of a language; for English, and for one that is not spoken, those of the sources."""
    if code not in _TRANSLATED:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _read(code))
    compiled.seek(0)
    return Translations(compiled)


@cache
def staff_languages() -> tuple[Language, ...]:
    """Return the languages in which no sentence is missing, for staff to choose from.

    Participants may choose any: a test sees to it that all that they read exists in each.
    """
    return tuple(one for one in LANGUAGES if one is ENGLISH or not any(map(is_missing, _read(one.code))))


def is_missing(message: Message) -> bool:
    """Tell whether a sentence of a catalogue still has to be translated, or looked at by a translator."""
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(message.id) and (message.fuzzy or not all(said))


def _read(code: str) -> Catalog:
    with (_FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as text:
        return read_po(text, locale=code)


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel has no types
    """Where Flask-Babel finds sentences."""

    def get_translations(self) -> NullTranslations:
        """Return the sentences of the language that is spoken just now."""
        locale = get_locale()
        return NullTranslations() if locale is None else catalogue(locale.language)

    def gettext(self, string: str, **variables: object) -> str:
        """Return a sentence with its values, numbers written as the language writes them."""
        return str(super().gettext(string, **written(variables)))

    def ngettext(self, singular: str, plural: str, num: int, **variables: object) -> str:
        """Return the form of a sentence that fits a number, with its values."""
        said = self.get_translations().ungettext(singular, plural, num)
        return str(said % written({"num": num, **variables}))


def written(variables: dict[str, object]) -> dict[str, object]:
    """Return the values of a sentence with the numbers among them as the language writes them: "1,200"."""
    return {name: number(value) if type(value) is int else value for name, value in variables.items()}


def number(value: int) -> str:
    """Return a number as the language writes it: "1,200"."""
    locale = get_locale()
    return str(format_decimal(value, locale=ENGLISH.code if locale is None else locale))


class Interpreter(Babel):  # type: ignore[misc]  # Flask-Babel has no types
    """Flask-Babel with our catalogues."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        """Where sentences come from, unless a page says otherwise."""
        return Catalogues()
