"""Questionnaire to form, one form a section: a table from kind of answer to field, and answers put into words.

Nothing is chosen beforehand, and nothing is kept on the server: a form that keeps state would need a cookie.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.domain.survey.answers import UNSAID_WISH, Answer, Wish, tidied
from feedback.domain.survey.drafts import Draft, fields_of, wish_field
from feedback.domain.survey.questionnaire_json import dump_questionnaire, load_questionnaire
from feedback.domain.survey.questionnaires import (
    CANNOT_TELL,
    DOES_NOT_APPLY,
    NONE_OF_THESE,
    PREFER_NOT_TO_SAY,
    Question,
    Questionnaire,
    codes_of,
    text_in,
)
from feedback.locales.counts import characters

Wording: TypeAlias = str | LazyString
"""Words from a questionnaire (in its language), or of the interface (in the language of the request)."""

_ASIDES: Mapping[str, Wording] = {
    NONE_OF_THESE: _("None of these"),
    DOES_NOT_APPLY: _("Does not apply"),
    CANNOT_TELL: _("I cannot tell"),
    PREFER_NOT_TO_SAY: _("Prefer not to say"),
}
_CHOOSE_ONE = _("Choose one answer only.")
_CHOOSE_ALONE = _("Choose “None of these” or “Prefer not to say” alone, or remove it.")
_CHOOSE_OFFERED = _("Choose only from the answers on this page.")
_THEN = _("Before the programme")
_NOW = _("Now")
_EMPTY = _("Left empty")
_LEFT_OPEN = _("Left open")
_MAY_BE = _("What may happen to this text?")
_WISHES: Mapping[Wish, Wording] = {
    Wish.QUOTE: _("You may quote it word for word"),
    Wish.SUMMARISE: _("Only sum it up"),
    Wish.COUNT: _("Only count that I wrote; nobody reads it"),
}
_CHOOSE_WISH = _("Choose one of the three, or none.")


class WishField(RadioField):  # type: ignore[misc]  # WTForms has no types
    """What may happen to a text; what holds if nothing is chosen is chosen beforehand, so that something is sent."""


@dataclass(frozen=True)
class LimitedHint:
    """A text question's hint with its limit. Not a LazyString: those count as HTML and would not be escaped."""

    hint: str
    limit: Wording

    def __str__(self) -> str:
        """Return both, in the language of the request."""
        return f"{self.hint} {self.limit}".strip()


def build_form(questionnaire: Questionnaire, section: str, language: str) -> type[Form]:
    """Return the form class that asks a section in `language`, where a text exists in it, or in English.

    Fields are named as in `Question.fields`; they come in the order of the questions.
    """
    return _built(dump_questionnaire(questionnaire), section, language)


@lru_cache(maxsize=1024)
def _built(frozen: str, section: str, language: str) -> type[Form]:
    # Keyed by its text, because a questionnaire holds mappings and cannot be hashed.
    questions = [question for question in load_questionnaire(frozen).questions if question.section == section]
    fields = {name: field for question in questions for name, field in _fields(question, language)}
    return type("SectionForm", (Form,), fields)


def fill_form(kind: type[Form], asked: Iterable[Question], draft: Draft) -> Form:
    """Return a section's form with what a draft holds, complete or not, and without what is not `asked`."""
    values = [(name, value) for name, said in draft.values.items() for value in said]
    form = kind(MultiDict(values))
    wanted = {name for question in asked for name in fields_of(question)}
    for name in [field.name for field in form if field.name not in wanted]:
        del form[name]
    return form


def _fields(question: Question, language: str) -> Iterator[tuple[str, Field]]:
    for name, label in zip(question.fields, field_labels(question, language), strict=True):
        yield name, FIELDS[question.kind.code](question, label, language)
    if not question.closed:
        yield wish_field(question.code), _wish()


def field_labels(question: Question, language: str) -> tuple[Wording, ...]:
    """Return what stands at each field of a question: before and now, or the question itself."""
    return (_THEN, _NOW) if question.then_now else (text_in(question.text, language),)


