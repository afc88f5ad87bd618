"""Open a wave: fix groups and terms, create entitlements, queue the invitations. Never sees a response."""

from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.comments.review import largest_comment
from feedback.domain.disclosure.groups import Group, group_of
from feedback.domain.epochs import StepAct
from feedback.domain.errors import WaveNotReady
from feedback.domain.hooks import HookEvent
from feedback.domain.links import LinkKey, entitlement_digest, link_secret, proof
from feedback.domain.log_chain import SERVICE
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.survey.responses import largest_body
from feedback.domain.waves.calendar import SHORTEST_OPENING
from feedback.domain.waves.mails import INVITATION
from feedback.domain.waves.staff_mails import LAST_DAY, UNREACHED_AFTER, StaffMail
from feedback.domain.waves.states import NOT_OPENED, WaveState
from feedback.services.hooks.announce import announce
from feedback.services.mail.queue_mails import Defer, leave_to_the_tick, queue_for
from feedback.services.programmes.check_real import check_asks
from feedback.services.programmes.check_running import check_running
from feedback.services.roster.approve_roster import is_approved
from feedback.services.staff.name_people import check_named
from feedback.services.support.open_support_desk import open_support_desk
from feedback.services.waves.check_history import check_wave, invited_members
from feedback.services.waves.count_invited import check_invited, count_invited
from feedback.services.waves.enter_step import check_epochs, take_step
from feedback.services.waves.form_groups import FormedGroups, groups_of_wave
from feedback.services.waves.move_reminders import move_reminders
from feedback.services.waves.seal_terms import seal_terms
from feedback.storage.audit_log import note
from feedback.storage.database import lock_organisation, lock_programme, lock_wave, reading
from feedback.storage.entitlements import Right, add_entitlements
from feedback.storage.history import add_history
from feedback.storage.keys import KeyStore, WaveKeys
from feedback.storage.people import Invitee, invitees
from feedback.storage.programmes import programme_by_id
from feedback.storage.staff_letters import tell_staff_at
from feedback.storage.waves import (
    Wave,
    add_groups,
    count_calendar_change,
    drop_passed_moments,
    narrow_questionnaires,
    questionnaires_of,
    wave_by_id,
)


@dataclass(frozen=True)
class Opening:
    """The result of an opening: people invited, and the groups that are fixed from now on."""

    invited: int
    groups: tuple[Group, ...]


def open_wave(
    session: Session,
    keys: KeyStore,
    wave_id: int,
    *,
    now: datetime,
    actor: str,
    defer: Defer = leave_to_the_tick,
    by_calendar: bool = False,
) -> Opening:
    """Open a wave; `by_calendar` if its hour has come, and not if it was put off since.

    Raises WaveNotReady if it was opened before or put off, PlanRefused if nobody could ever see a result,
    RosterNotApproved if the organisation requires a second person's approval and the roster has none, and
    HistoryRefused if the report would come too close to others (R11).

    The keys are committed first, and a later attempt keeps them, so an attempt that dies changes nothing else.
    """
    check_epochs(session, keys)
    with reading(session):
        wave = check_opening(session, wave_id, now)
        check_wave(session, keys, wave, groups_of_wave(session, wave), now=now, opens=True)
    wave_keys = keys.keys_for_opening(wave_id)
    wave = _locked(session, wave_id, now, by_calendar=by_calendar)
    _keep_as_named(session, wave)
    wave.roster_was_approved = is_approved(session, wave.programme_id)
    open_support_desk(session, keys, wave.programme_id)
    people, count = invitees(session, wave.programme_id), count_invited(session, wave.programme_id)
    formed = groups_of_wave(session, wave)
    groups, wave.grouping = formed.groups, formed.grouping
    wave.not_asked = [list(astuple(one)) for one in formed.forecast.not_asked]
    narrow_questionnaires(session, wave_id, formed.forecast.asked)
    _fix_terms(wave, wave_keys, questionnaires_of(session, wave_id), groups, now)
    wave.invited, wave.invited_sizes = count.people, _sizes(people)
    wave.twins = _enter_history(session, keys, wave, formed, now)
    add_groups(session, wave_id, groups)
    rights = _rights(wave_id, wave_keys.link, people, groups)
    add_entitlements(session, rights)
    session.flush()
    wave.terms_seal = seal_terms(
        session, wave_keys.link, wave, {right.digest: (right.role, right.group_name) for right in rights}
    )
    move_reminders(session, wave, opening=now, now=now)
    drop_passed_moments(session, wave_id, now)
    queue_for(session, wave_id, INVITATION, people=(one.participant_id for one in people), now=now, defer=defer)
    count_calendar_change(wave, now)
    _tell_staff(session, wave, now)
    note(session, now, actor, "opened", f"wave {wave_id}")
    take_step(session, keys, StepAct.OPENED, wave_id)
    return Opening(count.people, groups)


