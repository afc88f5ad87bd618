"""The report's document, read strictly: every statement becomes counts with a lowest and a highest value.

Knows the format of docs/report-format.md from its text alone. What it does not know, it refuses.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from feedback.auditor.document import Count, Document, Group, Question, Rate, Rules, Statement, Texts
from feedback.auditor.fields import BeyondLimits, Fields, UnknownStatement, Unreadable, fields_of

ROLES = ("mentor", "mentee")
MOST_OPTIONS, MOST_OPTIONS_THEN_NOW = 30, 11
"""A question with more is not attacked: of one asked then and now, every pair of answers is an unknown number."""
GROUPINGS = ("together", "apart", "kept")
KNOWN = (
    *("format", "outcome", "previous", "about", "rules", "promise", "groups", "sections", "questions"),
    *("statements", "comments", "twins", "receipts", "many_contested", "grouping", "not_asked"),
)


def read_document(value: object) -> Document:
    """Return the document, or raise Unreadable naming what is wrong and where."""
    fields = fields_of(value, "The report")
    fields.only(KNOWN)
    if fields.number("format") != 1:
        raise Unreadable("The report is in another format than 1, which this auditor does not know.")
    groups = tuple(_group(one) for one in fields.objects("groups", "group"))
    _distinct([group.name for group in groups])
    questions = tuple(_question(one) for one in fields.objects("questions", "question") if _is_closed(one))
    outcome, records = fields.one_of("outcome", ("published", "too-few")), fields.objects("statements", "statement")
    sides, grouping = _sides(groups, questions, records), _grouping(fields)
    draft = Document(outcome, _rules(fields), groups, questions, (), (), _receipts(fields), sides, grouping)
    return _with_statements(draft, records)


def _with_statements(draft: Document, records: tuple[Fields, ...]) -> Document:
    rates = tuple(_rate(one, draft) for one in records if one.text("kind") == "response-rate")
    _distinct([rate.group for rate in rates])
    for question in draft.questions:
        _check_condition(question, draft)
    said, untried = list[Statement](), list[tuple[str, str, str]]()
    for one in records:
        try:
            said += [_statement(one, draft)] if one.text("kind") != "response-rate" else []
        except BeyondLimits as beyond:
            untried.append((one.text("question"), one.text("group"), str(beyond)))
    return replace(draft, rates=rates, statements=tuple(said), untried=tuple(untried))


def _grouping(fields: Fields) -> str:
    return fields.one_of("grouping", GROUPINGS) if "grouping" in fields.values else "together"


def _sides(
    groups: tuple[Group, ...], questions: tuple[Question, ...], records: tuple[Fields, ...]
) -> tuple[Group, ...]:
    """Where everybody is one group, a statement on a question of one role names the role."""
    are_named = any(one.values.get("group") in ROLES for one in records)
    if len(groups) != 1 or groups[0].role is not None or groups[0].name in ROLES or not are_named:
        return ()
    asked = {role for one in questions for role in one.roles}
    return tuple(Group(role, role, (), groups[0].invited) for role in ROLES if role in asked)


def _check_condition(question: Question, draft: Document) -> None:
    """What a question hangs on must be a question with one choice that was put to the same roles."""
    if question.shown_when is None:
        return
    code, options = question.shown_when
    found = [one for one in draft.questions if one.code == code and set(one.roles) & set(question.roles)]
    fits = [one.kind != "many" and set(options) <= set(one.options) and one is not question for one in found]
    if not fits or not all(fits):
        raise Unreadable(f"The question {question.code!r} hangs on {code!r}, which is no question that it can hang on.")


def _distinct(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Unreadable(f"The group {name!r} occurs twice.")


def _receipts(fields: Fields) -> int:
    return len(fields.texts("receipts")) if "receipts" in fields.values else 0


def _rules(fields: Fields) -> Rules:
    rules = fields_of(fields.values.get("rules"), "The report's rules")
    # Older reports name fewer numbers; what they say is measured by today's.
    numbers = {"band": 2, "wide_band": 3, "wide_from": 12, "band_per": 20, "sensitive_k": 10, "sensitive_band": 3}
    read = {key: rules.number(key, 1) if key in rules.values else usual for key, usual in numbers.items()}
    return Rules(k=rules.number("k", 1), **read)


def _group(fields: Fields) -> Group:
    role = fields.optional_text("role")
    if role is not None:
        fields.one_of("role", ROLES)
    doubled = fields.number("doubled") if "doubled" in fields.values else 0
    return Group(fields.text("name"), role, fields.texts("cohorts"), fields.number("invited"), doubled)


def _is_closed(fields: Fields) -> bool:
    return _kind(fields) != "text"


def _kind(fields: Fields) -> str:
    """Return how a question is answered; older reports say "band" of one choice among numbers."""
    kind = fields.one_of("kind", ("one", "many", "band", "text"))
    return "one" if kind == "band" else kind


def _question(fields: Fields) -> Question:
    options = tuple(option.text("code") for option in fields.within("options", "option"))
    if len(options) < 1 or len(set(options)) < len(options):
        raise Unreadable(f"{fields.place} has no options, or one twice.")
    question = Question(
        code=fields.text("code"),
        kind=_kind(fields),
        roles=fields.texts("roles"),
        options=options,
        order=fields.one_of("order", ("rising", "falling", "none")),
        sensitive=fields.flag("sensitive") or fields.values.get("theme") == "harm",
        then_now=fields.flag("then_now"),
        wording=repr([_kind(fields), *(_plain(fields.values.get(key)) for key in _WORDING)]),
        texts=_texts(fields.values.get("text")),
        shown_when=_condition(fields),
    )
    if not set(question.roles) <= set(ROLES) or not question.roles:
        raise Unreadable(f"{fields.place} was put to {', '.join(question.roles) or 'nobody'}, which are not roles.")
    if question.then_now and (question.order == "none" or question.kind == "many"):
        raise Unreadable(f"{fields.place} is asked then and now, but its options have no order.")
    return question


def _texts(value: object) -> Texts:
    said = value.items() if isinstance(value, Mapping) else ()
    return tuple((language, text) for language, text in said if isinstance(text, str))


def _condition(fields: Fields) -> tuple[str, tuple[str, ...]] | None:
    if fields.values.get("shown_when") is None:
        return None
    condition = fields_of(fields.values["shown_when"], f"{fields.place}, its condition")
    return condition.text("question"), condition.texts("answers")


_WORDING = ("text", "options", "order", "sensitive", "then_now")


def _plain(value: Any) -> Any:
    """Return JSON in an order that does not depend on how it was written."""
    if isinstance(value, Mapping):
        return sorted((key, _plain(one)) for key, one in value.items() if isinstance(key, str))
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _rate(fields: Fields, draft: Document) -> Rate:
    fields.only(("kind", "group", "invited", "answered"))
    group = draft.group(fields.text("group"))
    return Rate(fields.place, group.name, fields.number("invited"), fields.optional_number("answered"))


def _statement(fields: Fields, draft: Document) -> Statement:
    kind = fields.text("kind")
    if kind not in (*_READERS, "total", "withheld"):
        raise UnknownStatement(f"{fields.place} is of the kind {kind!r}, which the auditor does not know.")
    if kind == "total":
        return _total(fields, draft)
    group = draft.group(fields.text("group"))
    question = _question_of(fields, draft, (group,))
    if kind == "withheld":
        return _withheld(fields, question, group)
    _check_limits(question, fields)
    keys, reader = _READERS[kind]
    fields.only(("kind", "group", "question", "n", *keys))
    n = fields.number("n")
    bound = fields.values.get("bound", "")
    return Statement(fields.place, kind, question, (group.name,), n, reader(fields, question), bound)


def _check_limits(question: Question, fields: Fields) -> None:
    most = MOST_OPTIONS_THEN_NOW if question.then_now else MOST_OPTIONS
    if len(question.options) > most:
        asked = "asked then and now, of" if question.then_now else "of"
        raise BeyondLimits(
            f"{fields.place} is about {question.code!r}, a question {asked} {len(question.options)} options; more than "
            f"{most} are not attacked."
        )


def _question_of(fields: Fields, draft: Document, groups: tuple[Group, ...]) -> Question:
    """Return the question that a code means in these groups. A code may have two wordings, one for each role."""
    code = fields.text("question")
    fitting = [
        one
        for one in draft.questions
        if one.code == code and all(group.role is None or group.role in one.roles for group in groups)
    ]
    if not fitting:
        raise Unreadable(f"{fields.place} is about {code!r}, which was not asked of that group.")
    if len(fitting) > 1 and fields.text("kind") != "withheld":
        raise Unreadable(f"{fields.place}: {code!r} has two wordings, and it is not said which one is meant.")
    return fitting[0]


def _withheld(fields: Fields, question: Question, group: Group) -> Statement:
    fields.only(("kind", "group", "question", "reason"))
    reason = fields.one_of("reason", _REASONS)
    return Statement(fields.place, "withheld", question, (group.name,), None, reason=reason)


_REASONS = (
    *("question-too-few", "sensitive-too-few", "one-role", "role-too-few", "group-too-small"),
    *("condition-hidden", "unfit", "with-earlier"),
)


def _total(fields: Fields, draft: Document) -> Statement:
    fields.only(("kind", "question", "n", "counts", "groups", "missing"))
    groups = tuple(draft.group(name) for name in fields.texts("groups"))
    for name in fields.texts("missing"):
        draft.group(name)
    if not groups:
        raise Unreadable(f"{fields.place} is a total of no groups.")
    question, n = _question_of(fields, draft, groups), fields.number("n")
    names = tuple(group.name for group in groups)
    return Statement(fields.place, "total", question, names, n, _distribution(fields, question))


def _distribution(fields: Fields, question: Question) -> tuple[Count, ...]:
    rows = fields.within("counts", "count")
    found = {row.text("option"): row.number("count") for row in rows}
    if set(found) != set(question.options) or len(rows) != len(found):
        raise Unreadable(f"{fields.place} does not count each option of {question.code!r} once.")
    return tuple(Count((option,), found[option], found[option]) for option in question.options)


def _dominance(fields: Fields, question: Question) -> tuple[Count, ...]:
    return (Count(_offered(fields, question), fields.number("at_least"), fields.number("n")),)


def _ticks(fields: Fields, question: Question) -> tuple[Count, ...]:
    option = fields.one_of("option", question.options)
    return (Count((option,), *_bounds(fields)),)


def _sensitive(fields: Fields, question: Question) -> tuple[Count, ...]:
    classes = fields.within("classes", "class")
    for one in classes:
        one.only(("options", "low", "high"))
    return tuple(Count(_offered(one, question), one.number("low"), one.number("high")) for one in classes)


def _moved(fields: Fields, question: Question) -> tuple[Count, ...]:
    if not question.then_now:
        raise Unreadable(f"{fields.place} is about a change, but {question.code!r} was not asked then and now.")
    return (Count((), *_bounds(fields), direction=fields.text("kind")),)


def _offered(fields: Fields, question: Question) -> tuple[str, ...]:
    options = fields.texts("options")
    if not options or not set(options) <= set(question.options):
        raise Unreadable(f"{fields.place} names options that {question.code!r} does not have.")
    return options


def _bounds(fields: Fields) -> tuple[int, int]:
    count, n = fields.number("count"), fields.number("n")
    low_high = {"exactly": (count, count), "at-least": (count, n), "at-most": (0, count)}
    return low_high[fields.one_of("bound", low_high)]


_READERS: dict[str, tuple[tuple[str, ...], Callable[[Fields, Question], tuple[Count, ...]]]] = {
    "distribution": (("counts",), _distribution),
    "dominance-band": (("options", "at_least"), _dominance),
    "ticks": (("option", "bound", "count"), _ticks),
    "sensitive": (("classes",), _sensitive),
    "rose": (("bound", "count"), _moved),
    "fell": (("bound", "count"), _moved),
}
