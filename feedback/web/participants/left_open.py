"""The one prompt for questions that were left open: as long whichever, and however many, they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup, escape

from feedback.domain.links import to_address
from feedback.domain.survey.next_page import OpenPage
from feedback.domain.survey.questionnaires import Question, text_in
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink
from feedback.web.participants.cached_pages import COMMENT_BYTES, CachedPage, cached, filled_up, hole, padded, size_of
from feedback.web.participants.page_state import hidden_fields


@dataclass(frozen=True)
class LeftOpenPage:
    """The page, what it says by the number of questions, and the way to each of them.

    Where nothing is answered, what it says is that of none. `gaps` fill the places of questions that are answered.
    """

    page: CachedPage
    said: tuple[Mapping[str, str], ...]
    ways: Mapping[str, Markup]
    gaps: Mapping[str, Markup]


def show_left_open(page: OpenPage, opened: OpenLink, language: str) -> Response:
    """Return the page that says which questions were left open, and asks whether to send all the same."""
    kept_open = left_open_page(opened.survey, language)
    found = {question.code for question in page.questions}
    page_fields = {"link": to_address(opened.secret), **hidden_fields(opened, page.draft)}
    ways = {code: way if code in found else kept_open.gaps[code] for code, way in kept_open.ways.items()}
    said = kept_open.said[0 if page.nothing else len(found)]
    return Response(padded(kept_open.page.filled({**page_fields, **ways, **said})))


def left_open_page(survey: Survey, language: str) -> LeftOpenPage:
    """Return the page without a question."""
    return cached(survey, "open", language, partial(_draw, survey, language))


def _draw(survey: Survey, language: str) -> LeftOpenPage:
    questions = [one for one in survey.questionnaire.questions if one.required]
    ways = {one.code: _way(one, language) for one in questions}
    drawn = render_template(
        "participant/left_open.html",
        organisation=survey.organisation,
        programme=survey.programme,
        ways=[hole(code) for code in ways],
        **{name: hole(name) for name in ("state", "draft", "title", "text", "send")},
        action=url_for("participant.answer", link=hole("link")),
    )
    gaps = {code: filled_up(Markup(), size_of(way)) for code, way in ways.items()}
    return LeftOpenPage(CachedPage(drawn), _sayings(len(questions)), ways, gaps)


def _way(question: Question, language: str) -> Markup:
    drawn = render_template("participant/left_open_way.html", code=question.code, text=text_in(question.text, language))
    return filled_up(drawn, size_of(drawn) + COMMENT_BYTES)


def _sayings(most: int) -> tuple[Mapping[str, str], ...]:
    """Return what is said where nothing is answered, and where 1 to `most` questions are left open: all as long."""
    sayings = [_saying_of_nothing(), *map(_saying, range(1, most + 1))]
    sizes = {name: max(size_of(saying[name]) for saying in sayings) + COMMENT_BYTES for name in sayings[0]}
    return tuple({name: filled_up(html, sizes[name]) for name, html in saying.items()} for saying in sayings)


def _saying(count: int) -> dict[str, str]:
    title = ngettext(
        "%(num)s question is left open. Send all the same?",
        "%(num)s questions are left open. Send all the same?",
        count,
    )
    text = _("You can still answer. What you leave open counts like “Prefer not to say”.")
    # As an address beside the form's own, so that this piece holds no link.
    send = Markup('<button class="button" type="submit" name="go" value="send" formaction="send">{}</button>')
    return {"title": escape(title), "text": escape(text), "send": send.format(_("Send all the same"))}


def _saying_of_nothing() -> dict[str, str]:
    text = _("Answer at least one question. What you leave open then counts like “Prefer not to say”.")
    return {"title": escape(_("Nothing is answered yet")), "text": escape(text), "send": Markup()}
