"""Waves, with all that is fixed at the opening: groups, questionnaires, public keys, sizes and terms."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Connection,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from feedback.domain.disclosure.groups import Atom, Group, Grouping
from feedback.domain.errors import NotFound
from feedback.domain.sealing import PublicKey
from feedback.domain.survey.questionnaire_json import dump_questionnaire, load_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.states import MomentKind, WaveState
from feedback.storage.database import Base, JsonText, RawRead
from feedback.storage.programmes import Programme

_STATES = ", ".join(f"'{state}'" for state in WaveState)
_GROUPINGS = ", ".join(f"'{one}'" for one in Grouping)


class Wave(Base):
    """One wave. The nullable columns down to `twins` are filled in at the opening and never change after it.

    `grouping` is what a coordinator wished, and from the opening on what was done; `not_asked` lists (role, theme, is
    it open). `reviewer_id` is whose account reads the comments; once `reviewer_left` nobody does. `news` is what people
    must still be told about it, from `news_due_at` on. `calendar_revision` counts changes of its dates, the last one at
    `calendar_changed_at`.
    """

    __tablename__ = "waves"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("minimum_group_size >= 5", name="minimum_group_size"),
        CheckConstraint("key_backup_days BETWEEN 0 AND 7", name="key_backup_days"),
        CheckConstraint(
            "state NOT IN ('open', 'closing', 'held') OR response_public_key IS NOT NULL", name="open_has_keys"
        ),
        CheckConstraint("news IN ('cancelled', 'extended', 'results', 'said')", name="news"),
        CheckConstraint(f"grouping IN ({_GROUPINGS})", name="grouping"),
        CheckConstraint("opens_at IS NULL OR opens_at < closes_at", name="opens_before_it_closes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    stage: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(10))
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime]
    may_close_early: Mapped[bool]
    was_extended: Mapped[bool] = mapped_column(default=False)
    minimum_group_size: Mapped[int]
    key_backup_days: Mapped[int]
    comment_days: Mapped[int]
    reviewer_name: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    comments_expire_at: Mapped[datetime | None]
    invited: Mapped[int | None]
    invited_sizes: Mapped[Any] = mapped_column(JsonText, nullable=True)
    response_key_id: Mapped[bytes | None]
    response_public_key: Mapped[bytes | None]
    comment_key_id: Mapped[bytes | None]
    comment_public_key: Mapped[bytes | None]
    body_bytes: Mapped[int | None]
    comment_bytes: Mapped[int | None]
    terms_seal: Mapped[bytes | None]
    twins: Mapped[Any] = mapped_column(JsonText, nullable=True)
    news: Mapped[str | None] = mapped_column(String(10))
    news_due_at: Mapped[datetime | None]
    calendar_revision: Mapped[int] = mapped_column(default=0)
    calendar_changed_at: Mapped[datetime | None]
    roster_was_approved: Mapped[bool] = mapped_column(default=False)
    close_failed_at: Mapped[datetime | None]
    awaits_retry: Mapped[bool] = mapped_column(default=False)
    opening_was_refused: Mapped[bool] = mapped_column(default=False)
    grouping: Mapped[str | None] = mapped_column(String(10))
    not_asked: Mapped[Any] = mapped_column(JsonText, nullable=True)
    has_pepper: Mapped[bool] = mapped_column(default=False)
    reviewer_id: Mapped[int | None]
    reviewer_left: Mapped[bool] = mapped_column(default=False)

    @property
    def response_key(self) -> PublicKey:
        """The public key that responses are sealed to."""
        return PublicKey(self.response_key_id or b"", self.response_public_key or b"")

    @property
    def comment_key(self) -> PublicKey:
        """The public key that comments are sealed to."""
        return PublicKey(self.comment_key_id or b"", self.comment_public_key or b"")

    def comments_may_be_read(self, now: datetime) -> bool:
        """Tell whether the time for its comments has not run out, and somebody is there who may read them."""
        has_time = self.comments_expire_at is not None and now < self.comments_expire_at
        return has_time and not self.reviewer_left

    @property
    def shows_sides(self) -> bool:
        """Whether "all" may show what one role was asked; waves of before that was decided have told people no."""
        return self.not_asked is not None


class WaveGroup(Base):
    """One reporting group of a wave."""

    __tablename__ = "wave_groups"

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str | None] = mapped_column(String(10))
    cohorts: Mapped[Any] = mapped_column(JsonText)
    invited: Mapped[int]
    doubled: Mapped[int] = mapped_column(default=0)


class WaveQuestionnaire(Base):
    """The questionnaire that a wave asks of one role, word for word as it was at the opening."""

    __tablename__ = "wave_questionnaires"

    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), primary_key=True)
    definition: Mapped[str] = mapped_column(Text)


class Moment(Base):
    """A date in a wave's calendar: a reminder, or a look at how much has been answered.

    `wish` is the offset that a reminder was planned with, if any; a reminder that was left out sends nothing.
    """

    __tablename__ = "wave_moments"
    __table_args__ = (
        UniqueConstraint("wave_id", "kind", "number"),
        CheckConstraint("kind IN ('reminder', 'look')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("waves.id"))
    kind: Mapped[str] = mapped_column(String(10))
    number: Mapped[int]
    due_at: Mapped[datetime]
    is_done: Mapped[bool]
    band: Mapped[str | None] = mapped_column(String(40))
    wish: Mapped[str | None] = mapped_column(String(12))
    was_left_out: Mapped[bool] = mapped_column(default=False)


def known_wave(session: Session, wave_id: int) -> Wave | None:
    """Return a wave as it is now, if there is one."""
    return session.get(Wave, wave_id, populate_existing=True)


def open_waves_with_pepper(session: Session) -> list[int]:
    """Return the ids of the open waves whose answers are found with the pepper."""
    query = select(Wave.id).where(Wave.state == WaveState.OPEN, Wave.has_pepper).order_by(Wave.id)
    return list(session.scalars(query))


def wave_by_id(session: Session, wave_id: int) -> Wave:
    """Return a wave, or raise NotFound."""
    found = known_wave(session, wave_id)
    if found is None:
        raise no_wave(wave_id)
    return found


def no_wave(wave_id: int) -> NotFound:
    """Return the error that says that there is no such wave."""
    return NotFound(f"There is no wave {wave_id}. `feedback wave status` lists them.")


def waves_of(session: Session, programme_id: int) -> list[Wave]:
    """Return a programme's waves, oldest first."""
    return list(session.scalars(select(Wave).where(Wave.programme_id == programme_id).order_by(Wave.id)))


