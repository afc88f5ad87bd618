"""What a planned survey asks, as each role reads it, in each language and in the programme's own words."""

from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale

from feedback.domain.languages import Language, languages_with, spoken_language
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.questionnaire_json import with_words
from feedback.domain.survey.questionnaires import Questionnaire, Role, text_in
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.waves.questions_left_out import questions_left_out
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed
from forms.as_asked import PartInWords, parts_in_words
from forms.bank import STAGES, pair


@dataclass(frozen=True)
class ShownQuestionnaire:
    """One role's questions of a stage in one of the `languages` in which they can be asked."""

    stage: str
    role: Role
    language: Language
    languages: tuple[Language, ...]
    title: str
    minutes: int
    parts: tuple[PartInWords, ...]


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the questions of the stage, the role and the language that the address names, or of the first of each."""
    programme = show_programme(runtime().session(), programme_id)
    stage = chosen("stage", STAGES)
    role = Role(chosen("role", tuple(Role)))
    both = pair(stage)
    asked = with_words(both[role], programme.words)
    left_out = questions_left_out(runtime().session(), programme_id, both)
    return render_template(
        "staff/questions.html",
        programme=programme,
        shown=_in_words(asked, role, _language(asked)),
        left_out=left_out.get(role, frozenset()),
        stages=STAGES,
        roles=tuple(Role),
    )


def _language(asked: Questionnaire) -> Language:
    offered = languages_with(asked.languages)
    return spoken_language(request.args.get("in") or str(get_locale()), offered)


def _in_words(asked: Questionnaire, role: Role, language: Language) -> ShownQuestionnaire:
    with force_locale(language.code):
        parts = parts_in_words(asked, language.code)
    return ShownQuestionnaire(
        stage=asked.stage,
        role=role,
        language=language,
        languages=languages_with(asked.languages),
        title=text_in(asked.title, language.code),
        minutes=minutes_needed(asked),
        parts=parts,
    )
