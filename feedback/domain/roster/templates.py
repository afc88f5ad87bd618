"""The empty list that coordinators fill in, with headers and roles in the words of a language."""

from dataclasses import dataclass

from feedback.domain.survey.questionnaires import Role


@dataclass(frozen=True)
class RosterWords:
    """The headers of a list in the order of its columns, the words for the roles, and what separates cells."""

    headers: tuple[str, ...]
    roles: dict[Role, str]
    separator: str = ","


# Spreadsheet programs in countries with a decimal comma separate cells by semicolons.
WORDS = {
    "en": RosterWords(("name", "email", "role", "cohort", "language"), {Role.MENTOR: "mentor", Role.MENTEE: "mentee"}),
    "fr": RosterWords(
        ("nom", "courriel", "rôle", "cohorte", "langue"),
        {Role.MENTOR: "mentor", Role.MENTEE: "mentee"},
        ";",
    ),
    "es": RosterWords(
        ("nombre", "correo", "rol", "cohorte", "idioma"),
        {Role.MENTOR: "mentora", Role.MENTEE: "mentorizada"},
        ";",
    ),
    "ar": RosterWords(("الاسم", "البريد", "الدور", "الفوج", "اللغة"), {Role.MENTOR: "مرشد", Role.MENTEE: "مسترشد"}),
    "cy": RosterWords(("enw", "ebost", "rôl", "carfan", "iaith"), {Role.MENTOR: "mentor", Role.MENTEE: "mentorai"}),
}


def template_text(words: RosterWords) -> str:
    """Return the empty list as CSV text, with the mark by which spreadsheet programs know UTF-8."""
    return "\ufeff" + words.separator.join(words.headers) + "\r\n"
