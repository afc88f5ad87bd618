"""The participants' pages: promises, questions, a last look, thanks; and taking an answer back.

Only a POST of a complete valid answer, or of the typed withdrawal, changes anything. Nothing here knows who asks.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import Form

from feedback.domain.answers import Answer
from feedback.domain.errors import SealBroken
from feedback.domain.links import LinkSecret, page_key, receipt_words
from feedback.domain.questionnaires import Question, Questionnaire, text_in
from feedback.domain.responses import read_answer, write_answer
from feedback.domain.sealing import open_page_state, seal_page_state
from feedback.locales.moments import day, moment
from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.known_surveys import Survey
from feedback.services.submit_response import find_survey, read_link, submit_response, withdraw
from feedback.web.kept_pages import draw_stand_in, kept, kept_page
from feedback.web.languages import offer_only, switched
from forms.questionnaire import answer_of, answers_in_words, build_form, filled_form, wish_fields

_RECEIPT, _STATE, _ANSWERS = draw_stand_in(), draw_stand_in(), draw_stand_in()

participant = Blueprint("participant", __name__, url_prefix="/s")


@dataclass(frozen=True)
class ShownQuestion:
    """One question as the page shows it, with its form fields."""

    text: str
    hint: str | None
    kind: str
    fields: tuple[Any, ...]


@dataclass(frozen=True)
class ShownSection:
    """A titled run of questions."""

    title: str
    questions: tuple[ShownQuestion, ...]


@participant.get("/<link>")
def promise(link: str) -> str:
    """Say who asks, what is promised and until when; everything from the wave's own terms."""
    survey = _survey(read_link(link))
    return kept_page(survey, "promise", _language(), link, partial(_promise_page, survey))


def _promise_page(survey: Survey, link: str) -> str:
    return render_template(
        "participant/promise.html",
        page=survey,
        stage_title=text_in(survey.questionnaire.title, _language()),
        closes=_closes(survey),
        keys_gone_by=day(survey.closes_on + timedelta(days=survey.key_backup_days), _language()),
        closed_count=len(survey.questionnaire.questions) - len(survey.questionnaire.open_questions),
        open_count=len(survey.questionnaire.open_questions),
        questions=tuple(text_in(question.text, _language()) for question in survey.questionnaire.questions),
        base_url=runtime().settings.base_url,
        questions_url=url_for(".questions", link=link),
        withdraw_url=url_for(".withdrawal", link=link),
    )


@participant.get("/<link>/questions")
def questions(link: str) -> str:
    """Ask, on an empty form; the page is the same for a link that was used and one that was not."""
    survey = _survey(read_link(link))
    return kept_page(survey, "questions", _language(), link, partial(_empty_questions_page, survey))


def _empty_questions_page(survey: Survey, link: str) -> str:
    return _questions_page(link, survey, _form(survey)())


@participant.post("/<link>/questions")
def check(link: str) -> Response:
    """Show a complete answer once more before it is sent, or an incomplete one with what is missing."""
    secret = read_link(link)
    survey = _survey(secret)
    form = _form(survey)(request.form)
    if switched():
        return make_response(_questions_page(link, survey, _form(survey)(request.form)))
    if not form.validate():
        return make_response(_questions_page(link, survey, form), 422)
    return make_response(_check_page(link, secret, survey, answer_of(form)))


@participant.post("/<link>/send")
def send(link: str) -> Response:
    """Take the answer that was looked at, or give it back to be changed."""
    secret = read_link(link)
    answer = _carried_answer(secret)
    if answer is not None and switched():
        return make_response(_check_page(link, secret, _survey(secret), answer))
    if answer is None or request.form.get("go") != "send":
        return _asked_again(link, _survey(secret), answer)
    tools = runtime()
    accepted = submit_response(tools.session(), secret, answer, now=tools.clock(), known=tools.surveys)
    page = kept_page(accepted.survey, "thanks", _language(), link, partial(_thanks_page, accepted.survey))
    return make_response(page.replace(_RECEIPT, receipt_words(accepted.receipt)))


def _asked_again(link: str, survey: Survey, answer: Answer | None) -> Response:
    if answer is None:
        return make_response(_questions_page(link, survey, _checked_empty_form(survey)), 422)
    return make_response(_questions_page(link, survey, filled_form(survey.questionnaire, _language(), answer)))


