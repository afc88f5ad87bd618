"""Templates without the indentation that is there for who edits them: a quarter of what a participant would load."""

import re

from jinja2.ext import Extension

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Takes indentation from the source of pages, before anything is filled in. Mails keep theirs: some are text."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return a template's source; if it is a page's, with one blank before a line, which may part two words."""
        is_page = (name or "").endswith(".html") and not (name or "").startswith("mail/")
        return _INDENTATION.sub(" ", source) if is_page else source
