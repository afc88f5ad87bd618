"""Whatever a paper holds, it is printed or refused in a sentence; the child that sets it can harm nobody."""

import json
import os
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from feedback.child_processes import run_child
from feedback.domain.errors import PdfBusy, PdfNotMade
from feedback.rendering.blocks import Chart, Facts, Heading, Items, Quotes, Table
from feedback.rendering.faces import signs_without_face
from feedback.rendering.paper import Paper
from feedback.rendering.pdf import PLACES, PdfSettings, write_pdf
from feedback.resources import templates_folder
from tests.rendering.papers import SCALE, likert_bar, likert_data, paper_with
from tests.rendering.reading import pdf_text, squeezed

PDF_SETTINGS = PdfSettings(templates_folder(), boxes="Some are boxes.")
FONTS = templates_folder() / "fonts"
IN_MANY_SCRIPTS = (
    "Head Office",
    "हिन्दी क्षेत्र",
    "ทีมกรุงเทพ",
    "မြန်မာ",
    "עברית",
    "አማርኛ",
    "ქართული",
    "հայերեն",
    "ខ្មែរ",
    "বাংলা",
    "தமிழ்",
    "తెలుగు",
    "ಕನ್ನಡ",
    "മലയാളം",
    "ગુજરાતી",
    "ਪੰਜਾਬੀ",
    "ଓଡ଼ିଆ",
    "සිංහල",
    "ລາວ",
    "Việt Nam",
    "العربية",
    "😀 → ≥ ▾",
)
PIECES = st.sampled_from(
    (*IN_MANY_SCRIPTS, "ffi ﬁ ﬄ", "東京", "x\u0301\u0302", "क\u200dष", "👩🏽‍💻🇬🇧1\u20e3", "\u202eابج\u2066", "ि")
)
ANY = st.text(st.characters(codec=None), min_size=1, max_size=8)
LABELS = st.lists(PIECES | ANY, min_size=1, max_size=6).map("".join)


def full_of(labels: tuple[str, ...], language: str = "en", direction: str = "ltr") -> Paper:
    """A paper that has each label wherever words can stand: title, legend, label, note, cell, comment."""
    first, last = labels[0], labels[-1]
    scale = ((first, *SCALE[0][1:]), *SCALE[1:])
    bars = tuple(likert_bar(label, (1, 2, 3, 4, 5), scale, label.replace("%", "") + " %d") for label in labels)
    data = likert_data(bars, last)
    chart = Chart(first, f"chart {last}", bars, data, diverging=True)
    table = Table(first, data.columns, data.rows)
    facts = Facts(tuple((label, label) for label in labels))
    blocks = (Heading(last), chart, table, Quotes(labels), Items(labels), facts)
    return paper_with(*blocks, title=f"{first}.", language=language, direction=direction)


def in_brief(paper: Paper) -> Paper:
    """The same as it is printed for a board: in cards, and with comments that are cut."""
    sections = tuple(replace(paper.sections[0], name=name) for name in ("short", "comments", "method"))
    return replace(paper, is_brief=True, sections=sections, more=tuple(f"{number} more" for number in range(1, 9)))


@settings(max_examples=6)
@given(
    st.lists(LABELS, min_size=5, max_size=8).map(tuple), st.sampled_from([("en", "ltr"), ("ar", "rtl")]), st.booleans()
)
def test_no_text_anywhere_stops_the_press(labels: tuple[str, ...], speech: tuple[str, str], brief: bool) -> None:
    paper = full_of(labels, *speech)
    assert write_pdf(in_brief(paper) if brief else paper, PDF_SETTINGS).startswith(b"%PDF-1.7")


def test_a_long_text_from_left_to_right_is_printed_in_a_paper_from_right_to_left() -> None:
    long = ("office" * 40, "https://example.com/" + "a" * 300, "Reverse mentoring of the whole organisation " * 12)
    for paper in (full_of(long, "ar", "rtl"), in_brief(full_of(long, "ar", "rtl"))):
        assert write_pdf(paper, PDF_SETTINGS).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("speech", [("en", "ltr"), ("ar", "rtl")])