def _thanks_page(survey: Survey, link: str) -> str:
    return render_template(
        "participant/thanks.html",
        receipt=_RECEIPT,
        questions_url=url_for(".questions", link=link),
        withdraw_url=url_for(".withdrawal", link=link),
        closes=_closes(survey),
    )


@participant.get("/<link>/withdraw")
def withdrawal(link: str) -> str:
    """Ask for the word that takes an answer back."""
    _survey(read_link(link))
    return _withdrawal_page(link, None, "")


@participant.post("/<link>/withdraw")
def take_back(link: str) -> Response:
    """Take the answer back once the word is typed; whether there was one stays untold."""
    secret = read_link(link)
    survey = _survey(secret)
    typed = request.form.get("word", "")
    if switched():
        return make_response(_withdrawal_page(link, None, typed))
    if typed.strip().casefold() != _withdrawal_word().casefold():
        error = _("Type the word “%(word)s” to take your answer back.", word=_withdrawal_word())
        return make_response(_withdrawal_page(link, error, typed), 422)
    withdraw(runtime().session(), secret, now=runtime().clock())
    page = render_template(
        "participant/withdrawn.html", closes=_closes(survey), questions_url=url_for(".questions", link=link)
    )
    return make_response(page)


def _survey(secret: LinkSecret) -> Survey:
    tools = runtime()
    with tools.reading() as connection:
        survey = find_survey(connection, secret, now=tools.clock(), known=tools.surveys)
    offer_only(survey.languages)
    return survey


def _form(survey: Survey) -> type[Form]:
    return kept(survey, "form", _language(), lambda: build_form(survey.questionnaire, _language()))


def _language() -> str:
    return spoken().code


def _closes(survey: Survey) -> str:
    return moment(survey.closes_at, survey.time_zone, _language())


def _questions_page(link: str, survey: Survey, form: Form) -> str:
    return render_template(
        "participant/questions.html",
        title=text_in(survey.questionnaire.title, _language()),
        organisation=survey.organisation,
        sections=_sections(survey.questionnaire, form),
        errors=_errors(survey.questionnaire, form),
        action=url_for(".check", link=link),
        back_url=url_for(".promise", link=link),
    )


def _sections(questionnaire: Questionnaire, form: Form) -> tuple[ShownSection, ...]:
    return tuple(
        ShownSection(
            text_in(section.title, _language()),
            tuple(_shown(one, form) for one in questionnaire.questions if one.section == section.code),
        )
        for section in questionnaire.sections
    )


def _shown(question: Question, form: Form) -> ShownQuestion:
    hint = text_in(question.hint, _language()) if question.hint else None
    fields = tuple(form[name] for name in (*question.fields, *wish_fields(question)))
    return ShownQuestion(text_in(question.text, _language()), hint, question.kind, fields)


def _errors(questionnaire: Questionnaire, form: Form) -> list[tuple[str, str, str]]:
    return [
        (form[name].id, text_in(question.text, _language()), str(message))
        for question in questionnaire.questions
        for name in (*question.fields, *wish_fields(question))
        for message in form[name].errors
    ]


def _check_page(link: str, secret: LinkSecret, survey: Survey, answer: Answer) -> str:
    page = kept_page(survey, "check", _language(), link, _check_page_without_answers)
    state = base64.b64encode(seal_page_state(write_answer(answer), page_key(secret))).decode()
    words = answers_in_words(survey.questionnaire, answer, _language())
    # The answers come last: nothing that a participant wrote is looked through for stand-ins.
    answers = render_template("participant/answers.html", answers=words)
    return page.replace(_STATE, state).replace(_ANSWERS, answers)


def _check_page_without_answers(link: str) -> str:
    return render_template("participant/check.html", answers=_ANSWERS, state=_STATE, action=url_for(".send", link=link))


def _carried_answer(secret: LinkSecret) -> Answer | None:
    try:
        sealed = base64.b64decode(request.form.get("state", ""), validate=True)
        return read_answer(open_page_state(sealed, page_key(secret)))
    except (binascii.Error, ValueError, SealBroken):
        return None


def _checked_empty_form(survey: Survey) -> Form:
    form = _form(survey)()
    form.validate()
    return form


def _withdrawal_word() -> str:
    return str(_("withdraw"))


def _withdrawal_page(link: str, error: str | None, typed: str) -> str:
    return render_template(
        "participant/withdraw.html",
        action=url_for(".take_back", link=link),
        word=_withdrawal_word(),
        error=error,
        typed=typed,
    )
