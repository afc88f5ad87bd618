"""What makes a page work is left out of its copy, whatever the page."""

from hypothesis import given
from hypothesis import strategies as st

from feedback.web.static_copies import without_links

HEAD, NOTICE = "<i>head</i>", "<i>notice</i>"


def dead(body: str) -> str:
    return without_links(f"<!DOCTYPE html><html><head></head><body>{body}</body></html>", HEAD, NOTICE)


def test_the_notice_stands_first_and_the_rest_as_it_was() -> None:
    said = '<p class="a &amp; b">1 &lt; 2 &amp;&#233; <input checked name="x" value="&quot;"></p>'
    assert dead(said) == (
        f"<!DOCTYPE html><html><head>{HEAD}</head><body>{NOTICE}"
        '<p class="a &amp; b">1 &lt; 2 &amp;&#233; <input checked name="x" value="&quot;"></p></body></html>'
    )


def test_what_works_is_taken_away() -> None:
    page = dead(
        '<form action="/s/x" method="post" class="f"><input type="hidden" name="state" value="secret">'
        '<button formaction="/s/x" onclick="run()">Send</button><input type="submit"></form>'
        '<script src="/x.js">run("&lt;")</script><a href="/s/x" class="button">Go</a><a href="#main">Down</a>'
        '<!-- secret --><h1 data-sent="secret" data-page="x">H</h1><a href="javascript:run()">J</a>'
    )
    assert "secret" not in page
    assert "run" not in page
    assert "/s/x" not in page
    assert '<div class="f"><button type="button">Send</button><input type="button"></div>' in page
    assert '<a class="button" role="link" aria-disabled="true">Go</a><a href="#main">Down</a>' in page
    assert '<h1 data-page="x">H</h1>' in page


@given(st.text(alphabet='<>="/ abform!-&;#xscript', max_size=80))
def test_no_jumble_brings_a_form_or_a_script_to_life(text: str) -> None:
    page = dead(text).lower()
    assert "<form" not in page.replace("&lt;", "")
    assert "<script" not in page
