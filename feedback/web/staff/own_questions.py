"""A question of a programme's own: written, changed, deleted, and what it means for the languages of the survey."""

from collections.abc import Callable, Iterable

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from feedback.domain.errors import NotFound, QuestionnaireRefused, QuestionsChanged
from feedback.domain.languages import Language, spoken_language
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.own_questionnaires import OwnQuestionnaires, own_code, with_question
from feedback.domain.survey.questionnaires import Question, Role, Theme, text_in
from feedback.reporting.words import stage_name, theme_name
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import ProgrammeView, show_programme
from feedback.services.waves.change_questions import add_question, check_seen, drop_question, replace_question
from feedback.services.waves.find_questionnaires import KnownQuestions
from feedback.web.staff.change_questions import known_at, say_saved, seen, show_version, wished_stage
from feedback.web.staff.guards import allowed
from feedback.web.staff.listed_questions import doubts_in_words, languages_of, sections_of, speaker_of
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.bank import STAGES, pair
from forms.own_questions import DropQuestionForm, OwnQuestionForm, scales

_REFUSALS = (QuestionnaireRefused, QuestionsChanged)


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Show the empty form."""
    form = _offered(OwnQuestionForm(formdata=None), programme_id, is_new=True)
    form.roles.data = [role.value for role in Role]
    return _page(programme_id, form)


@allowed(*PLANNERS)
def add(programme_id: int) -> ResponseReturnValue:
    """Ask the question from now on, at this stage and at those that were ticked."""

    def save(form: OwnQuestionForm) -> None:
        stages = [wished_stage(), *(stage for stage in form.also.data or () if stage != wished_stage())]
        question, roles = form.question(own_code(1)), form.asked_roles
        add_question(runtime().session(), [*map(pair, stages)], question, roles, seen(programme_id, form))

    return _save(programme_id, _offered(OwnQuestionForm(), programme_id, is_new=True), save)


@allowed(*PLANNERS)
def one(programme_id: int, number: int) -> ResponseReturnValue:
    """Show a question as it is, to be changed."""
    return _page(programme_id, _shown(programme_id, number), number)


@allowed(*PLANNERS)
def change(programme_id: int, number: int) -> ResponseReturnValue:
    """Change a question, at every stage at which it is asked in the same words."""

    def save(form: OwnQuestionForm) -> None:
        former, _roles = _found(programme_id, number)
        stages = [wished_stage(), *(stage for stage in STAGES if stage != wished_stage())]
        question, roles = form.question(own_code(number), former), form.asked_roles
        replace_question(runtime().session(), [*map(pair, stages)], question, roles, seen(programme_id, form))

    return _save(programme_id, _offered(OwnQuestionForm(), programme_id), save, number)


@allowed(*PLANNERS)
def drop(programme_id: int, number: int) -> ResponseReturnValue:
    """Delete a question, if that was ticked."""
    form = DropQuestionForm()
    with accepted(form, lambda: _page(programme_id, _shown(programme_id, number), number, drop_form=form), *_REFUSALS):
        _found(programme_id, number)
        drop_question(runtime().session(), pair(wished_stage()), own_code(number), seen(programme_id, form))
        say_saved(form.version.data, _known(programme_id).version)
    return _back(programme_id)


def _save(
    programme_id: int, form: OwnQuestionForm, save: Callable[[OwnQuestionForm], None], number: int | None = None
) -> ResponseReturnValue:
    """Save what was filled in, unless a language is lost by it of which nothing has been said yet."""
    with accepted(form, lambda: _page(programme_id, form, number), *_REFUSALS, at=form.field_of):
        check_seen(runtime().session(), pair(wished_stage()), seen(programme_id, form))
        lost = _lost(programme_id, form, number)
        codes = ",".join(language.code for language in lost)
        if lost and form.without.data != codes:
            form.without.data = codes
            return _page(programme_id, form, number, lost=lost)
        before = form.version.data
        save(form)
        say_saved(before, _known(programme_id).version)
    return _back(programme_id)


def _lost(programme_id: int, form: OwnQuestionForm, number: int | None) -> tuple[Language, ...]:
    """Return the languages in which the survey could no longer be offered, for want of a translation of this."""
    known, programme = _known(programme_id), show_programme(runtime().session(), programme_id)
    question = form.question(own_code(number or 1))
    if question.code in known.own.off:
        return ()
    others = OwnQuestionnaires(known.own.known, known.own.off | {question.code})
    before = languages_of(others.asked(1).values(), programme)
    after = languages_of(with_question(known.own, question, form.asked_roles).asked(1).values(), programme)
    return tuple(language for language in before if language not in after)


def _known(programme_id: int) -> KnownQuestions:
    return known_at(programme_id, pair(wished_stage()))


def _found(programme_id: int, number: int) -> tuple[Question, tuple[Role, ...]]:
    versions = _known(programme_id).own.versions_of(own_code(number))
    if not versions:
        raise NotFound("There is no such question. Go back to the list of questions.")
    return next(iter(versions.values())), tuple(versions)


def _shown(programme_id: int, number: int) -> OwnQuestionForm:
    """Return the form filled in with a question as it is."""
    form = _offered(OwnQuestionForm(formdata=None), programme_id)
    form.show(*_found(programme_id, number))
    return form


def _offered(form: OwnQuestionForm, programme_id: int, *, is_new: bool = False) -> OwnQuestionForm:
    say = speaker_of(show_programme(runtime().session(), programme_id))
    language = spoken_language(str(get_locale())).code
    form.offer(
        sections=[(one.code, say(one.title)) for one in sections_of(_known(programme_id).own.known.values())],
        themes=[
            (Theme.OTHER, _("Something else")),
            *((one, theme_name(one)) for one in Theme if one is not Theme.OTHER),
        ],
        answers=[
            (name, " · ".join(text_in(option.text, language) for option in options))
            for name, (options, _order) in scales().items()
        ],
        stages=[(stage, stage_name(stage)) for stage in STAGES if stage != wished_stage()] if is_new else (),
    )
    return form


def _back(programme_id: int) -> ResponseReturnValue:
    return redirect(url_for(".ask_questions", programme_id=programme_id, stage=wished_stage()), 303)


def _page(
    programme_id: int,
    form: OwnQuestionForm,
    number: int | None = None,
    *,
    lost: Iterable[Language] = (),
    drop_form: DropQuestionForm | None = None,
) -> str:
    known, programme = _known(programme_id), show_programme(runtime().session(), programme_id)
    drop_form = drop_form or DropQuestionForm(formdata=None)
    for sent in (form, drop_form):
        show_version(sent, known.version)
    return render_template(
        "staff/own_question.html",
        programme=programme,
        stage=wished_stage(),
        number=number,
        form=form,
        drop_form=drop_form,
        lost=tuple(lost),
        refusals=(*form.form_errors, *drop_form.form_errors),
        errors=(*mistakes(form), *mistakes(drop_form)),
        doubts=() if number is None else doubts_in_words(_found(programme_id, number)[0]),
        elsewhere=_elsewhere(programme, number),
    )


def _elsewhere(programme: ProgrammeView, number: int | None) -> list[str]:
    """Return at which other stages a question is known."""
    if number is None:
        return []
    others = [stage for stage in STAGES if stage != wished_stage()]
    return [stage for stage in others if known_at(programme.id, pair(stage)).own.versions_of(own_code(number))]
