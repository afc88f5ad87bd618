"""Templates without the indentation that is there for who edits them: a quarter of what a participant would load."""

import re

from jinja2.ext import Extension

# The line break behind a block is taken away with it; elsewhere it parts two words as well as blanks do.
_BEHIND_A_BLOCK = re.compile(r"(?<=[%#]\}\n)[ \t]+")
_BEHIND_A_LINE = re.compile(r"(?<![%#]\}\n)^[ \t]+", re.MULTILINE)


class Unindented(Extension):
    """Takes indentation from the source of pages, before anything is filled in. Emails keep theirs: some are text."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Return a template's source; if it is a page's, with no more blanks before a line than part two words."""
        if not (name or "").endswith(".html") or (name or "").startswith("mail/"):
            return source
        return _BEHIND_A_LINE.sub("", _BEHIND_A_BLOCK.sub(" ", source))
