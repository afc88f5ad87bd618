"""What somebody asks for: what is held about them, and to be taken off. Posted, so that no address is in a log."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from feedback.domain.errors import NotFound
from feedback.domain.languages import LANGUAGES
from feedback.domain.staff import PLANNERS
from feedback.reporting.words import day
from feedback.runtime import runtime
from feedback.services.roster.one_person import Seat, take_off, what_is_held
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.outcomes import tell
from feedback.web.staff.sent_forms import accepted, mistakes
from feedback.web.staff.wording import moment_in_words
from forms.roster import OnePersonForm, TakeOffForm

_NAMES = {one.code: one.name for one in LANGUAGES}


@dataclass(frozen=True)
class _ShownSeat:
    """A seat, with (stage, day on which it opened) of each survey, and until when a survey still needs the row."""

    seat: Seat
    language: str
    surveys: tuple[tuple[str, str], ...]
    waits_until: str


@allowed(*PLANNERS)
def ask() -> ResponseReturnValue:
    """Ask who wants to know."""
    return _page(OnePersonForm(formdata=None))


@allowed(*PLANNERS)
def show() -> ResponseReturnValue:
    """Show what is held about them."""
    form = OnePersonForm()
    with accepted(form, lambda: _page(form)):
        return _page(form, _seats(form.email.data))


@allowed(*PLANNERS)
def erase() -> ResponseReturnValue:
    """Have them taken off."""
    form = TakeOffForm()
    asked = OnePersonForm(formdata=None, data={"email": form.email.data})
    with accepted(form, lambda: _page(asked, _seats(form.email.data or ""), form), NotFound):
        seats = take_off(runtime().session(), member(), form.email.data, now=runtime().clock())
    tell(_("They have left, and get no more email."), _when_gone(seats))
    return redirect(url_for(".ask_one_person"), 303)


def _when_gone(seats: tuple[Seat, ...]) -> str:
    waiting = [one for one in seats if one.waits_until]
    if not waiting:
        return str(_("Their name and address are deleted within minutes."))
    last = max(waiting, key=lambda one: one.waits_until or runtime().clock())
    moment = moment_in_words(last.waits_until, ZoneInfo(last.time_zone))
    return str(
        _(
            "A survey that invited them is open: name and address are deleted when it is over, from %(moment)s.",
            moment=moment,
        )
    )


def _seats(email: str) -> tuple[_ShownSeat, ...]:
    found = what_is_held(runtime().session(), member(), email, now=runtime().clock())
    return tuple(_shown(one) for one in found)


def _shown(seat: Seat) -> _ShownSeat:
    zone = ZoneInfo(seat.time_zone)
    opened = tuple(
        (one.stage, day(one.opened_at.astimezone(zone).date()) if one.opened_at else "") for one in seat.invitations
    )
    language = _NAMES.get(seat.language, seat.language)
    return _ShownSeat(seat, language, opened, moment_in_words(seat.waits_until, zone) if seat.waits_until else "")


def _page(form: OnePersonForm, seats: tuple[_ShownSeat, ...] | None = None, erasing: TakeOffForm | None = None) -> str:
    return render_template(
        "staff/one_person.html",
        form=form,
        seats=seats,
        errors=mistakes(form),
        erase_errors=[("gone", label, said) for _id, label, said in mistakes(erasing)] if erasing else (),
        refusals=erasing.form_errors if erasing else (),
        erase_form=erasing or TakeOffForm(formdata=None, data={"email": form.email.data}),
    )
