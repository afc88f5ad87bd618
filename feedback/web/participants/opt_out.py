"""No more mail: the page behind a mail's opt-out address, and the one-click POST of RFC 8058."""

from flask import Blueprint, Response, make_response, render_template, request, url_for

from feedback.runtime import runtime
from feedback.services.mail.opt_out import opt_out
from feedback.web.languages import switched

opt_out_pages = Blueprint("opt_out", __name__, url_prefix="/o")

_RESUME = "resume"
_DONE = ("stopped", "resumed")


@opt_out_pages.get("/<token>")
def ask(token: str) -> str:
    """Ask before stopping: mail scanners open addresses."""
    return _page(token, None)


@opt_out_pages.post("/<token>")
def stop(token: str) -> Response:
    """Stop the mails, or resume them if that button was pressed. Mail programs post here with one click."""
    if switched():
        told = request.form.get("done")
        return make_response(_page(token, told if told in _DONE else None))
    resume = request.form.get("go") == _RESUME
    opt_out(runtime().session(), token, wants_no_mail=not resume)
    return make_response(_page(token, "resumed" if resume else "stopped"))


def _page(token: str, done: str | None) -> str:
    return render_template("participant/opt_out.html", action=url_for(".stop", token=token), done=done)