def waves_read_by(session: Session, staff_id: int) -> list[Wave]:
    """Return the waves whose comments an account alone reads, unless it has left, oldest first."""
    mine = select(Wave).where(Wave.reviewer_id == staff_id, Wave.reviewer_left.is_(False))
    return list(session.scalars(mine.order_by(Wave.id)))


def waves_in_state(session: Session, state: WaveState) -> list[Wave]:
    """Return all waves in one state, oldest first."""
    return list(session.scalars(select(Wave).where(Wave.state == state).order_by(Wave.id)))


def waves_with_news(session: Session, now: datetime) -> list[int]:
    """Return the ids of waves of which people must be told something now."""
    query = select(Wave.id).where(Wave.news.is_not(None), Wave.news_due_at <= now).order_by(Wave.id)
    return list(session.scalars(query))


def waves_of_organisation(session: Session, organisation_id: int) -> list[Wave]:
    """Return all waves of an organisation's programmes, oldest first."""
    query = select(Wave).join(Programme, Programme.id == Wave.programme_id)
    return list(session.scalars(query.where(Programme.organisation_id == organisation_id).order_by(Wave.id)))


_WAVES, _PROGRAMMES = Wave.__table__.c, Programme.__table__.c
_OWNER = RawRead(
    select(_PROGRAMMES.organisation_id, _PROGRAMMES.id)
    .join_from(Wave.__table__, Programme.__table__, _WAVES.programme_id == _PROGRAMMES.id)
    .where(_WAVES.id == bindparam("wave_id"))
)


def owner_of(connection: Connection, wave_id: int) -> tuple[int, int] | None:
    """Return the ids of a wave's organisation and of its programme, or None if there is no such wave."""
    found = _OWNER.row(connection, wave_id=wave_id)
    return None if found is None else (int(found[0]), int(found[1]))


def add_groups(session: Session, wave_id: int, groups: tuple[Group, ...]) -> None:
    """Fix the reporting groups of a wave."""
    for position, group in enumerate(groups):
        session.add(WaveGroup(wave_id=wave_id, position=position, **asdict(group)))


def groups_of(session: Session, wave_id: int) -> tuple[Group, ...]:
    """Return the reporting groups of a wave, in their fixed order."""
    query = select(WaveGroup).where(WaveGroup.wave_id == wave_id).order_by(WaveGroup.position)
    return tuple(
        Group(row.name, Role(row.role) if row.role else None, tuple(row.cohorts), row.invited, row.doubled)
        for row in session.scalars(query)
    )


def invited_sizes(wave: Wave) -> dict[Atom, int]:
    """Return how many people of each role and cohort a wave invited."""
    return {Atom(Role(role), cohort): size for role, cohort, size in wave.invited_sizes or ()}


def add_questionnaires(session: Session, wave_id: int, questionnaires: Mapping[Role, Questionnaire]) -> None:
    """Write down what a wave asks."""
    for role, questionnaire in sorted(questionnaires.items()):
        session.add(WaveQuestionnaire(wave_id=wave_id, role=role, definition=dump_questionnaire(questionnaire)))


