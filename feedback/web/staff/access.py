"""People with access: administrators list and invite them, change what they may do, and take their access away."""

from typing import TypeVar

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import AccessRefused, AddressRefused, NameRefused
from feedback.domain.staff import StaffRole
from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import list_programmes
from feedback.services.staff.end_duties import comments_to_read
from feedback.services.staff.manage_access import (
    PersonWithAccess,
    change_role,
    give_access,
    limit_access,
    people_with_access,
    person_with_access,
    take_access,
)
from feedback.services.staff.manage_passkeys import show_passkeys
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.staff import (
    ChangeRoleForm,
    GiveAccessForm,
    LimitAccessForm,
    RemovePasskeysForm,
    StaffForm,
    TakeAccessForm,
)


@allowed(StaffRole.ADMINISTRATOR)
def everybody() -> ResponseReturnValue:
    """List who has access, with a form that gives it to somebody else."""
    return _list(_offering(GiveAccessForm(formdata=None)))


@allowed(StaffRole.ADMINISTRATOR)
def give() -> ResponseReturnValue:
    """Give somebody access; they are told by mail."""
    form, tools = _offering(GiveAccessForm()), runtime()
    with accepted(form, lambda: _list(form), AddressRefused, AccessRefused, NameRefused, at=form.email):
        give_access(
            tools.session(),
            member(),
            name=form.name.data,
            email=form.email.data,
            role=StaffRole(form.role.data),
            programmes=form.seen,
            language=spoken().code,
            now=tools.clock(),
        )
    return redirect(url_for(".access"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def one(staff_id: int) -> ResponseReturnValue:
    """Show what one person may do, with what can be changed about it."""
    return person_page(staff_id)


@allowed(StaffRole.ADMINISTRATOR)
def change(staff_id: int) -> ResponseReturnValue:
    """Say what another role changes; change it once that was seen."""
    form, tools = ChangeRoleForm(), runtime()
    with accepted(form, lambda: person_page(staff_id, form), AccessRefused):
        role = StaffRole(form.role.data)
        is_news = role is not person_with_access(tools.session(), staff_id).role
        if is_news and form.confirmed.data != role:
            return person_page(staff_id, form, wanted=role)
        destroys = _numbers(form.destroys.data)
        change_role(tools.session(), member(), staff_id, role, destroys=destroys, now=tools.clock())
    return redirect(url_for(".access_of_one", staff_id=staff_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def limit(staff_id: int) -> ResponseReturnValue:
    """Let somebody see some programmes alone, or all."""
    form, tools = _offering(LimitAccessForm()), runtime()
    with accepted(form, lambda: person_page(staff_id, form), AccessRefused):
        limit_access(tools.session(), member(), staff_id, form.seen, now=tools.clock())
        tell(_("Saved. It holds from this person’s next page on."))
    return redirect(url_for(".access_of_one", staff_id=staff_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def take(staff_id: int) -> ResponseReturnValue:
    """Take somebody's access away."""
    form, tools = TakeAccessForm(), runtime()
    with accepted(form, lambda: person_page(staff_id, form), AccessRefused):
        destroys = _numbers(form.destroys.data)
        take_access(tools.session(), member(), staff_id, destroys=destroys, now=tools.clock())
    return redirect(url_for(".access"), 303)


_Seen = TypeVar("_Seen", GiveAccessForm, LimitAccessForm)


def _offering(form: _Seen) -> _Seen:
    form.offer((one.id, one.name) for one in list_programmes(runtime().session(), member().organisation_id))
    return form


def _limit_form(person: PersonWithAccess, sent: StaffForm | None) -> LimitAccessForm:
    if isinstance(sent, LimitAccessForm):
        return sent
    shown = {"reach": "all" if person.programmes is None else "some", "programmes": sorted(person.programmes or ())}
    return _offering(LimitAccessForm(formdata=None, data=shown))


def _numbers(listed: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in (listed or "").split(",") if one.isdecimal())


def _list(form: GiveAccessForm) -> str:
    people = people_with_access(runtime().session(), member().organisation_id)
    return render_template("staff/access.html", people=people, form=form, errors=mistakes(form))


def person_page(staff_id: int, sent: StaffForm | None = None, wanted: StaffRole | None = None) -> str:
    """Return the page of one person, with what was sent of it and is wrong."""
    person = person_with_access(runtime().session(), staff_id)
    unread = comments_to_read(runtime().session(), staff_id, now=runtime().clock())
    remove_form = sent if isinstance(sent, TakeAccessForm) else TakeAccessForm(formdata=None)
    # What this very page says, whatever an earlier one said.
    remove_form.destroys.data = ",".join(str(one.wave_id) for one in unread)
    return render_template(
        "staff/access_of_one.html",
        person=person,
        is_oneself=person.id == member().id,
        wanted=wanted,
        unread=unread,
        role_form=sent
        if isinstance(sent, ChangeRoleForm)
        else ChangeRoleForm(formdata=None, data={"role": person.role}),
        passkeys=len(show_passkeys(runtime().session(), staff_id)),
        passkeys_form=sent if isinstance(sent, RemovePasskeysForm) else RemovePasskeysForm(formdata=None),
        limit_form=_limit_form(person, sent),
        remove_form=remove_form,
        errors=() if sent is None else mistakes(sent),
        refusals=() if sent is None else sent.form_errors,
    )
