"""Who may see which staff page. Every view under /staff wears `allowed`, or is marked `open_to_all` on purpose.

Whoever has begun to sign in where a passkey or a provider is demanded is signed in by half: to `allowed` that is a
stranger.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import abort, g, redirect, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from feedback.domain.errors import NotFound
from feedback.domain.limits import LARGEST_NUMBER
from feedback.domain.staff import Reviewer, StaffRole
from feedback.runtime import runtime, system_clock
from feedback.services.hooks.show_hooks import owner_of_hook
from feedback.services.programmes.show_programmes import owner_of_programme
from feedback.services.staff.keep_sessions import HalfSignedIn, SignedIn, find_session
from feedback.services.staff.manage_access import owner_of_staff
from feedback.services.staff.sign_in import Member
from feedback.services.waves.show_wave import owner_of_wave
from feedback.web.staff.saved_forms import note_what_was_wanted

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

IN_COOKIE = "signed_in"
_MARK = "roles_let_in"
_Owner = tuple[int, int | None]
# Each returns the organisation that owns what the argument names, and the programme that it belongs to, if any.
_OWNERS: dict[str, Callable[[Connection, int], _Owner]] = {
    "programme_id": owner_of_programme,
    "wave_id": owner_of_wave,
    "before_id": owner_of_wave,
    "staff_id": owner_of_staff,
    "hook_id": owner_of_hook,
}


def allowed(*roles: StaffRole) -> Callable[[View[P]], View[P]]:
    """Let in signed-in staff who have one of `roles`, and only to what is their own organisation's.

    Strangers are sent to the page that says how to sign in, whoever is signed in by half to that on what lacks. What
    belongs to another organisation, or to a programme that is not theirs to see, raises NotFound like what does not
    exist; the owner is found by the view's argument `programme_id`, `wave_id`, `before_id`, `staff_id` or `hook_id`.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            found = by_cookie()
            if not isinstance(found, SignedIn):
                note_what_was_wanted()
                return redirect(url_for(_next_page(found)))
            g.signed_in, g.staff = found, found.member
            if found.member.role not in roles:
                abort(403)
            _check_own(found.member, kwargs)
            g.is_own = True
            return view(*args, **kwargs)

        vars(guarded)[_MARK] = frozenset(roles)
        return guarded

    return guard


def open_to_all(view: View[P]) -> View[P]:
    """Mark a staff view that strangers may see: one that serves to sign in or out, or says what is held."""
    vars(view)[_MARK] = frozenset(StaffRole)
    return view


def by_half(*, lacks_provider: bool) -> Callable[[View[P]], View[P]]:
    """Let in whoever is signed in by half, and lacks this, and nobody else."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            found = by_cookie()
            if not isinstance(found, HalfSignedIn) or found.lacks_provider != lacks_provider:
                return redirect(url_for(_next_page(found)), 303 if found else 302)
            g.half_signed_in = found
            return view(*args, **kwargs)

        vars(guarded)[_MARK] = frozenset(StaffRole)
        return guarded

    return guard


def half_signed_in() -> HalfSignedIn:
    """Return who is signed in by half, in a view that wears `by_half`."""
    found: HalfSignedIn = g.half_signed_in
    return found


def is_guarded(view: Callable[..., Any]) -> bool:
    """Tell whether somebody has decided who may see a view."""
    return _MARK in vars(view)


def member() -> Member:
    """Return who is signed in, in a view that wears `allowed`."""
    found: Member = g.staff
    return found


# Whoever sees some programmes alone would not see the one that they made.
def check_sees_all() -> None:
    """Refuse whoever sees some programmes alone."""
    if member().programmes is not None:
        abort(403)


def signed_in() -> SignedIn:
    """Return who is signed in and by which session, in a view that wears `allowed`."""
    found: SignedIn = g.signed_in
    return found


def reader() -> Reviewer:
    """Return who asks for what was written in confidence, in a view that wears `allowed`."""
    return Reviewer(member().id, member().actor, signed_in().beginning.is_owners)


def by_cookie() -> SignedIn | HalfSignedIn | None:
    """Return whose session the cookie names; None if it has ended, or there is none."""
    secret = session.get(IN_COOKIE)
    # Real time, even where a programme's is ahead of it.
    return find_session(runtime().session(), secret, now=system_clock()) if isinstance(secret, str) else None


def _next_page(found: SignedIn | HalfSignedIn | None) -> str:
    """Return where somebody belongs who is not where they belong."""
    if isinstance(found, HalfSignedIn):
        return "staff.provider" if found.lacks_provider else "staff.passkey"
    return "staff.programmes" if found else "staff.how_to_sign_in"


def _check_own(found: Member, arguments: dict[str, Any]) -> None:
    for name, owner in _OWNERS.items():
        if name in arguments and not _is_for(found, _owner_of(owner, arguments[name])):
            raise NotFound("There is no such page in your organisation. Go back to the list of programmes.")


# What belongs to others must look as if it did not exist, or the numbers would tell how many surveys they have.
def _owner_of(owner: Callable[[Connection, int], _Owner], number: int) -> _Owner | None:
    if number > LARGEST_NUMBER:
        return None
    try:
        with runtime().reading() as connection:
            return owner(connection, number)
    except NotFound:
        return None


def _is_for(found: Member, owner: _Owner | None) -> bool:
    if owner is None or owner[0] != found.organisation_id:
        return False
    return owner[1] is None or found.may_see(owner[1])
