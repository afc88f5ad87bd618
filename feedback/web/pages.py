"""The pages of a process. Those of participants and of staff are loaded only where they are served."""

from flask import Flask, Response, current_app, request, url_for

from feedback.config import Serves
from feedback.runtime import runtime
from feedback.web.addresses import reached_by_name, read_as_meant
from feedback.web.errors import turn_errors_into_pages
from feedback.web.guessing import count_guesses
from feedback.web.headers import add_headers
from feedback.web.health import ALSO_ASKED, health
from feedback.web.home import home
from feedback.web.light_files import send_light_files


def register_pages(app: Flask, serves: Serves, base_url: str) -> None:
    """Add the pages and what they share; `base_url` is where they are reached."""
    app.register_blueprint(home)
    app.register_blueprint(health)
    if serves is not Serves.STAFF:
        _register_participants_pages(app)
    if serves is not Serves.PARTICIPANTS:
        _register_staff_pages(app)
    app.context_processor(lambda: {"accessibility_url": _accessibility_url()})
    turn_errors_into_pages(app)
    count_guesses(app)
    send_light_files(app)
    add_headers(app, secure=base_url.startswith("https://"))
    lead_within(app)
    # One application around another.
    app.wsgi_app = reached_by_name(read_as_meant(app.wsgi_app), base_url)  # type: ignore[method-assign, assignment]


def _register_participants_pages(app: Flask) -> None:
    from feedback.web.participants.accessibility import accessibility
    from feedback.web.participants.opt_out import opt_out_pages
    from feedback.web.participants.pages import participant
    from feedback.web.participants.receipts import receipt_pages
    from feedback.web.participants.results import key_pages, results_pages
    from feedback.web.participants.support import support_pages

    for pages in (participant, opt_out_pages, results_pages, key_pages, support_pages, receipt_pages, accessibility):
        app.register_blueprint(pages)


def _register_staff_pages(app: Flask) -> None:
    from feedback.web.api import register_api
    from feedback.web.bounces import bounce_hook
    from feedback.web.metrics import metrics
    from feedback.web.previews import staff
    from feedback.web.staff.cookie import StaffSessions
    from feedback.web.staff.data_protection import data_protection
    from feedback.web.staff.uploads import StaffRequest

    app.extensions[ALSO_ASKED] = _fault_of_keys
    app.session_interface, app.request_class = StaffSessions(), StaffRequest
    for pages in (metrics, staff, bounce_hook, data_protection):
        app.register_blueprint(pages)
    register_api(app)


def _fault_of_keys() -> str | None:
    """Say what else keeps a process that holds keys from being ready."""
    from feedback.services.installation.check_master_key import wrong_master_key
    from feedback.services.installation.check_restored import restore_fault

    tools = runtime()
    return wrong_master_key(tools.keys) or restore_fault(tools.session(), tools.keys)


def lead_within(app: Flask) -> None:
    """Let what leads to another page of the service name its path only: a router in front may have another name."""

    @app.after_request
    def shorten(response: Response) -> Response:
        if response.location and response.location.startswith(request.host_url):
            response.location = "/" + response.location.removeprefix(request.host_url).lstrip("/")
        return response


def _accessibility_url() -> str | None:
    """Return where the statement is; the staff's own process has none."""
    return url_for("accessibility.statement") if request and "accessibility" in current_app.blueprints else None
