"""What a page says and where: its visible words, and whether they are in the language it claims to be in."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser

# Words that no French, Spanish or Welsh sentence of ours has.
ENGLISH = {
    *("the", "and", "your", "you", "with", "this", "that", "these", "not", "answer", "answers", "survey", "people"),
    *("were", "what", "which", "who", "from", "of", "is", "was", "has", "have", "been", "but", "if", "after", "before"),
    *("until", "only", "nobody", "send", "sent", "link", "back"),
}
_RECEIPT = re.compile("(?:[0-9A-F]{4}-){7}[0-9A-F]{4}")
_SILENT = {"script", "style", "code"}
_TOLD = ("aria-label", "title", "alt", "placeholder", "data-left", "data-over")


class Words(HTMLParser):
    """The texts of a page, each with the language of its element; `lang` and `dir` are the page's own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[tuple[str, str]] = []
        self.lang = self.dir = ""
        self._open: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.lang, self.dir = known.get("lang", ""), known.get("dir", "")
        language = known.get("lang") or (self._open[-1][1] if self._open else "")
        self.texts += [(language, known[name]) for name in _TOLD if name in known]
        if tag not in {"meta", "link", "input", "br", "hr"}:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self._open and self._open[-1][0] not in _SILENT:
            self.texts.append((self._open[-1][1], " ".join(data.split())))


def foreign_texts(html: str, data: Iterable[str]) -> Iterator[str]:
    """Yield the texts of a page that are English although the page is not; `data` is what may be as it was entered."""
    page = Words(html)
    for language, text in page.texts:
        rest = _RECEIPT.sub(" ", text)
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, " ")
        if language == page.lang and _is_foreign(rest, page.lang):
            yield text


def _is_foreign(text: str, language: str) -> bool:
    words = re.findall(r"[A-Za-z]{2,}", text)
    return bool(words if language == "ar" else ENGLISH & {word.lower() for word in words})
