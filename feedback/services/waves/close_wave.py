"""Close a wave: stop accepting, open, let the auditor attack, publish, destroy. Restartable at any point.

The report is committed before any key is destroyed, so that nothing is lost; the keys are destroyed last, after
the database has been rewritten without the sealed responses. A report that the auditor can break is not published:
the wave is held. Never reads people.
"""

import hmac
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from feedback.domain.comments.review import Comment, write_comment
from feedback.domain.disclosure.publishing import comments_kept, counted_groups
from feedback.domain.disclosure.tally import Tally
from feedback.domain.epochs import StepAct
from feedback.domain.errors import KeysMissing, ReportHeld, TermsAltered, WaveNotReady
from feedback.domain.hooks import HookEvent
from feedback.domain.links import EntitlementDigest
from feedback.domain.log_chain import SERVICE
from feedback.domain.report.report import Outcome, Report
from feedback.domain.sealing import Place, seal_comment
from feedback.domain.waves.staff_mails import StaffMail
from feedback.domain.waves.states import News, WaveState
from feedback.services.hooks.announce import announce
from feedback.services.reports.audit_report import Attack, broken_rules
from feedback.services.reports.audit_together import Hidden, reports_before, to_withhold
from feedback.services.reports.write_report import questionnaires_asked, store_report, write_report
from feedback.services.waves.destroy_keys import Step, destroy_spent_keys
from feedback.services.waves.enter_step import check_epochs, enter_step, follow_steps
from feedback.services.waves.late_closes import is_stopped
from feedback.services.waves.open_responses import Opened, open_responses
from feedback.services.waves.seal_terms import seal_terms
from feedback.storage.audit_log import note
from feedback.storage.comments import add_comments
from feedback.storage.database import lock_programme, lock_wave, reading
from feedback.storage.entitlements import destroy_entitlements, rights_of_wave
from feedback.storage.history import drop_history
from feedback.storage.keys import KeyStore
from feedback.storage.responses import count_responses, destroy_responses
from feedback.storage.staff_letters import tell_staff_at
from feedback.storage.waves import Wave, count_calendar_change, groups_of, wave_by_id

_WARNED_BEFORE = timedelta(days=7)


