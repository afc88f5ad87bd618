import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import StrictUndefined

from feedback.resources import templates_folder
from feedback.web.languages import add_languages

FOLDER = templates_folder()
TEMPLATES = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"})
PAGES = [
    path for path in TEMPLATES if path.suffix == ".html" and path.relative_to(FOLDER).parts[0] not in {"demo", "mail"}
]
STYLES = sorted((Path(__file__).parents[2] / "feedback" / "web" / "static").glob("*.css"))
WITH_STYLES = {"layout.html", "report/layout.html", "staff/layout.html"}


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


def with_text(paths: list[Path], pattern: str) -> list[str]:
    return [name(path) for path in paths if re.search(pattern, path.read_text(encoding="utf-8"), re.IGNORECASE)]


def test_nothing_is_declared_safe() -> None:
    assert with_text(TEMPLATES, r"\|\s*safe\b|autoescape\s+false|Markup") == []


def test_no_page_has_a_script_but_the_one_of_comforts_or_that_of_passkeys() -> None:
    assert with_text(TEMPLATES, r"javascript:|\son[a-z]+\s*=") == []
    scripted = ("check", "closed", "left_open", "part", "promise", "thanks", "too_late", "withdrawn")
    with_passkeys = ("api_keys", "how_to_sign_in", "passkey", "passkeys", "web_hook", "web_hooks")
    assert with_text(TEMPLATES, r"<script") == [
        *(f"participant/{page}.html" for page in scripted),
        *(f"staff/{page}.html" for page in with_passkeys),
    ]
    texts = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    assert set(re.findall(r"<script[^>]*>.*?</script>", texts)) == {
        f"<script src=\"{{{{ url_for('static', filename='{name}.js') }}}}\" defer></script>"
        for name in ("comforts", "passkeys")
    }


def test_the_script_asks_nobody_for_anything() -> None:
    text = (STYLES[0].parent / "comforts.js").read_text(encoding="utf-8")
    assert re.findall(r"fetch|XMLHttp|sendBeacon|WebSocket|import|cookie|eval|innerHTML|://", text) == []


def test_the_script_of_passkeys_asks_this_service_alone_and_keeps_nothing() -> None:
    text = (STYLES[0].parent / "passkeys.js").read_text(encoding="utf-8")
    assert re.findall(r"fetch\([^,]*", text) == ["fetch(form.dataset.asks"]
    assert re.findall(r"XMLHttp|sendBeacon|WebSocket|import|cookie|eval|innerHTML|Storage|://", text) == []


def test_no_page_has_styles_of_its_own() -> None:
    assert with_text(PAGES, r"<style|\sstyle\s*=") == []


def test_no_page_names_another_site() -> None:
    assert with_text(TEMPLATES, r"https?://|[\"'(]//") == []


def test_the_styles_load_nothing() -> None:
    texts = [path.read_text(encoding="utf-8") for path in STYLES]
    assert len(texts) == 4
    assert [text for text in texts if re.search(r"url\(|@import|@font-face", text)] == []


def test_no_page_loads_anything_but_the_styles() -> None:
    assert with_text(PAGES, r"<(iframe|object|embed|video|audio|source)\b") == []
    # An organisation's logo, drawn anew when it was set; only staff see it.
    assert (
        with_text(PAGES, r"<img\b")
        == with_text(PAGES, r"<img[^>]*\ssrc=\"{{ url_for\('staff.(?:organisation_)?logo'")
        == ["report/page.html", "staff/organisation.html"]
    )
    assert [name for name in with_text(PAGES, r"<link\b") if name not in WITH_STYLES] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_compiles(path: Path) -> None:
    app = Flask("every template", template_folder=str(FOLDER))
    app.jinja_env.undefined = StrictUndefined
    add_languages(app)
    with app.app_context():
        app.jinja_env.get_template(name(path))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_words_of_a_page_can_be_translated(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for code in (
        r"{% block (page|body) %}.*?{% endblock \1 %}",
        r"{%-?\s*trans\b.*?endtrans.*?%}",
        r"{{.*?}}|{%.*?%}|{#.*?#}",
        r"<[^>]*>",
    ):
        text = re.sub(code, " ", text, flags=re.DOTALL)
    assert re.findall(r"[A-Za-z]{2,}", text) == []
