"""The emails of a survey as each role would read them, in each language, and a test to oneself before any is sent."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from feedback.domain.errors import ResendRefused
from feedback.domain.languages import LANGUAGES, spoken_language
from feedback.domain.staff import PLANNERS
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.mails import SHOWN
from feedback.runtime import runtime
from feedback.sender import sender_settings_of
from feedback.services.mail.preview_mails import MailReader, preview_mails
from feedback.services.mail.try_mails import ask_for_trial
from feedback.services.waves.show_wave import show_wave
from feedback.web.staff.choosing import chosen
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.openings import changeable
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted
from forms.mails import TryEmailsForm


@allowed(*PLANNERS)
def show(wave_id: int) -> ResponseReturnValue:
    """Show the emails to the role and in the language that the address names, or to the first role in this language."""
    role, language = chosen("role", tuple(Role)), spoken_language(request.args.get("in") or str(get_locale()))
    return _page(wave_id, TryEmailsForm(role=role, written_in=language.code, formdata=None))


@allowed(*PLANNERS)
def send_to_oneself(wave_id: int) -> ResponseReturnValue:
    """Have the emails that are shown sent to who is signed in; the form names no address."""
    form, tools = TryEmailsForm(), runtime()
    with accepted(form, lambda: _page(wave_id, form), ResendRefused):
        role, language = form.shown[0], spoken_language(form.shown[1])
        ask_for_trial(tools.session(), wave_id, member().id, role, language, now=tools.clock())
    address = member().email
    tell(
        _("A test of each email is on its way to %(address)s.", address=address),
        _("Each says “Test” in its subject. Its links open these pages, and no participant is sent anything."),
    )
    shown: Any = {"wave_id": wave_id, "role": role, "in": language.code}
    return redirect(url_for(".emails", **shown), 303)


def _page(wave_id: int, form: TryEmailsForm) -> str:
    tools, role, language = runtime(), form.shown[0], spoken_language(form.shown[1])
    settings = sender_settings_of(tools.settings)
    reader = MailReader(member().name, role, language)
    wave = show_wave(tools.session(), wave_id, now=tools.clock())
    return render_template(
        "staff/emails.html",
        wave=wave,
        mails=preview_mails(tools.session(), wave_id, reader, sender_settings=settings),
        form=form,
        roles=tuple(Role),
        role=role,
        spoken_in=language,
        languages_of_mails=LANGUAGES,
        own_address=member().email,
        changeable=changeable(wave),
        shown=chosen("shown", SHOWN),
    )
