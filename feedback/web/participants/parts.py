"""How a part of the survey looks: drawn once with every question, and what was filled in put in.

Only a part that is not complete yet is drawn anew, with what is wrong.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Response, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from wtforms import Form

from feedback.domain.links import to_address
from feedback.domain.support import help_lines
from feedback.domain.survey.answers import UNSAID_WISH, tidied
from feedback.domain.survey.drafts import Draft, fields_of, wish_field
from feedback.domain.survey.kinds import filled_code
from feedback.domain.survey.next_page import PartPage
from feedback.domain.survey.questionnaires import Question, Section, Theme, text_in
from feedback.locales.moments import closing
from feedback.runtime import runtime
from feedback.services.waves.known_surveys import Survey
from feedback.services.waves.submit_response import OpenLink
from feedback.web.participants.cached_pages import CachedPage, cached, filled_up, hole, padded, size_of
from feedback.web.participants.page_state import hidden_fields
from forms.questionnaire import asked_in_words, build_form, fill_form

CHECKED = "checked"
UNCHECKED = " " * len(CHECKED)
FOCUSED = "autofocus"
UNFOCUSED = " " * len(FOCUSED)
_NAME = re.compile(r'\bname="([^"]+)"')
_PAGE_FIELDS = ("link", "state", "draft", "begun", "until", "closing", "lost", "contact", "email", "help")
_LAST_HOUR = timedelta(hours=1)

Mark = Callable[[str, str, bool], str]
"""Says of a choice, by its field and code, whether it is made: an attribute, or a hole for one.

Of no choice but a field, whether it is left open ("no.…"), or the page begins at it ("at.…").
"""


@dataclass(frozen=True)
class ShownQuestion:
    """One question as the page shows it, with its form fields and how choices are marked.

    `hint` is None if there is none, or if it stands at an earlier question, which then has the id `hint_id`.
    """

    text: str
    hint: str | None
    hint_id: str | None
    kind: str
    fields: tuple[Any, ...]
    asides: tuple[str, ...]
    asks_of_harm: bool
    reader: str | None
    mark: Mark


@dataclass(frozen=True)
class Conditional:
    """A question that not everybody is asked, and what stands in its place: as long, and sending as much."""

    asked: CachedPage
    absent: Markup


@dataclass(frozen=True)
class CachedPart:
    """A part's page. `blank` is what stands in its holes where nothing is filled in."""

    page: CachedPage
    blank: Mapping[str, str]
    conditional: Mapping[str, Conditional]
    nothing: tuple[Markup, Markup]
    lost: tuple[Markup, Markup]


def show_part(page: PartPage, opened: OpenLink, language: str) -> Response:
    """Return a part's page; what is wrong with it makes it a 422."""
    part = cached_part(opened.survey, page, language)
    page_fields = _page_fields(page, part, opened, language)
    if page.judged:
        return _show_judged(page, opened.survey, language, page_fields)
    values = {**part.blank, **_filled_in(page, part.blank), **page_fields}
    values["nothing"] = part.nothing[bool(page.part.questions)]
    values |= {f"at.{question.fields[0]}.": FOCUSED for question in page.part.questions if question.code == page.at}
    asked = {question.code for question in page.part.questions}
    for code, question in part.conditional.items():
        values[f"question.{code}"] = question.asked.filled(values) if code in asked else question.absent
    return Response(padded(part.page.filled(values)))


def _page_fields(page: PartPage, part: CachedPart, opened: OpenLink, language: str) -> dict[str, str]:
    right = opened.right
    items = Markup().join(Markup("<li><bdi>{}</bdi></li>").format(line) for line in help_lines(right.help_contacts))
    return {
        "link": to_address(opened.secret),
        **hidden_fields(opened, page.draft),
        "begun": "yes" if page.draft.values else "not",
        "until": right.closes_at.isoformat(),
        "closing": _closing(opened, language),
        "lost": part.lost[bool(page.filled.values)] if page.lost else "",
        "contact": escape(right.contact_name),
        "email": escape(right.contact_email),
        "help": Markup("<ul>{}</ul>").format(items) if items else Markup(),
    }


def _closing(opened: OpenLink, language: str) -> Markup:
    """Return, in the last hour, at what time the survey closes: the same work and as many bytes for everybody."""
    closes_at, survey = opened.right.closes_at, opened.survey
    if closes_at - runtime().clock() > _LAST_HOUR:
        return Markup()
    told = _(
        "This survey closes soon. It is open until %(closes)s.", closes=closing(closes_at, survey.time_zone, language)
    )
    lost = _("Anything you have not sent by then is lost.")
    earlier = _("The survey may also close earlier.") if survey.may_close_early else ""
    return Markup('<p class="note"><strong>{}</strong> {} {}</p>').format(told, lost, earlier)


def _filled_in(page: PartPage, blank: Mapping[str, str]) -> dict[str, str]:
    filled: dict[str, str] = {}
    wishes = {wish_field(one.code): (str(UNSAID_WISH),) for one in page.part.questions if not one.closed}
    for name, said in {**wishes, **page.filled.values}.items():
        if (text := f"text.{name}") in blank:
            filled[text] = escape(tidied(said[0]))
        # What is chosen is not left open.
        filled[f"no.{name}."] = UNCHECKED
        for code in said:
            filled |= {f"yes.{name}.{code}": CHECKED, f"no.{name}.{code}": UNCHECKED}
    return filled


def _show_judged(page: PartPage, survey: Survey, language: str, page_fields: Mapping[str, str]) -> Response:
    form, conditional = _form(page, survey, language), cached_part(survey, page, language).conditional
    form.validate()
    shown = _shown(page.part.questions, form, survey, language, _marked)
    every = survey.questionnaire.questions_in(page.part.code)
    questions = [shown.get(one.code) or conditional[one.code].absent for one in every]
    drawn = _draw_part(page, survey, language, questions=questions, form=form, page_fields=page_fields)
    return Response(padded(drawn), 422)


