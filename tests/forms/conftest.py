from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel


@pytest.fixture
def page() -> Iterator[None]:
    """Inside a request, in which interface words have a language."""
    app = Flask("forms")
    Babel(app)
    with app.test_request_context():
        yield
