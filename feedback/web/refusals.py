"""What an error says, in the reader's language."""

from collections.abc import Mapping

from flask_babel import LazyString, force_locale, lazy_gettext
from flask_babel import gettext as _

from feedback.domain.errors import (
    AddressRefused,
    AnswerRefused,
    ComparisonRefused,
    FeedbackError,
    NameRefused,
    NotFound,
    People,
    ReviewRefused,
    SignInRefused,
    WaveNotReady,
)
from feedback.domain.languages import ENGLISH, LANGUAGES
from feedback.locales.counts import people
from feedback.locales.lists import listed
from feedback.locales.speech import spoken
from feedback.reporting.words import stage_name

_BY_NAME: Mapping[type[FeedbackError], LazyString] = {
    AddressRefused: lazy_gettext("This address cannot be used. Write it like name@example.com."),
    AnswerRefused: lazy_gettext("This answer does not fit the questions. Open the link from your email again."),
    NameRefused: lazy_gettext("This name cannot be used. Write it on one line, in 200 characters at most."),
    NotFound: lazy_gettext("It is not there, or not yours to see. Check the address."),
    ReviewRefused: lazy_gettext(
        "This cannot be decided so. Think of what the author allowed and of how long a text may be, and choose again."
    ),
    SignInRefused: lazy_gettext("This sign-in link was used before, or it is too old. Ask for a new one."),
    WaveNotReady: lazy_gettext("The survey does not stand so that this can be done. Go back and load its page again."),
    ComparisonRefused: lazy_gettext(
        "These reports cannot be compared. Choose two that ask the same, the earlier first."
    ),
}
_TRANSLATED = next(one.code for one in LANGUAGES if one is not ENGLISH)
_NUMBERED = (NotFound, WaveNotReady)
_UNKNOWN = lazy_gettext("The service cannot do this as things stand. Ask an administrator.")


def in_words(error: Exception) -> str:
    """Return what an error says. Where its sentence is not translated, another says as much as its name tells."""
    if not isinstance(error, FeedbackError):
        return str(_UNKNOWN)
    if spoken() is not ENGLISH and _(error.said) != error.said:
        return str(_(error.said, **_values(error)))
    by_name = next((str(said) for kind, said in _BY_NAME.items() if isinstance(error, kind)), None)
    if spoken() is not ENGLISH or (isinstance(error, _NUMBERED) and not _is_for_pages(error.said)):
        return by_name or str(_UNKNOWN)
    return error.said % _values(error) if error.values else error.said


# A sentence of these that no catalogue has is for the command line, where one speaks of waves by their numbers.
def _is_for_pages(said: str) -> bool:
    with force_locale(_TRANSLATED):
        return bool(_(said) != said)


def _values(error: FeedbackError) -> dict[str, object]:
    spelled = {"stage": stage_name, "stages": _stage_names, "groups": _group_names}
    values = {name: _counted(value) for name, value in error.values.items()}
    return {name: spelled[name](str(value)) if name in spelled else value for name, value in values.items()}


def _counted(value: object) -> object:
    return people(value.number) if isinstance(value, People) else value


def _stage_names(stages: str) -> str:
    return listed(map(stage_name, stages.split(", ")))


def _group_names(names: str) -> str:
    known = {"all": _("All participants"), "mentor": _("Mentors"), "mentee": _("Mentees")}
    return listed(known.get(name, name) for name in names.split(", "))
