"""Where somebody looks up whether the answer behind a receipt was counted. Needs no link, and tells nothing else."""

from flask import Blueprint, Response, make_response, render_template, request

from feedback.runtime import runtime
from feedback.services.reports.look_up_receipt import look_up_receipt
from feedback.web.guessing import failed_too_often
from feedback.web.languages import switched

receipt_pages = Blueprint("receipts", __name__)

_LONGEST = 200


@receipt_pages.get("/receipt")
def ask() -> str:
    """Ask for a receipt."""
    return render_template("participant/receipt.html", typed="", asked=False, found=None)


@receipt_pages.post("/receipt")
def look_up() -> Response:
    """Say in which report a receipt is listed, or that it is in none. Posted, so that no address or log holds it."""
    typed = request.form.get("receipt", "")[:_LONGEST]
    if switched() and "asked" not in request.form:
        return make_response(render_template("participant/receipt.html", typed=typed, asked=False, found=None))
    with runtime().reading() as connection:
        found = look_up_receipt(connection, typed)
    page = make_response(render_template("participant/receipt.html", typed=typed, asked=True, found=found))
    if found is None and failed_too_often():
        page.status_code = 429
    return page
