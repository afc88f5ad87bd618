"""Reads papers and what was written from them, so that the two can be compared."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader

from feedback.rendering.blocks import Chart
from feedback.rendering.cleaning import cleaned
from feedback.rendering.paper import Paper

_UNSEEN = {"language", "direction", "name", "anchor", "alt", "fold"}
SVG = "{http://www.w3.org/2000/svg}"


def words_of(paper: Paper) -> list[str]:
    """Every text that somebody reads in the paper, without the words for those who do not see a chart."""
    return [text for text in _words(cleaned(paper)) if text.strip()]


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _words(part)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in _UNSEEN:
                yield from _words(getattr(value, field.name))


def charts_in(paper: Paper) -> list[Chart]:
    return [block for section in paper.sections for block in section.blocks if isinstance(block, Chart)]


def squeezed(text: str) -> str:
    """`text` without what a line's end or a font may change: blanks, ligatures, marks of direction."""
    return re.sub(r"[\s\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufe0f]+", "", unicodedata.normalize("NFKC", text))


def pdf_text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def svg_root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def svg_words(svg: str) -> str:
    return " ".join("".join(text.itertext()) for text in svg_root(svg).iter(f"{SVG}text"))


class PageReader(HTMLParser):
    """What a page holds: its texts, tags with their attributes, and whether each tag that opened was closed."""

    _ALONE = frozenset({"meta", "link", "input", "br", "rect", "path", "circle", "line"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self._ALONE:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]
