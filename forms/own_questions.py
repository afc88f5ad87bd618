"""What coordinators fill in for a question of their own: its words in each language, and how it is answered."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FormField, HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.domain.errors import FeedbackError, QuestionsAlike
from feedback.domain.survey.kinds import KINDS, MANY, ONE, TEXT
from feedback.domain.survey.questionnaire_files import has_neutral_middle
from feedback.domain.survey.questionnaire_tables import has_hidden_letters, has_other_braces
from feedback.domain.survey.questionnaires import MOST_OPTIONS, Option, Order, Question, Role, Texts, Theme
from feedback.domain.survey.wording import normalised
from feedback.locales.counts import characters
from forms.bank import available, load
from forms.programmes import OTHER_LANGUAGES
from forms.questionnaire import aside_words
from forms.questions import SeenQuestionsForm

MOST_OF_A_QUESTION, MOST_OF_AN_ANSWER, MOST_OF_A_TEXT = 300, 100, 1000
OWN_ANSWERS = "own"
_HARM_ANSWERS = (3, 4)
_ASIDES = ("none-of-these", "does-not-apply", "cannot-tell", "prefer-not-to-say")
_CHOOSE_KIND = _("Choose how it is answered.")
_CHOOSE_LISTED = _("Choose one of the list.")
_HIDDEN = _("There is a hidden character in it. Type the text again, rather than pasting it.")
_BRACES = _("Braces stand only for the words of your programme, as {focus} and {word}. Take other ones away.")
_HARM = _(
    "A question on harm is answered by one of three or four answers of your own, in order. Reports say less about it."
)
_NEUTRAL = _(
    "Of three answers the one in the middle is counted with the bad one, so it cannot be neutral. Ask how much or how "
    "often."
)


@cache
def scales() -> Mapping[str, tuple[tuple[Option, ...], Order]]:
    """Return the lists of answers that several of our questions share, by a name that tells them apart."""
    found: dict[str, tuple[tuple[Option, ...], Order]] = {}
    seen: dict[str, set[str]] = {}
    for questionnaire in map(load, available()):
        for question in questionnaire.questions:
            if question.kind is ONE and question.order is not Order.NONE and not question.sensitive:
                name = scale_name(question)
                found[name] = (question.options, question.order)
                seen.setdefault(name, set()).add(question.code)
    return {name: scale for name, scale in found.items() if len(seen[name]) > 1}


def scale_name(question: Question) -> str:
    """Return the name of a question's list of answers."""
    return "/".join(question.option_codes)


def _folded(text: str | None) -> str:
    """Return a text on one line, its letters as the questionnaires have them; other spaces than ours stay."""
    return re.sub(r"[ \t\r\n]+", " ", unicodedata.normalize("NFC", text or "")).strip()


def lines_of(text: str | None) -> list[str]:
    """Return what stands on each line that has something."""
    return [line for line in map(_folded, (text or "").splitlines()) if line]


def _is_sayable(text: str, most: int) -> None:
    if len(text) > most:
        raise StopValidation(str(_("Write at most %(characters)s.", characters=LazyString(characters, most))))
    if has_hidden_letters(text):
        raise StopValidation(str(_HIDDEN))
    if has_other_braces(text):
        raise StopValidation(str(_BRACES))


def _question(_form: PlainForm, field: TextAreaField) -> None:
    _is_sayable(field.data, MOST_OF_A_QUESTION)


def _answers(_form: PlainForm, field: TextAreaField) -> None:
    lines = lines_of(field.data)
    for line in lines:
        _is_sayable(line, MOST_OF_AN_ANSWER)
    if len(lines) > MOST_OPTIONS:
        raise StopValidation(str(_("Write at most (%(number)s) answers.", number=MOST_OPTIONS)))
    if len({normalised(line) or line for line in lines}) < len(lines):
        raise StopValidation(str(_("Two answers are the same. Take one away, or give it other words.")))


def _refuse_asides(field: TextAreaField, language: str) -> None:
    with force_locale(language):
        offered = {normalised(aside_words(aside)) for aside in _ASIDES}
    for line in lines_of(field.data):
        if normalised(line) in offered:
            said = _("“%(answer)s” is offered by itself where it fits. Take it away here.", answer=line)
            raise ValidationError(str(said))


