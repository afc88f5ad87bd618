"""A name is never guessed: what is not beyond doubt is asked about, with the names as code pages would read them."""

import pytest

from feedback.domain.errors import RosterRefused
from feedback.domain.roster.encodings import CODE_PAGES, WINDOWS_1252
from feedback.domain.roster.rows import RosterFile
from feedback.services.roster.read_file import read_file
from tests.roster_cases import case

NAMES = {
    "windows-1250": ("Łukasz Żak", "Jiří Dvořák", "Mădălina Stănescu"),
    "windows-1251": ("Иван Петров", "Олена Шевченко"),
    "windows-1253": ("Γιώργος Παπαδόπουλος",),
    "windows-1254": ("Ayşe Yıldız", "Gülşen Doğan"),
    "windows-1255": ("דנה לוי",),
    "windows-1256": ("أحمد", "ليلى حداد"),
    "windows-1257": ("Ģirts Bērziņš", "Rūta Žukauskaitė"),
    "mac-roman": ("José Peña", "Jörg Müller", "Eloá Gonçalves"),
    "cp850": ("José Peña", "Jörg Müller", "Eloá Gonçalves"),
    "gbk": ("王伟", "李娜"),
    "cp932": ("山田太郎", "佐藤花子"),
    "cp949": ("김민준",),
}
RARE = {"koi8-r": "Иван Петров", "cp866": "Олена Шевченко", "iso8859-5": "Иван Петров", "euc-jp": "山田 太郎"}
WESTERN = (
    "José Peña",
    "Chloë Dubois",
    "Jörg Müller",
    "Søren Åkjær",
    "João Conceição",
    "Niccolò D’Amico",
    "Siobhán Ní Bhriain",
    "Seán O’Súilleabháin",
    "Mª José Muñoz",
    "FRANÇOISE LEFÈVRE",
    "Weiß",
    "Yrjö Hämäläinen",
    "Anaïs L’Hôte",
    "Jörg Müller – 2026–27",
)


def file_of(*names: str, encoding: str) -> bytes:
    rows = (f"{name};p{at}@example.com;mentor" for at, name in enumerate(names))
    return "\r\n".join(("name;email;role", *rows)).encode(encoding)


def asked(data: bytes) -> str:
    with pytest.raises(RosterRefused) as refused:
        read_file(data)
    (problem,) = refused.value.problems
    return problem


def names_in(file: RosterFile) -> list[str]:
    return [row.name for row in file.rows]


@pytest.mark.parametrize("page", NAMES)
def test_another_code_page_is_asked_about_and_read_when_it_is_named(page: str) -> None:
    data = file_of(*NAMES[page], encoding=page)
    question = asked(data)
    assert f"--encoding {page} ({CODE_PAGES[page]}): {', '.join(NAMES[page][:3])}" in question
    assert names_in(read_file(data, page)) == list(NAMES[page])


@pytest.mark.parametrize("page", RARE)
def test_a_rare_code_page_is_among_those_asked_about(page: str) -> None:
    data = file_of(RARE[page], encoding=page)
    assert f"--encoding {page} " in asked(data)
    assert f"): {RARE[page]}" in asked(data)
    assert names_in(read_file(data, page)) == [RARE[page]]


@pytest.mark.parametrize("name", ["Þórður Ýmir", "Niccolò D’Amico"])
def test_a_western_name_that_is_asked_about_can_be_had_in_windows_1252(name: str) -> None:
    assert f"--encoding {WINDOWS_1252} (western Europe): {name}" in asked(file_of(name, encoding="cp1252"))


@pytest.mark.parametrize("headers", ["Nom;Courriel;Rôle", "Nombre;Correo electrónico;Rol", "Name;E-Mail;Rôl"])
def test_headers_may_be_all_that_is_not_ascii(headers: str) -> None:
    data = f"{headers}\r\nAda Ito;ada@example.com;mentor".encode("cp1252")
    assert names_in(read_file(data)) == ["Ada Ito"]