def close_wave(
    session: Session, keys: KeyStore, wave_id: int, *, now: datetime, actor: str, step: Step = lambda _name: None
) -> None:
    """Close a wave from start to end. Another worker that finishes it first does no harm."""
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

    A wave closes at its time; earlier only by hand, and only if participants were told that it may.
    """
    lock_wave(session, wave_id)
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
    if now < wave.closes_at:
        count_calendar_change(wave, now)
    announce(session, HookEvent.STOPPED, wave.programme_id, wave_id, now=now)
    note(session, now, actor, "stopped accepting", f"wave {wave_id}")
    session.commit()


def finish_closing(
    session: Session,
    keys: KeyStore,
    wave_id: int,
    *,
    now: datetime,
    step: Step = lambda _name: None,
    attack: Attack = broken_rules,
) -> None:
    """Publish the report of a closing wave and destroy everything it came from; `step` is called after each step.

    Raises WaveNotReady unless the wave is closing, KeysMissing if the key store cannot open its responses, and
    ReportHeld if `attack` names a rule that the report breaks: then nothing is published and nothing destroyed.
    """
    session.rollback()
    check_epochs(session, keys)
    _note_try(session, wave_id, now)
    opened = _open(session, keys, wave_id)
    step("opened")
    hidden, broken = _attacked(session, wave_id, opened, attack)
    step("attacked")
    if broken:
        _hold(session, wave_id, broken, now)
        raise ReportHeld(
            f"The report of wave {wave_id} is held: the auditor could work out what it must not say "
            f"({', '.join(broken)}). Nothing was published and nothing lost. Upgrade the service and try again, or "
            "discard the wave. A week after its end, or a day after it was first held if that is later, it is "
            "discarded unread."
        )
    _publish(session, keys, wave_id, opened, hidden, now=now, step=step)
    step("committed")
    follow_steps(session, keys)
    step("followed")
    destroy_spent_keys(session, keys, now=now, step=step)


def retry_closing(session: Session, wave_id: int, *, now: datetime, actor: str) -> None:
    """Let a held wave try to close again, such as after an upgrade; raise WaveNotReady if it is not held."""
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.HELD:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}; only a held wave can try to close again.")
    wave.state, wave.awaits_retry = WaveState.CLOSING, True
    note(session, now, actor, "tried to close again", f"wave {wave_id}")
    session.commit()


# Before it begins: whoever is killed in the middle, or runs out of memory, can note nothing afterwards.
def _note_try(session: Session, wave_id: int, now: datetime) -> None:
    """Note a try as one that failed, which it is until the report is there; see `gives_up_at` for what follows."""
    session.rollback()
    lock_wave(session, wave_id)
    wave = _closing_wave(session, wave_id)
    if is_stopped(wave, now):
        raise WaveNotReady(f"Wave {wave_id} was stopped, for its keys were lost; it closes at its end.")
    wave.close_failed_at, wave.awaits_retry = wave.close_failed_at or now, False
    session.commit()


def _open(session: Session, keys: KeyStore, wave_id: int) -> Opened | None:
    """Return what the valid responses say together, or None if fewer than k links were used: nothing is opened."""
    with reading(session):
        wave = _closing_wave(session, wave_id)
        k, place = wave.minimum_group_size, Place(wave.programme_id, wave.id)
        if count_responses(session, wave_id) < k:
            return None
        rights = rights_of_wave(session, wave_id)
        _check_terms(session, keys, wave, rights)
        asked, groups = questionnaires_asked(session, wave), groups_of(session, wave_id)
        new_tally = partial(Tally, asked, groups, shows_sides=wave.shows_sides)
        return open_responses(session, keys.response_key(wave_id), place, rights, new_tally)


def _closing_wave(session: Session, wave_id: int) -> Wave:
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.CLOSING:
        raise WaveNotReady(f"Wave {wave_id} is {wave.state}, not closing.")
    return wave


# Whoever can write to the main database could add rights to answer, or have answers sealed to a key of their own.
def _check_terms(
    session: Session, keys: KeyStore, wave: Wave, rights: dict[EntitlementDigest, tuple[str, str]]
) -> None:
    published = (wave.response_key, wave.comment_key)
    held = (keys.response_key(wave.id).public, keys.comment_key(wave.id).public)
    sealed = seal_terms(session, keys.link_key(wave.id), wave, rights)
    if published != held or not hmac.compare_digest(sealed, wave.terms_seal or b""):
        raise TermsAltered(
            f"The terms of wave {wave.id} were changed in the database after its opening. Nothing was opened; cancel "
            "the wave, or restore the main database."
        )


# Before any lock is taken: an attack may last seconds, during which nobody could answer another wave on SQLite.
def _attacked(session: Session, wave_id: int, opened: Opened | None, attack: Attack) -> tuple[Hidden, tuple[str, ...]]:
    """Return what earlier reports forbid to say, and the names of the rules that the report breaks without that."""
    with reading(session):
        wave = _closing_wave(session, wave_id)
        before = reports_before(session, wave)
        sizes = {(role, cohort): count for role, cohort, count in wave.invited_sizes}

    def report_without(hidden: Hidden) -> Report:
        with reading(session):
            return write_report(session, _closing_wave(session, wave_id), opened, frozenset(), hidden)

    hidden = to_withhold(report_without, before)
    return hidden, attack(report_without(hidden), sizes)


def _hold(session: Session, wave_id: int, broken: tuple[str, ...], now: datetime) -> None:
    lock_wave(session, wave_id)
    wave = _closing_wave(session, wave_id)
    wave.state = WaveState.HELD
    tell_staff_at(session, wave_id, StaffMail.HELD, now)
    announce(session, HookEvent.HELD, wave.programme_id, wave_id, now=now)
    note(session, now, SERVICE, f"held: {', '.join(broken)}"[:60], f"wave {wave_id}")
    session.commit()


def _publish(
    session: Session, keys: KeyStore, wave_id: int, opened: Opened | None, hidden: Hidden, *, now: datetime, step: Step
) -> None:
    lock_wave(session, wave_id)
    wave = wave_by_id(session, wave_id)
    if wave.state != WaveState.CLOSING:
        raise WaveNotReady(f"Wave {wave_id} was closed by another process.")
    # The chain of a programme's reports must not fork.
    lock_programme(session, wave.programme_id)
    kept = _kept(opened, wave.minimum_group_size) if opened else frozenset()
    report = write_report(session, wave, opened, kept, hidden)
    store_report(session, keys, wave, report)
    if report.outcome is Outcome.TOO_FEW:
        drop_history(session, wave_id)
    if opened and kept:
        _keep_comments(session, wave, opened, kept, now)
    destroy_responses(session, wave_id)
    destroy_entitlements(session, wave_id)
    wave.state, wave.news, wave.news_due_at = WaveState.CLOSED, News.RESULTS, now
    wave.close_failed_at = None
    tell_staff_at(session, wave_id, StaffMail.REPORT, now)
    announce(session, HookEvent.PUBLISHED, wave.programme_id, wave_id, now=now)
    note(session, now, SERVICE, f"published; {opened.rejected if opened else 0} rows were not valid", f"wave {wave_id}")
    session.flush()
    step("written")
    enter_step(session, keys, StepAct.CLOSED, wave_id)
    session.commit()


def _kept(opened: Opened, k: int) -> frozenset[str]:
    """Return the codes whose comments go to review: enough wrote (R9), and somebody lets the text be read."""
    return frozenset(code for code in comments_kept(opened.tally, k) if _comments_on(opened, code, k))


# A group that is not reported keeps no comments either: their number would tell its size.
def _comments_on(opened: Opened, code: str, k: int) -> list[Comment]:
    counted = counted_groups(opened.tally, k)
    said = (said for (asked, group), said in opened.comments.items() if asked == code and group in counted)
    return [comment for comments in said for comment in comments]


def _keep_comments(session: Session, wave: Wave, opened: Opened, kept: frozenset[str], now: datetime) -> None:
    place, size = Place(wave.programme_id, wave.id), wave.comment_bytes or 0
    for code in sorted(kept):
        comments = _comments_on(opened, code, wave.minimum_group_size)
        sealed = [seal_comment(write_comment(one), wave.comment_key, place, code, size) for one in comments]
        add_comments(session, wave.id, code, sealed)
    wave.comments_expire_at = now + timedelta(days=wave.comment_days)
    tell_staff_at(session, wave.id, StaffMail.COMMENTS, now)
    if wave.comments_expire_at - _WARNED_BEFORE > now:
        tell_staff_at(session, wave.id, StaffMail.COMMENTS_EXPIRE, wave.comments_expire_at - _WARNED_BEFORE)
