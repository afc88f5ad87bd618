"""The emails of a survey as each role would read them, in each language, before anything is sent."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from feedback.domain.languages import LANGUAGES, spoken_language
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.questionnaires import Role
from feedback.runtime import runtime
from feedback.sender import sender_settings_of
from feedback.services.mail.preview_mails import preview_mails
from feedback.services.waves.show_wave import show_wave
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed, member


@allowed(*PLANNERS)
def show(wave_id: int) -> ResponseReturnValue:
    """Show the emails to the role and in the language that the address names, or to the first role in this language."""
    tools = runtime()
    role = Role(chosen("role", tuple(Role)))
    language = spoken_language(request.args.get("in") or str(get_locale()))
    mails = preview_mails(
        tools.session(),
        wave_id,
        role,
        language,
        addressee=member().name,
        sender_settings=sender_settings_of(tools.settings),
    )
    return render_template(
        "staff/emails.html",
        wave=show_wave(tools.session(), wave_id, now=tools.clock()),
        mails=mails,
        roles=tuple(Role),
        role=role,
        spoken_in=language,
        languages_of_mails=LANGUAGES,
    )
