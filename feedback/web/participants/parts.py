"""The survey's parts, one section a page: which there are, where somebody stands, and how each is shown.

What is filled in travels from page to page in the page itself, sealed with the link's own key. Nothing is kept here.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from flask import Response, make_response, render_template, url_for
from wtforms import Form

from feedback.domain.errors import SealBroken
from feedback.domain.links import LinkSecret, draft_name, page_key
from feedback.domain.sealing import open_page_state, seal_page_state
from feedback.domain.survey.answers import Answer, Wish
from feedback.domain.survey.drafts import (
    Draft,
    answer_in,
    fields_of,
    is_complete,
    read_draft,
    with_section,
    write_draft,
)
from feedback.domain.survey.questionnaires import Question, Questionnaire, Section, Theme, text_in
from feedback.locales.speech import spoken
from feedback.services.waves.known_surveys import Survey
from feedback.web.participants.kept_pages import draw_stand_in, kept, kept_page
from forms.marking import marker
from forms.questionnaire import build_form, fill_form, question_in_words

# Read at the start: what only the first visitor waits for tells the next one that somebody was there.
_MARKER = marker()
_STATE, _ANSWERS, _DRAFT = draw_stand_in(), draw_stand_in(), draw_stand_in()


@dataclass(frozen=True)
class ShownQuestion:
    """One question as the page shows it, with its form fields."""

    text: str
    hint: str | None
    kind: str
    fields: tuple[Any, ...]
    asks_of_harm: bool


@dataclass(frozen=True)
class Part:
    """One section with those of its questions that somebody is asked."""

    section: Section
    questions: tuple[Question, ...]

    @property
    def code(self) -> str:
        """What the page calls it."""
        return self.section.code

    @property
    def depends(self) -> bool:
        """Whether what is asked here depends on earlier answers."""
        return any(question.shown_when for question in self.questions)


@dataclass(frozen=True)
class Visit:
    """One request behind a link: through which link, to which survey, with which answers so far.

    `checking`: the visitor came back from the last look to change one part.
    """

    link: str
    secret: LinkSecret
    survey: Survey
    draft: Draft
    checking: bool = False

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts that this visitor is asked, in order."""
        return parts_of(self.survey.questionnaire, self.draft)

    def part(self, code: str | None) -> Part | None:
        """Return the part called `code`, if the visitor is asked it."""
        return next((part for part in self.parts if part.code == code), None)

    @property
    def state(self) -> str:
        """What has been filled in, sealed, for the page to carry; empty if that is nothing."""
        if not self.draft.values and not self.draft.passed:
            return ""
        return seal(self.secret, write_draft(self.draft))


def language() -> str:
    """Return the language of the request."""
    return spoken().code


def carried_draft(secret: LinkSecret, state: str) -> Draft | None:
    """Return what a page carried, or None if it was altered or belongs to another link."""
    if not state:
        return Draft()
    opened = unseal(secret, state)
    try:
        return None if opened is None else read_draft(opened)
    except SealBroken:
        return None


def seal(secret: LinkSecret, data: bytes) -> str:
    """Return `data` as a page may carry it: sealed with the link's own key."""
    return base64.b64encode(seal_page_state(data, page_key(secret))).decode()


def unseal(secret: LinkSecret, sealed: str) -> bytes | None:
    """Return what `seal` sealed, or None if it was altered or belongs to another link."""
    try:
        return open_page_state(base64.b64decode(sealed, validate=True), page_key(secret))
    except (binascii.Error, ValueError, SealBroken):
        return None


def parts_of(questionnaire: Questionnaire, draft: Draft) -> tuple[Part, ...]:
    """Return the parts in which somebody with this draft is asked anything."""
    asked = questionnaire.asked_of(draft.chosen)
    parts = (
        Part(section, tuple(one for one in asked if one.section == section.code)) for section in questionnaire.sections
    )
    return tuple(part for part in parts if part.questions)


def save_part(visit: Visit, part: Part, sent: Mapping[str, Sequence[str]]) -> Visit:
    """Return the visit with what was sent on one part."""
    return replace(visit, draft=with_section(visit.draft, part.code, part.questions, sent))


def form_sent(visit: Visit, part: Part, sent: Mapping[str, Sequence[str]]) -> Form:
    """Return a part's form with what was sent, also what cannot travel on; not checked yet."""
    named = (name for one in part.questions for name in fields_of(one) if name in sent)
    return _form(visit, part, Draft({name: tuple(sent[name]) for name in named}))


def pass_part(visit: Visit, part: Part) -> Visit:
    """Return the visit with a part that was found complete."""
    return replace(visit, draft=replace(visit.draft, passed=visit.draft.passed | {part.code}))


