"""Figures for Prometheus, for whoever knows the token. No participants' process has this page."""

import hmac

from flask import Blueprint, Response, abort, make_response, request

from feedback.runtime import runtime
from feedback.worker.metrics import CONTENT_TYPE, write_metrics

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def figures() -> Response:
    """Return the figures; 404 if no token is set, 401 for a wrong one."""
    token = runtime().settings.watching.token
    if token is None:
        abort(404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return make_response("", 401, {"WWW-Authenticate": "Bearer"})
    return make_response(write_metrics(runtime().status()), 200, {"Content-Type": CONTENT_TYPE})
