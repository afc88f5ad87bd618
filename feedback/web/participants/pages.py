"""The participants' pages: promises, questions, a last look, thanks; and taking an answer back.

Only a POST of a complete valid answer, or of the typed withdrawal, changes anything. Nothing here knows who asks.
"""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from feedback.domain.errors import AnswerRefused
from feedback.domain.links import LinkSecret, draft_name, receipt_words
from feedback.domain.survey.drafts import Draft, answer_in, can_travel, is_complete
from feedback.domain.survey.questionnaires import Questionnaire, text_in
from feedback.locales.moments import day, moment
from feedback.runtime import runtime
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink, follow_link, read_link, submit_response, withdraw
from feedback.web.languages import offer_only, switched
from feedback.web.participants.kept_pages import draw_stand_in, kept_page
from feedback.web.participants.parts import (
    Part,
    Visit,
    carried_draft,
    first_open_part,
    form_sent,
    language,
    pass_part,
    save_part,
    seal,
    show_check,
    show_part,
    unseal,
)

_RECEIPT, _SEALED, _STATE, _DRAFT = draw_stand_in(), draw_stand_in(), draw_stand_in(), draw_stand_in()
_SENT = b"sent "

participant = Blueprint("participant", __name__, url_prefix="/s")


@participant.get("/<link>")
def promise(link: str) -> str:
    """Say who asks, what is promised and until when; everything from the wave's own terms."""
    survey = _survey(read_link(link))
    return kept_page(survey, "promise", language(), link, partial(_promise_page, survey, ""))


def _promise_page(survey: Survey, state: str, link: str) -> str:
    return render_template(
        "participant/promise.html",
        page=survey,
        stage_title=text_in(survey.questionnaire.title, language()),
        closes=_closes(survey),
        keys_gone_by=day(survey.closes_on + timedelta(days=survey.key_backup_days), language()),
        closed_count=len(survey.questionnaire.questions) - len(survey.questionnaire.open_questions),
        open_count=len(survey.questionnaire.open_questions),
        questions=_questions_listed(survey.questionnaire),
        base_url=runtime().settings.base_url,
        support_url=_support_url(survey),
        state=state,
        questions_url=url_for(".questions", link=link),
        withdraw_url=url_for(".withdrawal", link=link),
    )


def _support_url(survey: Survey) -> str | None:
    return url_for("support.ask", address=survey.support_address) if survey.support_address else None


def _questions_listed(questionnaire: Questionnaire) -> list[tuple[str, str | None, list[str]]]:
    """Return every question's text, with the question and the answers after which alone it is asked, if there are."""
    known = {question.code: question for question in questionnaire.questions}
    listed: list[tuple[str, str | None, list[str]]] = []
    for question in questionnaire.questions:
        text, condition = text_in(question.text, language()), question.shown_when
        if condition is None:
            listed.append((text, None, []))
            continue
        earlier = known[condition.question]
        answers = [text_in(one.text, language()) for one in earlier.options if one.code in condition.answers]
        listed.append((text, text_in(earlier.text, language()), answers))
    return listed


@participant.get("/<link>/questions")
def questions(link: str) -> Response:
    """Ask the first part, empty; the page is the same for a link that was used and one that was not."""
    secret = read_link(link)
    visit = Visit(link, secret, _survey(secret), Draft())
    return show_part(visit, visit.parts[0])


@participant.post("/<link>/questions")
def answer(link: str) -> Response:
    """Take what was filled in on one part along, and show the part, the look or the promise that was asked for."""
    visit = _visit(link)
    if visit is None:
        return _start_again(link)
    if switched() and request.form.get("shown") == "promise":
        return _promise_again(visit)
    change = visit.part(request.form.get("change"))
    if change is not None:
        return show_part(replace(visit, checking=True), change)
    if request.form.get("go") == "resume":
        return _go_on(visit)
    part = visit.part(request.form.get("part"))
    return _start_again(link) if part is None else _leave(visit, part)


def _leave(visit: Visit, part: Part) -> Response:
    """Take along what was filled in on a part, and go where the button leads."""
    sent = request.form.to_dict(flat=False)
    saved = save_part(visit, part, sent)
    if switched() or request.form.get("go") == "stay":
        return show_part(saved, part, form_sent(saved, part, sent))
    travels = can_travel(part.questions, sent)
    if travels and request.form.get("go") == "back":
        return _one_back(saved, part.code)
    if travels and is_complete(part.questions, saved.draft):
        return _one_on(pass_part(saved, part), part.code)
    form = form_sent(saved, part, sent)
    form.validate()
    return show_part(saved, part, form)


