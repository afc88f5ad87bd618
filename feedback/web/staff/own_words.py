"""Where a programme says that help is, in its own words."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.reports.set_notice import name_help, show_help
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.own_words import HelpForm


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show the text as it is."""
    return _page(programme_id, HelpForm(data={"help_contacts": show_help(runtime().session(), programme_id)}))


@allowed(*PLANNERS)
def change(programme_id: int) -> ResponseReturnValue:
    """Show participants what was written; a text that is as before is left alone."""
    form, tools = HelpForm(), runtime()
    with accepted(form, lambda: _page(programme_id, form)):
        text = form.help_contacts.data or ""
        if text.replace("\r\n", "\n").strip() != show_help(tools.session(), programme_id):
            name_help(tools.session(), programme_id, text, now=tools.clock(), actor=member().actor)
    tell(_("Your words are saved."), _("Participants read them from now on. No email was sent."))
    return redirect(url_for(".programme", programme_id=programme_id), 303)


def _page(programme_id: int, form: HelpForm) -> str:
    programme = show_programme(runtime().session(), programme_id)
    return render_template("staff/own_words.html", programme=programme, form=form, errors=mistakes(form))
