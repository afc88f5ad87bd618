"""`feedback roster`: check a roster file, import it, correct it, approve it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from feedback.cli.lazy import Lazy, LazyGroup
from feedback.cli.output import ACTOR, answer, as_json_option, say
from feedback.domain.errors import RosterRefused
from feedback.domain.staff import actor_of
from feedback.runtime import runtime
from feedback.services.roster.approve_roster import RosterView, approve_roster, show_roster
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.import_roster import RosterChange, compare_roster, import_roster
from feedback.services.roster.leave_programme import leave_programme
from feedback.services.staff.name_people import account_of_programme

roster = LazyGroup("roster", {"sync": Lazy("roster_sync", "sync_command")})

_KEEP = "To keep what was known, leave the column {} out of the file."
_EVERYBODY = "everybody"
on_behalf_of_option = click.option(
    "--as", "on_behalf_of", metavar="EMAIL", help="The member of staff who asked for it; cannot approve it then."
)
_rejoin = click.option(
    "--rejoin",
    multiple=True,
    is_flag=False,
    flag_value=_EVERYBODY,
    metavar="[ADDRESS]",
    help="Bring back somebody in the file who has left; without ADDRESS, everybody whom the check names.",
)
_encoding = click.option("--encoding", metavar="NAME", help="The code page of a file that is not Unicode, by its name.")
_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@roster.command("check")
@click.argument("programme_id", type=int)
@_file
@_encoding
@_rejoin
@as_json_option
def check_command(
    programme_id: int, file: Path, encoding: str | None, rejoin: tuple[str, ...], *, as_json: bool
) -> None:
    """Say what importing FILE into a programme would change, and every wrong line. Changes nothing.

    \b
    Example:  feedback roster check 1 roster.csv
    """
    with _told_line_by_line():
        change = compare_roster(
            runtime().session(), programme_id, file.read_bytes(), encoding=encoding, rejoin=_named(rejoin)
        )
    answer(asdict(change), change_lines(change, done=False), as_json=as_json)


@roster.command("import")
@click.argument("programme_id", type=int)
@_file
@_encoding
@_rejoin
@on_behalf_of_option
@as_json_option
def import_command(
    programme_id: int,
    file: Path,
    encoding: str | None,
    rejoin: tuple[str, ...],
    on_behalf_of: str | None,
    *,
    as_json: bool,
) -> None:
    """Import FILE (name, email, role and if you like cohort and language; CSV, XLSX or ODS): all of it or nothing.

    A column that is not in the file changes nothing; an empty cell in one that is there takes away what was known.
    While a wave is open nobody joins it: who is added is invited from the next wave on.

    \b
    Example:  feedback roster import 1 roster.csv --as ana@example.com
    """
    tools, actor = runtime(), actor_for(programme_id, on_behalf_of)
    with _told_line_by_line():
        change = import_roster(
            tools.session(),
            tools.keys,
            programme_id,
            file.read_bytes(),
            now=tools.clock(),
            actor=actor,
            encoding=encoding,
            rejoin=_named(rejoin),
        )
    answer(asdict(change), change_lines(change, done=True), as_json=as_json)


@roster.command("leave")
@click.argument("programme_id", type=int)
@click.argument("address")
@on_behalf_of_option
def leave_command(programme_id: int, address: str, on_behalf_of: str | None) -> None:
    """Note that the person with ADDRESS has left: they get no more email. An answer already given stays.

    \b
    Example:  feedback roster leave 1 ana@example.com
    """
    tools = runtime()
    actor = actor_for(programme_id, on_behalf_of)
    leave_programme(tools.session(), programme_id, address, now=tools.clock(), actor=actor)
    say("They will get no more email.")


@roster.command("correct-address")
@click.argument("programme_id", type=int)
@click.argument("old")
@click.argument("new")
@on_behalf_of_option
def correct_command(programme_id: int, old: str, new: str, on_behalf_of: str | None) -> None:
    """Correct an email address, from OLD to NEW. Import files must be corrected too, or the old one comes back.

    While a wave is open only an address to which an email was lost is corrected. The link stays the same: an email that
    reached the old address still holds it. Send the invitation to the new one with `feedback invitation resend`.

    \b
    Example:  feedback roster correct-address 1 aan@example.com ana@example.com
    """
    tools, actor = runtime(), actor_for(programme_id, on_behalf_of)
    correct_address(tools.session(), programme_id, old, new, now=tools.clock(), actor=actor)
    say("The address is corrected. An email that went to the old one still holds the same link.")


@roster.command("show")
@click.argument("programme_id", type=int)
@as_json_option
def show_command(programme_id: int, *, as_json: bool) -> None:
    """Show who is on the roster, in which groups, what has changed since it was approved last, and by whom.

    \b
    Example:  feedback roster show 1
    """
    view = show_roster(runtime().session(), programme_id)
    sizes = [{"role": atom.role, "cohort": atom.cohort, "people": count} for atom, count in view.sizes]
    record = {**vars(view), "sizes": sizes, "entries": [asdict(entry) for entry in view.entries]}
    answer(record, _lines(view), as_json=as_json)


@roster.command("approve")
@click.argument("programme_id", type=int)
@click.option("--as", "on_behalf_of", required=True, metavar="EMAIL", help="The member of staff who approves it.")
@click.option("--digest", help="Approve only this roster, as `feedback roster show` names it; asks for no yes.")
def approve_command(programme_id: int, on_behalf_of: str, digest: str | None) -> None:
    """Approve the roster as a second person, who had no hand in it. Any later change voids the approval.

    \b
    Example:  feedback roster approve 1 --as rea@example.com
    """
    tools = runtime()
    staff_id = account_of_programme(tools.session(), programme_id, on_behalf_of)
    if digest is None:
        view = show_roster(tools.session(), programme_id)
        say("\n".join(_lines(view)))
        click.confirm("Are these the people who are to be invited?", abort=True)
        digest = view.digest
    approve_roster(tools.session(), programme_id, digest, staff_id=staff_id, now=tools.clock(), at_command_line=True)
    say("The roster is approved.")


def actor_for(programme_id: int, on_behalf_of: str | None) -> str:
    """Return who acts at the command line, for a member of staff or for nobody; raise NotFound if there is no such."""
    if on_behalf_of is None:
        return ACTOR
    staff_id = account_of_programme(runtime().session(), programme_id, on_behalf_of)
    return actor_of(staff_id, ACTOR)


def _named(rejoin: tuple[str, ...]) -> tuple[str, ...] | None:
    return None if _EVERYBODY in rejoin else rejoin


def _lines(view: RosterView) -> Iterator[str]:
    for entry in view.entries:
        yield f"  {entry.role}{f', {entry.cohort}' if entry.cohort else ''}: {entry.name} <{entry.email}>"
    for atom, count in view.sizes:
        yield f"{count:>6}  {atom.role}s{f', {atom.cohort}' if atom.cohort else ''}"
    for word, names in (("joined", view.joined), ("changed", view.changed), ("left", view.left)):
        if names:
            yield f"Since the roster that was approved last, {len(names)} {word}: {', '.join(names)}"
    if view.changed_by:
        yield f"Changed since then by: {', '.join(view.changed_by)}"
    yield f"Approved by {view.approved_by}." if view.approved_by else "Not approved."
    yield f"Digest: {view.digest}"


def change_lines(change: RosterChange, *, done: bool, says_absent: bool = True) -> Iterator[str]:
    """Say what an import has done, or would do, a sentence a line."""
    verb = "" if done else "would be "
    yield f"{change.added} people {verb}added, {change.changed} {verb}changed, {change.unchanged} are as they were."
    if change.waiting:
        verb = "are" if done else "would be"
        yield f"A wave is open, and nobody joins it now: {change.waiting} of them {verb} invited from the next one on."
    if change.regrouped:
        verb = "count" if done else "would count"
        yield f"{change.regrouped} people with a new cohort {verb} in their old one until the open wave is closed."
    if change.cohorts_lost:
        verb = "have lost" if done else "would lose"
        yield f"{change.cohorts_lost} people {verb} their cohort: their cells are empty. {_KEEP.format('cohort')}"
    if change.languages_lost:
        verb = "have lost" if done else "would lose"
        yield (
            f"{change.languages_lost} people {verb} their language, and get English: their cells are empty. "
            f"{_KEEP.format('language')}"
        )
    if change.away:
        away = len(change.away)
        have = "1 person in the file has" if away == 1 else f"{away} people in the file have"
        yield f"{have} left the programme, and will not be brought back: {', '.join(change.away)}."
        yield "To bring one of them back, import the file with --rejoin and the address."
    yield from change.remarks
    if change.absent and says_absent:
        yield f"{change.absent} people are in the programme but not in the file; they stay."


@contextmanager
def _told_line_by_line() -> Iterator[None]:
    """Say a roster's problems one a line, above the closing sentence."""
    try:
        yield
    except RosterRefused as error:
        for problem in error.problems:
            click.echo(problem, err=True)
        count = len(error.problems)
        raise click.ClickException(f"{count} problem{'s'[: count > 1]}; nothing was imported.") from None
