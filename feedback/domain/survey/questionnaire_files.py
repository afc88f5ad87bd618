"""Reads questionnaire files, which people who do not program edit; refuses a file with every problem and its mend."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import PurePath
from typing import Any

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.survey.conditions import check_conditions, read_condition
from feedback.domain.survey.kinds import KINDS, MAX_CHARS
from feedback.domain.survey.questionnaire_json import dump_questionnaire
from feedback.domain.survey.questionnaire_tables import Findings, TomlTable, parsed_toml
from feedback.domain.survey.questionnaires import (
    CANNOT_TELL,
    DOES_NOT_APPLY,
    MOST_OPTIONS,
    MOST_OPTIONS_THEN_NOW,
    NONE_OF_THESE,
    OWN,
    PREFER_NOT_TO_SAY,
    FileRules,
    Option,
    Order,
    Question,
    Questionnaire,
    Role,
    Section,
    Theme,
)
from feedback.domain.survey.wording import are_nearly_equal

_SMALL_CODE = ("[a-z0-9-]{1,20}", "at most 20 small letters, digits and hyphens")
_STAGE_CODE = ("[a-z0-9-]+", "small letters, digits and hyphens")
_QUESTION_CODE = ("[A-Z][0-9]{1,2}[a-z]?", "a capital letter and one or two digits, such as C1 or C1a")
_QUESTION_KEYS = (
    *("code", "section", "kind", "scale", "options", "order", "text", "hint", "required"),
    *("sensitive", "then_now", "max_chars", "theme", "source", "licence", "shown_when"),
    *("does_not_apply", "cannot_tell"),
)
_RESERVED = frozenset({PREFER_NOT_TO_SAY, NONE_OF_THESE, DOES_NOT_APPLY, CANNOT_TELL})

_SENSITIVE = "is sensitive, as all on the theme of harm are,"

_NEUTRAL = frozenset({"both", "either", "neither", "nor", "equal", "equally", "same", "neutral"})


# Of a sensitive question the worse half is told together with the middle (docs/disclosure.md, R5).
def has_neutral_middle(question: Question) -> bool:
    """Tell whether the middle one of an odd number of answers is neither good nor bad, as far as English words tell."""
    middle, is_odd = divmod(len(question.options), 2)
    if not is_odd:
        return False
    return not _NEUTRAL.isdisjoint(re.findall(r"[a-z]+", question.options[middle].text.get("en", "").lower()))


_RULES: FileRules = (
    (lambda q: q.closed and not q.options, "has no options; name a scale or add options"),
    # A form without a compulsory answer would be complete when a mail scanner sends it empty.
    (lambda q: q.closed and not q.required, "may be skipped; remove required, “Prefer not to say” is always offered"),
    (lambda q: q.closed and q.max_chars != 0, "has max_chars, but is no text question; remove max_chars"),
    (lambda q: not q.closed and q.options != (), "is a text question with options; remove options and scale"),
    (lambda q: not q.closed and q.sensitive, "is a text question and sensitive; remove sensitive"),
    (lambda q: not q.closed and q.then_now, "is a text question asked as then_now; remove then_now"),
    (lambda q: not q.closed and q.order is not Order.NONE, "is a text question with an order; remove order"),
    (
        lambda q: not q.kind.adds_up and q.order is not Order.NONE,
        "lets people choose many; remove order or use kind one",
    ),
    (lambda q: not q.kind.adds_up and q.then_now, "is asked as then_now; use kind one"),
    (lambda q: q.sensitive and not q.kind.adds_up, f"{_SENSITIVE} and lets people choose many; use kind one"),
    (
        lambda q: q.sensitive and q.kind.adds_up and q.order is Order.NONE,
        f"{_SENSITIVE} and has no order; add order rising or falling",
    ),
    (
        lambda q: q.sensitive and q.closed and len(q.options) not in (3, 4),
        f"{_SENSITIVE} and needs three or four options; add one or leave some out",
    ),
    (lambda q: q.sensitive and q.then_now, f"{_SENSITIVE} and asked as then_now; ask it once"),
    (
        lambda q: q.sensitive and has_neutral_middle(q),
        f"{_SENSITIVE} and its middle answer is neither good nor bad, but counts with the bad; ask how much or often",
    ),
    (
        lambda q: q.alone != frozenset() and q.kind.adds_up,
        "has an option that is alone, where one is chosen anyway; remove alone",
    ),
    (lambda q: q.unsaid != () and not q.kind.adds_up, "lets people choose many; remove does_not_apply and cannot_tell"),
    (lambda q: q.unsaid != () and not q.closed, "is a text question; remove does_not_apply and cannot_tell"),
    (lambda q: q.then_now and q.order is Order.NONE, "is asked as then_now without order; add order rising or falling"),
    (
        lambda q: q.then_now and q.has_too_many_options,
        f"is asked as then_now with more than {MOST_OPTIONS_THEN_NOW} options; leave some out, or ask it once",
    ),
    (lambda q: len(q.options) > MOST_OPTIONS, f"has more than {MOST_OPTIONS} options; leave some out"),
)


@dataclass(frozen=True)
class _Scale:
    options: tuple[Option, ...]
    order: Order


def read_questionnaire(text: str, file: str) -> Questionnaire:
    """Return the questionnaire that the TOML `text` of `file` (a name such as `kickoff-mentor.toml`) describes.

    Questions come in the order of their sections. Raises QuestionnaireRefused with all problems, one on a line.
    """
    findings = Findings()
    top = TomlTable(parsed_toml(text, file, QuestionnaireRefused), file, findings)
    questionnaire = _questionnaire(top)
    if questionnaire.name and PurePath(file).stem != questionnaire.name:
        top.refuse(f"has the name “{questionnaire.name}”; give the file and the name the same words")
    problems = [*findings.problems, *findings.missing_languages()]
    if problems:
        raise QuestionnaireRefused("\n".join(problems))
    return questionnaire


def broken_rules(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return what is wrong with a questionnaire that comes of no file, by the rules for files; empty if nothing is.

    Its texts may be in more languages here than there: it is asked in those in which it is whole.
    """
    findings = Findings()
    name = questionnaire.name.removeprefix(OWN)
    _questionnaire(TomlTable(_as_tables(replace(questionnaire, name=name)), name, findings))
    english = (f"{place}: has no English {key}." for place, key, codes in findings.languages if "en" not in codes)
    return (*findings.problems, *english)


