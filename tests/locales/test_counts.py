"""Numbers in sentences: written as the language writes them, with the noun in the form that the number asks for."""

import re

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext, ngettext

from feedback.locales.counts import answers, characters, people
from tests.house.test_translations import ROOT, in_every_language, messages, said, sources

CELL = re.compile(r'<td class="number">\{\{ (.*?) \}\}')

# What stands in a place that is neither a number nor a number with its noun, as `feedback/locales/counts.py` puts it.
WORDS = set(
    re.findall(
        r"\w+",
        "address after answer at at_least before begins button closed closes code cohorts contact date day decision "
        "email ends few focus group interval last many moment name names opened organisation others pair "
        "place programme purpose question range reason response reviewer role roles said sentence share side sign "
        "signs since stage stages summary text theme themes time until url verb wave who word zone "
        "administrator begun certain change counts expected made questions seen shares used "
        "all cohort column encoding field inviter kind language meant other places provider sheet source",
    )
)
COUNTED = set(
    re.findall(
        r"\w+",
        "answers characters days groups kept links longest mentees mentors minutes people points results times unused",
    )
)
# Sentences in which a number has no noun that would have to agree with it, and numbers that count nothing.
ALONE = re.compile(
    r"%\((count|low|high|n|k|some|decided|number)\)s (of|or|to|chose|carry|say) |n = %|; the data file"
    r"|^(Part|Text|Survey) "
    r"|(at least|at most|fewer than|to|look|reminder|Reminder|support list|by) %\((low|high|k|number|count)\)s"
    r"|: %\((count|doubled)\)s|\(%\((number|most|points)\)s\)|%\((band|wide_band|percent)\)s|from %\(least\)s \("
    r"|%\(least\)s (must answer|nothing)|\) chose|\(%\((low|high)\)s, |of them wrote"
    r"|only %\(count\)s|^%\(count\)s \(|^%\(counted\)s of|\(%\(count\)s\)$|of %\(n\)s$"
    r"|[Ll]ine %\(number\)s|^Column |and %\(more\)s more|shorten it to %\(number\)s|: %\(all\)s|%\(last\)s of %"
    r"|omment %\(number\)s|version %\(number\)s|^Page %\(page\)s of|; %\(groups\)s, from %\(least\)s to %\(most\)s$"
    r"|%\(\w+\)s (more|fewer|in 100)|^about %\(number\)s$|, now %\(after\)s, | but %\(mentees\)s "
    r"|^%\(count\)s (answered|did not answer) "
)


def test_what_is_counted_has_plural_forms_or_no_noun() -> None:
    single = [message for _context, message in sources() if isinstance(message, str)]
    numbered = {text: set(re.findall(r"%\((\w+)\)s", text)) - WORDS - COUNTED for text in single}
    assert [text for text, numbers in numbered.items() if numbers and not ALONE.search(text)] == []


@in_every_language
def test_no_count_stands_before_a_noun_in_one_form_only(code: str) -> None:
    """ "12 أشخاص" was read where 12 asks for "12 شخصًا": the noun belongs to the number, see `counts.py`."""
    nouns = {
        noun
        for message in messages(code)
        if message.id == ("%(num)s person", "%(num)s people")
        for noun in said(message)
    }
    nouns = {noun.removeprefix("%(num)s ") for noun in nouns if noun.startswith("%(num)s ")}
    assert nouns
    single = [text for message in messages(code) if isinstance(message.id, str) for text in said(message)]
    wrong = re.compile(r"%\((?!band\))\w+\)s (" + "|".join(map(re.escape, nouns)) + r")\b")
    assert [text for text in single if wrong.search(text)] == []


@pytest.mark.parametrize(
    ("code", "number", "words"),
    [
        ("en", 12, "12 people"),
        ("fr", 1200, "1\u202f200 personnes"),
        ("es", 12, "12 personas"),
        ("ar", 5, "5 أشخاص"),
        ("ar", 12, "12 شخصًا"),
        ("ar", 100, "100 شخص"),
        ("cy", 6, "6 pherson"),
    ],
)
def test_a_noun_has_the_form_that_its_number_asks_for(writing: Flask, code: str, number: int, words: str) -> None:
    with writing.app_context(), force_locale(code):
        assert people(number) == words


def test_numbers_in_sentences_are_written_as_the_language_writes_them(writing: Flask) -> None:
    template = "{% trans count=n %}{{ count }} person invited{% pluralize %}{{ count }} people invited{% endtrans %}"
    with writing.app_context(), force_locale("en"):
        assert (characters(1000), answers(1)) == ("1,000 characters", "1 answer")
        assert gettext("Part %(number)s", number=1200) == "Part 1,200"
        assert gettext("Wave %(number)s", number="1200") == "Wave 1200"
        assert ngettext("%(num)s link", "%(num)s links", 1200) == "1,200 links"
        assert render_template_string(template, n=1200) == "1,200 people invited"
        assert render_template_string("{{ _('%(n)s of 2000', n=n) }}", n=1200) == "1,200 of 2000"


def test_a_number_in_a_cell_of_a_page_is_written_as_the_language_writes_it(writing: Flask) -> None:
    cells = [cell for page in (ROOT / "templates").rglob("*.html") for cell in CELL.findall(page.read_text("utf-8"))]
    assert cells
    assert [cell for cell in cells if not cell.endswith("| number")] == []
    with writing.app_context(), force_locale("fr"):
        assert render_template_string("{{ 1200 | number }}") == "1\u202f200"
