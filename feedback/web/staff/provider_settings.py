"""By which provider an organisation's staff sign in, as administrators say it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import AccessRefused, ProviderRefused
from feedback.domain.staff import StaffRole
from feedback.runtime import runtime
from feedback.services.staff.set_provider import demand_provider, remove_provider, set_provider, show_provider
from feedback.web.staff.guards import allowed, member, signed_in
from feedback.web.staff.outcomes import tell
from feedback.web.staff.provider_browser import redirect_uri
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.providers import DemandProviderForm, ProviderForm, RemoveProviderForm


@allowed(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """Show the provider as it is, never its secret."""
    return _page()


@allowed(StaffRole.ADMINISTRATOR)
def change() -> ResponseReturnValue:
    """Take a provider that answers."""
    form, tools = ProviderForm(), runtime()
    with accepted(form, lambda: _page(form), ProviderRefused):
        was_only_way = set_provider(
            tools.session(),
            tools.keys,
            tools.providers,
            member(),
            issuer=form.issuer.data,
            client_id=form.client_id.data,
            secret=form.secret.data or "",
            redirect_uri=redirect_uri(member().organisation_id),
            now=tools.clock(),
        )
    if was_only_way:
        tell(
            _("Your people can sign in there now."),
            _(
                "It is not the only way any more: sign in there yourself, to see that it works, and make it the only "
                "way again."
            ),
        )
    else:
        tell(_("Your people can sign in there now."), _("Connect your own account first, and try it."))
    return redirect(url_for(".provider_settings"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def demand() -> ResponseReturnValue:
    """Make the provider the only way in, or one of several."""
    form = DemandProviderForm()
    with accepted(form, lambda: _page(None, form), AccessRefused):
        demands = form.demands.data == "yes"
        demand_provider(runtime().session(), signed_in(), demands=demands, now=runtime().clock())
        if demands:
            tell(_("Your people sign in there only from now on."), _("Whoever is signed in otherwise goes on there."))
        else:
            tell(_("Your people can sign in with an emailed link or a passkey again."))
    return redirect(url_for(".provider_settings"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def remove() -> ResponseReturnValue:
    """Let nobody sign in by it any more."""
    form = RemoveProviderForm()
    with accepted(form, lambda: _page(None, form)):
        remove_provider(runtime().session(), member(), now=runtime().clock())
        tell(_("Nobody signs in there any more."), _("Everybody gets an emailed link again."))
    return redirect(url_for(".provider_settings"), 303)


def _page(form: ProviderForm | None = None, sent: DemandProviderForm | RemoveProviderForm | None = None) -> str:
    known = show_provider(runtime().session(), member().organisation_id)
    data = {"issuer": known.issuer, "client_id": known.client_id} if known else {}
    form = form or ProviderForm(formdata=None, data=data)
    remove_form = sent if isinstance(sent, RemoveProviderForm) else RemoveProviderForm(formdata=None)
    return render_template(
        "staff/provider_settings.html",
        provider=known,
        form=form,
        demand_form=DemandProviderForm(formdata=None),
        remove_form=remove_form,
        redirect_uri=redirect_uri(member().organisation_id),
        errors=(*mistakes(form), *mistakes(remove_form)),
        refusals=[*form.form_errors, *(sent.form_errors if sent else ())],
    )
