"""People with access: administrators list and invite them, change what they may do, and take their access away."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from feedback.domain.errors import AccessRefused, AddressRefused, NameRefused
from feedback.domain.staff import StaffRole
from feedback.locales.speech import spoken
from feedback.runtime import runtime
from feedback.services.staff.end_duties import comments_to_read
from feedback.services.staff.manage_access import (
    change_role,
    give_access,
    people_with_access,
    person_with_access,
    take_access,
)
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.staff import ChangeRoleForm, GiveAccessForm, StaffForm, TakeAccessForm


@allowed(StaffRole.ADMINISTRATOR)
def everybody() -> ResponseReturnValue:
    """List who has access, with a form that gives it to somebody else."""
    return _list(GiveAccessForm(formdata=None))


@allowed(StaffRole.ADMINISTRATOR)
def give() -> ResponseReturnValue:
    """Give somebody access; they are told by mail."""
    form, tools = GiveAccessForm(), runtime()
    with accepted(form, lambda: _list(form), AddressRefused, AccessRefused, NameRefused, at=form.email):
        give_access(
            tools.session(),
            member(),
            name=form.name.data,
            email=form.email.data,
            role=StaffRole(form.role.data),
            language=spoken().code,
            now=tools.clock(),
        )
    return redirect(url_for(".access"), 303)


@allowed(StaffRole.ADMINISTRATOR)
def one(staff_id: int) -> ResponseReturnValue:
    """Show what one person may do, with what can be changed about it."""
    return _person(staff_id)


@allowed(StaffRole.ADMINISTRATOR)
def change(staff_id: int) -> ResponseReturnValue:
    """Say what another role changes; change it once that was seen."""
    form, tools = ChangeRoleForm(), runtime()
    with accepted(form, lambda: _person(staff_id, form), AccessRefused):
        role = StaffRole(form.role.data)
        is_news = role is not person_with_access(tools.session(), staff_id).role
        if is_news and form.confirmed.data != role:
            return _person(staff_id, form, wanted=role)
        destroys = _numbers(form.destroys.data)
        change_role(tools.session(), member(), staff_id, role, destroys=destroys, now=tools.clock())
    return redirect(url_for(".access_of_one", staff_id=staff_id), 303)


@allowed(StaffRole.ADMINISTRATOR)
def take(staff_id: int) -> ResponseReturnValue:
    """Take somebody's access away."""
    form, tools = TakeAccessForm(), runtime()
    with accepted(form, lambda: _person(staff_id, form), AccessRefused):
        destroys = _numbers(form.destroys.data)
        take_access(tools.session(), member(), staff_id, destroys=destroys, now=tools.clock())
    return redirect(url_for(".access"), 303)


def _numbers(listed: str | None) -> frozenset[int]:
    return frozenset(int(one) for one in (listed or "").split(",") if one.isdecimal())


def _list(form: GiveAccessForm) -> str:
    people = people_with_access(runtime().session(), member().organisation_id)
    return render_template("staff/access.html", people=people, form=form, errors=mistakes(form))


def _person(staff_id: int, sent: StaffForm | None = None, wanted: StaffRole | None = None) -> str:
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
        remove_form=remove_form,
        errors=() if sent is None else mistakes(sent),
        refusals=() if sent is None else sent.form_errors,
    )
