"""What a browser holds while it makes or uses a passkey: the secret of the challenge, in its cookie."""

import json

from flask import Response, session

from feedback.domain.errors import PasskeyRefused, sentence
from feedback.domain.passkeys import PasskeySite, passkey_site
from feedback.runtime import runtime
from feedback.services.staff.make_passkeys import Making
from feedback.services.staff.passkey_challenges import Challenge

_CHALLENGE = "challenge"
_NO_SITE = sentence(
    "Browsers make no passkeys for the address that this service is reached at. Ask whoever runs it to give it a name."
)


def site() -> PasskeySite | None:
    """Return the site that passkeys are made for; None if there can be none."""
    return passkey_site(runtime().settings.base_url)


def needed_site() -> PasskeySite:
    """Return the site that passkeys are made for, or raise PasskeyRefused."""
    found = site()
    if found is None:
        raise PasskeyRefused(_NO_SITE)
    return found


def asked(challenge: Challenge, options: str) -> Response:
    """Answer a script that asked what is to be signed; this browser alone can use the challenge."""
    session[_CHALLENGE] = challenge.secret
    return Response(options, mimetype="application/json")


def asked_to_make(making: Making) -> Response:
    """Answer a script that asked how to make a passkey; `confirm` is what one there is has to sign before, if any."""
    confirm = json.loads(making.confirm) if making.confirm else None
    return asked(making.challenge, json.dumps({**json.loads(making.make), "confirm": confirm}))


def taken_secret() -> str:
    """Return the secret of the challenge that this browser was given last, and forget it."""
    found = session.pop(_CHALLENGE, None)
    return found if isinstance(found, str) else ""
