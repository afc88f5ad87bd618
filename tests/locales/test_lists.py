"""Lists and labels have each language's own comma, "and" and colon."""

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from feedback.locales.lists import comma, labelled, listed

THREE = {
    "en": "Ana, Ben and Cy",
    "fr": "Ana, Ben et Cy",
    "es": "Ana, Ben y Cy",
    "ar": "Ana وBen وCy",
    "cy": "Ana, Ben, Cy",
}


@pytest.fixture
def app(writing: Flask) -> Flask:
    return writing


@pytest.mark.parametrize("code", THREE)
def test_names_are_listed_as_the_language_does(app: Flask, code: str) -> None:
    with app.test_request_context(), force_locale(code):
        assert listed(["Ana", "Ben", "Cy"]) == THREE[code]


@pytest.mark.parametrize(("code", "mark"), [("en", ", "), ("ar", "، ")])
def test_a_comma_is_that_of_the_language(app: Flask, code: str, mark: str) -> None:
    with app.test_request_context(), force_locale(code):
        assert comma() == mark


def test_nothing_is_listed_as_nothing(app: Flask) -> None:
    with app.test_request_context():
        assert listed([]) == ""


def test_in_a_page_the_parts_are_escaped_and_names_against_the_text_set_apart(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        shown = render_template_string("{{ names | map('isolated') | listed }}", names=["<b>", "ليلى"])
    assert shown == "&lt;b&gt; and <bdi>ليلى</bdi>"


@pytest.mark.parametrize(("code", "said"), [("en", "a: b"), ("fr", "a\u00a0: b"), ("ar", "a: b")])
def test_a_label_has_the_colon_of_its_language(app: Flask, code: str, said: str) -> None:
    with app.test_request_context(), force_locale(code):
        assert labelled("a", "b") == said
        assert render_template_string("{{ 'a' | labelled('b') }}") == said


def test_a_page_escapes_what_is_labelled(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ '<i>' | labelled('<b>') }}") == "&lt;i&gt;: &lt;b&gt;"
