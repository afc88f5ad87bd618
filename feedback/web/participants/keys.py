"""The public key with which an organisation signs: a report that somebody hands on can be held against it."""

import base64

from flask import Blueprint, Response, jsonify, render_template, url_for

from feedback.runtime import runtime
from feedback.services.reports.show_key import SigningKey, show_key

key_pages = Blueprint("keys", __name__, url_prefix="/keys")


@key_pages.get("/<name>")
def page(name: str) -> str:
    """Show a key, and how to check a report with it."""
    key = _key(name)
    return render_template(
        "participant/key.html",
        organisation=key.organisation,
        public_key=_in_base64(key),
        data_url=url_for(".data", name=name),
    )


@key_pages.get("/<name>.json")
def data(name: str) -> Response:
    """Return a key to a program."""
    key = _key(name)
    return jsonify(organisation=key.organisation, algorithm="Ed25519", public_key=_in_base64(key))


def _key(name: str) -> SigningKey:
    with runtime().reading() as connection:
        return show_key(connection, name)


def _in_base64(key: SigningKey) -> str:
    return base64.b64encode(key.public_key).decode()
