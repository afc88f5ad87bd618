"""The statement on accessibility: what was tested and how, what was not, and whom to tell of a barrier."""

from flask import Blueprint, render_template

accessibility = Blueprint("accessibility", __name__)


@accessibility.get("/accessibility")
def statement() -> str:
    """Say how far the participants' pages meet WCAG 2.2."""
    return render_template("participant/accessibility.html")
