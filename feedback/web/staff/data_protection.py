"""What is held about people, for how long and who reads it: for works councils and whoever else asks. No sign-in."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from feedback.web.staff.enforced import enforced
from feedback.web.staff.guards import open_to_all

# Not among the staff's pages, each of which gives its visitor a cookie.
data_protection = Blueprint("data_protection", __name__, url_prefix="/staff")


@data_protection.get("/data-protection")
@open_to_all
def summary() -> ResponseReturnValue:
    """Say it with the numbers that are set where this service runs."""
    return render_template("data_protection.html", enforced=enforced())
