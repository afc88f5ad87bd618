"""The sentence of its own with which the organisation begins an email of a survey."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from feedback.domain.errors import FeedbackError, SentenceRefused, WaveNotReady
from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import PLANNERS
from feedback.domain.waves.mails import SHOWN
from feedback.domain.waves.openings import may_be_changed
from feedback.runtime import runtime
from feedback.services.mail.write_openings import show_openings, write_openings
from feedback.services.waves.show_wave import WaveView, show_wave
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.mails import OpeningForm


@allowed(*PLANNERS)
def show(wave_id: int, mail: str) -> ResponseReturnValue:
    """Show the sentence in each language, as it is now."""
    return _page(wave_id, mail, OpeningForm(data=show_openings(runtime().session(), wave_id, mail)))


@allowed(*PLANNERS)
def write(wave_id: int, mail: str) -> ResponseReturnValue:
    """Have the email begin with what was written."""
    form, tools = OpeningForm(), runtime()

    def field(refusal: FeedbackError) -> Field | None:
        return form[str(refusal.values["language"])] if "language" in refusal.values else None

    with accepted(form, lambda: _page(wave_id, mail, form), SentenceRefused, WaveNotReady, at=field):
        write_openings(tools.session(), wave_id, mail, form.written, now=tools.clock(), actor=member().actor)
    tell(_("The email begins as you wrote."), _("Below you read it as people will. Nothing was sent."))
    shown: Any = {"wave_id": wave_id, "shown": mail, "in": _first_written(form)}
    return redirect(url_for(".emails", **shown, _anchor=mail), 303)


def changeable(wave: WaveView) -> frozenset[str]:
    """Return the names of the emails of a wave whose first sentence can still be changed."""
    return frozenset(str(mail) for mail in SHOWN if may_be_changed(mail, wave.state))


def _first_written(form: OpeningForm) -> str | None:
    return next((code for code, text in form.written.items() if text.strip()), None)


def _page(wave_id: int, mail: str, form: OpeningForm) -> str:
    tools = runtime()
    show_openings(tools.session(), wave_id, mail)
    wave = show_wave(tools.session(), wave_id, now=tools.clock())
    return render_template(
        "staff/opening.html",
        wave=wave,
        mail=mail,
        form=form,
        languages_of_mails=LANGUAGES,
        may_change=mail in changeable(wave),
        errors=mistakes(form),
    )
