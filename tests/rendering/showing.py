"""Shows a paper as a page: the real template, styles and headers, without databases."""

from pathlib import Path

from flask import Flask, render_template_string
from jinja2 import StrictUndefined

import feedback
from feedback.rendering.page import page_of
from feedback.rendering.paper import Paper
from feedback.resources import templates_folder
from feedback.web.headers import add_headers
from feedback.web.languages import add_languages

_STATIC = Path(feedback.__file__).parent / "web" / "static"
_PAGE = """
{% extends "layout.html" %}
{% from "report/blocks.html" import paper_body %}
{% block title %}{{ paper.title }}{% endblock %}
{% block styles %}
<link rel="stylesheet" href="{{ url_for('static', filename='staff.css') }}">
<link rel="stylesheet" href="{{ url_for('static', filename='report.css') }}">
{% endblock %}
{% block body %}class="wide"{% endblock %}
{% block page %}report{% endblock %}
{% block main %}{{ paper_body(paper) }}{% endblock %}
"""


def page_app(**papers: Paper) -> Flask:
    """An application that shows each paper at its name."""
    app = Flask("pages", template_folder=str(templates_folder()), static_folder=str(_STATIC), static_url_path="/static")
    app.jinja_env.undefined = StrictUndefined
    add_languages(app)
    add_headers(app, secure=False)

    @app.get("/papers/<name>")
    def show(name: str) -> str:
        return render_template_string(_PAGE, paper=page_of(papers[name]))

    return app


def page_html(paper: Paper) -> str:
    """The page as a browser gets it."""
    return page_app(paper=paper).test_client().get("/papers/paper").get_data(as_text=True)
