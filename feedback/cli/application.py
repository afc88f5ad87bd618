"""The application that commands work with."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo

if TYPE_CHECKING:
    from feedback.config import Settings
    from feedback.runtime import Clock


AnotherApp = Callable[["Settings", "Clock"], Flask]


class Service(ScriptInfo):
    """Gives commands the application, which has no pages until one of them serves some."""

    def __init__(
        self, create_app: Callable[[], Flask], add_pages: Callable[[Flask], None], create_another: AnotherApp
    ) -> None:
        """`create_app` is called when a command needs the application, `add_pages` when one serves it.

        `create_another` makes one with pages, settings and a clock of its own.
        """
        super().__init__(create_app=create_app)
        self.add_pages, self.create_another = add_pages, create_another


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


def another_app(settings: "Settings", clock: "Clock") -> Flask:
    """Return an application of its own, with pages."""
    service = click.get_current_context().find_object(Service)
    if service is None:
        raise RuntimeError("Only the program itself can make another application.")
    return service.create_another(settings, clock)
