"""The key that asks, and the programmes that it sees."""

from feedback.domain.api_keys import ApiScope
from feedback.runtime import runtime
from feedback.services.programmes.show_programmes import (
    ProgrammeView,
    list_programmes,
    organisation_name,
    show_programme,
)
from feedback.services.reports.say_what_was_done import show_said
from feedback.web.api.models import (
    AskedForPage,
    KeyOut,
    ListPage,
    ProgrammeOut,
    SaidOut,
    WaveLineOut,
    page_of_list,
)
from feedback.web.api.operations import caller, operation


@operation("GET", "/key", out=KeyOut)
def get_key() -> KeyOut:
    """Return what the key that is shown may do."""
    name = organisation_name(runtime().session(), caller().organisation_id)
    scopes = [scope.value for scope in ApiScope if scope in caller().scopes]
    return KeyOut(organisation=name, scopes=scopes, programme_id=caller().programme_id)


@operation("GET", "/programmes", query=AskedForPage, out=ListPage[ProgrammeOut])
def list_all_programmes(query: AskedForPage) -> ListPage[ProgrammeOut]:
    """Return the programmes that the key sees, the oldest first."""
    session = runtime().session()
    numbers = [one.id for one in list_programmes(session, caller().organisation_id)]
    seen = [show_programme(session, one) for one in numbers if caller().may_see(caller().organisation_id, one)]
    return page_of_list([_programme(one) for one in seen], query)


@operation("GET", "/programmes/<int:programme_id>", out=ProgrammeOut)
def get_programme(programme_id: int) -> ProgrammeOut:
    """Return one programme."""
    return _programme(show_programme(runtime().session(), programme_id))


@operation("GET", "/programmes/<int:programme_id>/waves", query=AskedForPage, out=ListPage[WaveLineOut])
def list_waves(programme_id: int, query: AskedForPage) -> ListPage[WaveLineOut]:
    """Return the waves of a programme, the oldest first."""
    waves = show_programme(runtime().session(), programme_id).waves
    lines = [
        WaveLineOut(
            id=one.id,
            stage=one.stage,
            state=one.state,
            opens_at=one.opens_at,
            closes_at=one.closes_at,
            invited=one.invited,
        )
        for one in waves
    ]
    return page_of_list(lines, query)


@operation("GET", "/programmes/<int:programme_id>/you-said", ApiScope.READ_REPORTS, ApiScope.PLAN_WAVES, out=SaidOut)
def get_you_said(programme_id: int) -> SaidOut:
    """Return what participants read of what was done since."""
    said = show_said(runtime().session(), programme_id)
    return SaidOut(published=dict(said.published), publications=said.publications)


def _programme(one: ProgrammeView) -> ProgrammeOut:
    return ProgrammeOut(
        id=one.id,
        name=one.name,
        people=one.people,
        time_zone=one.time_zone.key,
        minimum_group_size=one.minimum_group_size,
        has_ended=one.ending is not None,
        is_example=one.is_example,
    )
