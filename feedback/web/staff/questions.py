"""What a planned survey asks, as each role reads it, in each language and in the programme's own words."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale

from feedback.domain.languages import Language, languages_with, spoken_language
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.duration import minutes_needed
from feedback.domain.survey.questionnaire_json import in_common_languages, with_words
from feedback.domain.survey.questionnaires import Questionnaire, Role, text_in
from feedback.domain.waves.states import NOT_OPENED
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import ProgrammeView, show_programme
from feedback.services.waves.find_questionnaires import questionnaires_to_ask
from feedback.services.waves.questions_left_out import questions_left_out, questions_of_wave
from feedback.services.waves.show_wave import WaveView, show_wave
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed
from forms.as_asked import PartInWords, parts_in_words
from forms.bank import STAGES, pair


@dataclass(frozen=True)
class ShownQuestionnaire:
    """One role's questions of a stage in one of the `languages` in which they can be asked.

    `own_version` is that of the programme's own questions, None if these are others; `left_out` are codes.
    """

    stage: str
    role: Role
    language: Language
    languages: tuple[Language, ...]
    title: str
    minutes: int
    own_version: int | None
    left_out: frozenset[str]
    parts: tuple[PartInWords, ...]


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the questions of the stage, the role and the language that the address names, or of the first of each."""
    session = runtime().session()
    programme = show_programme(session, programme_id)
    both = questionnaires_to_ask(session, programme_id, pair(chosen("stage", STAGES)))
    left_out = questions_left_out(session, programme_id, both)
    asked = in_common_languages({role: with_words(one, programme.words) for role, one in both.items()})
    return _page(programme, asked, left_out)


@allowed(*PLANNERS)
def of_wave(wave_id: int) -> ResponseReturnValue:
    """Show what a planned survey asks: its own copy, whatever was changed since it was planned."""
    session = runtime().session()
    wave = show_wave(session, wave_id, now=runtime().clock())
    asked = questions_of_wave(session, wave_id)
    is_ahead = wave.state in NOT_OPENED
    left_out = questions_left_out(session, wave.programme_id, asked) if is_ahead else {}
    return _page(show_programme(session, wave.programme_id), asked, left_out, wave)


def _page(
    programme: ProgrammeView,
    asked: Mapping[Role, Questionnaire],
    left_out: Mapping[Role, frozenset[str]],
    wave: WaveView | None = None,
) -> str:
    roles = tuple(role for role in Role if role in asked)
    role = Role(chosen("role", roles))
    return render_template(
        "staff/questions.html",
        programme=programme,
        wave=wave,
        shown=_in_words(asked[role], role, left_out.get(role, frozenset())),
        stages=STAGES,
        roles=roles,
    )


def _language(asked: Questionnaire) -> Language:
    offered = languages_with(asked.languages)
    return spoken_language(request.args.get("in") or str(get_locale()), offered)


def _in_words(asked: Questionnaire, role: Role, left_out: frozenset[str]) -> ShownQuestionnaire:
    language = _language(asked)
    with force_locale(language.code):
        parts = parts_in_words(asked, language.code)
    return ShownQuestionnaire(
        stage=asked.stage,
        role=role,
        language=language,
        languages=languages_with(asked.languages),
        title=text_in(asked.title, language.code),
        minutes=minutes_needed(asked),
        own_version=asked.own_version,
        left_out=left_out,
        parts=parts,
    )