def _as_tables(questionnaire: Questionnaire) -> dict[str, object]:
    plain: dict[str, Any] = json.loads(dump_questionnaire(questionnaire))
    questions = [{key: value for key, value in one.items() if not _is_nothing(value)} for one in plain["questions"]]
    return {**plain, "questions": questions}


def _is_nothing(value: object) -> bool:
    return value is None or value == [] or (value == 0 and not isinstance(value, bool))


def _questionnaire(top: TomlTable) -> Questionnaire:
    top.only("name", "version", "stage", "role", "title", "scales", "sections", "questions")
    if "version" not in top.values:
        top.refuse("has no version; add version = 1")
    sections = _sections(top)
    return Questionnaire(
        name=top.code("name", *_STAGE_CODE),
        version=top.number("version", 1, least=1, most=9999),
        stage=top.code("stage", *_STAGE_CODE),
        role=top.one_of("role", tuple(Role)),
        title=top.texts("title"),
        sections=sections,
        questions=_questions(top, sections, _scales(top)),
    )


def _sections(top: TomlTable) -> tuple[Section, ...]:
    tables = _named(top, "sections", "section")
    _refuse_duplicates(top, "section", (name for name, _ in tables))
    return tuple(_section(table) for _, table in tables)


def _section(table: TomlTable) -> Section:
    table.only("code", "title")
    return Section(table.code("code", *_SMALL_CODE), table.texts("title"))


def _scales(top: TomlTable) -> Mapping[str, _Scale]:
    entries = top.values.get("scales", {})
    if not isinstance(entries, dict):
        top.refuse("has scales without names; start each scale with a line such as [scales.agreement]")
        return {}
    return {name: _scale(top.inner(values, f"scale {name}")) for name, values in entries.items()}


def _scale(table: TomlTable) -> _Scale:
    table.only("order", "options")
    return _Scale(_options(table), table.one_of("order", tuple(Order)))


def _options(table: TomlTable) -> tuple[Option, ...]:
    tables = _named(table, "options", "option")
    _refuse_duplicates(table, "option", (name for name, _ in tables))
    if len(tables) == 1:
        table.refuse("has fewer than two options; add one")
    return tuple(_option(inner) for _, inner in tables)


