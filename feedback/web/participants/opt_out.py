"""No more invitations and reminders: the page behind a mail's opt-out address, and the one-click POST of RFC 8058."""

from flask import Blueprint, Response, make_response, render_template, request, url_for

from feedback.runtime import runtime
from feedback.services.mail.opt_out import is_whole, opt_out
from feedback.web.languages import switched

opt_out_pages = Blueprint("opt_out", __name__, url_prefix="/o")

_STOP, _RESUME = "stop", "resume"
_STOPPED, _RESUMED, _BROKEN = "stopped", "resumed", "broken"


@opt_out_pages.get("/<token>")
def ask(token: str) -> Response:
    """Ask before stopping: mail scanners open addresses."""
    return _page(token, None) if is_whole(token) else _page(token, _BROKEN, 404)


@opt_out_pages.post("/<token>")
def stop(token: str) -> Response:
    """Stop the mails, or resume them if that button was pressed. Mail programs post here with one click."""
    if switched():
        told = request.form.get("done")
        return _page(token, told if told in (_STOPPED, _RESUMED, _BROKEN) else None)
    wants_no_mail = _wants_no_mail()
    if wants_no_mail is None:
        return _page(token, None, 400)
    if not opt_out(runtime().session(), token, wants_no_mail=wants_no_mail):
        return _page(token, _BROKEN, 404)
    return _page(token, _STOPPED if wants_no_mail else _RESUMED)


def _wants_no_mail() -> bool | None:
    """Return what was asked for; None if it was neither a button of the page nor the words of RFC 8058."""
    if request.form.get("List-Unsubscribe") == "One-Click":
        return True
    return {_STOP: True, _RESUME: False}.get(request.form.get("go", ""))


def _page(token: str, done: str | None, status: int = 200) -> Response:
    page = render_template("participant/opt_out.html", action=url_for(".stop", token=token), done=done)
    return make_response(page, status)