def first_open_part(visit: Visit) -> tuple[Part, Form] | None:
    """Return the first part that is not complete, with its errors, or None."""
    for part in visit.parts:
        # What a passed part asks may have changed since, if it depends on earlier answers.
        if part.code in visit.draft.passed and not part.depends:
            continue
        if not is_complete(part.questions, visit.draft):
            form = _form(visit, part, visit.draft)
            form.validate()
            return part, form
    return None


def show_part(visit: Visit, part: Part, form: Form | None = None) -> Response:
    """Return a part's page as it was left; with a `form` that was sent and checked, that form and its errors."""
    asked = {name for one in part.questions for name in fields_of(one)}
    if form is None and not asked & visit.draft.values.keys():
        name = f"part {part.code} {_place(visit, part)} {visit.checking} {sorted(asked)}"
        draw = partial(_draw_empty_part, visit, part)
        page = kept_page(visit.survey, name, language(), visit.link, draw).replace(_STATE, visit.state)
        return make_response(page.replace(_DRAFT, draft_name(visit.secret)))
    carried = (visit.state, draft_name(visit.secret))
    page = _draw_part(visit, part, form or _form(visit, part, visit.draft), carried, visit.link)
    return make_response(page, 422 if form is not None and form.errors else 200)


def _draw_empty_part(visit: Visit, part: Part, link: str) -> str:
    return _draw_part(visit, part, _form(visit, part, Draft()), (_STATE, _DRAFT), link)


def _form(visit: Visit, part: Part, draft: Draft) -> Form:
    questionnaire = visit.survey.questionnaire
    build = partial(build_form, questionnaire, part.code, language())
    return fill_form(kept(visit.survey, f"form {part.code}", language(), build), part.questions, draft)


def _place(visit: Visit, part: Part) -> tuple[int, int]:
    return [one.code for one in visit.parts].index(part.code) + 1, len(visit.parts)


def _draw_part(visit: Visit, part: Part, form: Form, carried: tuple[str, str], link: str) -> str:
    number, count = _place(visit, part)
    state, draft = carried
    return render_template(
        "participant/part.html",
        survey_title=text_in(visit.survey.questionnaire.title, language()),
        organisation=visit.survey.organisation,
        title=text_in(part.section.title, language()),
        part=part.code,
        number=number,
        count=count,
        checking=visit.checking,
        questions=[_shown(question, form) for question in part.questions],
        errors=_errors(part, form),
        state=state,
        draft=draft,
        until=visit.survey.closes_at.isoformat(),
        action=url_for("participant.answer", link=link),
        contact_name=visit.survey.contact_name,
        contact_email=visit.survey.contact_email,
        help_lines=visit.survey.help_contacts.splitlines(),
    )


def _shown(question: Question, form: Form) -> ShownQuestion:
    hint = text_in(question.hint, language()) if question.hint else None
    fields = tuple(form[name] for name in fields_of(question))
    return ShownQuestion(
        text_in(question.text, language()), hint, question.kind.code, fields, asks_of_harm=question.theme is Theme.HARM
    )


def _errors(part: Part, form: Form) -> list[tuple[str, str, str]]:
    return [
        (form[name].id, text_in(question.text, language()), str(message))
        for question in part.questions
        for name in fields_of(question)
        for message in form[name].errors
    ]


def show_check(visit: Visit) -> Response:
    """Show a complete answer once more before it is sent, part by part."""
    speech = language()
    page = kept_page(visit.survey, "check", speech, visit.link, _check_page_without_answers)
    answer = answer_in(visit.survey.questionnaire, visit.draft)
    said = [
        (
            part.code,
            text_in(part.section.title, speech),
            [one for question in part.questions for one in _answered(question, answer)],
        )
        for part in visit.parts
    ]
    change_url = url_for("participant.answer", link=visit.link)
    # The answers come last: nothing that a participant wrote is looked through for stand-ins.
    answers = render_template("participant/answers.html", parts=said, change_url=change_url)
    return make_response(page.replace(_STATE, visit.state).replace(_ANSWERS, answers))


def _answered(question: Question, answer: Answer) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (question, answer, what in the answer may tell who wrote it) for each field of a question."""
    read = answer.wish_for(question.code) is not Wish.COUNT
    written = answer.texts.get(question.code, "") if read else ""
    for asked, said in question_in_words(question, answer, language()):
        yield asked, said, _MARKER.giveaways(said) if said == written else ()


def _check_page_without_answers(link: str) -> str:
    return render_template(
        "participant/check.html", answers=_ANSWERS, state=_STATE, action=url_for("participant.send", link=link)
    )
