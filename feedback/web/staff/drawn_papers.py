"""A paper drawn as the piece of a page that it is, which is the same for whoever reads it in one language."""

from dataclasses import dataclass

from flask import get_template_attribute
from markupsafe import Markup

from feedback.rendering.page import page_of
from feedback.rendering.paper import Paper


@dataclass(frozen=True)
class DrawnPaper:
    """The title of a paper and its `body` as HTML."""

    title: str
    body: Markup

    @property
    def size(self) -> int:
        """Return about how many bytes it takes."""
        return 2 * len(self.body)


def drawn(paper: Paper) -> DrawnPaper:
    """Return the paper as a page shows it, in the language that is spoken."""
    return DrawnPaper(paper.title, get_template_attribute("report/blocks.html", "paper_body")(page_of(paper)))