def cached_part(survey: Survey, page: PartPage, language: str) -> CachedPart:
    """Return the page of a part without anything filled in; it differs where one came back from the check."""
    return cached(
        survey, f"part {page.part.code} {page.checking}", language, partial(_draw_cached, survey, page, language)
    )


def _draw_cached(survey: Survey, page: PartPage, language: str) -> CachedPart:
    every = survey.questionnaire.questions_in(page.part.code)
    empty = Draft({name: (hole(f"text.{name}"),) for question in every for name in fields_of(question)})
    form = _form(replace(page, part=replace(page.part, questions=every), filled=empty), survey, language)
    page_fields = {name: hole(name) for name in _PAGE_FIELDS}
    shown = _shown(every, form, survey, language, _hole_for)
    conditional = {q.code: _draw_question(shown[q.code], page_fields) for q in every if q.shown_when}
    pieces: list[Any] = [Markup(hole("nothing"))] if len(conditional) == len(every) else []  # noqa: S704
    pieces += [Markup(hole(f"question.{code}")) if code in conditional else one for code, one in shown.items()]  # noqa: S704
    drawn = CachedPage(_draw_part(page, survey, language, questions=pieces, form=form, page_fields=page_fields))
    holes = drawn.holes.union(*(one.holes for one in conditional.values()))
    blank = {name: _BLANK[kind] for name in holes if (kind := name.partition(".")[0]) in _BLANK}
    absent = {code: _conditional(one, blank, page_fields) for code, one in conditional.items()}
    return CachedPart(drawn, blank, absent, _nothing_asked(), _lost())


def _nothing_asked() -> tuple[Markup, Markup]:
    """Return the sentence of a part that asks nothing, and something as long for one that asks."""
    said = Markup("<p>{}</p>").format(_("There is nothing to ask you here, after your earlier answers."))
    return said, filled_up(Markup(), size_of(said))


def _lost() -> tuple[Markup, Markup]:
    """Return what is said of a page that could not be read, and that of one of which this part is still here."""
    said = (
        _("What you filled in could not be read, and nothing was sent. Please fill it in once more."),
        _("What you filled in on other parts could not be read. What you filled in on this part is still here."),
    )
    everything, others = (Markup('<p class="note" role="status">{}</p>').format(one) for one in said)
    return everything, others


_BLANK = {"text": "", "yes": UNCHECKED, "no": CHECKED, "at": UNFOCUSED}


def _draw_question(shown: ShownQuestion, page_fields: Mapping[str, str]) -> CachedPage:
    return CachedPage(render_template("participant/question.html", question=shown, **page_fields))


def _conditional(asked: CachedPage, blank: Mapping[str, str], page_fields: Mapping[str, str]) -> Conditional:
    drawn = asked.filled({**blank, **page_fields})
    names = dict.fromkeys(_NAME.findall(drawn))
    sent = Markup('<input type="hidden" name="{}" value="{}">')
    hidden = Markup().join(sent.format(name, filled_code("")) for name in names)
    return Conditional(asked, filled_up(hidden, size_of(drawn)))


def _hole_for(name: str, code: str, _is_made: bool) -> str:  # as templates call it
    return hole(f"{name}.{code}")


def _marked(_name: str, _code: str, is_made: bool) -> str:  # as templates call it
    return CHECKED if is_made else UNCHECKED


def _form(page: PartPage, survey: Survey, language: str) -> Form:
    build = partial(build_form, survey.questionnaire, page.part.code, language)
    return fill_form(cached(survey, f"form {page.part.code}", language, build), page.part.questions, page.filled)


def _draw_part(
    page: PartPage, survey: Survey, language: str, *, questions: list[Any], form: Form, page_fields: Mapping[str, str]
) -> str:
    section: Section = page.part.section
    return render_template(
        "participant/part.html",
        organisation=survey.organisation,
        programme=survey.programme,
        title=text_in(section.title, language),
        part=section.code,
        number=page.number,
        count=page.count,
        checking=page.checking,
        unsaid={code for question in survey.questionnaire.questions for code in question.unsaid},
        questions=questions,
        errors=_errors(page, form, language),
        action=url_for("participant.answer", link=page_fields["link"]),
        **page_fields,
    )


def _shown(
    questions: Iterable[Question], form: Form, survey: Survey, language: str, mark: Mark
) -> dict[str, ShownQuestion]:
    """Return the questions by their codes; a hint that several share stands once, at the first that all are asked."""
    shown, ids = {}, dict[str, str]()
    for question in questions:
        hint, own_id = text_in(question.hint, language) if question.hint else "", f"{question.code}-hint"
        hint_id = ids.get(hint) or own_id if hint else None
        if hint and not question.shown_when:
            ids.setdefault(hint, own_id)
        shown[question.code] = ShownQuestion(
            text=text_in(question.text, language),
            hint=hint if hint_id == own_id else None,
            hint_id=hint_id,
            kind=question.kind.code,
            fields=tuple(form[name] for name in fields_of(question)),
            asides=question.asides,
            asks_of_harm=question.theme is Theme.HARM,
            reader=survey.reviewer_name,
            mark=mark,
        )
    return shown


def _errors(page: PartPage, form: Form, language: str) -> list[tuple[str, str, str]]:
    return [
        (form[name].id, asked_in_words(question, form[name].label.text, language), str(message))
        for question in page.part.questions
        for name in fields_of(question)
        for message in form[name].errors
    ]
