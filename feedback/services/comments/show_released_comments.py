"""Say what became of a wave's comments: released, in review until a date, or destroyed. Opens nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from feedback.domain.errors import NotFound
from feedback.domain.report.released_comments import ReleasedComments, read_release
from feedback.reporting.comments_section import CommentsState
from feedback.storage.comment_releases import mark_of, release_of
from feedback.storage.database import reading
from feedback.storage.programmes import programme_by_id
from feedback.storage.waves import Wave, wave_by_id


@dataclass(frozen=True)
class SignedRelease:
    """Released comments with the organisation's Ed25519 signature over the UTF-8 bytes of their JSON."""

    programme_id: int
    stage: str
    json: str
    comments: ReleasedComments
    signature: bytes
    public_key: bytes


def show_comments(session: Session, wave_id: int, *, now: datetime) -> CommentsState:
    """Return what became of a wave's comments; raises NotFound if there is no such wave."""
    with reading(session):
        return comments_state(session, wave_by_id(session, wave_id), now)


def comments_state(session: Session, wave: Wave, now: datetime) -> CommentsState:
    """Return what became of a wave's comments, within a transaction that the caller ends."""
    stored = release_of(session, wave.id)
    if stored is not None:
        return CommentsState(read_release(stored.document))
    if wave.reviewer_left:
        return CommentsState(reviewer_left=True)
    zone = programme_by_id(session, wave.programme_id).time_zone
    return CommentsState(until=_last_day(wave.comments_expire_at, zone, now))


def comments_marks(
    connection: Connection, wave_id: int, *, expire_at: datetime | None, time_zone: str, now: datetime
) -> tuple[bytes | None, date | None]:
    """Return the mark of the release and the last day of the review, which change with `comments_state`.

    `expire_at` is when the wave's comments are destroyed, `time_zone` the programme's.
    """
    release = mark_of(connection, wave_id)
    return release, None if release else _last_day(expire_at, time_zone, now)


def show_release(session: Session, wave_id: int) -> SignedRelease:
    """Return what was released of a wave's comments, or raise NotFound."""
    with reading(session):
        stored = release_of(session, wave_id)
        if stored is None:
            raise NotFound(f"No comments of wave {wave_id} were released.")
        wave = wave_by_id(session, wave_id)
        programme = programme_by_id(session, wave.programme_id)
        return SignedRelease(
            programme_id=programme.id,
            stage=wave.stage,
            json=stored.document,
            comments=read_release(stored.document),
            signature=stored.signature,
            public_key=programme.organisation.signing_public_key or b"",
        )


def _last_day(expire_at: datetime | None, time_zone: str, now: datetime) -> date | None:
    if expire_at is None or expire_at <= now:
        return None
    return expire_at.astimezone(ZoneInfo(time_zone)).date()
