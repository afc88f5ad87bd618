"""You said, we did: written in each language, read as participants will read it, and published."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import PlanRefused
from feedback.domain.staff import PLANNERS
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import show_programme
from feedback.services.reports.say_what_was_done import publish_said, show_said, write_said
from feedback.services.waves.show_wave import show_wave
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import mails_go_out, tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.own_words import PublishSaidForm, SaidForm


@allowed(*PLANNERS)
def show(programme_id: int) -> ResponseReturnValue:
    """Show what is written, in each language."""
    written = show_said(runtime().session(), programme_id).written
    return _page("staff/you_said.html", programme_id, SaidForm(data=dict(written)))


@allowed(*PLANNERS)
def write(programme_id: int) -> ResponseReturnValue:
    """Keep what was written, and go on to where it is read before it is published."""
    form, tools = SaidForm(), runtime()
    with accepted(form, lambda: _page("staff/you_said.html", programme_id, form)):
        write_said(tools.session(), programme_id, form.written, now=tools.clock(), actor=member().actor)
    return redirect(url_for(".check_said", programme_id=programme_id), 303)


@allowed(*PLANNERS)
def check(programme_id: int) -> ResponseReturnValue:
    """Show where it is read as participants will, and the button that publishes it."""
    mark = show_said(runtime().session(), programme_id).mark
    return _page("staff/you_said_check.html", programme_id, PublishSaidForm(formdata=None, data={"mark": mark}))


@allowed(*PLANNERS)
def publish(programme_id: int) -> ResponseReturnValue:
    """Show it to participants."""
    form, tools = PublishSaidForm(), runtime()

    def page() -> str:
        form.mark.data = show_said(tools.session(), programme_id).mark
        return _page("staff/you_said_check.html", programme_id, form)

    with accepted(form, page, PlanRefused):
        mark, tells = form.mark.data or "", bool(form.tells.data)
        now, actor = tools.clock(), member().actor
        is_new = publish_said(tools.session(), programme_id, mark, tells=tells, now=now, actor=actor)
    if is_new and tells:
        tell(_("It is published, and an email goes out."), _mails_go_out(programme_id))
    elif is_new:
        tell(_("It is published."), _("Participants read it from now on. No email was sent."))
    else:
        tell(_("It was published already."), _("Nothing was done a second time."))
    return redirect(url_for(".you_said", programme_id=programme_id), 303)


def _mails_go_out(programme_id: int) -> str:
    tools = runtime()
    telling, now = show_said(tools.session(), programme_id).telling, tools.clock()
    return mails_go_out(show_wave(tools.session(), telling.wave_id, now=now), now) if telling else ""


def _page(template: str, programme_id: int, form: SaidForm | PublishSaidForm) -> str:
    session = runtime().session()
    said = show_said(session, programme_id)
    programme = show_programme(session, programme_id)
    return render_template(template, programme=programme, said=said, form=form, errors=mistakes(form))
