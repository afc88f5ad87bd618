"""The door for a relay that posts returned mails, one a request, in the staff's process.

No cookie and no page: whoever shows the token of the settings hands in a mail and is told nothing about it.
"""

import hmac

from flask import Blueprint, Response, abort, request

from feedback.runtime import runtime
from feedback.services.mail.note_bounces import note_bounce

bounce_hook = Blueprint("bounces", __name__)


@bounce_hook.post("/bounces")
def take() -> Response:
    """Take one returned mail as the body of the request: 204, whether it is known, new, junk or not ours."""
    tools = runtime()
    token = tools.settings.bounces.token
    if token is None:
        abort(404)
    if not hmac.compare_digest(_shown_token(), token.encode()):
        abort(403)
    note_bounce(tools.session(), tools.keys, request.get_data(cache=False), now=tools.clock())
    return Response(status=204)


def _shown_token() -> bytes:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip().encode() if kind.lower() == "bearer" else b""
