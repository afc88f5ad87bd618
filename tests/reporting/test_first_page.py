"""The first page of a report by itself: one picture, and the same in words."""

import struct
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from feedback.domain.languages import LANGUAGES
from feedback.rendering.blocks import Items
from feedback.rendering.pdf import PdfSettings, write_picture
from feedback.reporting.board_paper import compose_board, compose_first_page
from feedback.reporting.formats import REPORT_FORMATS
from feedback.resources import templates_folder
from tests.rendering.papers import HOSTILE, paper_with
from tests.reporting.test_board_paper import sample

PDF_SETTINGS = PdfSettings(templates_folder())
PNG = b"\x89PNG\r\n\x1a\n"
A4_IN_DOTS = 1240


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


@pytest.mark.parametrize("language", [one.code for one in LANGUAGES])
def test_it_is_one_picture_as_wide_as_the_paper(speaking: Flask, language: str) -> None:
    with force_locale(language):
        png = REPORT_FORMATS["summary.png"].write(sample("27-people"), language, PDF_SETTINGS)
    width, height = size_of(png)
    assert abs(width - A4_IN_DOTS) <= 1
    assert 400 < height < 2 * A4_IN_DOTS
    assert len(png) < 700_000


def test_the_picture_holds_no_words_about_who_made_it(speaking: Flask) -> None:
    png = REPORT_FORMATS["summary.png"].write(sample("27-people"), "en", PDF_SETTINGS)
    assert not {b"tEXt", b"iTXt", b"tIME", b"eXIf"} & {png[place : place + 4] for place in range(len(png))}


def test_equal_reports_give_equal_pictures(speaking: Flask) -> None:
    write = REPORT_FORMATS["summary.png"].write
    assert write(sample("27-people"), "en", PDF_SETTINGS) == write(sample("27-people"), "en", PDF_SETTINGS)


def test_it_is_the_first_page_of_the_document_and_nothing_else(speaking: Flask) -> None:
    whole, first = compose_board(sample("27-people"), "en"), compose_first_page(sample("27-people"), "en")
    assert first == replace(whole, sections=whole.sections[:1])
    assert [section.name for section in first.sections] == ["short"]


def test_the_words_beside_it_say_the_same(speaking: Flask) -> None:
    words = REPORT_FORMATS["summary.txt"].write(sample("27-people"), "en", PDF_SETTINGS).decode()
    for section in compose_first_page(sample("27-people"), "en").sections:
        for block in section.blocks:
            if isinstance(block, Items):
                assert all(" ".join(entry.split()) in " ".join(words.split()) for entry in block.entries)
    assert "IN SHORT" in words
    assert "Statement hash" not in words


def test_hostile_texts_are_drawn_as_text() -> None:
    section = replace(paper_with(Items(HOSTILE)).sections[0], name="short")
    paper = replace(paper_with(), sections=(section,), is_brief=True)
    assert size_of(write_picture(paper, PDF_SETTINGS))
