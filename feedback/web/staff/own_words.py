"""What a programme tells its participants in its own words: what was done since, and where to find help."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.reports.set_notice import name_help, say_what_was_done, show_notice
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.staff import OwnWordsForm


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show both texts as they are."""
    form = OwnWordsForm()
    form.you_said.data, form.help_contacts.data = show_notice(runtime().session(), programme_id)
    return _page(programme_id, form)


@allowed(*PLANNERS)
def change(programme_id: int) -> ResponseReturnValue:
    """Show participants what was written; a text that is as before is left alone."""
    form, tools = OwnWordsForm(), runtime()
    with accepted(form, lambda: _page(programme_id, form)):
        before = show_notice(tools.session(), programme_id)
        sent = ((say_what_was_done, form.you_said.data or ""), (name_help, form.help_contacts.data or ""))
        for (act, text), former in zip(sent, before, strict=True):
            if text.replace("\r\n", "\n").strip() != former:
                act(tools.session(), programme_id, text, now=tools.clock(), actor=member().actor)
    tell(_("Your words are saved."), _("Participants read them from now on. No email was sent."))
    return redirect(url_for(".programme", programme_id=programme_id), 303)


def _page(programme_id: int, form: OwnWordsForm) -> str:
    programme = show_programme(runtime().session(), programme_id)
    return render_template("staff/own_words.html", programme=programme, form=form, errors=mistakes(form))
