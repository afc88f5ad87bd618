"""The audit log of an organisation, for its administrators: who did what, when; filtered, in pages, and as a table.

Looking at it is not noted; taking it away is.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from feedback.domain.api_keys import key_id_in
from feedback.domain.log_chain import LoggedAct
from feedback.domain.log_filter import LogFilter
from feedback.domain.staff import COMMAND_LINE, StaffRole, principal_of, staff_id_in
from feedback.locales.speech import spoken
from feedback.rendering.book import DataColumn, DataSheet
from feedback.rendering.csv_files import spreadsheet_csv
from feedback.reporting.words import stage_name
from feedback.runtime import runtime
from feedback.services.audit_log.read_log import note_export
from feedback.services.audit_log.show_log import LogNames, LogPage, show_log
from feedback.web.staff.acts import act_in_words, role_in
from feedback.web.staff.guards import allowed, member
from feedback.web.staff.paging import MOST, ListPart
from feedback.web.staff.wording import day_and_time

_CSV = "text/csv; charset=utf-8"
_CLOCK = ZoneInfo("UTC")


@dataclass(frozen=True)
class ShownEntry:
    """One entry in words. `name` is what it is about, `page` leads there if it is still there; `more` says the rest.

    `role` is what somebody may do from then on.
    """

    at: str
    who: str
    what: str
    role: str
    name: str
    page: str | None
    more: tuple[str, ...]


@allowed(StaffRole.ADMINISTRATOR)
def show() -> ResponseReturnValue:
    """Show what was done, the newest first."""
    number = max(request.args.get("page", 1, type=int), 1)
    found = _found(most=MOST, offset=(min(number, 10_000) - 1) * MOST)
    last = max(1, -(-found.count // MOST))
    if number > last:
        number, found = last, _found(most=MOST, offset=(last - 1) * MOST)
    asked = {name: request.args[name] for name in ("who", "programme", "since", "until") if request.args.get(name)}
    return render_template(
        "staff/audit_log.html",
        entries=ListPart([_shown(one, found.names) for one in found.entries], number, last, found.count),
        asked=asked,
        actors=[(one, _actor(one, found.names)) for one in found.actors],
        programmes=sorted(found.names.programmes.items()),
        head_of_log=found.head,
        chained_until=day_and_time(found.chained_until, _CLOCK),
    )


@allowed(StaffRole.ADMINISTRATOR)
def as_table() -> Response:
    """Download what is shown, all pages of it, and note that."""
    found = _found()
    data = spreadsheet_csv(_table(found), spoken().code)
    note_export(runtime().session(), member().organisation_id, now=runtime().clock(), actor=member().actor)
    response = Response(data, mimetype=_CSV)
    response.headers.set("Content-Disposition", "attachment", filename="log.csv")
    return response


def _found(most: int | None = None, offset: int = 0) -> LogPage:
    wanted = _wanted(request.args)
    return show_log(runtime().session(), member().organisation_id, wanted, most=most, offset=offset)


def _wanted(asked: MultiDict[str, str]) -> LogFilter:
    return LogFilter(
        actor=asked.get("who") or None,
        programme_id=_number(asked.get("programme") or ""),
        since=_day(asked.get("since")),
        until=_day(asked.get("until"), timedelta(days=1)),
    )


# What cannot be read restricts nothing: the page shows what it was asked for.
def _day(text: str | None, later: timedelta = timedelta()) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(text or ""), time(), UTC) + later
    except (ValueError, OverflowError):
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _shown(entry: LoggedAct, names: LogNames) -> ShownEntry:
    about, _comma, rest = entry.subject.partition(", ")
    kind, _space, number = about.partition(" ")
    name, page, more = _named(kind, _number(number) or 0, names)
    person = _number(rest.removeprefix("participant ")) if rest.startswith("participant ") else None
    if person is not None:
        more, page = (*more, _("One person")), _person_page(kind, _number(number) or 0, person, names) or page
    elif rest:
        more = (*more, stage_name(rest))
    at, who = day_and_time(entry.at, _CLOCK), _actor(entry.actor, names)
    return ShownEntry(at, who, str(act_in_words(entry.act) or entry.act), str(role_in(entry.act)), name, page, more)


def _actor(actor: str, names: LogNames) -> str:
    principal = principal_of(actor)
    number = staff_id_in(principal)
    if number is not None:
        return names.accounts[number].name if number in names.accounts else principal
    key_id = key_id_in(principal)
    if key_id is not None:
        return _key(key_id, names)
    return str(_("Whoever runs the service") if principal == COMMAND_LINE else _("The service"))


def _key(key_id: int, names: LogNames) -> str:
    return str(_("Key: %(purpose)s", purpose=names.keys[key_id])) if key_id in names.keys else f"key {key_id}"


def _named(kind: str, number: int, names: LogNames) -> tuple[str, str | None, tuple[str, ...]]:
    if kind == "wave" and number in names.waves:
        wave = names.waves[number]
        return stage_name(wave.stage), url_for(".wave", wave_id=number), (names.programmes[wave.programme_id],)
    if kind == "programme" and number in names.programmes:
        return names.programmes[number], url_for(".programme", programme_id=number), ()
    if kind == "staff" and number in names.accounts:
        account = names.accounts[number]
        return account.name, url_for(".access_of_one", staff_id=number) if account.has_access else None, ()
    if kind == "key" and number in names.keys:
        return _key(number, names), url_for(".api_keys"), ()
    return "", None, ()


def _person_page(kind: str, number: int, person: int, names: LogNames) -> str | None:
    programme_id = names.waves[number].programme_id if kind == "wave" and number in names.waves else number
    known = programme_id in names.programmes
    return url_for(".person", programme_id=programme_id, number=person) if known else None


def _table(found: LogPage) -> DataSheet:
    titles = (_("When"), _("Who"), _("What"), _("About"), _("As it is written in the log"))
    keys = ("at", "who", "what", "about", "written")
    rows = tuple(_row(entry, _shown(entry, found.names)) for entry in found.entries)
    columns = tuple(DataColumn(title, key) for title, key in zip(titles, keys, strict=True))
    return DataSheet("log", "log", "log", (), columns, rows)


def _row(entry: LoggedAct, shown: ShownEntry) -> tuple[Any, ...]:
    written = f"{entry.actor}: {entry.act}: {entry.subject}"
    what = f"{shown.what}: {shown.role}" if shown.role else shown.what
    return f"{entry.at:%Y-%m-%d %H:%M:%S}", shown.who, what, ", ".join((shown.name, *shown.more)), written