def _locked(session: Session, wave_id: int, now: datetime, *, by_calendar: bool) -> Wave:
    lock_wave(session, wave_id)
    wave = check_opening(session, wave_id, now)
    if by_calendar and (wave.opens_at is None or wave.opens_at > now):
        raise WaveNotReady(f"Wave {wave_id} was put off while it was about to open.")
    lock_programme(session, wave.programme_id)
    return wave


def _tell_staff(session: Session, wave: Wave, now: datetime) -> None:
    tell_staff_at(session, wave.id, StaffMail.OPENED, now)
    tell_staff_at(session, wave.id, StaffMail.UNREACHED, now + UNREACHED_AFTER)
    tell_staff_at(session, wave.id, StaffMail.CLOSES_SOON, wave.closes_at - LAST_DAY)
    announce(session, HookEvent.OPENED, wave.programme_id, wave.id, now=now)


def note_refused_opening(session: Session, wave_id: int, *, now: datetime) -> None:
    """Note that a wave could not open at its hour, and have its planners told, once; its page says why."""
    session.rollback()
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state == WaveState.SCHEDULED and not wave.opening_was_refused:
        wave.opening_was_refused = True
        tell_staff_at(session, wave_id, StaffMail.REFUSED, now)
        note(session, now, SERVICE, "could not open", f"wave {wave_id}")
    session.commit()


def check_opening(session: Session, wave_id: int, now: datetime) -> Wave:
    """Return the wave if it can be opened now, or raise WaveNotReady, PlanRefused or RosterNotApproved."""
    wave = wave_by_id(session, wave_id)
    if WaveState(wave.state) not in NOT_OPENED:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}; only a wave that was never opened can be opened.")
    if wave.closes_at < now + SHORTEST_OPENING:
        raise WaveNotReady(f"Wave {wave_id} would close within the hour; plan a new one.")
    check_asks(session, wave.programme_id)
    check_running(session, wave.programme_id)
    check_named(session, programme_by_id(session, wave.programme_id), wave)
    check_invited(session, wave.programme_id, wave.minimum_group_size)
    is_approved(session, wave.programme_id)
    return wave


# Again, and now under a lock: another wave of the organisation may have opened since. If none has, nothing is searched.
def _enter_history(
    session: Session, keys: KeyStore, wave: Wave, formed: FormedGroups, now: datetime
) -> list[dict[str, str]]:
    members = invited_members(session, keys, wave.programme_id, formed.groups)
    twins = check_wave(session, keys, wave, formed, now=now, opens=True, members=members)
    add_history(session, wave.id, members)
    return [asdict(twin) for twin in twins]


# Whoever names somebody else, or takes access away, holds the same lock: what is told is true from here on. It is taken
# before anything is written, or the row of the wave would keep them from letting go of it.
def _keep_as_named(session: Session, wave: Wave) -> None:
    programme = programme_by_id(session, wave.programme_id)
    lock_organisation(session, programme.organisation_id)
    session.refresh(wave, ["reviewer_id", "reviewer_name"])
    session.refresh(programme, ["contact_id", "contact_name", "contact_email"])
    check_named(session, programme, wave)


def _fix_terms(
    wave: Wave, keys: WaveKeys, questionnaires: dict[Role, Questionnaire], groups: tuple[Group, ...], now: datetime
) -> None:
    response, comment = keys.response.public, keys.comment.public
    wave.state = WaveState.OPEN
    wave.opened_at = now
    wave.opening_was_refused = False
    wave.has_pepper = True
    wave.response_key_id, wave.response_public_key = response.key_id, response.raw
    wave.comment_key_id, wave.comment_public_key = comment.key_id, comment.raw
    wave.body_bytes = max(largest_body(one, group.name) for one in questionnaires.values() for group in groups)
    wave.comment_bytes = max(largest_comment(one) for one in questionnaires.values())


def _rights(wave_id: int, key: LinkKey, people: Iterable[Invitee], groups: tuple[Group, ...]) -> list[Right]:
    atoms = {person.atom for person in people}
    names = {atom: group_of(atom, groups).name for atom in atoms}
    return [
        Right(
            digest=entitlement_digest(proof(link_secret(key, person.participant_id))),
            wave_id=wave_id,
            role=person.atom.role,
            group_name=names[person.atom],
        )
        for person in people
    ]


def _sizes(people: list[Invitee]) -> list[list[str | int]]:
    counted: dict[tuple[str, str], int] = {}
    for person in people:
        atom = (person.atom.role.value, person.atom.cohort)
        counted[atom] = counted.get(atom, 0) + 1
    return [[role, cohort, count] for (role, cohort), count in sorted(counted.items())]
