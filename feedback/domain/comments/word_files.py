"""Files of words, edited by people who do not program; a refusal names every wrong entry, its line and mend."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from feedback.domain.errors import WordsRefused, quoted
from feedback.domain.survey.questionnaire_tables import Findings, TomlTable, parsed_toml


@dataclass(frozen=True)
class Entries:
    """What a list is made of: what separates entries, which of them fit, and what to write instead of the others."""

    parted_by: str
    fit: Callable[[str], bool]
    mend: str


class WordFile:
    """One file of words. A wrong entry is noted, so that reading can go on; `check` refuses the file."""

    def __init__(self, text: str, file: str) -> None:
        """Take the TOML `text` of `file`; raise WordsRefused if it cannot be parsed."""
        self._lines = unicodedata.normalize("NFC", text).splitlines()
        self._findings = Findings()
        self.top = TomlTable(parsed_toml(text, file, WordsRefused), file, self._findings)

    def words(self, table: TomlTable, key: str, entries: Entries) -> tuple[str, ...]:
        """Return the entries of the list `key`, which must have some."""
        found = self.perhaps(table, key, entries)
        if not found:
            table.refuse(f"has no {key}; add some, in quotes")
        return found

    def perhaps(self, table: TomlTable, key: str, entries: Entries) -> tuple[str, ...]:
        """Return the entries of the list `key`, if there is one."""
        value = table.values.get(key, "")
        if not isinstance(value, str):
            table.refuse(f"has {key} not as text; write all of it between two quotation marks")
            return ()
        parts = re.split(entries.parted_by, value)
        found = [folded for part in parts if (folded := " ".join(part.split()))]
        for wrong in (entry for entry in found if not entries.fit(entry)):
            table.refuse(f"{self._place(wrong, entries)} has {quoted(wrong)} in {key}; {entries.mend}")
        return tuple(filter(entries.fit, found))

    def check(self) -> None:
        """Raise WordsRefused with all problems, one on a line."""
        if self._findings.problems:
            raise WordsRefused("\n".join(self._findings.problems))

    def _place(self, wrong: str, entries: Entries) -> str:
        for number, line in enumerate(self._lines, start=1):
            if wrong in (" ".join(part.split()) for part in re.split(rf'"|{entries.parted_by}', line)):
                return f"line {number}"
        return "the file"
