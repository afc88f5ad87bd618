"""The text of a roster file: which code page it is in, where that is beyond doubt, and a question where it is not.

UTF-8 and UTF-16 show themselves. Windows-1252 is taken only if two judges agree: the words are such as western
Europeans write, and chardet finds no other code page much likelier. A name is never guessed.
"""

import codecs
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from feedback.domain.errors import CodePageUnknown, RosterNote, RosterRefused, quoted, sentence
from feedback.domain.roster.western import is_western

WINDOWS_1252 = "windows-1252"
CODE_PAGES = {
    WINDOWS_1252: "western Europe",
    "windows-1250": "central Europe",
    "windows-1251": "Cyrillic",
    "windows-1253": "Greek",
    "windows-1254": "Turkish",
    "windows-1255": "Hebrew",
    "windows-1256": "Arabic",
    "windows-1257": "Baltic",
    "mac-roman": "Macintosh, western",
    "cp850": "DOS, western",
    "cp852": "DOS, central Europe",
    "cp932": "Japanese",
    "gbk": "Chinese, simplified",
    "big5": "Chinese, traditional",
    "cp949": "Korean",
}
_RARE_PAGES = {"koi8-r": "Cyrillic", "cp866": "DOS, Cyrillic", "iso8859-5": "ISO, Cyrillic", "euc-jp": "Unix, Japanese"}
_ALIKE = 0.95
_OLD_SPREADSHEET = b"\xd0\xcf\x11\xe0"
_IS_OLD_SPREADSHEET = sentence(
    "The file is an old “.xls” or protected by a password; open it in your spreadsheet program, save it as “CSV UTF-8” "
    "or, without a password, as XLSX and upload that."
)
_SHOWN_NAMES, _SHOWN_PAGES = 3, 8
_NOT_TEXT = sentence(
    "The file is not CSV text; open it in your spreadsheet program, save it as “CSV UTF-8” and upload that."
)
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!|\?xml|html|head|meta|table|body)", re.IGNORECASE)
_IS_WEB_PAGE = sentence(
    "The file is a web page, whatever its name says; open it in your spreadsheet program, save it as XLSX or as "
    "“CSV UTF-8” and upload that."
)
_WHICH_PAGE = (
    "The file is not UTF-8, and nothing in it says which code page it is. Save it as “CSV UTF-8”, or name the code "
    "page in which the names are right, with --encoding:"
)
_SAVED_WRONGLY = (
    "The file was read in a wrong code page before it was saved. Export it again, as “CSV UTF-8”, from where it "
    "was made; or take it as it is, with --encoding utf-8, if these cells are right:"
)
_NO_ENCODING = "%(text)s is no encoding of text; write utf-8, utf-16, %(known)s."
_NOT_IN_ENCODING = "The file is not text in %(encoding)s; name another encoding, or none."
_CELL = re.compile(r"[^,;\t|\r\n\"]+")
_INSIDE = re.compile("[^\\W\\d_](?:[\u0080-\u009f£¯¿¡¤¥¦§¨©¬®°±²³¶¸¹¼½¾×÷ƒ„…†‡ˆ‰‹•™›])+[^\\W\\d_]")
_MAY_BE_NAMES = re.compile(r"(?:[^\W\d_]|[\s.'’-]|[\u0300-\u036f\u0591-\u05c7\u064b-\u0655])+")
_SOURCES = ("cp1252", "cp1250", "cp1251", "mac-roman", "cp850", "latin-1")
_LEAST_LETTERS = 4


@dataclass(frozen=True)
class RosterText:
    """The text of a file and the encoding it was read in."""

    text: str
    encoding: str


def decoded(data: bytes, encoding: str | None = None) -> RosterText:
    """Return the text of a file, in the `encoding` that somebody named or else in the one that is beyond doubt.

    Raises RosterRefused if the file is no text in it, or with a question: the likely code pages, and the first names
    as each would read them.
    """
    if data.startswith(_OLD_SPREADSHEET):
        raise RosterRefused((RosterNote(_IS_OLD_SPREADSHEET),))
    if _WEB_PAGE.match(data[:1_000]):
        raise RosterRefused((RosterNote(_IS_WEB_PAGE),))
    if encoding is not None:
        return RosterText(_in_encoding(data, _text_codec(encoding)), encoding)
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for name in ("utf-16",) if wide else ("utf-8-sig",):
        if (text := _text_or_none(data, name)) is not None:
            refuse_rubbish(_CELL.findall(text))
            return RosterText(text, "UTF-16" if wide else "UTF-8")
    if wide or b"\x00" in data:
        raise RosterRefused((RosterNote(_NOT_TEXT),))
    text, likely = _text_or_none(data, WINDOWS_1252), _likelihoods(data, CODE_PAGES)
    is_likely = likely[WINDOWS_1252] >= _ALIKE * max(likely.values())
    if text is not None and is_likely and is_western(text):
        return RosterText(text, "Windows-1252")
    raise _question(data)


