"""The words that rosters use for columns, roles and languages, in the languages of the service and in German."""

import re
import unicodedata
from collections.abc import Mapping

from feedback.domain.languages import LANGUAGE_CODES
from feedback.domain.survey.questionnaires import Role

_HEADERS: Mapping[str, str] = {
    "name": """
        name, full name, display name, participant, participant name, employee, employee name
        nom, nom complet, nom et prénom, prénom et nom, nombre, nombre completo, nombre y apellidos
        الاسم, اسم, الاسم الكامل, enw, enw llawn, vollständiger name""",
    "first name": """
        first name, given name, forename, prénom, nombre de pila, الاسم الأول, enw cyntaf, vorname""",
    "last name": """
        last name, surname, family name, nom de famille, apellido, apellidos, اسم العائلة, الكنية, اللقب
        cyfenw, nachname, familienname""",
    "email": """
        email, mail, email address, mail address, email id, work email, work mail, work email address, business email
        company email, office email, primary email, user principal name, upn, email 1 value, email value
        courriel, adresse courriel, adresse email, adresse mail, adresse électronique, adresse de messagerie, mél
        email professionnel, courriel professionnel, correo, correo electrónico, dirección de correo
        dirección de correo electrónico, dirección de email, email corporativo, correo corporativo
        البريد الإلكتروني, البريد, بريد إلكتروني, عنوان البريد الإلكتروني, الإيميل
        ebost, cyfeiriad ebost, email adresse, mailadresse""",
    "role": "role, program role, programme role, mentoring role, rol, الدور, دور, rôl, rolle",
    "cohort": """
        cohort, group, cohorte, groupe, promotion, grupo, الدفعة, دفعة, المجموعة, الفوج
        carfan, grŵp, kohorte, gruppe""",
    "language": """
        language, lang, preferred language, language code, langue, langue préférée, idioma, idioma preferido, lengua
        اللغة, لغة, iaith, dewis iaith, sprache""",
}
_ROLES: Mapping[Role, str] = {
    Role.MENTOR: """
        mentor, mentors, reverse mentor, mentora, mentoras, persona mentora, personas mentoras
        mentorin, mentoren, mentorinnen, mentoriaid, مرشد, مرشدة, المرشد, المرشدة, مرشدون, المرشدون""",
    Role.MENTEE: """
        mentee, mentees, reverse mentee, protege, proteges, protegee, protegees, protégé, protégés, protégée, protégées
        mentoré, mentorés, mentorée, mentorées, personne accompagnée, accompagné, accompagnée
        mentorizado, mentorizada, mentorizados, mentorizadas, persona mentorizada, personas mentorizadas
        mentorado, mentorada, mentorados, mentoradas, mentoree, menteein, menteeinnen, mentorai, mentoreion
        مسترشد, مسترشدة, المسترشد, المسترشدة, مسترشدون, المسترشدون""",
}
_BOTH = "both, both roles, les deux, ambos, ambas, كلاهما, y ddau, beide, beides"
_LANGUAGES: Mapping[str, str] = {
    "en": "english, anglais, inglés, الإنجليزية, إنجليزي, saesneg, englisch",
    "fr": "french, français, francés, الفرنسية, فرنسي, ffrangeg, französisch",
    "es": "spanish, espagnol, español, castellano, الإسبانية, إسباني, sbaeneg, spanisch",
    "ar": "arabic, arabe, árabe, العربية, عربي, عربية, arabeg, arabisch",
    "cy": "welsh, gallois, galés, الويلزية, cymraeg, walisisch",
    "de": "german, deutsch, allemand, alemán, almaeneg",
    "it": "italian, italiano, italien",
    "nl": "dutch, nederlands, néerlandais, neerlandés",
    "pl": "polish, polski, polonais, polaco",
    "pt": "portuguese, português, portugais, portugués",
}
_THREE_LETTERS: Mapping[str, str] = {
    "eng": "en", "fra": "fr", "fre": "fr", "spa": "es", "ara": "ar", "cym": "cy", "wel": "cy", "deu": "de", "ger": "de",
    "ita": "it", "nld": "nl", "dut": "nl", "pol": "pl", "por": "pt",
}  # fmt: skip
_TAG = re.compile(
    r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:\.[\w-]+)?(?:@\w+)?", re.IGNORECASE | re.ASCII
)


def _bare(text: str) -> str:
    """Return the letters and digits of a text, case folded, with their accents but without vowel marks."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in folded if sign.isalnum())


def _unaccented(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text.casefold())))


def _words(lists: Mapping[str, str]) -> dict[str, str]:
    return {
        _unaccented(word): key for key, words in lists.items() for word in re.split(r"[,\n]", words) if word.strip()
    }


_FIELD_BY_HEADER = _words(_HEADERS)
_CODE_BY_NAME = _words(_LANGUAGES)
# Accents tell a mentor from a mentoré: they stay.
_ROLE_BY_WORD = {
    _bare(word): role for role, words in _ROLES.items() for word in re.split(r"[,\n]", words) if word.strip()
}
_BOTH_ROLES = {_bare(word) for word in _BOTH.split(",")}


def known_field(header: str) -> str | None:
    """Return the field that a header names, in any case, with harmless variants; None if it names none."""
    return _FIELD_BY_HEADER.get(_unaccented(header))


def role_in(text: str) -> Role | None:
    """Return the role that a word means in one of the languages; None if it means none, or either."""
    return _ROLE_BY_WORD.get(_bare(text))


def names_both_roles(text: str) -> bool:
    """Tell whether a cell says that somebody is mentor and mentee."""
    parts = {role_in(part) for part in re.split(r"[/,;&+|]|\b(?:and|et|y|und|a|و)\b", text)}
    return _bare(text) in _BOTH_ROLES or set(Role) <= parts


def language_tag(text: str) -> str | None:
    """Return the tag of a language, such as "en" or "pt-BR", that is given as a tag or by name; None if it is none."""
    plain = text.strip()
    named = _CODE_BY_NAME.get(_unaccented(re.sub(r"\s*[(\[].*", "", plain)))
    if named is not None:
        return named
    tag = _TAG.fullmatch(plain)
    code = tag and _THREE_LETTERS.get(tag[1].lower(), tag[1].lower())
    if tag is None or code not in LANGUAGE_CODES:
        return None
    region = (tag[3] or "").upper().replace("UK", "GB")
    return "-".join(part for part in (code, (tag[2] or "").title(), region) if part)
