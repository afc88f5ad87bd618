"""Things in a row: the comma of the language, and nothing in them that a page would take for markup."""

import pytest
from flask import render_template_string
from flask_babel import force_locale

from feedback.locales.lists import labelled, listed
from tests.world import World

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize(("code", "said"), [("en", "a, b"), ("fr", "a, b"), ("ar", "a، b")])
def test_a_list_has_the_comma_of_its_language(world: World, code: str, said: str) -> None:
    with world.app.test_request_context("/"), force_locale(code):
        assert listed(("a", "b")) == said
        assert render_template_string("{{ ['a', 'b'] | listed }}") == said


def test_a_page_escapes_what_is_in_a_list(world: World) -> None:
    with world.app.test_request_context("/"):
        shown = render_template_string("{{ ['<b>', 'الف' | isolated] | listed }}")
    assert shown == "&lt;b&gt;, <bdi>الف</bdi>"


@pytest.mark.parametrize(("code", "said"), [("en", "a: b"), ("fr", "a\u00a0: b"), ("ar", "a: b")])
def test_a_label_has_the_colon_of_its_language(world: World, code: str, said: str) -> None:
    with world.app.test_request_context("/"), force_locale(code):
        assert labelled("a", "b") == said
        assert render_template_string("{{ 'a' | labelled('b') }}") == said


def test_a_page_escapes_what_is_labelled(world: World) -> None:
    with world.app.test_request_context("/"):
        assert render_template_string("{{ '<i>' | labelled('<b>') }}") == "&lt;i&gt;: &lt;b&gt;"
