"""Publishers that other products use, or that we might have written: kept to be caught."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from feedback.domain.disclosure.groups import Atom, partition
from feedback.domain.survey.kinds import ONE
from feedback.domain.survey.questionnaires import NONE_OF_THESE, PREFER_NOT_TO_SAY, Question, Rating
from tests.auditor.programmes import K, Programme

Record = dict[str, Any]
Group = tuple[str, Callable[[Atom], bool], str | None, tuple[str, ...]]
ALL: Group = ("all", lambda _: True, None, ())


def roles() -> tuple[Group, ...]:
    return tuple((role, lambda atom, role=role: atom.role == role, role, ()) for role in ("mentor", "mentee"))  # type: ignore[misc]


def cells(programme: Programme) -> tuple[Group, ...]:
    return tuple(
        (f"{one.role}/{one.cohort}", lambda atom, one=one: atom == one, str(one.role), (one.cohort,))  # type: ignore[misc]
        for one in programme.atoms
    )


def naive_by_role(programme: Programme) -> Record:
    """Show each role, and everybody, wherever k answered."""
    return _report(programme, (ALL, *roles()), _enough)


def naive_by_cohort(programme: Programme) -> Record:
    """Show each role's cohorts, each role, and everybody, wherever k answered."""
    return _report(programme, (ALL, *roles(), *cells(programme)), _enough)


def remainder(programme: Programme) -> Record:
    """As the naive one, but where one cohort of a role, or one role, is hidden alone, so is the next smallest."""
    return _report(programme, (ALL, *roles(), *cells(programme)), _enough_and_its_neighbour)


def one_off_band(programme: Programme) -> Record:
    """Hide near-unanimity where all but one, at most, agree: our partition with a band of b = 1."""
    return _report(programme, _parted(programme), _enough, band=1)


def our_bands(programme: Programme) -> Record:
    """The same with our band, so that what is caught in the other is its band."""
    return _report(programme, _parted(programme), _enough, band=2)


def _parted(programme: Programme) -> tuple[Group, ...]:
    return tuple(
        (
            group.name,
            lambda atom, group=group: (  # type: ignore[misc]
                group.role in (None, atom.role) and (not group.cohorts or atom.cohort in group.cohorts)
            ),
            group.role and str(group.role),
            group.cohorts,
        )
        for group in partition(programme.atoms, K)
    )


def _enough(numbers: Mapping[str, int]) -> set[str]:
    return {name for name, n in numbers.items() if n >= K}


def _enough_and_its_neighbour(numbers: Mapping[str, int]) -> set[str]:
    shown = _enough(numbers)
    for parent in ("", "mentor/", "mentee/"):
        siblings = [name for name in numbers if (name.startswith(parent) if parent else name in ("mentor", "mentee"))]
        hidden = [name for name in siblings if name not in shown and numbers[name] > 0]
        others = sorted((name for name in siblings if name in shown), key=lambda name: numbers[name])
        if len(hidden) == 1 and others:
            shown.remove(others[0])
    return shown


def _report(
    programme: Programme, groups: Iterable[Group], shown_of: Callable[[Mapping[str, int]], set[str]], band: int = -1
) -> Record:
    """Every question with a single choice, in the groups that a rule shows by how many answered."""
    listed = tuple(groups)
    asked = [one for one in programme.questions[next(iter(programme.questions))] if _is_plain(one, programme)]
    statements: list[Record] = []
    for question in asked:
        chosen = {name: _chosen(programme, question, within) for name, within, _, _ in listed}
        shown = sorted(shown_of({name: len(said) for name, said in chosen.items()}))
        statements += [_said(question, name, chosen[name], band) for name in shown]
    return {
        "format": 1,
        "outcome": "published",
        "rules": {"k": K, "band": 2},
        "groups": [
            {"name": name, "role": role, "cohorts": list(cohorts), "invited": _invited(programme, within)}
            for name, within, role, cohorts in listed
        ],
        "questions": [question_record(question) for question in asked],
        "statements": statements,
    }


def question_record(question: Question, roles: tuple[str, ...] = ("mentor", "mentee")) -> Record:
    """Return a question as a document describes it."""
    return {
        "code": question.code,
        "kind": question.kind.code,
        "roles": list(roles),
        "text": dict(question.text),
        "options": [{"code": option.code, "text": dict(option.text)} for option in question.options],
        "order": str(question.order),
        "sensitive": question.sensitive,
        "then_now": question.then_now,
    }


def _is_plain(question: Question, programme: Programme) -> bool:
    asked_of_both = all(question in questions for questions in programme.questions.values())
    return asked_of_both and question.kind is ONE and not question.sensitive and not question.then_now


def _invited(programme: Programme, within: Callable[[Atom], bool]) -> int:
    return sum(size for atom, size in programme.atoms.items() if within(atom))


def _chosen(programme: Programme, question: Question, within: Callable[[Atom], bool]) -> list[Rating]:
    said = [
        person.answer.ratings.get(question.code)
        for person in programme.people
        if within(person.atom) and person.answer is not None
    ]
    return [one for one in said if one is not None and one not in (PREFER_NOT_TO_SAY, NONE_OF_THESE)]


def _said(question: Question, group: str, chosen: list[Rating], band: int) -> Record:
    about = {"group": group, "question": question.code, "n": len(chosen)}
    for options in ({max(question.option_codes, key=chosen.count)}, _two_worst(question)):
        if options and sum(one not in options for one in chosen) <= band:
            named = [code for code in question.option_codes if code in options]
            return {"kind": "dominance-band", **about, "options": named, "at_least": len(chosen) - band}
    counts = [{"option": code, "count": chosen.count(code)} for code in question.option_codes]
    return {"kind": "distribution", **about, "counts": counts}


def _two_worst(question: Question) -> set[str]:
    if question.order == "none" or len(question.option_codes) < 3:
        return set()
    return set(question.option_codes[:2] if question.order == "rising" else question.option_codes[-2:])
