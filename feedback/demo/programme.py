"""The demo's programme: made on the first run from a real roster file, with a kick-off wave that is open."""

from dataclasses import dataclass
from datetime import timedelta

from feedback.resources import examples_folder
from feedback.runtime import Runtime
from feedback.services.create_programme import ProgrammeDraft, create_programme
from feedback.services.import_roster import import_roster
from feedback.services.open_wave import open_wave
from feedback.services.plan_wave import WavePlan, plan_wave
from feedback.services.show_programmes import list_programmes
from forms.library import pair

ORGANISATION = "Example Organisation"
COORDINATOR = ("Dana Coordinator", "coordinator@example.com")
REVIEWER = ("Rea Reviewer", "reviewer@example.com")
_ACTOR = "demo"
_OPEN_FOR = timedelta(days=14)


@dataclass(frozen=True)
class DemoWave:
    """The wave that the demo opened, and how many people it invited."""

    wave_id: int
    invited: int


def prepare_programme(tools: Runtime) -> DemoWave | None:
    """Create the demo's programme and open its first wave; None if there is a programme already."""
    session = tools.session()
    if list_programmes(session):
        return None
    now = tools.clock()
    draft = ProgrammeDraft(
        organisation=ORGANISATION,
        name="Pilot 1",
        word="reverse",
        focus="race and ethnicity",
        minimum_group_size=tools.settings.minimum_group_size,
        time_zone="Europe/Paris",
        contact_name=COORDINATOR[0],
        contact_email=COORDINATOR[1],
        reviewer_name=REVIEWER[0],
    )
    programme_id = create_programme(
        session, tools.keys, draft, smallest_group_size=tools.settings.minimum_group_size, now=now, actor=_ACTOR
    )
    roster = (examples_folder() / "roster.csv").read_bytes()
    import_roster(session, tools.keys, programme_id, roster, now=now, actor=_ACTOR)
    plan = WavePlan(
        programme_id=programme_id,
        stage="kickoff",
        questionnaires=pair("kickoff"),
        opens_at=None,
        closes_at=now + _OPEN_FOR,
        may_close_early=True,
    )
    wave_id = plan_wave(
        session,
        plan,
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=now,
        actor=_ACTOR,
    )
    opening = open_wave(session, tools.keys, wave_id, now=now, actor=_ACTOR)
    return DemoWave(wave_id, opening.invited)
