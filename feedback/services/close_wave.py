"""Close a wave: stop accepting, open once, publish, destroy. It can be stopped at any point and run again.

The report is committed before any key is destroyed, so that nothing is lost; the keys are destroyed last, after
the database has been rewritten without the sealed responses. Never reads people.
"""

import hmac
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.comments import Comment, write_comment
from feedback.domain.disclosure import comments_kept, publish
from feedback.domain.errors import KeysMissing, TermsAltered, WaveNotReady
from feedback.domain.links import EntitlementDigest, terms_seal
from feedback.domain.questionnaires import Questionnaire, Role
from feedback.domain.report import About, ReportDocument, ReportFacts, build_report, build_too_few
from feedback.domain.sealing import Place, seal_comment
from feedback.domain.tally import Tally
from feedback.domain.terms import Terms, terms_digest
from feedback.domain.waves import WaveState
from feedback.services.destroy_keys import Step, destroy_spent_keys
from feedback.services.open_responses import Opened, open_responses
from feedback.services.sign_document import sign_document
from feedback.storage.audit_log import note
from feedback.storage.comments import add_comments
from feedback.storage.database import begin_read_only, seize_programme, seize_wave
from feedback.storage.entitlements import destroy_entitlements, rights_of_wave
from feedback.storage.keys import KeyStore
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import programme_by_id
from feedback.storage.reports import StoredReport, last_report
from feedback.storage.responses import count_responses, destroy_responses
from feedback.storage.waves import Wave, groups_of, questionnaires_of, wave_by_id


def close_wave(
    session: Session, keys: KeyStore, wave_id: int, *, now: datetime, actor: str, step: Step = lambda _name: None
) -> None:
    """Close a wave from start to end. A worker that finishes it first at the same time does no harm."""
    begin_closing(session, wave_id, now=now, actor=actor)
    try:
        finish_closing(session, keys, wave_id, now=now, step=step)
    except (WaveNotReady, KeysMissing):
        session.rollback()
        if wave_by_id(session, wave_id).state != WaveState.CLOSED:
            raise
        session.rollback()


def begin_closing(session: Session, wave_id: int, *, now: datetime, actor: str, by_hand: bool = True) -> None:
    """Stop accepting answers, or raise WaveNotReady.

    A wave closes at its time; earlier only by hand, and only if that was announced.
    """
    seize_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.OPEN:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}; only an open wave can be closed.")
    if now < wave.closes_at and not (by_hand and wave.may_close_early):
        raise WaveNotReady(
            f"Wave {wave_id} closes on {wave.closes_at:%Y-%m-%d at %H:%M} UTC, as its participants were told; it "
            "cannot close earlier."
        )
    wave.state = WaveState.CLOSING
    wave.closed_at = now
    note(session, now, actor, "stopped accepting", f"wave {wave_id}")
    session.commit()


def finish_closing(
    session: Session, keys: KeyStore, wave_id: int, *, now: datetime, step: Step = lambda _name: None
) -> None:
    """Publish the report of a closing wave and destroy all it came from; `step` hears of each step done.

    Raises WaveNotReady unless the wave is closing, KeysMissing if the key store cannot open its responses.
    """
    session.rollback()
    opened = _open(session, keys, wave_id)
    step("opened")
    _publish(session, keys, wave_id, opened, now, step)
    step("committed")
    destroy_spent_keys(session, keys, now=now, step=step)


def _open(session: Session, keys: KeyStore, wave_id: int) -> Opened | None:
    """Return what the wave's valid responses say, or None if there are fewer than k."""
    begin_read_only(session)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.CLOSING:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}, not closing.")
    k, place = wave.minimum_group_size, Place(wave.programme_id, wave.id)
    opened = None
    if count_responses(session, wave_id) >= k:
        rights = rights_of_wave(session, wave_id)
        _check_terms(session, keys, wave, rights)
        asked = _asked(session, wave)
        tally = Tally(asked, groups_of(session, wave_id))
        opened = open_responses(session, keys.response_key(wave_id), place, rights, asked, tally)
    session.rollback()
    return opened if opened and len(opened.receipts) >= k else None


