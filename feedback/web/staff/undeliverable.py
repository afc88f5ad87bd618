"""Whom no mail of a wave reaches, with a way to correct the address and send the invitation again."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import AddressRefused, NotFound, ResendRefused, WaveNotReady
from feedback.domain.roster.searching import found_among
from feedback.domain.staff import PLANNERS
from feedback.domain.waves.states import WaveState
from feedback.runtime import runtime
from feedback.services.mail.resend_invitation import mend_delivery, resend_to_refused
from feedback.services.mail.show_undeliverable import Undeliverable, show_undeliverable
from feedback.services.waves.show_wave import show_wave
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import mails_go_out, tell
from feedback.web.staff.paging import MOST, page_of
from feedback.web.staff.sent_forms import accepted, mistakes
from forms.roster import FindPeopleForm
from forms.staff import MendDeliveryForm, ResendToRefusedForm


@allowed(*PLANNERS)
def people(wave_id: int) -> ResponseReturnValue:
    """List them by name."""
    return _page(wave_id)


@allowed(*PLANNERS)
def find(wave_id: int) -> ResponseReturnValue:
    """List those whose names or addresses begin so. Posted, so that no name stands in an address or a log."""
    form = FindPeopleForm()
    with accepted(form):
        return _page(wave_id, found=form)


@allowed(*PLANNERS)
def mend(wave_id: int) -> ResponseReturnValue:
    """Correct one address, if another was written, and send the invitation again."""
    form = MendDeliveryForm()
    number, address, tools = form.participant.data, form.address.data, runtime()
    with accepted(
        form, lambda: _page(wave_id, form), AddressRefused, ResendRefused, NotFound, WaveNotReady, at=form.address
    ):
        mend_delivery(tools.session(), wave_id, number, address, now=tools.clock(), actor=member().actor)
    _say_sent_again(wave_id)
    return redirect(url_for(".undeliverable", wave_id=wave_id), 303)


@allowed(*PLANNERS)
def resend(wave_id: int) -> ResponseReturnValue:
    """Send the invitation again to all whose last mail the relay refused."""
    form, tools = ResendToRefusedForm(), runtime()
    with accepted(form, lambda: _page(wave_id, refusals=form.form_errors), WaveNotReady, ResendRefused):
        resend_to_refused(tools.session(), wave_id, now=tools.clock(), actor=member().actor)
    _say_sent_again(wave_id)
    return redirect(url_for(".undeliverable", wave_id=wave_id), 303)


def _say_sent_again(wave_id: int) -> None:
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    tell(_("The invitation goes out again, with the same link."), mails_go_out(wave, runtime().clock()))


def _page(
    wave_id: int,
    sent: MendDeliveryForm | None = None,
    found: FindPeopleForm | None = None,
    refusals: Sequence[str] = (),
) -> str:
    wave = show_wave(runtime().session(), wave_id, now=runtime().clock())
    lost = show_undeliverable(runtime().session(), wave_id)
    finding = found or FindPeopleForm(formdata=None)
    wanted = finding.words.data or ""
    shown = page_of(found_among(lost, wanted), _number(lost, sent))
    return render_template(
        "staff/undeliverable.html",
        wave=wave,
        may_mend=wave.state is WaveState.OPEN,
        people=[(person, _form(person.participant_id, person.email, sent)) for person in shown.items],
        shown=shown,
        finding=finding,
        wanted=wanted,
        all=len(lost),
        refused_people=sum(one.may_be_sent_again for one in lost),
        resend_form=ResendToRefusedForm(formdata=None),
        refusals=refusals,
        errors=() if sent is None else _mistakes(sent),
    )


def _number(lost: Sequence[Undeliverable], sent: MendDeliveryForm | None) -> int:
    """Return the page that was asked for, or the one with the person whose address was sent."""
    if sent is None:
        return request.values.get("page", 1, type=int)
    at = (place for place, one in enumerate(lost) if one.participant_id == sent.participant.data)
    return next(at, 0) // MOST + 1


def _mistakes(sent: MendDeliveryForm) -> list[tuple[str, str, str]]:
    return [(f"address-{sent.participant.data}", label, message) for _id, label, message in mistakes(sent)]


def _form(number: int, email: str, sent: MendDeliveryForm | None) -> MendDeliveryForm:
    if sent is not None and sent.participant.data == number:
        return sent
    form = MendDeliveryForm(formdata=None)
    form.participant.data, form.address.data = number, email
    return form