def _visit(link: str) -> Visit | None:
    """Return who comes with what; None if what the page carried was altered. Raises WaveClosed first."""
    secret = read_link(link)
    survey = _survey(secret)
    draft = carried_draft(secret, request.form.get("state", ""))
    return None if draft is None else Visit(link, secret, survey, draft, checking="checking" in request.form)


def _start_again(link: str) -> Response:
    secret = read_link(link)
    visit = Visit(link, secret, _survey(secret), Draft())
    part, form = first_open_part(visit) or (visit.parts[0], None)
    return show_part(visit, part, form)


def _go_on(visit: Visit) -> Response:
    found = first_open_part(visit)
    return show_check(visit) if found is None else show_part(visit, found[0])


def _one_back(visit: Visit, code: str) -> Response:
    codes = [part.code for part in visit.parts]
    if code != codes[0]:
        return show_part(visit, visit.parts[codes.index(code) - 1])
    return _promise_again(visit)


def _promise_again(visit: Visit) -> Response:
    page = kept_page(visit.survey, "promise kept", language(), visit.link, partial(_promise_page, visit.survey, _STATE))
    return make_response(page.replace(_STATE, visit.state))


def _one_on(visit: Visit, code: str) -> Response:
    codes = [part.code for part in visit.parts]
    if code != codes[-1] and not visit.checking:
        return show_part(visit, visit.parts[codes.index(code) + 1])
    found = first_open_part(visit)
    return show_check(visit) if found is None else show_part(visit, *found)


@participant.post("/<link>/send")
def send(link: str) -> Response:
    """Take the answer that was looked at; all of it is checked again, and what is missing leads to its part."""
    visit = _visit(link)
    if visit is None:
        return _start_again(link)
    if switched():
        return _sent_or_go_on(visit)
    if request.form.get("go") != "send":
        return _asked_again(visit)
    tools = runtime()
    try:
        said = answer_in(visit.survey.questionnaire, visit.draft)
        with tools.writing() as connection:
            receipt = submit_response(connection, _follow(visit.secret), said)
    except AnswerRefused:
        return _asked_again(visit)
    return _thanks(visit, receipt_words(receipt))


def _sent_or_go_on(visit: Visit) -> Response:
    """Show the thanks again in another language, or else the last look."""
    sent = unseal(visit.secret, request.form.get("sent", ""))
    return _go_on(visit) if sent is None or not sent.startswith(_SENT) else _thanks(visit, sent[len(_SENT) :].decode())


def _thanks(visit: Visit, receipt: str) -> Response:
    page = kept_page(visit.survey, "thanks", language(), visit.link, partial(_thanks_page, visit.survey))
    sealed = seal(visit.secret, _SENT + receipt.encode())
    return make_response(
        page.replace(_RECEIPT, receipt).replace(_SEALED, sealed).replace(_DRAFT, draft_name(visit.secret))
    )


def _asked_again(visit: Visit) -> Response:
    # What was passed before may not be complete for this release: every part is looked at anew.
    anew = replace(visit, draft=replace(visit.draft, passed=frozenset()), checking=bool(visit.draft.values))
    found = first_open_part(anew)
    return show_check(visit) if found is None else show_part(anew, *found)


def _thanks_page(survey: Survey, link: str) -> str:
    return render_template(
        "participant/thanks.html",
        receipt=_RECEIPT,
        sealed_receipt=_SEALED,
        action=url_for(".send", link=link),
        receipt_url=url_for("receipts.ask"),
        draft=_DRAFT,
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
    opened = _follow(secret)
    typed = request.form.get("word", "")
    if switched():
        done = request.form.get("shown") == "withdrawn"
        return make_response(_withdrawn_page(link, opened.survey) if done else _withdrawal_page(link, None, typed))
    if typed.strip().casefold() != _withdrawal_word().casefold():
        error = _("Type the word “%(word)s” to take your answer back.", word=_withdrawal_word())
        return make_response(_withdrawal_page(link, error, typed), 422)
    with runtime().writing() as connection:
        withdraw(connection, opened)
    return make_response(_withdrawn_page(link, opened.survey))


def _withdrawn_page(link: str, survey: Survey) -> str:
    return render_template(
        "participant/withdrawn.html",
        action=url_for(".take_back", link=link),
        closes=_closes(survey),
        questions_url=url_for(".questions", link=link),
    )


def _survey(secret: LinkSecret) -> Survey:
    return _follow(secret).survey


def _follow(secret: LinkSecret) -> OpenLink:
    tools = runtime()
    with tools.reading() as connection:
        opened = follow_link(connection, secret, now=tools.clock(), known=tools.surveys)
    offer_only(opened.survey.questionnaire.languages)
    return opened


def _closes(survey: Survey) -> str:
    return moment(survey.closes_at, survey.time_zone, language())


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
