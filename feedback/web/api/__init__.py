"""What the pages show and do, for programs: under `/api/v1`, by key. The services are those of the staff's pages.

No cookie, no session, no form: whoever has no key is answered nothing but the description.
"""

from flask import Blueprint, Flask, Response

from feedback.web.api import audit_log, plans, programmes, reports, rosters, waves
from feedback.web.api.description import describe
from feedback.web.api.operations import PACE, add_operations, paced
from feedback.web.api.problems import ApiProblem, answer_problem

__all__ = ["audit_log", "plans", "programmes", "register_api", "reports", "rosters", "waves"]


def register_api(app: Flask) -> None:
    """Add every operation, and the description of all."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    add_operations(api)
    api.add_url_rule("/openapi.json", "description", _description, provide_automatic_options=False)
    api.register_error_handler(ApiProblem, answer_problem)
    app.extensions[PACE] = paced()
    app.register_blueprint(api)


def _description() -> Response:
    return Response(describe(), mimetype="application/json")
