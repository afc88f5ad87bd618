"""How each page behind a link looks; which one it is was decided before."""

from datetime import timedelta
from functools import partial

from flask import Response, render_template, url_for
from flask_babel import gettext as _

from feedback.domain.links import Receipt, draft_name, receipt_words, to_address
from feedback.domain.survey.drafts import Draft
from feedback.domain.survey.next_page import (
    CheckPage,
    Page,
    PartPage,
    PromisePage,
    ThanksPage,
    WithdrawnPage,
    WithdrawPage,
)
from feedback.domain.survey.questionnaires import Questionnaire, text_in
from feedback.domain.waves.states import stages_after
from feedback.locales.moments import day, moment
from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink
from feedback.web.participants.carried import carry_draft, carry_receipt
from feedback.web.participants.kept_pages import hole, kept_page
from feedback.web.participants.parts import show_check, show_part


def show(page: Page, opened: OpenLink) -> Response:
    """Return a page behind a link as a response, in the language that is spoken."""
    language = spoken().code
    match page:
        case PromisePage():
            return _show_promise(page, opened, language)
        case PartPage():
            return show_part(page, opened, language)
        case CheckPage():
            return show_check(page, opened, language)
        case ThanksPage():
            return _show_thanks(page, opened, language)
        case WithdrawPage():
            return _show_withdraw(page, opened)
        case WithdrawnPage():
            return _show_withdrawn(page, opened, language)


def withdrawal_word() -> str:
    """Return the word that takes an answer back, in the language that is spoken."""
    return str(_("withdraw"))


def _show_promise(page: PromisePage, opened: OpenLink, language: str) -> Response:
    survey, link = opened.survey, to_address(opened.secret)
    if page.draft is None:
        kept = kept_page(survey, "promise", language, partial(_draw_promise, survey, language, ""))
        return Response(kept.filled(link=link))
    kept = kept_page(survey, "promise kept", language, partial(_draw_promise, survey, language, hole("state")))
    return Response(kept.filled(link=link, state=carry_draft(opened, page.draft)))


def _draw_promise(survey: Survey, language: str, state: str) -> str:
    return render_template(
        "participant/promise.html",
        page=survey,
        stage_title=text_in(survey.questionnaire.title, language),
        closes=_closes(survey, language),
        keys_gone_by=day(survey.closes_on + timedelta(days=survey.key_backup_days), language),
        later_stages=stages_after(survey.stage),
        closed_count=len(survey.questionnaire.questions) - len(survey.questionnaire.open_questions),
        open_count=len(survey.questionnaire.open_questions),
        questions=_questions_listed(survey.questionnaire, language),
        base_url=runtime().settings.base_url,
        support_url=url_for("support.ask", address=survey.support_address) if survey.support_address else None,
        state=state,
        questions_url=url_for("participant.questions", link=hole("link")),
        withdraw_url=url_for("participant.withdrawal", link=hole("link")),
    )


def _questions_listed(questionnaire: Questionnaire, language: str) -> list[tuple[str, str | None, list[str]]]:
    """Return every question's text, with the question and the answers after which alone it is asked, if there are."""
    known = {question.code: question for question in questionnaire.questions}
    listed: list[tuple[str, str | None, list[str]]] = []
    for question in questionnaire.questions:
        text, condition = text_in(question.text, language), question.shown_when
        if condition is None:
            listed.append((text, None, []))
            continue
        earlier = known[condition.question]
        answers = [text_in(one.text, language) for one in earlier.options if one.code in condition.answers]
        listed.append((text, text_in(earlier.text, language), answers))
    return listed


def _show_thanks(page: ThanksPage, opened: OpenLink, language: str) -> Response:
    kept = kept_page(opened.survey, "thanks", language, partial(_draw_thanks, opened.survey, language))
    return Response(kept.filled(**_carried_receipt(page.receipt, opened), draft=draft_name(opened.secret)))


def _carried_receipt(receipt: Receipt, opened: OpenLink) -> dict[str, str]:
    return {
        "link": to_address(opened.secret),
        "receipt": receipt_words(receipt),
        "sealed": carry_receipt(opened.secret, receipt),
        "state": carry_draft(opened, Draft(receipt=receipt)),
    }


def _draw_thanks(survey: Survey, language: str) -> str:
    return render_template(
        "participant/thanks.html",
        receipt=hole("receipt"),
        sealed_receipt=hole("sealed"),
        state=hole("state"),
        action=url_for("participant.send", link=hole("link")),
        receipt_url=url_for("receipts.ask"),
        draft=hole("draft"),
        questions_url=url_for("participant.questions", link=hole("link")),
        withdraw_url=url_for("participant.withdrawal", link=hole("link")),
        closes=_closes(survey, language),
    )


def _show_withdraw(page: WithdrawPage, opened: OpenLink) -> Response:
    word = withdrawal_word()
    asked = render_template(
        "participant/withdraw.html",
        action=url_for("participant.take_back", link=to_address(opened.secret)),
        word=word,
        error=_("Type the word “%(word)s” to take your answer back.", word=word) if page.refused else None,
        typed=page.typed,
        state=carry_draft(opened, page.draft),
        receipt=page.draft.typed,
    )
    return Response(asked, 422 if page.refused else 200)


def _show_withdrawn(page: WithdrawnPage, opened: OpenLink, language: str) -> Response:
    carried = _carried_receipt(page.receipt, opened)
    told = render_template(
        "participant/withdrawn.html",
        action=url_for("participant.take_back", link=carried["link"]),
        closes=_closes(opened.survey, language),
        questions_url=url_for("participant.questions", link=carried["link"]),
        receipt=carried["receipt"],
        sealed_receipt=carried["sealed"],
        state=carried["state"],
    )
    return Response(told)


def _closes(survey: Survey, language: str) -> str:
    return moment(survey.closes_at, survey.time_zone, language)
