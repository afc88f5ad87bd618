"""Change what a programme asks at a stage: switch questions off and on, or go back to ours."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import QuestionnaireRefused, QuestionsChanged
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.own_questionnaires import number_of
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.change_questions import Seen, switch_questions, use_ours_again
from feedback.services.waves.find_questionnaires import KnownQuestions, known_questions
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.listed_questions import listed_questions
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.bank import STAGES, pair
from forms.questions import ChangeQuestionsForm, OursAgainForm, SeenQuestionsForm


def wished_stage() -> str:
    """Return the stage that the address names, or the first."""
    return chosen("stage", STAGES)


def known_at(programme_id: int, ours: dict[Role, Questionnaire]) -> KnownQuestions:
    """Return what a programme asks at a stage."""
    return known_questions(runtime().session(), programme_id, ours)


@allowed(*PLANNERS)
def ask(programme_id: int) -> ResponseReturnValue:
    """Show all questions of the stage that the address names, each to be ticked."""
    return _page(programme_id)


@allowed(*PLANNERS)
def send(programme_id: int) -> ResponseReturnValue:
    """Ask what is ticked from now on, and nothing else."""
    form, tools, ours = ChangeQuestionsForm(), runtime(), pair(wished_stage())
    with accepted(form, lambda: _page(programme_id, form), QuestionnaireRefused, QuestionsChanged):
        off = form.off(known_at(programme_id, ours).own.off)
        version = switch_questions(tools.session(), ours, off, seen(programme_id, form), moving=_moving())
        say_saved(form.version.data, version)
    return redirect(url_for(".ask_questions", programme_id=programme_id, stage=wished_stage()), 303)


@allowed(*PLANNERS)
def reset(programme_id: int) -> ResponseReturnValue:
    """Ask ours again, if that was ticked."""
    form, tools, stage = OursAgainForm(), runtime(), wished_stage()
    with accepted(form, lambda: _page(programme_id, reset_form=form), QuestionsChanged):
        use_ours_again(tools.session(), pair(stage), seen(programme_id, form))
        tell(
            _("The standard questions are asked again."),
            _("Surveys that are planned already keep their questions."),
        )
    return redirect(url_for(".ask_questions", programme_id=programme_id, stage=stage), 303)


def seen(programme_id: int, form: SeenQuestionsForm) -> Seen:
    """Return who changes which version now."""
    return Seen(programme_id, form.version.data, runtime().clock(), member().actor)


def show_version(form: SeenQuestionsForm, version: int) -> None:
    """Let a form be about the version that is shown, if it is new or was refused; else it stays about what was seen.

    A mistake in it must not hide that somebody else has changed the questions meanwhile.
    """
    if form.version.data is None or form.form_errors:
        form.version.raw_data, form.version.data = None, version


def _moving() -> tuple[str, bool] | None:
    """Return the question that the button which was pressed moves, and whether it goes up."""
    way, _dash, code = request.form.get("go", "").partition("-")
    return (code, way == "up") if way in {"up", "down"} and number_of(code) is not None else None


def say_saved(before: int, version: int) -> None:
    """Keep for the next page what was saved, and whom it concerns."""
    if before == version:
        tell(_("Nothing was changed."))
        return
    tell(
        _("The questions are saved as version %(number)s.", number=version),
        _("Surveys that you plan from now on ask them. Surveys that are planned already keep their questions."),
    )


def _page(
    programme_id: int, form: ChangeQuestionsForm | None = None, *, reset_form: OursAgainForm | None = None
) -> str:
    stage = wished_stage()
    ours = pair(stage)
    known = known_at(programme_id, ours)
    programme = show_programme(runtime().session(), programme_id)
    sent = form or reset_form
    ticked, again = form or ChangeQuestionsForm(formdata=None), reset_form or OursAgainForm(formdata=None)
    for one in (ticked, again):
        show_version(one, known.version)
    return render_template(
        "staff/change_questions.html",
        programme=programme,
        stage=stage,
        stages=STAGES,
        known=known,
        listed=listed_questions(known, programme, off=form.off(known.own.off) if form else known.own.off),
        form=ticked,
        reset_form=again,
        refusals=() if sent is None else sent.form_errors,
        errors=() if sent is None else mistakes(sent),
    )
