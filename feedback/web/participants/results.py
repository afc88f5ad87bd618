"""The results that everybody who was invited may read: sentences from published reports, and what was done."""

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _

from feedback.domain.errors import NotFound
from feedback.domain.report.report import quoted_languages
from feedback.locales.speech import spoken
from feedback.reporting.words import stage_name
from feedback.runtime import runtime
from feedback.services.reports.show_results import Results, show_results
from feedback.web.languages import offer_only

results_pages = Blueprint("results", __name__, url_prefix="/r")


@results_pages.get("/<address>")
def newest(address: str) -> Response:
    """Show the newest report of the programme behind the address."""
    results = _results(address)
    return _page(address, results, len(results.documents))


@results_pages.get("/<address>/<int:number>")
def one(address: str, number: int) -> Response:
    """Show the programme's report of that number, from 1."""
    results = _results(address)
    if not 1 <= number <= len(results.documents):
        raise NotFound(_("There is no such report. Open the address from your email."))
    return _page(address, results, number)


def _results(address: str) -> Results:
    with runtime().reading() as connection:
        return show_results(connection, address)


def _page(address: str, results: Results, number: int) -> Response:
    """Return the page, which is the same for everybody, and drawn once for each language and state."""
    kept, place = runtime().kept, (results.programme_id, number)
    state = (address, hash(results.documents), results.you_said, results.contact_name, results.contact_email)
    offer_only(kept.get(("languages of results", *place), state, lambda: quoted_languages(results.reports[number - 1])))
    key = ("results", *place, request.endpoint, spoken().code)
    page = kept.get(key, state, lambda: _drawn(address, results, number), size=lambda made: 2 * len(made))
    return make_response(page)


def _drawn(address: str, results: Results, number: int) -> str:
    others = [
        (stage_name(other.about.stage), url_for(".one", address=address, number=place))
        for place, other in enumerate(results.reports, start=1)
        if place != number
    ]
    # Most processes that serve participants never compose a report, and need none of what that takes.
    from feedback.reporting.participants import participants_results

    shown = participants_results(results.reports[number - 1], results.reports[: number - 1], spoken().code)
    return render_template(
        "participant/results.html",
        organisation=shown.organisation,
        programme=shown.programme,
        shown=shown,
        others=others,
        is_newest=number == len(results.reports),
        paragraphs=_paragraphs(results.you_said),
        contact_name=results.contact_name,
        contact_email=results.contact_email,
        receipt_url=url_for("receipts.ask"),
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