def _option(table: TomlTable) -> Option:
    table.only("code", "text", "alone")
    code = table.code("code", *_SMALL_CODE)
    if code in _RESERVED:
        table.refuse("has a reserved code; remove it, the page offers it by itself where it fits")
    return Option(code, table.texts("text"), alone=table.flag("alone", default=False))


def _questions(top: TomlTable, sections: tuple[Section, ...], scales: Mapping[str, _Scale]) -> tuple[Question, ...]:
    tables = _named(top, "questions", "question")
    _refuse_duplicates(top, "question", (name for name, _ in tables))
    places = {section.code: place for place, section in enumerate(sections)}
    questions = [_question(table, places, scales) for _, table in tables]
    for code in sorted(places.keys() - {question.section for question in questions}):
        top.refuse(f"section {code} has no questions; add one or remove the section")
    check_conditions(top, tuple(questions), places)
    _refuse_same_words(top, questions)
    if questions and not any(question.closed for question in questions):
        top.refuse("has only text questions; add one that is answered by choosing")
    return tuple(sorted(questions, key=lambda question: places.get(question.section, 0)))


def _question(table: TomlTable, places: Mapping[str, int], scales: Mapping[str, _Scale]) -> Question:
    table.only(*_QUESTION_KEYS)
    noted = len(table.findings.problems)
    question = _asked(table, _scale_of(table, scales))
    if question.section and question.section not in places:
        table.refuse(f"names the unknown section “{question.section}”; use one of {', '.join(places)}")
    if len(table.findings.problems) == noted:
        for problem in (problem for breaks, problem in (*question.kind.file_rules, *_RULES) if breaks(question)):
            table.refuse(problem)
    return question


def _asked(table: TomlTable, scale: _Scale) -> Question:
    return Question(
        code=table.code("code", *_QUESTION_CODE),
        kind=KINDS[table.one_of("kind", KINDS)],
        section=table.line("section"),
        text=table.texts("text"),
        options=scale.options,
        order=scale.order,
        required=table.flag("required", default=True),
        sensitive=table.flag("sensitive", default=False),
        then_now=table.flag("then_now", default=False),
        max_chars=table.number("max_chars", 0, least=1, most=MAX_CHARS),
        hint=table.texts("hint") if "hint" in table.values else None,
        theme=table.one_of("theme", tuple(Theme), Theme.OTHER),
        source=table.line("source"),
        licence=table.line("licence"),
        shown_when=read_condition(table),
        does_not_apply=table.flag("does_not_apply", default=False),
        cannot_tell=table.flag("cannot_tell", default=False),
    )


def _scale_of(table: TomlTable, scales: Mapping[str, _Scale]) -> _Scale:
    if "scale" not in table.values:
        options = _options(table) if "options" in table.values else ()
        return _Scale(options, table.one_of("order", tuple(Order), Order.NONE))
    if {"options", "order"} & set(table.values):
        table.refuse("has a scale and its own options or order; keep the scale or the others")
    name = table.line("scale")
    if name and name not in scales:
        table.refuse(f"names the unknown scale “{name}”; use one of {', '.join(scales)}")
    return scales.get(name, _Scale((), Order.NONE))


def _named(table: TomlTable, key: str, word: str) -> list[tuple[str, TomlTable]]:
    """Return the tables of a list, each with its code, or with its place in the list where it has none."""
    named = []
    for place, values in enumerate(table.entries(key), start=1):
        code = values.get("code") if isinstance(values, dict) else None
        name = code if isinstance(code, str) and code else f"number {place}"
        named.append((name, table.inner(values, f"{word} {name}")))
    return named


# Whoever asks all of one thing, and some of nearly the same, learns from two harmless counts what the others said.
def _refuse_same_words(table: TomlTable, questions: list[Question]) -> None:
    for one, other in combinations(questions, 2):
        if are_nearly_equal(one.text, other.text):
            table.refuse(
                f"question {other.code} asks in nearly the same words as {one.code}; leave one out, or give it words "
                "of its own, in every language"
            )


def _refuse_duplicates(table: TomlTable, word: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            table.refuse(f"has the {word} {name} twice; give one of them another code")
        seen.add(name)
