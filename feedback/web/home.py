"""The service's front door: says what it is to somebody who came without a link."""

from flask import Blueprint, current_app, render_template, url_for

home = Blueprint("home", __name__)


@home.get("/")
def front_door() -> str:
    """Say where participants and staff find what they look for."""
    receipt_url = url_for("receipts.ask") if "receipts" in current_app.blueprints else None
    return render_template("home.html", receipt_url=receipt_url)
