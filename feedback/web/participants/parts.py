"""How a part of the survey looks, and the last look at the answers, part by part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Response, render_template, url_for
from wtforms import Form

from feedback.domain.links import draft_name, to_address
from feedback.domain.survey.answers import Answer, Wish
from feedback.domain.survey.drafts import answer_in, fields_of
from feedback.domain.survey.next_page import CheckPage, PartPage
from feedback.domain.survey.parts import Part
from feedback.domain.survey.questionnaires import Question, Theme, text_in
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink
from feedback.web.participants.carried import carry_draft
from feedback.web.participants.kept_pages import hole, kept, kept_page
from forms.marking import marker
from forms.questionnaire import build_form, fill_form, question_in_words

# Read at the start: what only the first visitor waits for tells the next one that somebody was there.
_MARKER = marker()


@dataclass(frozen=True)
class ShownQuestion:
    """One question as the page shows it, with its form fields."""

    text: str
    hint: str | None
    kind: str
    fields: tuple[Any, ...]
    asks_of_harm: bool


def show_part(page: PartPage, opened: OpenLink, language: str) -> Response:
    """Return a part's page; what is wrong with it makes it a 422."""
    carried = {
        "link": to_address(opened.secret),
        "state": carry_draft(opened, page.draft),
        "draft": draft_name(opened.secret),
        "begun": "yes" if page.draft.values else "not",
    }
    if not page.judged and not page.filled.values.keys() & set(page.part.fields):
        name = f"part {page.part.code} {page.number} {page.count} {page.checking} {sorted(page.part.fields)}"
        empty = kept_page(opened.survey, name, language, partial(_draw_empty_part, page, opened.survey, language))
        return Response(empty.filled(**carried))
    form = _form(page, opened.survey, language)
    if page.judged:
        form.validate()
    drawn = _draw_part(page, opened.survey, language, form=form, carried=carried)
    return Response(drawn, 422 if form.errors else 200)


def _draw_empty_part(page: PartPage, survey: Survey, language: str) -> str:
    carried = {name: hole(name) for name in ("link", "state", "draft", "begun")}
    return _draw_part(page, survey, language, form=_form(page, survey, language), carried=carried)


def _form(page: PartPage, survey: Survey, language: str) -> Form:
    build = partial(build_form, survey.questionnaire, page.part.code, language)
    kind = kept(survey, f"form {page.part.code}", language, build)
    return fill_form(kind, page.part.questions, page.filled)


def _draw_part(page: PartPage, survey: Survey, language: str, *, form: Form, carried: Mapping[str, str]) -> str:
    return render_template(
        "participant/part.html",
        survey_title=text_in(survey.questionnaire.title, language),
        organisation=survey.organisation,
        title=text_in(page.part.section.title, language),
        part=page.part.code,
        number=page.number,
        count=page.count,
        checking=page.checking,
        questions=[_shown(question, form, language) for question in page.part.questions],
        errors=_errors(page.part, form, language),
        state=carried["state"],
        draft=carried["draft"],
        begun=carried["begun"],
        until=survey.closes_at.isoformat(),
        action=url_for("participant.answer", link=carried["link"]),
        contact_name=survey.contact_name,
        contact_email=survey.contact_email,
        help_lines=survey.help_contacts.splitlines(),
    )


def _shown(question: Question, form: Form, language: str) -> ShownQuestion:
    hint = text_in(question.hint, language) if question.hint else None
    fields = tuple(form[name] for name in fields_of(question))
    return ShownQuestion(
        text_in(question.text, language), hint, question.kind.code, fields, asks_of_harm=question.theme is Theme.HARM
    )


def _errors(part: Part, form: Form, language: str) -> list[tuple[str, str, str]]:
    return [
        (form[name].id, text_in(question.text, language), str(message))
        for question in part.questions
        for name in fields_of(question)
        for message in form[name].errors
    ]


def show_check(page: CheckPage, opened: OpenLink, language: str) -> Response:
    """Return the last look at a complete answer."""
    check = kept_page(opened.survey, "check", language, _draw_check)
    link = to_address(opened.secret)
    said = answer_in(opened.survey.questionnaire, page.draft)
    answers = render_template(
        "participant/answers.html",
        parts=[_said(part, said, language) for part in page.parts],
        change_url=url_for("participant.answer", link=link),
    )
    state = carry_draft(opened, page.draft)
    return Response(check.filled(link=link, state=state, answers=answers, receipt=page.draft.typed))


def _draw_check() -> str:
    return render_template(
        "participant/check.html",
        answers=hole("answers"),
        receipt=hole("receipt"),
        state=hole("state"),
        action=url_for("participant.send", link=hole("link")),
    )


def _said(part: Part, answer: Answer, language: str) -> tuple[str, str, list[tuple[str, str, tuple[str, ...]]]]:
    said = [one for question in part.questions for one in _answered(question, answer, language)]
    return part.code, text_in(part.section.title, language), said


def _answered(question: Question, answer: Answer, language: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (question, answer, what in the answer may tell who wrote it) for each field of a question."""
    read = answer.wish_for(question.code) is not Wish.COUNT
    written = answer.texts.get(question.code, "") if read else ""
    for asked, said in question_in_words(question, answer, language):
        yield asked, said, _MARKER.giveaways(said) if said == written else ()
