"""Mails are written by one application for all tests."""

import pytest
from flask import Flask


@pytest.fixture
def app(writing: Flask) -> Flask:
    return writing