def _one(question: Question, label: Wording, language: str) -> Field:
    return RadioField(
        label,
        [_one_only, Optional()],
        choices=_choices(question, language),
        description=_hint(question, language),
        invalid_choice_message=_CHOOSE_OFFERED,
    )


def _many(question: Question, label: Wording, language: str) -> Field:
    return SelectMultipleField(
        label,
        [_alone(question, language)],
        choices=_choices(question, language),
        description=_hint(question, language),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        invalid_choice_message=_CHOOSE_OFFERED,
    )


def _text(question: Question, label: Wording, language: str) -> Field:
    limit = _("At most %(characters)s.", characters=LazyString(characters, question.max_chars))
    return TextAreaField(
        label,
        [_within(question.max_chars)],
        filters=[lambda text: tidied(text or "")],
        description=LimitedHint(_hint(question, language), limit),
        # No maxlength: a browser would cut a pasted text without a word.
        render_kw={"data-max": str(question.max_chars)},
    )


def _wish() -> Field:
    return WishField(
        _MAY_BE,
        [_one_only, Optional()],
        choices=[SelectChoice(wish, words) for wish, words in _WISHES.items()],
        default=UNSAID_WISH,
        invalid_choice_message=_CHOOSE_WISH,
    )


FIELDS: dict[str, Callable[[Question, Wording, str], Field]] = {"one": _one, "many": _many, "text": _text}
"""The field that asks a question of each kind, by the kind's code."""


def _choices(question: Question, language: str) -> list[SelectChoice]:
    options = [SelectChoice(option.code, text_in(option.text, language)) for option in question.options]
    return options + [SelectChoice(code, _ASIDES[code]) for code in question.asides]


def _hint(question: Question, language: str) -> str:
    return "" if question.hint is None else text_in(question.hint, language)


def _one_only(_form: Form, field: Field) -> None:
    # WTForms keeps the first of several values and would drop the others without a word.
    if len(field.raw_data or ()) > 1:
        raise StopValidation(_CHOOSE_ONE)


def _alone(question: Question, language: str) -> Callable[[Form, Field], None]:
    words = {option.code: text_in(option.text, language) for option in question.options if option.alone}

    def check(_form: Form, field: Field) -> None:
        chosen = set(field.data)
        if len(chosen) > 1 and chosen.intersection(question.kind.asides):
            raise StopValidation(_CHOOSE_ALONE)
        for code in words if len(chosen) > 1 else ():
            if code in chosen:
                raise StopValidation(_("Choose “%(answer)s” alone, or remove it.", answer=words[code]))

    return check


def _within(limit: int) -> Callable[[Form, Field], None]:
    def check(_form: Form, field: Field) -> None:
        excess = len(field.data) - limit
        if excess > 0:
            raise StopValidation(_too_long(excess))

    return check


def aside_words(aside: str) -> str:
    """Return the words of an answer that stands beside the options of every question."""
    return str(_ASIDES[aside])


def _too_long(excess: int) -> str:
    words = ngettext(
        "Your text is %(num)s character too long. Shorten it.",
        "Your text is %(num)s characters too long. Shorten it.",
        excess,
    )
    return str(words)


def question_in_words(question: Question, answer: Answer, language: str) -> Iterator[tuple[str, str]]:
    """Yield (question, answer) in words for each field of one question, which may be left open."""
    for name, label in zip(question.fields, field_labels(question, language), strict=True):
        yield asked_in_words(question, label, language), _said(question, name, answer, language)
    if answer.texts.get(question.code):
        yield str(_MAY_BE), str(_WISHES[answer.wish_for(question.code)])


def asked_in_words(question: Question, label: Wording, language: str) -> str:
    """Return what a field of a question asks: the question, and whether it means before or now."""
    text = text_in(question.text, language)
    return f"{text} – {label}" if question.then_now else text


def _said(question: Question, name: str, answer: Answer, language: str) -> str:
    if not question.closed:
        return answer.texts.get(name) or str(_EMPTY)
    words = {option.code: option.text for option in question.options}
    codes = codes_of(answer.ratings.get(name, ()))
    said = (aside_words(code) if code in question.asides else text_in(words[code], language) for code in codes)
    return "; ".join(said) or str(_LEFT_OPEN)
