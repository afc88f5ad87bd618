import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.rendering.blocks import Column, Heading, Paragraph, Table
from feedback.rendering.cleaning import cleaned
from feedback.rendering.levels import without_skipped_levels
from feedback.rendering.measuring import column_widths, ems, lines
from feedback.rendering.wording import cell_words, direction_of, harmless, percent_words, printable
from tests.rendering.papers import HOSTILE, long_table, number, paper_with, share

ANYTHING = st.text(st.characters(codec=None), max_size=200)


@given(ANYTHING)
def test_what_is_printable_can_be_written_down(text: str) -> None:
    clean = printable(text)
    clean.encode()
    assert not any(character < " " and character not in "\n\t" for character in clean)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=200))
def test_letters_and_signs_are_kept(text: str) -> None:
    assert printable(text) == text


def test_a_clean_paper_keeps_all_but_texts() -> None:
    paper = paper_with(Paragraph(HOSTILE[6]), long_table(2))
    clean = cleaned(paper)
    assert clean.sections[0].blocks[1] == paper.sections[0].blocks[1]
    assert clean.sections[0].blocks[0].text == "bell  null  escape [31m noncharacter  half "


@pytest.mark.parametrize(
    ("language", "words"), [("en", "33.3%"), ("en-GB", "33.3%"), ("fr", "33,3\u00a0%"), ("cy", "33.3%")]
)
def test_shares_are_written_as_the_language_does(language: str, words: str) -> None:
    assert percent_words(33.34, language) == words


@pytest.mark.parametrize(("cell", "words"), [("12", "12"), (1200, "1,200"), (43.25, "43.25"), (-5.7, "-5.7")])
def test_numbers_in_cells_are_written_as_the_language_does(cell: str | float, words: str) -> None:
    assert cell_words(cell, number("People"), "en") == words


def test_a_cell_of_shares_has_its_sign() -> None:
    assert [cell_words(cell, share("Share"), "en") for cell in (0, 100, 8.33)] == ["0%", "100%", "8.3%"]


@given(ANYTHING)
def test_no_harmless_text_starts_a_formula(text: str) -> None:
    assert not harmless(text).lstrip().startswith(("=", "+", "-", "@"))
    assert harmless(text).removeprefix("'") == text.removeprefix("'")


@pytest.mark.parametrize(("text", "direction"), [("12 نص a", "rtl"), ("(a) נ", "ltr"), ("12 !", "rtl"), ("", "rtl")])
def test_a_text_runs_as_its_first_letter_does(text: str, direction: str) -> None:
    assert direction_of(text, "rtl") == direction


@given(st.text(max_size=120), st.floats(2, 40))
def test_lines_hold_all_words_and_fit(text: str, room: float) -> None:
    found = lines(text, room)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(ems(line) <= room for line in found)


def test_headings_leave_out_no_level() -> None:
    levels = [block.level for block in without_skipped_levels((Heading("a", 4), Heading("b", 4), Heading("c", 3)))]
    assert levels == [3, 4, 3]


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=5), st.floats(10, 90))
def test_columns_share_the_room_there_is(rows: list[tuple[str, str]], room: float) -> None:
    table = Table("caption", (Column("one"), Column("other")), tuple(rows))
    widths = column_widths(table, "en", room)
    assert all(width > 0 for width in widths)
    assert sum(widths) <= max(room, 2 * 14) + 0.01
