"""Write the report of a wave from its opened responses, and store it, signed, behind the previous one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from feedback.domain.disclosure.groups import Grouping
from feedback.domain.disclosure.publishing import publish, withhold
from feedback.domain.errors import WaveNotReady
from feedback.domain.report.document import ReportFacts, build_report, build_too_few
from feedback.domain.report.report import About, Promise, Report, Twin
from feedback.domain.survey.asked import NotAsked
from feedback.domain.survey.questionnaires import Questionnaire, Role, Theme
from feedback.services.reports.audit_together import Hidden
from feedback.services.reports.sign_document import sign_document
from feedback.services.waves.open_responses import Opened
from feedback.storage.keys import KeyStore
from feedback.storage.programmes import programme_by_id
from feedback.storage.receipts import add_receipts
from feedback.storage.reports import StoredReport, last_report
from feedback.storage.waves import Wave, groups_of, questionnaires_of


def questionnaires_asked(session: Session, wave: Wave) -> dict[Role, Questionnaire]:
    """Return what was asked of each role in which somebody was invited."""
    invited = {Role(role) for role, _cohort, _count in wave.invited_sizes}
    return {role: one for role, one in questionnaires_of(session, wave.id).items() if role in invited}


def write_report(
    session: Session, wave: Wave, opened: Opened | None, kept: frozenset[str], hidden: Hidden = frozenset()
) -> Report:
    """Return the report on `opened`, or one that says that too few answered.

    `kept` holds the codes of the questions whose comments go to review, `hidden` what is not said. Hold the
    programme's lock from here until the report is stored, or another one may take its place in the chain.
    """
    before = last_report(session, wave.programme_id)
    previous = before.chain_hash if before else None
    facts = ReportFacts(
        about=_about(session, wave),
        promise=Promise(wave.reviewer_name, wave.comment_days, wave.key_backup_days, wave.was_extended),
        k=wave.minimum_group_size,
        groups=groups_of(session, wave.id),
        questionnaires=questionnaires_asked(session, wave),
        twins=tuple(Twin(**one) for one in wave.twins or ()),
        comments_kept=kept,
        receipts=tuple(opened.receipts) if opened else (),
        contested=opened.contested.total() if opened else 0,
        grouping=Grouping(wave.grouping or "") if wave.shows_sides else None,
        not_asked=tuple(NotAsked(Role(role), Theme(theme), is_open) for role, theme, is_open in wave.not_asked or ()),
    )
    if opened is None or len(opened.receipts) < facts.k:
        return build_too_few(facts, previous)
    return build_report(facts, withhold(publish(opened.tally, facts.k), opened.tally, hidden), previous)


def store_report(session: Session, keys: KeyStore, wave: Wave, report: Report) -> None:
    """Sign a report with the organisation's key and add it to the programme's chain, whose lock is held.

    Raises KeysMissing if the key store has another key than the organisation published.
    """
    programme = programme_by_id(session, wave.programme_id)
    before = last_report(session, programme.id)
    session.add(
        StoredReport(
            wave_id=wave.id,
            programme_id=programme.id,
            number=before.number + 1 if before else 1,
            document=report.json,
            statement_hash=report.statement_hash,
            chain_hash=report.chain_hash,
            signature=sign_document(keys, programme.organisation, report.json),
        )
    )
    add_receipts(session, wave.id, [bytes.fromhex(one) for one in report.receipts])


def _about(session: Session, wave: Wave) -> About:
    programme = programme_by_id(session, wave.programme_id)
    zone = ZoneInfo(programme.time_zone)
    return About(
        organisation=programme.organisation.name,
        programme=programme.name,
        word=programme.word,
        focus=programme.focus,
        stage=wave.stage,
        opened_on=_known(wave.opened_at).astimezone(zone).date(),
        closed_on=_known(wave.closed_at).astimezone(zone).date(),
    )


def _known(moment: datetime | None) -> datetime:
    if moment is None:
        raise WaveNotReady("The wave was never opened.")
    return moment