@pytest.mark.parametrize(("page", "names"), [(page, name) for page, names in NAMES.items() for name in names])
def test_one_name_alone_is_never_garbled(page: str, names: str) -> None:
    assert "--encoding" in asked(file_of(names, encoding=page))


@pytest.mark.parametrize(
    ("name", "page", "read"),
    [("cp1251", 1251, "Иван Петров"), ("cp1256", 1256, "أحمد"), ("latin2", 1250, "Łukasz Żak")],
)
def test_the_cases_of_other_code_pages_are_asked_about(name: str, page: int, read: str) -> None:
    assert f"--encoding windows-{page} " in asked(case(f"code-pages/{name}.csv"))
    assert names_in(read_file(case(f"code-pages/{name}.csv"), f"cp{page}")) == [read]


def test_western_names_in_windows_1252_are_read_and_shown() -> None:
    file = read_file(file_of("Ann Lee", *WESTERN, encoding="cp1252"))
    assert names_in(file) == ["Ann Lee", *WESTERN]
    said = "Read as Windows-1252; names with other letters begin so: José Peña, Chloë Dubois, Jörg Müller."
    assert said in file.remarks


@pytest.mark.parametrize("name", ["José Peña", "Chloë Dubois", "Jörg Müller", "João Conceição"])
def test_one_western_name_is_enough(name: str) -> None:
    assert names_in(read_file(file_of(name, encoding="cp1252"))) == [name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_says_itself(encoding: str) -> None:
    names = tuple(name for some in NAMES.values() for name in some)
    assert names_in(read_file(file_of(*names, encoding=encoding))) == list(names)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("José Peña", "cp1252"),
        ("Žofie Malá", "cp1250"),
        ("Анна Лебедева", "cp1251"),
        ("José", "latin-1"),
        ("Jörg Müller", "mac-roman"),
        ("Jörg Müller", "cp850"),
    ],
)
def test_utf_8_that_was_read_in_a_code_page_and_saved_is_asked_about(name: str, page: str) -> None:
    rubbish = name.encode().decode(page)
    assert f"  “{rubbish}” was “{name}”" in asked(file_of(rubbish, encoding="utf-8"))


def test_whoever_names_the_encoding_is_taken_at_their_word() -> None:
    assert names_in(read_file(file_of("JosÃ©", encoding="utf-8"), "utf-8")) == ["JosÃ©"]


@pytest.mark.parametrize("name", ["Ïåòðîâ Èâàí", "O£Neil", "Jos¯a", "Mar¿a", "Âåðà", "M\u0085ller"])
def test_rubbish_that_was_saved_as_utf_8_is_asked_about(name: str) -> None:
    assert "wrong code page before it was saved" in asked(file_of(name, encoding="utf-8"))


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Mai", "Đặng Ân", "Zoë Ó Sé", "O´Brien", "Ünal Öz", "Ті", "Ååå", "Mª José"]
)
def test_rare_letters_are_no_rubbish(name: str) -> None:
    assert names_in(read_file(file_of(name, encoding="utf-8"))) == [name]


def test_a_letter_that_was_lost_is_named_by_line() -> None:
    with pytest.raises(RosterRefused, match="Line 2, name: “Jos�” has lost a letter"):
        read_file(file_of("Jos\ufffd", encoding="utf-8"))


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", ""])
def test_what_is_no_encoding_of_text_is_refused_with_a_list(encoding: str) -> None:
    with pytest.raises(RosterRefused, match=f"is no encoding of text; write utf-8, utf-16, {WINDOWS_1252}"):
        read_file(file_of("Ana", encoding="utf-8"), encoding)


def test_a_file_that_is_no_text_in_the_encoding_that_was_named_is_refused() -> None:
    with pytest.raises(RosterRefused, match="not text in utf-8"):
        read_file(case("code-pages/cp1251.csv"), "utf-8")
