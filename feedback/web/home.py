"""The service's front door: says what it is to somebody who came without a link."""

from flask import Blueprint, current_app, render_template, url_for

from feedback.domain.languages import address_in
from feedback.locales.speech import spoken
from feedback.runtime import runtime

home = Blueprint("home", __name__)


@home.get("/")
def front_door() -> str:
    """Say where participants and staff find what they look for."""
    receipt_url = url_for("receipts.ask") if "receipts" in current_app.blueprints else None
    # The staff's pages may be another process's, at the same address.
    sign_in_url, data_protection_url = (
        address_in(f"{runtime().settings.base_url}/staff/{page}", spoken()) for page in ("sign-in", "data-protection")
    )
    return render_template(
        "home.html", receipt_url=receipt_url, sign_in_url=sign_in_url, data_protection_url=data_protection_url
    )
