"""How pages and emails are drawn: nothing undefined, nothing indented, in a language."""

from flask import Flask
from jinja2 import StrictUndefined

from feedback.web.languages import add_languages
from feedback.web.unindented import Unindented

STATIC = "web/static"


def prepare_templates(app: Flask) -> None:
    """Set an application's templates up."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Unindented)
    add_languages(app)
