"""The check of the answers before they are sent: a page and pieces that are drawn once, and what was said put in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from flask import Response, render_template, url_for
from markupsafe import Markup, escape

from feedback.domain.links import to_address
from feedback.domain.survey.answers import Answer, Wish
from feedback.domain.survey.drafts import left_open, said_in
from feedback.domain.survey.next_page import CheckPage
from feedback.domain.survey.questionnaires import Question, text_in
from feedback.locales.isolation import set_apart
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink
from feedback.web.participants.cached_pages import COMMENT_BYTES, CachedPage, cached, filled_up, hole, padded, size_of
from feedback.web.participants.page_state import hidden_fields
from forms.marking import marker
from forms.questionnaire import question_in_words

# Read at the start: what only the first visitor waits for tells the next one that somebody was there.
_MARKER = marker()
_MOST_GIVEAWAYS = 12
_MANY_QUESTIONS = 15
"""With more than these the check can be sent from its top too: its end is many screens of a telephone away."""
_UNFOLDED, _FOLDED = "open", "    "


@dataclass(frozen=True)
class AnswersCheck:
    """The page, what warns of a text that may tell who wrote it, and for each question its pieces.

    A piece shows one answer; with each goes the size to which it is filled up, whatever was chosen.
    """

    page: CachedPage
    warning: CachedPage
    pieces: Mapping[str, tuple[tuple[CachedPage, int], ...]]


def show_check(page: CheckPage, opened: OpenLink, language: str) -> Response:
    """Return the check of what is said, and of what was left open."""
    survey, check = opened.survey, answers_check(opened.survey, language)
    questions = [question for part in page.parts for question in part.questions]
    said, asked = said_in(questions, page.draft), {question.code for question in questions}
    left = {question.code for question in left_open(questions, page.draft)}
    values = {"link": to_address(opened.secret), **hidden_fields(opened, page.draft)}
    values["receipt"] = escape(page.draft.typed)
    folds = {section.code: _FOLDED for section in survey.questionnaire.sections}
    for question in survey.questionnaire.questions:
        shown = list(_answered(question, said, language, check)) if question.code in asked else []
        if question.code in left or any(one["warning"] for one in shown):
            folds[question.section] = _UNFOLDED
        pieces = check.pieces[question.code]
        values[question.code] = "".join(
            _filled(piece, size, shown[number] if number < len(shown) else None)
            for number, (piece, size) in enumerate(pieces)
        )
    values |= {f"fold.{code}": fold for code, fold in folds.items()}
    return Response(padded(check.page.filled(values)))


def _filled(piece: CachedPage, size: int, shown: Mapping[str, str] | None) -> str:
    html = piece.filled(shown) if shown else Markup("")
    # A text may be longer than any choice; the page as a whole then grows by steps.
    return filled_up(html, max(size, size_of(html) + COMMENT_BYTES))


def _answered(question: Question, answer: Answer, language: str, check: AnswersCheck) -> Iterator[dict[str, str]]:
    """Yield what is put into each piece of a question: the answer, and a warning of what may tell who wrote it."""
    read = answer.wish_for(question.code) is not Wish.COUNT
    written = answer.texts.get(question.code, "") if read else ""
    for _asked, said in question_in_words(question, answer, language):
        giveaways = _MARKER.giveaways(said)[:_MOST_GIVEAWAYS] if written and said == written else ()
        marked = Markup(" ").join(Markup("<q>{}</q>").format(set_apart(one)) for one in giveaways)
        warning = check.warning.filled({"giveaways": marked}) if giveaways else ""
        yield {"said": escape(said), "warning": warning}


def answers_check(survey: Survey, language: str) -> AnswersCheck:
    """Return the check without an answer."""
    return cached(survey, "check", language, partial(_draw, survey, language))


def _draw(survey: Survey, language: str) -> AnswersCheck:
    asked = survey.questionnaire
    parts = [
        (section.code, text_in(section.title, language), [hole(q.code) for q in asked.questions_in(section.code)])
        for section in asked.sections
    ]
    page = render_template(
        "participant/check.html",
        organisation=survey.organisation,
        programme=survey.programme,
        parts=parts,
        folds={section.code: hole(f"fold.{section.code}") for section in asked.sections},
        is_long=len(asked.questions) > _MANY_QUESTIONS,
        **{name: hole(name) for name in ("state", "receipt", "draft")},
        action=url_for("participant.send", link=hole("link")),
        change_url=url_for("participant.answer", link=hole("link")),
    )
    warning = render_template("participant/giveaways.html", giveaways=hole("giveaways"))
    pieces = {question.code: _pieces(question, language) for question in asked.questions}
    return AnswersCheck(CachedPage(page), CachedPage(warning), pieces)


def _pieces(question: Question, language: str) -> tuple[tuple[CachedPage, int], ...]:
    """Return a piece for each answer to a question, with the size of the one that takes the most room."""
    said = [list(question_in_words(question, one, language)) for one in _samples(question)]
    return tuple(_piece(label, [words[number][1] for words in said]) for number, (label, _words) in enumerate(said[0]))


def _piece(label: str, words: list[str]) -> tuple[CachedPage, int]:
    drawn = render_template("participant/said.html", question=label, said=hole("said"), warning=hole("warning"))
    piece = CachedPage(drawn)
    longest = max(size_of(piece.filled({"said": escape(one), "warning": ""})) for one in words)
    return piece, longest + COMMENT_BYTES


def _samples(question: Question) -> Iterator[Answer]:
    """Yield answers to a question, among them for each of its fields the one that takes the most room."""
    if not question.closed:
        yield from (Answer(texts={question.code: " "}, wishes={question.code: wish}) for wish in Wish)
        return
    yield Answer()
    for code in (*question.option_codes, *question.asides):
        yield Answer(dict.fromkeys(question.fields, code))
    if not question.kind.adds_up:
        yield Answer(dict.fromkeys(question.fields, question.option_codes))
