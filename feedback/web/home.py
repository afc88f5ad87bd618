"""The service's front door: says what it is to somebody who came without a link."""

from flask import Blueprint, render_template

home = Blueprint("home", __name__)


@home.get("/")
def front_door() -> str:
    """Say where participants and staff find what they look for."""
    return render_template("home.html")