def names_outside_ascii(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the first cells with letters outside ASCII, each once."""
    found = dict.fromkeys(cell.strip() for cell in cells if any(sign.isalpha() for sign in cell if not sign.isascii()))
    return tuple(islice(found, _SHOWN_NAMES))


def _text_codec(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except LookupError:
        known = ", ".join(CODE_PAGES)
        raise RosterRefused((RosterNote(_NO_ENCODING, text=quoted(encoding), known=known),)) from None
    return "utf-8-sig" if name == "utf-8" else name


def _in_encoding(data: bytes, encoding: str) -> str:
    text = _text_or_none(data, encoding)
    if text is None:
        raise RosterRefused((RosterNote(_NOT_IN_ENCODING, encoding=encoding),))
    return text


def _text_or_none(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return None
    return None if "\x00" in text else text


def _likelihoods(data: bytes, pages: Mapping[str, str]) -> dict[str, float]:
    import chardet  # 3 MB that a roster in UTF-8 does not need

    guesses = chardet.detect_all(data, ignore_threshold=True, include_encodings=pages)
    found = {codecs.lookup(guess["encoding"]): guess["confidence"] for guess in guesses if guess["encoding"]}
    return {page: found.get(codecs.lookup(page), 0.0) for page in pages}


def _question(data: bytes) -> RosterRefused:
    pages = CODE_PAGES | _RARE_PAGES
    likely = _likelihoods(data, pages)
    shown: dict[tuple[str, ...], str] = {}
    ranked = sorted(pages.keys() - {WINDOWS_1252}, key=lambda page: (-likely[page], page))
    # It was not likely enough, but it is the commonest: it is always shown, and named where another reads the same.
    ranked.insert(_SHOWN_PAGES // 2, WINDOWS_1252)
    for page in ranked:
        text = _text_or_none(data, page)
        names = names_outside_ascii(_CELL.findall(text)) if text is not None else ()
        if names and _MAY_BE_NAMES.fullmatch(" ".join(names)):
            shown[names] = page if page == WINDOWS_1252 else shown.get(names, page)
    readings = [(page, ", ".join(names)) for names, page in shown.items()][:_SHOWN_PAGES]
    if not readings:
        return RosterRefused((RosterNote(_NOT_TEXT),))
    lines = (f"  --encoding {page} ({pages[page]}): {names}" for page, names in readings)
    return CodePageUnknown(RosterNote("\n".join((_WHICH_PAGE, *lines))), tuple(readings))


def refuse_rubbish(cells: Iterable[str]) -> None:
    """Raise RosterRefused for cells of a Unicode file that were read in a wrong code page before it was saved."""
    rare = dict.fromkeys(cell for cell in cells if not cell.isascii())
    meant = [(cell, found) for cell in rare if (found := _meant_by(cell)) is not None]
    if meant:
        shown = meant[:_SHOWN_NAMES]
        lines = (f"  {quoted(cell)}" + (f" was {quoted(found)}" if found else "") for cell, found in shown)
        raise CodePageUnknown(RosterNote("\n".join((_SAVED_WRONGLY, *lines))), tuple(shown), is_settled=True)


def _meant_by(cell: str) -> str | None:
    """Return what rubbish was before it was read in a wrong code page, "" if that is unknown; None if it is none."""
    for page in _SOURCES:
        meant = _read_again(cell, page)
        if meant is not None:
            return meant
    return "" if _INSIDE.search(cell) or _is_all_accents(cell) else None


def _read_again(cell: str, page: str) -> str | None:
    """Return UTF-8 that was read in a code page, read rightly; None if the cell is no such text."""
    try:
        raw = b"".join(sign.encode("latin-1") if "\x80" <= sign <= "\x9f" else sign.encode(page) for sign in cell)
        meant = raw.decode("utf-8")
    except UnicodeError:
        return None
    lost = len(cell) - len(meant)
    is_sure = page == "cp1252" or lost >= _LEAST_LETTERS // 2
    return meant if is_sure and any(sign.isalpha() and not sign.isascii() for sign in meant) else None


def _is_all_accents(cell: str) -> bool:
    """Tell whether nearly all letters of a word of some length are accented ones of Latin-1, as rubbish is."""
    words = re.findall(r"[^\W\d_]{4,}", cell)
    return any(sum("À" <= sign <= "ÿ" for sign in word) > 0.7 * len(word) for word in words)
