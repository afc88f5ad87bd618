"""The participants' pages: promises, questions, the check, thanks; and taking an answer back.

Only a POST of a complete valid answer, or of the typed withdrawal, changes anything. Nothing here knows who asks.
"""

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from feedback.domain.errors import AnswerRefused
from feedback.domain.links import new_receipt
from feedback.domain.survey.drafts import Draft, answer_in, with_typed
from feedback.domain.survey.kinds import filled_code, tick_name
from feedback.domain.survey.next_page import (
    Page,
    PromisePage,
    Sent,
    Submission,
    ThanksPage,
    Withdrawal,
    WithdrawnPage,
    WithdrawPage,
    after_check,
    after_part,
    after_word,
    check_again,
    first_page,
)
from feedback.runtime import runtime
from feedback.services.waves.known_surveys import KnownSurveys
from feedback.services.waves.submit_response import OpenLink, follow_link, read_link, submit_response, withdraw
from feedback.web.languages import offer_only, switched
from feedback.web.participants.drawing import show, withdrawal_word
from feedback.web.participants.drawn_ahead import SURVEYS
from feedback.web.participants.page_state import unseal_draft, unseal_receipt

participant = Blueprint("participant", __name__, url_prefix="/s")
participant.add_app_template_global(filled_code)
participant.add_app_template_global(tick_name)


@participant.record
def _begin(state: BlueprintSetupState) -> None:
    """Let each application know its surveys once they are read."""
    state.app.extensions[SURVEYS] = KnownSurveys()


@participant.get("/<link>")
def promise(link: str) -> Response:
    """Say who asks, what is promised and until when; everything from the wave's own terms."""
    return show(PromisePage(), _follow(link))


@participant.get("/<link>/questions")
def questions(link: str) -> Response:
    """Ask the first part, empty; the page is the same for a link that was used and one that was not."""
    opened = _follow(link)
    return show(first_page(opened.survey.questionnaire), opened)


@participant.post("/<link>/questions")
def answer(link: str) -> Response:
    """Take what was filled in on one part along, and show the page that was asked for."""
    opened = _follow(link)
    return show(after_part(opened.survey.questionnaire, _sent(opened)), opened)


@participant.post("/<link>/send")
def send(link: str) -> Response:
    """Take the answer that was looked at; all of it is checked again, and what is missing leads to its part."""
    opened = _follow(link)
    page = after_check(opened.survey.questionnaire, _sent(opened))
    return show(_submit(page, opened) if isinstance(page, Submission) else page, opened)


@participant.get("/<link>/withdraw")
def withdrawal(link: str) -> Response:
    """Ask for the word that takes an answer back."""
    return show(WithdrawPage(Draft()), _follow(link))


@participant.post("/<link>/withdraw")
def take_back(link: str) -> Response:
    """Take the answer back once the word is typed; whether there was one stays untold."""
    opened = _follow(link)
    page = after_word(_sent(opened), withdrawal_word())
    return show(_withdraw(page, opened) if isinstance(page, Withdrawal) else page, opened)


def _follow(link: str) -> OpenLink:
    tools = runtime()
    with tools.reading() as connection:
        opened = follow_link(
            connection,
            read_link(link),
            now=tools.clock(),
            pepper=tools.settings.pepper,
            known=current_app.extensions[SURVEYS],
        )
    offer_only(opened.survey.questionnaire.languages)
    return opened


def _sent(opened: OpenLink) -> Sent:
    fields = request.form.to_dict(flat=False)
    state, sealed_receipt, typed = (next(iter(fields.get(name, ())), "") for name in ("state", "sent", "receipt"))
    unsealed, receipt = unseal_draft(opened.page_key, state), unseal_receipt(opened, sealed_receipt)
    draft = unsealed or Draft()
    if "receipt" in fields:
        draft = with_typed(draft, typed)
    return Sent(draft, fields, switched=switched(), receipt=receipt, lost=unsealed is None)


def _submit(submission: Submission, opened: OpenLink) -> Page:
    questionnaire, draft = opened.survey.questionnaire, submission.draft
    receipt = draft.receipt or new_receipt()
    try:
        with runtime().writing() as connection:
            submit_response(connection, opened, answer_in(questionnaire, draft), receipt, draft.shown)
    except AnswerRefused:
        return check_again(questionnaire, draft)
    return ThanksPage(receipt)


def _withdraw(withdrawal: Withdrawal, opened: OpenLink) -> Page:
    receipt = withdrawal.draft.receipt or new_receipt()
    with runtime().writing() as connection:
        withdraw(connection, opened, receipt, withdrawal.draft.shown)
    return WithdrawnPage(receipt)
