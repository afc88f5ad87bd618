"""Errors turned into pages, once. A page says what happened and what to do next; a log line names nobody."""

import logging

from flask import Flask, Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from feedback.domain.errors import (
    AnswerRefused,
    FeedbackError,
    KeysMissing,
    NotFound,
    NotNamed,
    PdfBusy,
    PdfNotMade,
    PepperRefused,
    SignInRefused,
    WaveClosed,
)
from feedback.runtime import runtime
from feedback.web.guessing import failed_too_often
from feedback.web.refusals import in_words

log = logging.getLogger(__name__)

_STATUS: dict[type[FeedbackError], int] = {
    WaveClosed: 404,
    NotFound: 404,
    AnswerRefused: 400,
    SignInRefused: 403,
    NotNamed: 403,
    KeysMissing: 500,
    PdfNotMade: 503,
    PdfBusy: 503,
}
_AWAY = (OperationalError, InterfaceError, NoConnectionFree)
_RETRY_SECONDS = "30"
_RETRY_LATER_SECONDS = "60"
_SECRET_ADDRESSES = frozenset({"results", "support"})


def turn_errors_into_pages(app: Flask) -> None:
    """Handle every error that a view can raise."""
    app.register_error_handler(WaveClosed, _closed)
    app.register_error_handler(FeedbackError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    for kind in (*_AWAY, PepperRefused):
        app.register_error_handler(kind, _unavailable)
    app.register_error_handler(Exception, _unexpected)


def _closed(_error: Exception) -> Response:
    # The staff's own process has no page for receipts, and nobody fills anything in there.
    if "receipts" not in current_app.blueprints:
        return _led_nowhere(render_template("participant/closed.html", receipt_url=None))
    if request.method != "POST":
        return _led_nowhere(render_template("participant/closed.html", receipt_url=url_for("receipts.ask")))
    from feedback.web.participants.too_late import too_late_page

    return _led_nowhere(too_late_page())


# Everybody gets the same page, so that it also helps somebody who opens an old mail in a busy office.
def _led_nowhere(page: str | bytes) -> Response:
    if not failed_too_often():
        return make_response(page, 404)
    response = make_response(page, 429)
    response.headers["Retry-After"] = _RETRY_LATER_SECONDS
    return response


def _refused(error: Exception) -> Response:
    # What was begun ends here: the page of the refusal reads on its own.
    runtime().session().rollback()
    if isinstance(error, NotFound) and request.blueprint in _SECRET_ADDRESSES:
        return _led_nowhere(render_template("errors/page.html", title=_("There is no such page"), text=in_words(error)))
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 409)
    response = _page(status, _("This cannot be done"), in_words(error), error)
    if isinstance(error, PdfBusy):
        response.headers["Retry-After"] = _RETRY_LATER_SECONDS
    return response


def _http_error(error: Exception) -> Response:
    status = error.code or 500 if isinstance(error, HTTPException) else 500
    if request.path.startswith("/s/") and status == 404:
        return _closed(error)
    title, text = _words(status)
    response = _page(status, title, text)
    if isinstance(error, HTTPException) and status == 405:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return response


def _unavailable(_error: Exception) -> Response:
    log.error("the database cannot be used at the moment", exc_info=_error)
    response = _page(503, _("Please try again in a minute"), _("Nothing was saved just now. Nothing is lost."))
    response.headers["Retry-After"] = _RETRY_SECONDS
    return response


def _unexpected(error: Exception) -> Response:
    log.error("a request failed in %s", request.endpoint, exc_info=error)
    return _page(500, *_words(500))


def _page(status: int, title: str, text: str, error: Exception | None = None) -> Response:
    if request.path.startswith("/api/") and "api" in current_app.blueprints:
        # Only where programs are answered.
        from feedback.web.api.problems import problem_page

        return problem_page(status, title, text, error)
    page = _staff_page(status, title, text) if request.path.startswith("/staff/") else None
    return make_response(page or render_template("errors/page.html", title=title, text=text), status)


def _staff_page(status: int, title: str, text: str) -> str | None:
    if "staff" not in current_app.blueprints:
        return None
    # Only where staff have pages.
    from feedback.web.staff.error_pages import staff_error_page

    try:
        return staff_error_page(status, title, text)
    except _AWAY:
        return None


def _words(status: int) -> tuple[str, str]:
    known = {
        400: (_("This page was not sent properly"), _("Go back, load the page again, and try once more.")),
        403: (_("You may not see this page"), _("If you think you should, ask an administrator.")),
        404: (_("There is no such page"), _("Check that the address is complete.")),
        405: (_("This address cannot be used like that"), _("Open the link from your email again.")),
        413: (_("That was too much at once"), _("Shorten your texts and send them again.")),
    }
    fallback = (_("Something went wrong"), _("It is not your fault. Please try again in a few minutes."))
    return known.get(status, fallback)