class WordsOfQuestionForm(PlainForm):  # type: ignore[misc]  # WTForms has no types
    """A question and its own answers in one language."""

    text = TextAreaField(_("The question"), [Optional(), _question], filters=[_folded])
    options = TextAreaField(_("Your own answers, one a line"), [Optional(), _answers])


def _ticks(label: LazyString, choices: list[SelectChoice], needed: LazyString | None = None) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        [InputRequired(needed)] if needed else [],
        choices=choices,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class OwnQuestionForm(SeenQuestionsForm):
    """A question of a programme's own. `without` names the languages of which the page has said what is missing."""

    text = TextAreaField(
        _("The question, in English"), [DataRequired(_("Write the question in English.")), _question], filters=[_folded]
    )
    roles = _ticks(
        _("Who is asked?"),
        [SelectChoice(Role.MENTOR, _("Mentors")), SelectChoice(Role.MENTEE, _("Mentees"))],
        _("Tick at least one of the two."),
    )
    kind = RadioField(
        _("How is it answered?"),
        [InputRequired(_CHOOSE_KIND)],
        choices=[
            SelectChoice(ONE.code, _("By one of several answers")),
            SelectChoice(MANY.code, _("By as many answers as apply")),
            SelectChoice(TEXT.code, _("In their own words")),
        ],
        invalid_choice_message=_CHOOSE_KIND,
    )
    answers = SelectField(_("Which answers?"), [Optional()], invalid_choice_message=_CHOOSE_LISTED, default=OWN_ANSWERS)
    options = TextAreaField(_("Your own answers in English, one a line"), [_answers])
    order = RadioField(
        _("In which order are your own answers?"),
        [Optional()],
        choices=[
            SelectChoice(Order.NONE, _("In none: no answer is better than another")),
            SelectChoice(Order.RISING, _("From the worst to the best")),
            SelectChoice(Order.FALLING, _("From the best to the worst")),
        ],
        default=Order.NONE.value,
        invalid_choice_message=_CHOOSE_LISTED,
    )
    does_not_apply = BooleanField(_("Offer “Does not apply” as well"))
    cannot_tell = BooleanField(_("Offer “I cannot tell” as well"))
    section = SelectField(_("On which page of the survey?"), invalid_choice_message=_CHOOSE_LISTED)
    theme = SelectField(_("What is it about?"), invalid_choice_message=_CHOOSE_LISTED, default=Theme.OTHER.value)
    also = _ticks(_("Ask it in other surveys, too"), [])
    without = HiddenField()

    def offer(
        self,
        sections: Iterable[tuple[str, str]],
        themes: Iterable[tuple[str, str]],
        answers: Iterable[tuple[str, str]],
        stages: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Set what can be chosen, each with its words."""
        self.section.choices = [SelectChoice(*one) for one in sections]
        self.theme.choices = [SelectChoice(*one) for one in themes]
        self.answers.choices = [
            *(SelectChoice(*one) for one in answers),
            SelectChoice(OWN_ANSWERS, _("Your own answers")),
        ]
        self.also.choices = [SelectChoice(*one) for one in stages]

    @property
    def in_languages(self) -> Mapping[str, Any]:
        """The forms of the other languages, by their codes."""
        return {code: self[f"in_{code}"].form for code in OTHER_LANGUAGES}

    @property
    def asked_roles(self) -> tuple[Role, ...]:
        """Who is asked."""
        return tuple(map(Role, self.roles.data or ()))

    @property
    def has_own_answers(self) -> bool:
        """Whether the answers are those that are written here, not one of the scales."""
        return bool(self.kind.data == MANY.code or (self.kind.data == ONE.code and self.answers.data == OWN_ANSWERS))

    def validate(self, extra_validators: Any = None) -> bool:
        """Refuse also own answers in a language that are not those in English."""
        is_good = super().validate(extra_validators)
        if self.has_own_answers:
            for code, words in self.in_languages.items():
                is_good = self._check_answers(code, words.options) and is_good
        return bool(is_good)

    def validate_options(self, field: TextAreaField) -> None:
        """Refuse own answers that are too few, or that the page offers by itself."""
        if self.has_own_answers:
            if len(lines_of(field.data)) < 2:
                raise ValidationError(_("Write at least two answers, each on a line of its own."))
            _refuse_asides(field, "en")

    def _check_answers(self, code: str, field: TextAreaField) -> bool:
        said, wanted = len(lines_of(field.data)), len(lines_of(self.options.data))
        try:
            _refuse_asides(field, code)
            if said not in {0, wanted}:
                words = _("Write as many answers as in English, in the same order (%(number)s).", number=wanted)
                raise ValidationError(str(words))
        except ValidationError as error:
            field.errors = [*field.errors, str(error)]
        return not field.errors

    def validate_theme(self, field: SelectField) -> None:
        """Refuse a question on harm that would be reported like any other."""
        if field.data != Theme.HARM or self.kind.data == TEXT.code or self.errors:
            return
        asked = self.question("Y1")
        if asked.kind is not ONE or asked.order is Order.NONE or len(asked.options) not in _HARM_ANSWERS:
            raise ValidationError(_HARM)
        if has_neutral_middle(asked):
            raise ValidationError(_NEUTRAL)

    def field_of(self, refusal: FeedbackError) -> Any:  # WTForms has no types
        """Return the field that a refusal is about, or None if it is about the whole."""
        return self.text if isinstance(refusal, QuestionsAlike) else None

    def show(self, question: Question, roles: Sequence[Role]) -> None:
        """Fill in a question as it is."""
        is_scale = scale_name(question) in scales()
        self.text.data, self.roles.data = question.text["en"], [role.value for role in roles]
        self.kind.data, self.section.data, self.theme.data = question.kind.code, question.section, question.theme.value
        self.answers.data = scale_name(question) if is_scale else OWN_ANSWERS
        self.order.data = Order.NONE.value if is_scale else question.order.value
        self.options.data = "" if is_scale else _lines(question.options, "en")
        self.does_not_apply.data, self.cannot_tell.data = question.does_not_apply, question.cannot_tell
        for code, words in self.in_languages.items():
            words.text.data = question.text.get(code, "")
            words.options.data = "" if is_scale else _lines(question.options, code)

    def question(self, code: str, former: Question | None = None) -> Question:
        """Return the question that was filled in; an answer that `former` has in the same words keeps its code."""
        kind = KINDS[self.kind.data]
        options, order = self._scale(former)
        is_one = kind is ONE
        return Question(
            code=code,
            kind=kind,
            section=self.section.data,
            text=self._texts(self.text.data, {code: words.text.data for code, words in self.in_languages.items()}),
            options=options if kind.closed else (),
            order=order if is_one else Order.NONE,
            required=kind.closed,
            max_chars=0 if kind.closed else MOST_OF_A_TEXT,
            hint=None if kind.closed else _hint_of_texts(),
            theme=Theme(self.theme.data),
            source="A question of the programme’s own",
            licence="Its own",
            does_not_apply=is_one and self.does_not_apply.data,
            cannot_tell=is_one and self.cannot_tell.data,
        )

    def _scale(self, former: Question | None) -> tuple[tuple[Option, ...], Order]:
        if not self.has_own_answers:
            return scales().get(self.answers.data or "", ((), Order.NONE))
        said = {code: lines_of(words.options.data) for code, words in self.in_languages.items()}
        english = lines_of(self.options.data)
        known = {option.text["en"]: option.code for option in former.options} if former else {}
        codes = _codes(english, known)
        options = (
            Option(codes[place], self._texts(line, {code: lines[place] for code, lines in said.items() if lines}))
            for place, line in enumerate(english)
        )
        return tuple(options), Order(self.order.data or Order.NONE)

    @staticmethod
    def _texts(english: str, others: Mapping[str, str | None]) -> Texts:
        return {"en": english, **{code: text for code, text in others.items() if text}}


for _code, _name in OTHER_LANGUAGES.items():
    setattr(OwnQuestionForm, f"in_{_code}", FormField(WordsOfQuestionForm, _name))


class DropQuestionForm(SeenQuestionsForm):
    """The decision to delete a question."""

    sure = BooleanField(
        _("I am sure: the question and its translations are gone."),
        [InputRequired(_("Tick the box to delete the question, or leave this page."))],
    )


def _codes(lines: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Return a code for each answer: the one that it had, or a number that none of them has."""
    taken = set(known.values())
    free = (code for number in range(1, 1000) if (code := f"a{number}") not in taken)
    return [known[line] if line in known else next(free) for line in lines]


def _lines(options: Iterable[Option], language: str) -> str:
    said = [option.text.get(language, "") for option in options]
    return "\n".join(said) if all(said) else ""


def _hint_of_texts() -> Texts | None:
    """Return what our own open question says beneath it: to leave out names, in every language."""
    return next(question.hint for question in load("kickoff-mentor").questions if question.kind is TEXT)
