"""The demo's own programme: made on the first run from a real roster file, with a kick-off wave that is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from feedback.domain.waves.quiet_times import NO_QUIET_TIMES
from feedback.resources import rosters_folder
from feedback.runtime import Runtime
from feedback.services.programmes.create_programme import ProgrammeDraft, create_programme
from feedback.services.programmes.show_programmes import list_programmes
from feedback.services.roster.import_roster import import_roster
from feedback.services.staff.name_people import Newcomer
from feedback.services.waves.open_wave import open_wave
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from forms.bank import pair
from forms.vocabulary import translated_words

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
    if list_programmes(tools.session()):
        return None
    roster = (rosters_folder() / "roster.csv").read_bytes()
    return open_demo_wave(tools, new_programme(tools, "Pilot 1", roster), "kickoff")


def new_programme(tools: Runtime, name: str, roster: bytes) -> int:
    """Create a programme of invented people from a roster file, and return its id."""
    session, now = tools.session(), tools.clock()
    smallest = tools.settings.minimum_group_size
    words = {"word": "reverse", "focus": "race and ethnicity"}
    draft = ProgrammeDraft(
        organisation=ORGANISATION,
        name=name,
        **words,
        translated=translated_words(**words),
        minimum_group_size=smallest,
        time_zone="Europe/Paris",
        contact=Newcomer(*COORDINATOR),
        reviewer=Newcomer(*REVIEWER),
        # Whoever tries the demo at night wants to see its mails.
        quiet_times=NO_QUIET_TIMES,
    )
    programme_id = create_programme(session, tools.keys, draft, smallest_group_size=smallest, now=now, actor=_ACTOR)
    import_roster(session, tools.keys, programme_id, roster, now=now, actor=_ACTOR)
    return programme_id


def open_demo_wave(tools: Runtime, programme_id: int, stage: str) -> DemoWave:
    """Plan a wave that may be closed at any time, and open it."""
    wave_id = plan_demo_wave(tools, programme_id, stage)
    opening = open_wave(tools.session(), tools.keys, wave_id, now=tools.clock(), actor=_ACTOR)
    return DemoWave(wave_id, opening.invited)


def plan_demo_wave(tools: Runtime, programme_id: int, stage: str, opens_at: datetime | None = None) -> int:
    """Plan a wave that may be closed at any time, and return its id."""
    plan = WavePlan(
        programme_id=programme_id,
        stage=stage,
        questionnaires=pair(stage),
        opens_at=opens_at,
        closes_at=(opens_at or tools.clock()) + _OPEN_FOR,
        may_close_early=True,
    )
    return plan_wave(
        tools.session(),
        tools.keys,
        plan,
        key_backup_days=tools.settings.key_backup_days,
        comment_days=tools.settings.comment_days,
        now=tools.clock(),
        actor=_ACTOR,
    )
