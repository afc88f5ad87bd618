"""Copies of participants’ pages to look at: no link leads anywhere, no button sends anything, no script runs."""

from html import escape
from html.parser import HTMLParser

_INSIDE_A_FORM = "div"
_HIDDEN = frozenset({"hidden", "password", "file"})
_SENDS = frozenset({"submit", "image", "reset"})
_PRESSED = {"button": "submit", "input": "text"}
_KEPT_DATA = frozenset({"data-page"})
_DROPPED = frozenset(
    {"action", "method", "formaction", "formmethod", "form", "hreflang", "autofocus", "download", "ping"}
)
_WITHOUT_END = frozenset({"input", "br", "meta", "link", "img", "hr", "wbr"})


def without_links(page: str, head: str, before: str) -> str:
    """Return a page of which nothing can be followed or sent, with HTML added: to its head, and `before` its body."""
    copy = _StaticCopy(head, before)
    copy.feed(page)
    copy.close()
    return "".join(copy.pieces)


class _StaticCopy(HTMLParser):
    """Writes a page again without what makes it work. Scripts, comments and what is hidden are left out."""

    def __init__(self, head: str, before: str) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._head, self._before, self._in_script = head, before, False

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(f"<!{decl}>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self._in_script = tag == "script"
        if tag in {"script", "base"} or (tag == "input" and known.get("type") in _HIDDEN):
            return
        kept = {name: value for name, value in known.items() if _may_stay(name)}
        if tag == "a" and not (kept.get("href") or "").startswith("#"):
            kept.pop("href", None)
            kept |= {"role": "link", "aria-disabled": "true"}
        if tag in _PRESSED and known.get("type", _PRESSED[tag]) in _SENDS:
            kept["type"] = "button"
        self.pieces.append(_written(_INSIDE_A_FORM if tag == "form" else tag, kept))
        if tag == "body":
            self.pieces.append(self._before)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False
        elif tag not in _WITHOUT_END:
            self.pieces += [self._head] if tag == "head" else []
            self.pieces.append(f"</{_INSIDE_A_FORM if tag == 'form' else tag}>")

    def handle_data(self, data: str) -> None:
        if not self._in_script:
            self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self.pieces.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.pieces.append(f"&#{name};")


def _may_stay(name: str) -> bool:
    is_data = name.startswith("data-")
    return name in _KEPT_DATA if is_data else name not in _DROPPED and not name.startswith("on")


def _written(tag: str, attributes: dict[str, str | None]) -> str:
    shown = (name if value is None else f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{' '.join((tag, *shown))}>"
