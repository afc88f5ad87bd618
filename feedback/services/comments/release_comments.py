"""Release the comments of a wave, all at once and once only. Never reads people.

One transaction writes the signed document and deletes every original. The next tick of the worker rewrites the files
and destroys the comment key, as it does for any wave that is over and still has keys, so a crash in between is mended.
"""

import secrets
from datetime import datetime

from sqlalchemy.orm import Session

from feedback.domain.report.released_comments import ReleasedComments, Shuffle, released_question, write_release
from feedback.domain.staff import Reviewer
from feedback.domain.waves.staff_mails import ABOUT_COMMENTS
from feedback.services.comments.open_comments import open_comments, wave_in_review
from feedback.services.reports.sign_document import sign_document
from feedback.storage.audit_log import note
from feedback.storage.comment_releases import CommentRelease
from feedback.storage.comments import destroy_comments
from feedback.storage.database import lock_wave
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import report_of
from feedback.storage.staff_letters import drop_letters

_SHUFFLE = secrets.SystemRandom().shuffle


def release_comments(
    session: Session,
    keys: KeyStore,
    wave_id: int,
    *,
    now: datetime,
    reviewer: Reviewer,
    shuffle: Shuffle = _SHUFFLE,
) -> None:
    """Publish what was decided and delete the rest; the order of the texts is drawn by `shuffle`.

    Raises ReviewRefused unless every comment is decided and summed up, WaveNotReady if nothing is in review, NotNamed
    if it is in review by somebody else.
    """
    lock_wave(session, wave_id)
    wave = wave_in_review(session, wave_id, reviewer, now)
    questions = tuple(released_question(one, shuffle) for one in open_comments(session, keys, wave))
    report = report_of(session, wave_id)
    released = ReleasedComments(report.chain_hash if report else "", wave.minimum_group_size, questions)
    document = write_release(released)
    signature = sign_document(keys, programme_by_id(session, wave.programme_id).organisation, document)
    session.add(CommentRelease(wave_id=wave_id, document=document, signature=signature))
    destroy_comments(session, wave_id)
    drop_letters(session, wave_id, ABOUT_COMMENTS)
    note(session, now, reviewer.actor, "released the comments", f"wave {wave_id}")
    session.commit()
