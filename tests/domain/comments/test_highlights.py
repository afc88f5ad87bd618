"""Marks in a text: they find what may tell who somebody is, and never touch the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.domain.comments.first_names import fold
from feedback.domain.comments.highlights import Sign, is_one_typo, segments
from forms.marking import marker

Names, highlights, giveaways = marker().names, marker().highlights, marker().giveaways
ROSTER = Names(
    [
        "Katherine O'Neil",
        "William Grant",
        "Mohammed Al-Farsi",
        "Zoë Łukasz",
        "Bo Li",
        "王伟",
        "Anne-Marie Schröder",
        "Maria de la Cruz",
    ]
)
PIECES = [
    "Katherine", "kate", "Mo", "王伟", "Schröder", "a.b@example.com", "www.example.com/x", "+49 (0)30 1234567",
    "12.3.", "3rd of May 2026", "March 12", "Head of Finance", "my line manager", "CEO", "room 12B", "a Paris office",
    "@handle", " ", "\n", ", ", "’s ", "-", "ß", "İ", "e\u0301", "\u200d", "𝕳", "12", "/", "@", "of ",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=20).map("".join)
NAMES = st.lists(st.sampled_from(["Katherine O'Neil", "王伟", "", " ", "-", "İ ß"]) | st.text(max_size=12), max_size=5)


@given(TEXTS, NAMES)
def test_marking_never_changes_the_text(text: str, names: list[str]) -> None:
    runs = segments(text, highlights(text, Names(names)))
    assert "".join(run.text for run in runs) == text
    assert all(run.text for run in runs)


@given(TEXTS, NAMES)
def test_marks_are_within_the_text_in_order_and_apart(text: str, names: list[str]) -> None:
    end = 0
    for span in highlights(text, Names(names)):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@given(TEXTS)
def test_marking_is_the_same_each_time(text: str) -> None:
    assert highlights(text, ROSTER) == highlights(text, ROSTER)


def marked(text: str, sign: Sign) -> list[str]:
    return [run.text for run in segments(text, highlights(text, ROSTER)) if run.sign is sign]


@pytest.mark.parametrize(
    "name",
    [
        "Katherine", "katherine", "KATHERINE", "Kate", "kate", "Kathy", "Catherine",  # whole, alone, short forms
        "Kathrine", "Katharine", "Katherin", "Katherien", "kathrine",  # near misses
        "Neil", "William", "Bill", "Will", "Grant", "Mohammed", "Muhammad", "Mo", "Farsi",
        "Zoë", "Zoe", "ZOË", "Łukasz", "Lukasz", "Bo", "Li", "王伟", "Schröder", "Schroder", "Schroeder", "Marie",
        "Maria", "Cruz",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "I met {}, twice.", "({}’s idea)", "with\n{}"])
def test_names_are_marked(name: str, around: str) -> None:
    assert name in "".join(marked(around.format(name), Sign.NAME))


@pytest.mark.parametrize(
    "text",
    [
        "I will grant that the bill is small.",
        "We meet each week and it works well.",
        "Well, it was good. Late is better than never.",
        "de la",
        "It may be that I listen more.",
    ],
)
def test_plain_words_are_no_names(text: str) -> None:
    assert marked(text, Sign.NAME) == []


@pytest.mark.parametrize(
    ("sign", "part"),
    [
        (Sign.MAIL, "a.b+c@mail.example.com"),
        (Sign.LINK, "https://example.com/x?y=1"),
        (Sign.LINK, "www.example.com"),
        (Sign.LINK, "example.co.uk"),
        (Sign.LINK, "@handle"),
        (Sign.PHONE, "+49 (0)30 123 45 67"),
        (Sign.PHONE, "020 7946 0958"),
        (Sign.PHONE, "(555) 010-9999"),
        (Sign.DATE, "12.03.2026"),
        (Sign.DATE, "2026-03-12"),
        (Sign.DATE, "12/3"),
        (Sign.DATE, "3rd of May 2026"),
        (Sign.DATE, "March 12th, 2026"),
        (Sign.ROLE, "Head of Finance"),
        (Sign.ROLE, "my line manager"),
        (Sign.ROLE, "the new director"),
        (Sign.ROLE, "CEO"),
        (Sign.ROLE, "vice president"),
        (Sign.ROLE, "chief financial officer"),
        (Sign.PLACE, "room 12B"),
        (Sign.PLACE, "team Phoenix"),
        (Sign.PLACE, "Paris office"),
        *((Sign.PHONE, words) for words in ("ext. 4711", "extension 12", "poste 345", "Extensión: 2201", "تحويلة 123")),
        *(
            (Sign.NUMBER, words)
            for words in ("staff number E1234", "employee no. 77", "matricule 00421", "Badge #A-12")
        ),
        *((Sign.NUMBER, words) for words in ("número de empleado 5521", "rhif staff 812", "الرقم الوظيفي 5512")),
        *((Sign.NUMBER, words) for words in ("00421", "AB-12345", "E554433")),
    ],
)
def test_what_may_identify_is_marked(sign: Sign, part: str) -> None:
    found = "".join(marked(f"They said {part} yesterday.", sign))
    assert found
    assert part.endswith(found)


@pytest.mark.parametrize(
    "text",
    [
        "The team is good.",
        "It costs 12 euros.",
        "in 2026",
        "24 hours",
        "ten out of 10",
        "a coach",
        "e.g. this",
        "staff are kind",
        "the next 2000",
    ],
)
def test_harmless_words_are_not_marked(text: str) -> None:
    assert highlights(text, ROSTER) == ()


def test_a_name_within_an_address_is_marked_once() -> None:
    assert marked("Katherine.Grant@example.com", Sign.MAIL) == ["Katherine.Grant@example.com"]
    assert marked("Katherine.Grant@example.com", Sign.NAME) == []


def test_a_long_text_made_to_hurt_is_marked_all_the_same() -> None:
    text = "a" * 2000 + "1 " * 2000 + "@" * 2000 + "a." * 2000 + "head of " * 500
    assert "".join(run.text for run in segments(text, highlights(text, ROSTER))) == text


WORDS = st.text("abc", max_size=6)


def one_letter_away(word: str) -> set[str]:
    places = range(len(word) + 1)
    dropped = {word[:place] + word[place + 1 :] for place in places}
    added = {word[:place] + letter + word[place:] for place in places for letter in "abc"}
    replaced = {word[:place] + letter + word[place + 1 :] for place in places[:-1] for letter in "abc"}
    swapped = {word[:place] + word[place : place + 2][::-1] + word[place + 2 :] for place in places}
    return (dropped | added | replaced | swapped) - {word}


@given(WORDS, WORDS)
def test_one_typo_is_what_it_says(one: str, other: str) -> None:
    assert is_one_typo(one, other) is (other in one_letter_away(one))


@pytest.mark.parametrize(
    ("word", "folded"), [("Łukasz", "lukasz"), ("ZOË", "zoe"), ("Weiß", "weiss"), ("Ærø", "aero"), ("İpek", "ipek")]
)
def test_folding_takes_accents_away(word: str, folded: str) -> None:
    assert fold(word) == folded


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("I met Ana on 12 March, with my line manager.", ("Ana", "12 March", "my line manager")),
        ("Write to a.b@example.com or ring 020 7946 0958.", ("a.b@example.com", "020 7946 0958")),
        ("Mon chef Jean m’a vu le 1er mars 2026, salle 4.", ("Mon chef", "Jean", "1er mars 2026", "salle 4")),
        ("Mi jefa me llamó el 12 de mayo; y la directora también.", ("Mi jefa", "12 de mayo", "directora")),
        ("Dywedodd fy rheolwr hynny ar 3 Mawrth.", ("rheolwr", "3 Mawrth")),
        ("قالت مديرتي ذلك يوم 12 مارس.", ("مديرتي", "12 مارس")),
        ("Aisha said so, and AISHA again, and Aisha.", ("Aisha", "AISHA")),
        ("We asked Will. Will it help?", ("Will",)),
        ("See https://example.com/ana for more.", ("https://example.com/ana",)),
        ("Ring me on ext. 4711, staff number E1234.", ("ext. 4711", "staff number E1234")),
    ],
)
def test_authors_are_warned_of_what_is_plain_in_their_language(text: str, parts: tuple[str, ...]) -> None:
    assert giveaways(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "I learned a lot and would do it again. Will you?",
        "Mal organisé. Nous nous sommes vus 3 fois.",
        "Sean más claros. Pam lai? Dan bwysau.",
        "it may be that mark and grace are words",
        "هذا هو السبب الرئيسي",
        "",
    ],
)
def test_authors_are_not_warned_of_plain_words(text: str) -> None:
    assert giveaways(text) == ()


@given(TEXTS)
def test_authors_are_warned_in_their_own_words(text: str) -> None:
    assert all(part in " ".join(text.split()) for part in giveaways(text))
