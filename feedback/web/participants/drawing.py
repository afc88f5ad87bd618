"""How each page behind a link looks; which one it is was decided before."""

from functools import partial

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from markupsafe import escape

from feedback.domain.links import Receipt, receipt_words, to_address
from feedback.domain.survey.drafts import Draft
from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.next_page import (
    CheckPage,
    OpenPage,
    Page,
    PartPage,
    PromisePage,
    ThanksPage,
    WithdrawnPage,
    WithdrawPage,
)
from feedback.domain.survey.questionnaires import Questionnaire, text_in
from feedback.domain.waves.calendar import keys_gone_by
from feedback.domain.waves.states import stages_after
from feedback.locales.isolation import set_apart
from feedback.locales.moments import closing, day
from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink
from feedback.web.participants.cached_pages import CachedPage, cached_page, hole, padded
from feedback.web.participants.check import show_check
from feedback.web.participants.left_open import show_left_open
from feedback.web.participants.page_state import hidden_fields, seal_draft, seal_receipt
from feedback.web.participants.parts import show_part


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
        case OpenPage():
            return show_left_open(page, opened, language)
        case ThanksPage():
            return _show_thanks(page, opened, language)
        case WithdrawPage():
            return _show_withdraw(page, opened, language)
        case WithdrawnPage():
            return _show_withdrawn(page, opened, language)


def withdrawal_word() -> str:
    """Return the word that takes an answer back, in the language that is spoken."""
    return str(_("withdraw"))


def _show_promise(page: PromisePage, opened: OpenLink, language: str) -> Response:
    survey, right, has_draft = opened.survey, opened.right, page.draft is not None
    closes_on = right.closes_at.astimezone(survey.time_zone).date()
    told = {
        "link": to_address(opened.secret),
        **(hidden_fields(opened, page.draft) if page.draft is not None else {}),
        "closes": _closes(opened, language),
        "gone": day(keys_gone_by(closes_on, survey.key_backup_days), language),
        "contact": set_apart(right.contact_name),
        "email": escape(right.contact_email),
    }
    drawn = promise_page(survey, language, has_draft=has_draft).filled(told)
    return Response(padded(drawn) if has_draft else drawn)


def promise_page(survey: Survey, language: str, *, has_draft: bool) -> CachedPage:
    """Return what is promised; where it is read again on the way, it has the draft of what was filled in."""
    draw = partial(_draw_promise, survey, language, hole("state") if has_draft else "")
    return cached_page(survey, f"promise {has_draft}", language, draw)


def _draw_promise(survey: Survey, language: str, state: str) -> str:
    return render_template(
        "participant/promise.html",
        page=survey,
        organisation=survey.organisation,
        programme=survey.programme,
        stage_title=text_in(survey.questionnaire.title, language),
        closes=hole("closes"),
        keys_gone_by=hole("gone"),
        contact_name=hole("contact"),
        contact_email=hole("email"),
        later_stages=stages_after(survey.stage),
        closed_count=len(survey.questionnaire.questions) - len(survey.questionnaire.open_questions),
        open_count=len(survey.questionnaire.open_questions),
        minutes=minutes_needed(survey.questionnaire),
        questions=_questions_listed(survey.questionnaire, language),
        base_url=runtime().settings.base_url,
        support_url=url_for("support.ask", address=survey.support_address) if survey.support_address else None,
        state=state,
        draft=hole("draft"),
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
    told = _receipt_fields(page.receipt, opened) | {"closes": _closes(opened, language)}
    return Response(thanks_page(opened.survey, language).filled(told))


def _receipt_fields(receipt: Receipt, opened: OpenLink) -> dict[str, str]:
    return {
        "link": to_address(opened.secret),
        "receipt": receipt_words(receipt),
        "sealed": seal_receipt(opened, receipt),
        **hidden_fields(opened, Draft(receipt=receipt)),
    }


def thanks_page(survey: Survey, language: str) -> CachedPage:
    """Return the thanks, without the receipt."""
    return cached_page(survey, "thanks", language, partial(_draw_thanks, survey))


def _draw_thanks(survey: Survey) -> str:
    return render_template(
        "participant/thanks.html",
        organisation=survey.organisation,
        programme=survey.programme,
        may_close_early=survey.may_close_early,
        receipt=hole("receipt"),
        sealed_receipt=hole("sealed"),
        state=hole("state"),
        action=url_for("participant.send", link=hole("link")),
        receipt_url=url_for("receipts.ask"),
        draft=hole("draft"),
        questions_url=url_for("participant.questions", link=hole("link")),
        withdraw_url=url_for("participant.withdrawal", link=hole("link")),
        closes=hole("closes"),
    )


def _show_withdraw(page: WithdrawPage, opened: OpenLink, language: str) -> Response:
    told = {
        "link": to_address(opened.secret),
        "state": seal_draft(opened, page.draft),
        "receipt": escape(page.draft.typed),
        "typed": escape(page.typed),
    }
    wrong = "word" if page.refused else "receipt" if page.lost else None
    return Response(padded(withdraw_page(opened.survey, language, wrong).filled(told)), 422 if wrong else 200)


def withdraw_page(survey: Survey, language: str, wrong: str | None) -> CachedPage:
    """Return the question for the word that takes an answer back, perhaps with the field that is `wrong`."""
    return cached_page(survey, f"withdraw {wrong}", language, partial(_draw_withdraw, survey, wrong))


def _draw_withdraw(survey: Survey, wrong: str | None) -> str:
    word = withdrawal_word()
    mistakes = {
        "word": _("Type the word “%(word)s” to take your answer back.", word=word),
        "receipt": _(
            "The page could not be read, nor a receipt that it may have carried. Type the receipt if you noted it; "
            "without it nothing that is sent with your link will be counted any more."
        ),
    }
    return render_template(
        "participant/withdraw.html",
        organisation=survey.organisation,
        programme=survey.programme,
        action=url_for("participant.take_back", link=hole("link")),
        word=word,
        wrong=wrong,
        error=mistakes.get(wrong or ""),
        typed=hole("typed"),
        state=hole("state"),
        receipt=hole("receipt"),
    )


def _show_withdrawn(page: WithdrawnPage, opened: OpenLink, language: str) -> Response:
    told = _receipt_fields(page.receipt, opened) | {"closes": _closes(opened, language)}
    return Response(withdrawn_page(opened.survey, language).filled(told))


def withdrawn_page(survey: Survey, language: str) -> CachedPage:
    """Return the page after an answer was taken back."""
    return cached_page(survey, "withdrawn", language, partial(_draw_withdrawn, survey))


def _draw_withdrawn(survey: Survey) -> str:
    return render_template(
        "participant/withdrawn.html",
        organisation=survey.organisation,
        programme=survey.programme,
        may_close_early=survey.may_close_early,
        action=url_for("participant.take_back", link=hole("link")),
        closes=hole("closes"),
        questions_url=url_for("participant.questions", link=hole("link")),
        receipt=hole("receipt"),
        sealed_receipt=hole("sealed"),
        state=hole("state"),
        draft=hole("draft"),
    )


def _closes(opened: OpenLink, language: str) -> str:
    return escape(closing(opened.right.closes_at, opened.survey.time_zone, language))