def test_many_scripts_have_letters(speech: tuple[str, str]) -> None:
    pdf = write_pdf(full_of(IN_MANY_SCRIPTS, *speech), PDF_SETTINGS)
    assert "Head Office" in pdf_text(pdf)
    assert squeezed(PDF_SETTINGS.boxes) not in squeezed(pdf_text(pdf))


def test_signs_without_letters_are_boxes_and_the_document_says_so() -> None:
    assert squeezed(PDF_SETTINGS.boxes) in squeezed(pdf_text(write_pdf(full_of(("東京 office",)), PDF_SETTINGS)))


def faces_in(pdf: bytes) -> str:
    fonts = (page["/Resources"]["/Font"] for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(str(font.get_object()["/BaseFont"]) for each in fonts for font in each.values())


def test_further_fonts_are_used(tmp_path: Path) -> None:
    templates, further = tmp_path / "templates", tmp_path / "further"
    shutil.copytree(templates_folder() / "report", templates / "report")
    (templates / "fonts").mkdir()
    further.mkdir()
    for name in ("NotoSans-Regular", "Boxes-Regular"):
        shutil.copy(FONTS / f"{name}.ttf", templates / "fonts")
    shutil.copy(FONTS / "NotoSansThai-Regular.ttf", further)
    paper = paper_with(Quotes(("ทีมกรุงเทพ",)))
    without, with_them = (write_pdf(paper, PdfSettings(templates, one, "In boxes.")) for one in (None, further))
    assert ("NotoSansThai" in faces_in(without), "NotoSansThai" in faces_in(with_them)) == (False, True)
    assert ("In boxes." in pdf_text(without), "In boxes." in pdf_text(with_them)) == (True, False)


def test_what_is_not_seen_needs_no_face() -> None:
    assert signs_without_face("a\u200d\ufe0f \u202e東", [FONTS / "NotoSans-Regular.ttf"]) == {"東"}


def settings_of(folder: Path, template: str, seconds: float = 60) -> PdfSettings:
    (folder / "report").mkdir()
    shutil.copytree(FONTS, folder / "fonts")
    (folder / "report" / "paper.typ").write_text(f'#set document(title: "x")\n{template}')
    return PdfSettings(folder, seconds=seconds)


def test_what_a_template_of_one_word_says_is_printed(tmp_path: Path) -> None:
    assert "word" in pdf_text(write_pdf(paper_with(), settings_of(tmp_path, "word")))


@pytest.mark.parametrize(
    ("template", "seconds"),
    [
        pytest.param("#let a = range(50000000)\nx", 60, id="takes too much memory"),
        pytest.param("#for i in range(30000000) { str(i) }", 1, id="takes too long"),
        pytest.param("#panic(1)", 60, id="fails"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(template: str, seconds: float, tmp_path: Path) -> None:
    with pytest.raises(PdfNotMade, match=r"^The PDF cannot be made .* say the same\.$"):
        write_pdf(paper_with(), settings_of(tmp_path, template, seconds))


def test_more_than_two_at_once_are_refused() -> None:
    with PLACES, PLACES, pytest.raises(PdfBusy, match="Try again in a minute"):
        write_pdf(paper_with(), PDF_SETTINGS)


def test_a_child_is_told_no_secret_and_holds_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FEEDBACK_MASTER_KEY", "secret")
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003  # takes no name
        said = json.loads(run_child("tests.rendering.confessing", b"", seconds=60) or b"{}")
    told = {"PATH", "PYTHONPATH", "LANG", "LC_CTYPE", "MALLOC_ARENA_MAX", "PYTHONDONTWRITEBYTECODE"}
    assert set(said["environment"]) <= told
    assert not any(name.startswith(str(tmp_path)) for name in said["files"])
    assert said["limits"] == [[2**30, 2**30], [9, 9], [0, 0]]
