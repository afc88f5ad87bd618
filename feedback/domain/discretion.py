"""What a subject line may show over a shoulder: a programme's name, unless it says what the programme is about."""

import re
import unicodedata
from collections.abc import Iterable

_SHORTEST_SHARED = 4
# The beginnings of words that tell a focus, in the languages that mails are written in.
_TELLING = re.compile(
    r"\b(?:rac(?:e|es|ial|is)|ethni|etni|black|bame|colou?r|gender|wom[ae]n|female|girl|lgbt|queer|gay|lesb|trans(?:g|s|id)"
    r"|pride|disab|neurodiv|autis|adhd|deaf|blind|relig|faith|muslim|islam|jew|christ|migra|refug|parent|menopau|inclu"
    r"|divers|equal|equit|belong|age(?:s|ing|ism)?\b|older|genre|femme|handicap|egalit|mixite|mujer|genero|raza|discapac"
    r"|igual|menyw|anabl|hil\b|rhyw|amryw|cynhw|cydradd"
    r"|(?:ال)?(?:نساء|مراه|نوع الاجتماعي|عرق|اعاقه|دمج|تنوع|مساواه))",
)


def is_discreet(name: str, focus: Iterable[str]) -> bool:
    """Tell whether a programme's name neither shares a word with its focus, in any language, nor tells one."""
    words = _words(name)
    shared = {word for text in focus for word in _words(text) if len(word) >= _SHORTEST_SHARED}
    return not _TELLING.search(" ".join(words)) and not any(
        word.startswith(other) or other.startswith(word)
        for word in words
        if len(word) >= _SHORTEST_SHARED
        for other in shared
    )


# Without accents, and with the letters that Arabic writes in several ways as one.
def _words(text: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain.translate(str.maketrans("أإآة", "اااه")))
