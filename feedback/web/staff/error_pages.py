"""What went wrong, for somebody who is signed in: below the staff's header, with the way back."""

from flask import g, render_template

from feedback.domain.errors import NotFound
from feedback.services.staff.keep_sessions import SignedIn
from feedback.web.staff.breadcrumbs import above
from feedback.web.staff.guards import by_cookie
from forms.staff import SignOutForm


def staff_error_page(status: int, title: str, text: str) -> str | None:
    """Return the page; None if nobody is signed in. Of a server's own error it asks the database nothing."""
    if "staff" not in g:
        found = by_cookie() if status < 500 else None
        if not isinstance(found, SignedIn):
            return None
        g.signed_in, g.staff = found, found.member
    return render_template(
        "errors/staff.html",
        title=title,
        text=text,
        above=_above() if status < 500 else {},
        sign_out_form=SignOutForm(formdata=None),
    )


def _above() -> dict[str, object]:
    """Return what the page is below, if that is theirs and there."""
    try:
        return above() if g.get("is_own", False) else {}
    except NotFound:
        return {}
