"""An organisation's own page: its name, and the logo that stands on its reports."""

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import LogoRefused, NotFound
from feedback.domain.staff import StaffRole
from feedback.rendering.logos import draw_logo
from feedback.resources import templates_folder
from feedback.runtime import runtime
from feedback.services.programmes.set_organisation import set_logo, show_organisation
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.staff import DropLogoForm, LogoForm


@allowed(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """Show the organisation as its reports do."""
    return _page(LogoForm(formdata=None))


@allowed(StaffRole.ADMINISTRATOR)
def change() -> ResponseReturnValue:
    """Draw another logo, and put it in the place of the one before."""
    form = LogoForm()
    with accepted(form, lambda: _page(form), LogoRefused, at=form.file):
        _set(draw_logo(form.file.data.read(), templates_folder()))
    tell(_("Reports show this logo from now on."), _("Also those that are published already."))
    return redirect(url_for(".organisation"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def drop() -> ResponseReturnValue:
    """Take the logo away."""
    with accepted(DropLogoForm()):
        _set(None)
    tell(_("Reports show no logo from now on."))
    return redirect(url_for(".organisation"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def logo() -> Response:
    """Return the logo, as this service has drawn it."""
    found = show_organisation(runtime().session(), member().organisation_id).logo
    if found is None:
        raise NotFound("Your organisation has no logo.")
    return Response(found, mimetype="image/png")


def _set(png: bytes | None) -> None:
    tools = runtime()
    set_logo(tools.session(), member().organisation_id, png, now=tools.clock(), actor=member().actor)


def _page(form: LogoForm) -> str:
    return render_template(
        "staff/organisation.html",
        organisation=show_organisation(runtime().session(), member().organisation_id),
        form=form,
        drop_form=DropLogoForm(formdata=None),
        errors=mistakes(form),
    )
