"""The empty list is one that the service itself reads, in every language and form."""

import pytest

from feedback.domain.languages import LANGUAGES
from feedback.domain.roster.mending import found_columns, layout_of
from feedback.domain.roster.templates import WORDS, template_text
from feedback.domain.roster.words import role_in
from feedback.rendering.roster_template import write_roster_template
from feedback.services.roster.read_file import table_of

FIELDS = ("name", "email", "role", "cohort", "language")


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_a_list_that_was_filled_in_is_read(code: str) -> None:
    words = WORDS[code]
    assert {role: role_in(word) for role, word in words.roles.items()} == {role: role for role in words.roles}
    person = words.separator.join(("Ada Ito", "ada@example.com", words.roles[next(iter(words.roles))], "", "")) + "\r\n"
    workbook = write_roster_template(words.headers, tuple(words.roles.values()), right_to_left=code == "ar")
    for data in ((template_text(words) + person).encode(), workbook):
        assert tuple(one.field for one in found_columns(layout_of(table_of(data)))) == FIELDS
    assert workbook == write_roster_template(words.headers, tuple(words.roles.values()), right_to_left=code == "ar")
