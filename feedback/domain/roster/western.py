"""Words that bytes give in Windows-1252, and whether anybody in western Europe writes so.

Nearly every byte is some sign in Windows-1252, so a file in another code page decodes without an error, into rubbish:
Петров becomes Ïåòðîâ. A name fits the letters and the habits of one western language; rubbish seldom does.
"""

import re

_ALPHABETS = tuple(
    frozenset(letters)
    for letters in (
        "àâæçéèêëîïôœùûüÿ",  # French
        "áéíñóúü",  # Spanish
        "àçèéíïòóúü",  # Catalan
        "áâãàçéêíóôõúü",  # Portuguese
        "àèéìíîòóùú",  # Italian
        "äöüßé",  # German
        "æøåéèóôäöü",  # Danish, Norwegian
        "åäöéüáà",  # Swedish, Finnish
        "éëïóöèêüáâíú",  # Dutch
        "áéíóúàèìòù",  # Irish, Scottish Gaelic
        "áéíóúýäôšž",  # Czech, Slovak and others, in the letters that Windows-1250 has at the same places
        "âêîôûäëïöüáéàèìòù",  # Welsh, as far as Windows-1252 has its letters
    )
)
_VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüÿœ"
_PAIRS = frozenset(
    ("óñ", "çã", "çõ", "çá", "çâ", "ää", "öö", "äö", "öä", "yö", "üß", "öß", "äß", "éé", "íñ", "áñ", "úñ", "ñó")
)
# A no-break space before a small letter is none: it is what à is on a Macintosh or under DOS.
_WORD = re.compile(r"(?:[^\s,;|()/.\"&+-]|\u00a0(?=[^\W\d_])(?=[a-zà-ÿ]))+")
_BEFORE, _BEHIND = "“‘«\u00a0", "”»\u00a0"
_DOUBLE_BLANK = re.compile("[^\\W\\d_]\u00a0 [^\\W\\d_]")
_ELISIONS = re.compile(r"(?:^|(?<=[’']))(?:[odlmnts]|qu|dell|dall|nell|sant|degl|all|mac)$", re.IGNORECASE)
_SIGN = re.compile(r"[€–—]|\d+[–—]\d+")
_ORDINAL = re.compile(r"(?:[^\W\d_]{1,3}|\d+)[ªº°]", re.ASCII)
_DOUBTFUL = (
    re.compile("[ìù](?!$)"),
    re.compile(f"ñ(?![{_VOWELS}])"),
    re.compile(f"ç(?:[eiéèêëíîï]|[^{_VOWELS}])"),
    re.compile("œ(?![uin])"),
    re.compile("ã(?!o|e|s$)"),
    re.compile("(?:iè|ï|[aeou]ä)$"),
    re.compile("õ(?!e)"),
    re.compile(f"(?<![{_VOWELS}])[šž](?![{_VOWELS}])"),
    re.compile("[èò](?=[aeiou])"),
    re.compile("æ$"),
    re.compile("[^\\W\\d_]ÿ(?!$|e|s)"),
)


def is_western(text: str) -> bool:
    """Tell whether each word of a text that has letters outside ASCII is one that western Europeans may write."""
    if _DOUBLE_BLANK.search(text):
        return False
    return all(
        _is_western(word)
        for found in _WORD.findall(text)
        if not (word := found.lstrip(_BEFORE).rstrip(_BEHIND)).isascii()
    )


def _is_western(word: str) -> bool:
    if _SIGN.fullmatch(word) or _ORDINAL.fullmatch(word):
        return True
    *elided, last = re.split("[’']", word)
    return all(_ELISIONS.search(part) for part in elided) and all(map(_is_name, filter(None, (*elided, last))))


def _is_name(word: str) -> bool:
    small = word.lower()
    accented = [letter for letter in small if not letter.isascii()]
    return (
        word.isalpha()
        and (not accented or any(alphabet.issuperset(accented) for alphabet in _ALPHABETS))
        and _has_the_case_of_a_name(word)
        and not any(habit.search(small) for habit in _DOUBTFUL)
        and all(
            small[at : at + 2] in _PAIRS
            for at in range(len(small) - 1)
            if not small[at].isascii() and not small[at + 1].isascii()
        )
    )


def _has_the_case_of_a_name(word: str) -> bool:
    """Tell whether no capital follows a small letter, save in McÖ…, and no small accented letter begins the word."""
    begins_well = word[0].isascii() or word[0].isupper()
    inner = re.sub(r"^(?:Mac|Mc|De|Di|La|Le|Fitz|h)(?=[A-ZÀ-Þ])", "", word)
    return begins_well and (inner.isupper() or inner[1:].islower() or not inner[1:])