# Somebody who can write to the main database could add rights to answer, or have answers sealed to a key of his own.
def _check_terms(
    session: Session, keys: KeyStore, wave: Wave, rights: dict[EntitlementDigest, tuple[str, str]]
) -> None:
    terms = Terms(
        k=wave.minimum_group_size,
        response_key=keys.response_key(wave.id).public,
        comment_key=keys.comment_key(wave.id).public,
        groups=groups_of(session, wave.id),
        questionnaires=questionnaires_of(session, wave.id),
        rights=rights,
    )
    expected = terms_seal(keys.link_key(wave.id), terms_digest(terms))
    if not hmac.compare_digest(expected, wave.terms_seal or b"") or wave.response_key != terms.response_key:
        raise TermsAltered(
            f"The terms of wave {wave.id} were changed in the database after its opening. Nothing was opened; cancel "
            "the wave, or restore the main database."
        )


def _publish(session: Session, keys: KeyStore, wave_id: int, opened: Opened | None, now: datetime, step: Step) -> None:
    seize_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.CLOSING:
        raise WaveNotReady(f"Wave {wave_id} was closed by another process.")
    # The chain of a programme's reports must not fork.
    seize_programme(session, wave.programme_id)
    kept = _kept(opened, wave.minimum_group_size) if opened else frozenset()
    _store(session, keys, wave, _document(session, wave, opened, kept))
    if opened and kept:
        _keep_comments(session, wave, opened, kept, now)
    destroy_responses(session, wave_id)
    destroy_entitlements(session, wave_id)
    wave.state = WaveState.CLOSED
    note(
        session, now, "service", f"published; {opened.rejected if opened else 0} rows were not valid", f"wave {wave_id}"
    )
    session.flush()
    step("written")
    session.commit()


def _asked(session: Session, wave: Wave) -> dict[Role, Questionnaire]:
    invited = {Role(role) for role, _cohort, _count in wave.invited_sizes}
    return {role: one for role, one in questionnaires_of(session, wave.id).items() if role in invited}


def _document(session: Session, wave: Wave, opened: Opened | None, kept: frozenset[str]) -> ReportDocument:
    asked = _asked(session, wave)
    before = last_report(session, wave.programme_id)
    previous = before.chain_hash if before else None
    k = wave.minimum_group_size
    facts = ReportFacts(
        about=_about(session, wave),
        k=k,
        groups=groups_of(session, wave.id),
        questionnaires=asked,
        comments_kept=kept,
        receipts=tuple(opened.receipts) if opened else (),
    )
    if opened is None:
        return build_too_few(facts, previous)
    return build_report(facts, publish(opened.tally, k), previous)


def _about(session: Session, wave: Wave) -> About:
    programme = programme_by_id(session, wave.programme_id)
    zone = ZoneInfo(programme.time_zone)
    return About(
        organisation=session.get_one(Organisation, programme.organisation_id).name,
        programme=programme.name,
        word=programme.word,
        focus=programme.focus,
        stage=wave.stage,
        opened_on=_known(wave.opened_at).astimezone(zone).date(),
        closed_on=_known(wave.closed_at).astimezone(zone).date(),
    )


def _store(session: Session, keys: KeyStore, wave: Wave, document: ReportDocument) -> None:
    programme = programme_by_id(session, wave.programme_id)
    organisation = session.get_one(Organisation, programme.organisation_id)
    before = last_report(session, programme.id)
    session.add(
        StoredReport(
            wave_id=wave.id,
            programme_id=programme.id,
            number=before.number + 1 if before else 1,
            document=document.json,
            statement_hash=document.statement_hash,
            chain_hash=document.chain_hash,
            signature=sign_document(keys, organisation, document.json),
        )
    )


def _kept(opened: Opened, k: int) -> frozenset[str]:
    """Return the codes whose comments go to review: enough wrote (R9), and somebody lets the text be read."""
    return frozenset(code for code in comments_kept(opened.tally, k) if _comments_on(opened, code, k))


# A group that is not reported keeps no comments either: their number would tell its size.
def _comments_on(opened: Opened, code: str, k: int) -> list[Comment]:
    counted = publish(opened.tally, k).counted_groups
    said = (said for (asked, group), said in opened.comments.items() if asked == code and group in counted)
    return [comment for comments in said for comment in comments]


def _keep_comments(session: Session, wave: Wave, opened: Opened, kept: frozenset[str], now: datetime) -> None:
    place, size = Place(wave.programme_id, wave.id), wave.comment_bytes or 0
    for code in sorted(kept):
        comments = _comments_on(opened, code, wave.minimum_group_size)
        sealed = [seal_comment(write_comment(one), wave.comment_key, place, code, size) for one in comments]
        add_comments(session, wave.id, code, sealed)
    wave.comments_expire_at = now + timedelta(days=wave.comment_days)


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise WaveNotReady("The wave was never opened.")
    return moment