def narrow_questionnaires(session: Session, wave_id: int, questionnaires: Mapping[Role, Questionnaire]) -> None:
    """Leave out of what a wave asks all that these do not hold; a role that is not among them is asked as planned."""
    for role, questionnaire in questionnaires.items():
        row = session.get_one(WaveQuestionnaire, (wave_id, role.value))
        if load_questionnaire(row.definition) != questionnaire:
            row.definition = dump_questionnaire(questionnaire)


def questionnaires_of(session: Session, wave_id: int) -> dict[Role, Questionnaire]:
    """Return what a wave asks, by role."""
    return {role: load_questionnaire(text) for role, text in questionnaire_texts(session, wave_id).items()}


def questionnaire_texts(session: Session, wave_id: int) -> dict[Role, str]:
    """Return what a wave asks as it is stored, by role."""
    query = select(WaveQuestionnaire).where(WaveQuestionnaire.wave_id == wave_id).order_by(WaveQuestionnaire.role)
    return {Role(row.role): row.definition for row in session.scalars(query)}


def questionnaire_asked(session: Session, wave_id: int, role: str) -> str:
    """Return the frozen questionnaire that one role is asked."""
    row = session.get_one(WaveQuestionnaire, (wave_id, role))
    return row.definition


def open_questionnaires(session: Session) -> set[tuple[int, str, bool]]:
    """Return (wave, role, has its reviewer left) of everything that is asked just now."""
    asked = select(WaveQuestionnaire.wave_id, WaveQuestionnaire.role, Wave.reviewer_left)
    query = asked.join(Wave).where(Wave.state == WaveState.OPEN)
    return {(wave_id, role, has_left) for wave_id, role, has_left in session.execute(query)}


def add_moments(session: Session, wave_id: int, kind: MomentKind, times: Mapping[datetime, str | None]) -> None:
    """Add dates of one kind to a wave's calendar, each with the offset that it was planned with, if any."""
    for number, (due_at, wish) in enumerate(sorted(times.items()), start=1):
        session.add(Moment(wave_id=wave_id, kind=kind, number=number, due_at=due_at, is_done=False, wish=wish))


def drop_moments(session: Session, wave_id: int) -> None:
    """Take all dates out of the calendar of a wave, of which none has come."""
    session.execute(delete(Moment).where(Moment.wave_id == wave_id))


def moments_of(session: Session, wave_id: int) -> list[Moment]:
    """Return a wave's calendar in order of time."""
    return _moments(session, Moment.wave_id == wave_id)


def moment_by_id(session: Session, moment_id: int) -> Moment:
    """Return one date of a calendar as it is now."""
    return session.get_one(Moment, moment_id, populate_existing=True)


def drop_passed_moments(session: Session, wave_id: int, now: datetime) -> None:
    """Remove what lies before the opening from a wave's calendar."""
    session.execute(delete(Moment).where(Moment.wave_id == wave_id, Moment.due_at <= now))


def reminders_not_sent(session: Session, wave_id: int) -> list[Moment]:
    """Return the reminders of a wave that have not gone out, including those left out, in order of time."""
    not_sent = or_(Moment.is_done.is_(False), Moment.was_left_out.is_(True))
    return _moments(session, Moment.wave_id == wave_id, Moment.kind == MomentKind.REMINDER, not_sent)


def last_reminder_at(session: Session, wave_id: int) -> datetime | None:
    """Return when the last reminder of a wave went out, if one has."""
    sent = (Moment.is_done.is_(True), Moment.was_left_out.is_(False))
    mine = (Moment.wave_id == wave_id, Moment.kind == MomentKind.REMINDER, *sent)
    return session.scalar(select(Moment.due_at).where(*mine).order_by(Moment.due_at.desc()).limit(1))


def reminders_ahead(session: Session, wave_id: int) -> list[Moment]:
    """Return the reminders of a wave that are neither sent nor left out, in order of time."""
    is_ahead = Moment.is_done.is_(False)
    return _moments(session, Moment.wave_id == wave_id, Moment.kind == MomentKind.REMINDER, is_ahead)


def count_calendar_change(wave: Wave, now: datetime) -> None:
    """Count a change of a wave's dates, so that whoever has its calendar in another program sees it move."""
    wave.calendar_revision += 1
    wave.calendar_changed_at = now


def due_moments(session: Session, now: datetime) -> list[Moment]:
    """Return the dates of open waves that are due and not done, in order of time."""
    is_open = Moment.wave_id.in_(select(Wave.id).where(Wave.state == WaveState.OPEN))
    return _moments(session, is_open, Moment.is_done.is_(False), Moment.due_at <= now)


def _moments(session: Session, *which: ColumnElement[bool]) -> list[Moment]:
    return list(session.scalars(select(Moment).where(*which).order_by(Moment.due_at, Moment.id)))
