"""The results that everybody who was invited may read: sentences from published reports, and what was done.

Beside them the public key with which an organisation signs: a report that somebody hands on can be held against it.
"""

import base64
from functools import cache

from flask import Blueprint, Response, jsonify, make_response, render_template, request, url_for
from flask_babel import gettext as _

from feedback.domain.errors import NotFound
from feedback.domain.report.report import Report, quoted_languages
from feedback.locales.speech import spoken
from feedback.reporting.words import survey_name
from feedback.runtime import runtime
from feedback.services.reports.show_key import SigningKey, show_key
from feedback.services.reports.show_results import ResultsState, look_at_results, said_to, show_results
from feedback.web.languages import offer_only

results_pages = Blueprint("results", __name__, url_prefix="/r")
key_pages = Blueprint("keys", __name__, url_prefix="/keys")


@results_pages.get("/<address>")
def newest(address: str) -> Response:
    """Show the newest report of the programme behind the address."""
    state = _look_at(address)
    return _page(address, state, state.number)


@results_pages.get("/<address>/<int:number>")
def one(address: str, number: int) -> Response:
    """Show the programme's report of that number, from 1."""
    state = _look_at(address)
    if not 1 <= number <= state.number:
        raise NotFound(_("There is no such report. Open the address from your email."))
    return _page(address, state, number)


@key_pages.get("/<name>")
def key(name: str) -> str:
    """Show a key, and how to check a report with it."""
    found = _key(name)
    return render_template(
        "participant/key.html",
        organisation=found.organisation,
        public_key=_in_base64(found),
        command=f"feedback report audit report.json --key {_in_base64(found)}",
        data_url=url_for(".key_as_data", name=name),
    )


@key_pages.get("/<name>.json")
def key_as_data(name: str) -> Response:
    """Return a key to a program."""
    found = _key(name)
    return jsonify(organisation=found.organisation, algorithm="Ed25519", public_key=_in_base64(found))


def _key(name: str) -> SigningKey:
    with runtime().reading() as connection:
        return show_key(connection, name)


def _in_base64(key: SigningKey) -> str:
    return base64.b64encode(key.public_key).decode()


def _look_at(address: str) -> ResultsState:
    with runtime().reading() as connection:
        return look_at_results(connection, address)


def _reports(address: str) -> tuple[Report, ...]:
    with runtime().reading() as connection:
        return show_results(connection, address)


def _page(address: str, state: ResultsState, number: int) -> Response:
    """Return the page, which is the same for everybody, and drawn once for each language and state."""
    kept, place, reports = runtime().kept, (state.programme_id, number), cache(lambda: _reports(address))
    marks = (address, state)
    offer_only(kept.get(("languages of results", *place), marks, lambda: quoted_languages(reports()[number - 1])))
    key = ("results", *place, request.endpoint, spoken().code)
    page = kept.get(
        key, marks, lambda: draw_results(address, state, reports(), number), size=lambda made: 2 * len(made)
    )
    return make_response(page)


def draw_results(address: str, state: ResultsState, reports: tuple[Report, ...], number: int) -> str:
    """Return the page of one report, from 1, beside the others of its programme."""
    others = [
        (survey_name(other.about.stage), url_for("results.one", address=address, number=place))
        for place, other in enumerate(reports, start=1)
        if place != number
    ]
    # Most processes that serve participants never compose a report, and need none of what that takes.
    from feedback.reporting.participants import participants_results

    shown = participants_results(reports[number - 1], reports[: number - 1], spoken().code)
    said = said_to(dict(state.you_said), spoken()) if number == len(reports) else None
    return render_template(
        "participant/results.html",
        organisation=shown.organisation,
        programme=shown.programme,
        shown=shown,
        others=others,
        written_in=said and said[0],
        paragraphs=_paragraphs(said[1]) if said else [],
        contact_name=state.contact_name,
        contact_email=state.contact_email,
        receipt_url=url_for("receipts.ask"),
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
