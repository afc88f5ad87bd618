"""An organisation's own page: its name, and the logo that stands on its reports."""

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import LogoRefused, NotFound, PlanRefused
from feedback.domain.staff import StaffRole
from feedback.rendering.logos import draw_logo
from feedback.resources import templates_folder
from feedback.runtime import runtime
from feedback.services.programmes.set_organisation import rename_organisation, set_logo, show_organisation
from feedback.services.staff.manage_passkeys import show_passkeys, show_rule
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.programmes import OrganisationNameForm
from forms.staff import DemandPasskeysForm, DropLogoForm, LogoForm


@allowed(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """Show the organisation as its reports do."""
    return organisation_page()


@allowed(StaffRole.ADMINISTRATOR)
def rename() -> ResponseReturnValue:
    """Call the organisation by another name."""
    form, tools = OrganisationNameForm(), runtime()
    with accepted(form, lambda: organisation_page(name_form=form), PlanRefused, at=form.name):
        name = form.name.data or ""
        rename_organisation(tools.session(), member().organisation_id, name, now=tools.clock(), actor=member().actor)
    tell(_("Your organisation has its new name."), _("Emails and pages say it from now on. Nobody was told."))
    return redirect(url_for(".organisation"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def change() -> ResponseReturnValue:
    """Draw another logo, and put it in the place of the one before."""
    form = LogoForm()
    with accepted(form, lambda: organisation_page(logo_form=form), LogoRefused, at=form.file):
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


def organisation_page(
    *,
    name_form: OrganisationNameForm | None = None,
    logo_form: LogoForm | None = None,
    demand_form: DemandPasskeysForm | None = None,
) -> str:
    """Return the page, with what was sent of it and is wrong."""
    organisation = show_organisation(runtime().session(), member().organisation_id)
    name_form = name_form or OrganisationNameForm(formdata=None, data={"name": organisation.name})
    logo_form = logo_form or LogoForm(formdata=None)
    return render_template(
        "staff/organisation.html",
        organisation=organisation,
        name_form=name_form,
        form=logo_form,
        passkey_rule=show_rule(runtime().session(), member().organisation_id),
        has_passkey=bool(show_passkeys(runtime().session(), member().id)),
        demand_form=DemandPasskeysForm(formdata=None),
        refusals=[*logo_form.form_errors, *(demand_form.form_errors if demand_form else ())],
        drop_form=DropLogoForm(formdata=None),
        errors=(*mistakes(name_form), *mistakes(logo_form)),
    )
