"""Things in a row: the comma and the "and" of the language, and nothing in them that a page would take for markup."""

import pytest
from flask import render_template_string
from flask_babel import force_locale

from feedback.locales.lists import labelled, listed
from tests.world import World

pytestmark = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("code", "said"), [("en", "a, b and c"), ("fr", "a, b et c"), ("ar", "a وb وc"), ("cy", "a, b, c")]
)
def test_a_list_has_the_comma_and_the_and_of_its_language(world: World, code: str, said: str) -> None:
    with world.app.test_request_context("/"), force_locale(code):
        assert listed(("a", "b", "c")) == said
        assert render_template_string("{{ ['a', 'b', 'c'] | listed }}") == said


@pytest.mark.parametrize(("code", "said"), [("en", "a, b"), ("es", "a, b"), ("ar", "a، b")])
def test_what_stands_side_by_side_has_the_comma_of_its_language(world: World, code: str, said: str) -> None:
    with world.app.test_request_context("/"), force_locale(code):
        assert render_template_string("{{ 'a' }}{{ comma() }}{{ 'b' }}") == said


def test_a_page_escapes_what_is_in_a_list(world: World) -> None:
    with world.app.test_request_context("/"):
        shown = render_template_string("{{ ['<b>', 'الف' | isolated] | listed }}")
    assert shown == "&lt;b&gt; and <bdi>الف</bdi>"


@pytest.mark.parametrize(("code", "said"), [("en", "a: b"), ("fr", "a\u00a0: b"), ("ar", "a: b")])
def test_a_label_has_the_colon_of_its_language(world: World, code: str, said: str) -> None:
    with world.app.test_request_context("/"), force_locale(code):
        assert labelled("a", "b") == said
        assert render_template_string("{{ 'a' | labelled('b') }}") == said


def test_a_page_escapes_what_is_labelled(world: World) -> None:
    with world.app.test_request_context("/"):
        assert render_template_string("{{ '<i>' | labelled('<b>') }}") == "&lt;i&gt;: &lt;b&gt;"
