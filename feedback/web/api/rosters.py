"""People of a programme: put in as from a file, with its refusals line by line; let go; and an address corrected.

Nobody is read back: whom a programme knows is told to people on its page.
"""

from collections.abc import Iterable

from flask import Response

from feedback.domain.api_keys import ApiScope
from feedback.domain.errors import PersonDoubtful, RosterNote
from feedback.domain.roster.files import RosterRecord
from feedback.domain.roster.rows import RosterFile, RosterTable, read_table
from feedback.runtime import runtime
from feedback.services.programmes.check_real import refuse_people
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.import_roster import RosterComparison, compare_people, put_people_in
from feedback.services.roster.leave_programme import leave_programme
from feedback.web.api.models import AddressIn, LeavingIn, PersonIn, RosterIn, RosterOut
from feedback.web.api.operations import caller, operation
from feedback.web.api.problems import FIRST_LINE
from feedback.web.front import LARGEST_ROSTER_POST
from feedback.web.roster_notes import in_words

_FIELDS = ("name", "email", "role", "cohort", "language")


@operation(
    "POST",
    "/programmes/<int:programme_id>/roster",
    ApiScope.MANAGE_ROSTERS,
    body=RosterIn,
    out=RosterOut,
    most_bytes=LARGEST_ROSTER_POST,
)
def put_in_roster(programme_id: int, body: RosterIn) -> RosterOut:
    """Put people in or change what is known of them, all or none; who is not named stays."""
    tools = runtime()
    refuse_people(tools.session(), programme_id)
    file = _file(body.people)
    found = compare_people(tools.session(), programme_id, file, rejoin=body.rejoin)
    if body.dry_run:
        return _out(found, is_dry_run=True)
    if found.questions and not body.sure:
        raise PersonDoubtful(found.questions)
    put_people_in(
        tools.session(),
        tools.keys,
        programme_id,
        file,
        now=tools.clock(),
        actor=caller().actor,
        rejoin=body.rejoin,
        seen=body.seen,
    )
    tools.session().commit()
    return _out(found, is_dry_run=False)


@operation("POST", "/programmes/<int:programme_id>/leaving", ApiScope.MANAGE_ROSTERS, body=LeavingIn, status=204)
def let_go_by_address(programme_id: int, body: LeavingIn) -> Response:
    """Note that somebody has left, in every role: they get no more emails."""
    tools = runtime()
    leave_programme(tools.session(), programme_id, body.email, now=tools.clock(), actor=caller().actor)
    return Response(status=204)


@operation("POST", "/programmes/<int:programme_id>/address", ApiScope.MANAGE_ROSTERS, body=AddressIn, status=204)
def correct_one_address(programme_id: int, body: AddressIn) -> Response:
    """Correct an address; of somebody invited to an open survey only if the last email to it was lost."""
    tools = runtime()
    times = {"now": tools.clock(), "actor": caller().actor}
    correct_address(tools.session(), programme_id, body.email, body.new_email, **times)  # type: ignore[arg-type]
    return Response(status=204)


def _file(people: Iterable[PersonIn]) -> RosterFile:
    rows = ((one.name, one.email, one.role, one.cohort, one.language) for one in people)
    records = [RosterRecord(line, cells) for line, cells in enumerate(rows, start=FIRST_LINE)]
    return read_table(RosterTable(RosterNote("Sent"), (RosterRecord(FIRST_LINE - 1, _FIELDS), *records)))


def _out(found: RosterComparison, *, is_dry_run: bool) -> RosterOut:
    change = found.change
    return RosterOut(
        is_dry_run=is_dry_run,
        added=change.added,
        changed=change.changed,
        unchanged=change.unchanged,
        absent=change.absent,
        waiting=change.waiting,
        regrouped=change.regrouped,
        cohorts_lost=change.cohorts_lost,
        languages_lost=change.languages_lost,
        away=change.away,
        remarks=[in_words(one) for one in change.remarks],
        questions=[in_words(one) for one in found.questions],
        # What was compared is no more once something was done.
        seen=found.seen if is_dry_run else None,
    )
