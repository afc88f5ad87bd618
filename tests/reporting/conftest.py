"""A Flask application with nothing but languages: renderings need it to find words and numbers' forms."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale


@pytest.fixture(scope="module")
def speaking() -> Iterator[Flask]:
    """An application in whose context English is spoken."""
    app = Flask("renderings")
    Babel(app)
    with app.test_request_context("/"), force_locale("en"):
        yield app
