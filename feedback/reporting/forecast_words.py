"""A forecast in words: what can be reported at which response, who is merged with whom and why, what never appears."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from feedback.domain.disclosure.forecast import Forecast, Outlook
from feedback.domain.disclosure.groups import EVERYBODY, Atom, Group
from feedback.domain.disclosure.statements import Withheld
from feedback.domain.report.report import Twin
from feedback.domain.survey.questionnaires import Role
from feedback.locales import counts
from feedback.locales.lists import listed
from feedback.reporting.words import group_name, not_asked_words, percent, stage_name

_MOST_NAMES = 10


@dataclass(frozen=True)
class ForecastRow:
    """One line of the forecast: people of a role and cohort, or the comments; a cell for each response."""

    title: str
    invited: int
    counted_in: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class ForecastWords:
    """A forecast to read. `warnings` are what can never be shown, and near twins; `responses` head the cells."""

    invited: int
    warnings: tuple[str, ...]
    responses: tuple[str, ...]
    rows: tuple[ForecastRow, ...]


def forecast_words(seen: Forecast, twins: Iterable[Twin] = (), namesakes: tuple[str, ...] = ()) -> ForecastWords:
    """Return a forecast in the reader's language."""
    hoped = seen.outlooks[:-1]
    people = [_row(seen, atom, hoped) for atom in seen.sizes]
    comments = ForecastRow(_("Comments"), seen.invited, "–", tuple(_comments(outlook) for outlook in hoped))
    return ForecastWords(
        invited=seen.invited,
        warnings=(*never_shown(seen), *(twin_words(twin, seen.groups) for twin in twins), *_namesakes(namesakes)),
        responses=tuple(percent(outlook.percent, 100) for outlook in hoped),
        rows=(*people, comments),
    )


def never_shown(seen: Forecast) -> tuple[str, ...]:
    """Return a sentence for each thing that no report on this roster can show, however many answer."""
    if not seen.best.is_opened:
        return (
            _(
                "With %(people)s invited nothing can be reported: at least %(least)s must answer.",
                people=counts.people(seen.invited),
                least=counts.people(seen.k),
            ),
        )
    return (*((_small_roles(seen),) if seen.small_roles else ()), *not_asked_words(seen.not_asked))


def twin_words(twin: Twin, groups: Iterable[Group]) -> str:
    """Return what a coordinator should know of an earlier wave on nearly the same people."""
    names = {group.name: group_name(group) for group in groups}
    return _(
        "The %(stage)s survey asked nearly the same people (%(group)s): a few have joined or left since. Whoever "
        "compares the two reports could guess what those few answered, so the report says so, and participants are "
        "told before the first question. If you can, invite exactly the same people.",
        stage=stage_name(twin.stage),
        group=names.get(twin.group, twin.group),
    )


def _namesakes(names: tuple[str, ...]) -> Iterator[str]:
    if names:
        shown = [*names[:_MOST_NAMES], *("…" for _more in names[_MOST_NAMES:][:1])]
        yield _(
            "The rosters of your organisation have these names at more than one address: %(names)s. If it is the same "
            "person, use one address everywhere: two addresses count as two people.",
            names=listed(shown),
        )


def _small_roles(seen: Forecast) -> str:
    roles = listed(_role_size(role, size) for role, size in seen.small_roles)
    if seen.groups[0].name == EVERYBODY:
        return _(
            "With %(roles)s everybody is one group. What only one role is asked is shown for that role, if at least "
            "%(people)s of each role answer.",
            roles=roles,
            people=counts.people(seen.k),
        )
    return _(
        "With %(roles)s each role is counted by itself: if fewer than %(people)s of a role answer, nothing that they "
        "said is shown.",
        roles=roles,
        people=counts.people(seen.k),
    )


def _role_size(role: Role, size: int) -> str:
    return counts.mentors(size) if role is Role.MENTOR else counts.mentees(size)


def _row(seen: Forecast, atom: Atom, outlooks: tuple[Outlook, ...]) -> ForecastRow:
    hidden = [outlook.hidden(seen.homes[atom], atom.role) for outlook in outlooks]
    cells = tuple(_cell(one, seen.k) for one in hidden)
    return ForecastRow(_atom(atom), seen.sizes[atom], _counted_in(seen, atom), cells)


def _atom(atom: Atom) -> str:
    whole = _("Mentors") if atom.role is Role.MENTOR else _("Mentees")
    return _("%(role)s, %(cohorts)s", role=whole, cohorts=atom.cohort) if atom.cohort else whole


def _counted_in(seen: Forecast, atom: Atom) -> str:
    group = seen.homes[atom]
    others = [other for other, home in seen.homes.items() if home == group and other != atom]
    if not others:
        return group_name(group)
    if group.name == EVERYBODY:
        return _("everybody together: a role has fewer than %(people)s", people=counts.people(2 * seen.k))
    named = " + ".join(_atom(other) for other in others)
    return _("one group with %(others)s: each needs %(people)s", others=named, people=counts.people(2 * seen.k))


def _cell(hidden: tuple[Withheld, ...] | None, k: int) -> str:
    if hidden is None:
        return _("not shown: fewer than %(answers)s", answers=counts.answers(k))
    if hidden:
        count = len(hidden)
        return ngettext("shown, but for %(num)s question", "shown, but for %(num)s questions", count)
    return _("shown")


def _comments(outlook: Outlook) -> str:
    if not outlook.comments:
        return _("destroyed unread")
    count = len(outlook.comments)
    return ngettext("read, on %(num)s question", "read, on %(num)s questions", count)
