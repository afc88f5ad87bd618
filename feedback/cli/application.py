"""The application that commands work with."""

from collections.abc import Callable

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo


class Service(ScriptInfo):
    """Gives commands the application, which has no pages until one of them serves some."""

    def __init__(self, create_app: Callable[[], Flask], add_pages: Callable[[Flask], None]) -> None:
        """`create_app` is called when a command needs the application, `add_pages` when one serves it."""
        super().__init__(create_app=create_app)
        self.add_pages = add_pages


def this_app() -> Flask:
    """Return the application itself, which other threads may use."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's documented way
    return app


def served_app() -> Flask:
    """Return the application itself, with its pages."""
    service = click.get_current_context().find_object(Service)
    if service is not None:
        service.add_pages(this_app())
    return this_app()
