"""One row in every table, written through the models."""

from sqlalchemy import func, select
from sqlalchemy.orm import DeclarativeBase, Session

from feedback.storage.address_corrections import AddressNotice
from feedback.storage.api_keys import ApiKey
from feedback.storage.audit_log import LogEntry
from feedback.storage.audit_log_chain import ChainedEntry
from feedback.storage.comment_releases import CommentRelease
from feedback.storage.comments import CommentSummary, StoredComment
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.entitlements import Entitlement
from feedback.storage.epoch_mirror import MirroredEpoch
from feedback.storage.epochs import Epoch
from feedback.storage.history import HistoryEntry
from feedback.storage.journal_key import JournalKey
from feedback.storage.kept_forms import KeptForm
from feedback.storage.keys import StoredKey
from feedback.storage.logos import OrganisationLogo
from feedback.storage.mail_openings import MailOpening
from feedback.storage.notices import Notice, SaidDraft, SaidText
from feedback.storage.opt_outs import OptOut
from feedback.storage.organisations import Organisation
from feedback.storage.passkey_letters import PasskeyLetter
from feedback.storage.passkeys import Passkey, PasskeyChallenge, PasskeyHandle
from feedback.storage.people import Participant
from feedback.storage.pepper import KnownPepper
from feedback.storage.programme_endings import ProgrammeEnding
from feedback.storage.programme_questionnaires import ProgrammeQuestionnaires
from feedback.storage.programmes import Programme
from feedback.storage.quiet_times import StoredQuietTimes
from feedback.storage.receipts import CountedReceipt
from feedback.storage.relay_pace import RelayPace
from feedback.storage.reports import StoredReport
from feedback.storage.responses import StoredResponse
from feedback.storage.results import ResultsPage
from feedback.storage.roster_approvals import RosterApproval
from feedback.storage.sign_in_providers import ConnectedIdentity, SignInProvider, WaitingConnection
from feedback.storage.sign_in_requests import SignInRequest
from feedback.storage.staff import SignIn, StaffMember, StaffProgramme, StaffSession
from feedback.storage.staff_invitations import StaffInvitation
from feedback.storage.staff_letters import StaffLetter
from feedback.storage.support import SupportDesk, SupportRequest
from feedback.storage.trial_mails import TrialMails
from feedback.storage.waves import Moment, Wave, WaveGroup, WaveQuestionnaire
from feedback.storage.web_hooks import HookDelivery, WebHook
from tests.world import START


def a_named_organisation() -> Organisation:
    return Organisation(id=1, name="Example", signing_public_key=bytes(32))


def a_programme() -> Programme:
    return Programme(
        id=1,
        organisation_id=1,
        name="Pilot",
        word="reverse",
        focus="race",
        minimum_group_size=5,
        time_zone="Europe/Paris",
        contact_name="Ana Contact",
        contact_email="contact@example.com",
        reviewer_name="Rea Viewer",
    )


def a_wave(**changes: object) -> Wave:
    values = {
        "id": 1,
        "programme_id": 1,
        "stage": "kickoff",
        "state": "draft",
        "opens_at": None,
        "closes_at": START,
        "may_close_early": False,
        "was_extended": False,
        "minimum_group_size": 5,
        "key_backup_days": 7,
        "comment_days": 60,
        "reviewer_name": "Rea Viewer",
        "invited_sizes": [["mentor", "", 12]],
    }
    return Wave(**(values | changes))


def a_report() -> StoredReport:
    return StoredReport(
        wave_id=1,
        programme_id=1,
        number=1,
        document="{}",
        statement_hash="0" * 64,
        chain_hash="1" * 64,
        signature=bytes(64),
    )


def a_person() -> Participant:
    return Participant(
        id=1,
        programme_id=1,
        name="Mia Mentor",
        email="mia@example.com",
        role="mentor",
        cohort="",
        language="en",
        has_left=False,
    )


def a_delivery() -> Delivery:
    return Delivery(
        id=1, batch_id=1, wave_id=1, participant_id=1, kind="invitation", number=1, state="queued", attempts=0
    )


def sign_in_rows() -> list[object]:
    return [
        SignIn(digest=bytes(32), staff_id=1, expires_at=START),
        StaffSession(digest=bytes(32), staff_id=1, begun_at=START, seen_at=START, begun_by="link", is_owners=True),
        Passkey(
            id=1,
            staff_id=1,
            credential=b"c",
            public_key=b"p",
            sign_count=0,
            name="Laptop",
            made_at=START,
            is_owners=True,
        ),
        PasskeyHandle(staff_id=1, handle=bytes(32)),
        PasskeyChallenge(digest=bytes(32), challenge=bytes(32), expires_at=START),
        SignInProvider(
            organisation_id=1,
            issuer="https://login.example.com",
            client_id="feedback",
            sealed_secret=b"s",
            is_proven=True,
        ),
        ConnectedIdentity(
            staff_id=1, organisation_id=1, issuer="https://login.example.com", subject="1", connected_at=START
        ),
        WaitingConnection(
            staff_id=1,
            issuer="https://login.example.com",
            subject="1",
            browser_digest=bytes(32),
            language="en",
            tell_at=START,
            digest=bytes(32),
            expires_at=START,
        ),
        PasskeyLetter(staff_id=1, kind="passkeys-removed", removed_by=1, tell_at=START),
        ApiKey(
            id=1,
            organisation_id=1,
            programme_id=None,
            digest=bytes(32),
            purpose="Staff list",
            scopes="rosters:manage",
            made_by=1,
            made_at=START,
            expires_at=START,
        ),
    ]


def main_rows() -> list[object]:
    """One row for each table of the main database, in an order that its foreign keys allow."""
    return [
        a_named_organisation(),
        OrganisationLogo(organisation_id=1, png=b"drawn"),
        StaffMember(id=1, organisation_id=1, name="Ada", email="ada@example.com", role="reviewer"),
        *sign_in_rows(),
        StaffInvitation(staff_id=1, invited_by=1, language="en", tell_at=START),
        KeptForm(digest=bytes(32), staff_id=1, sealed=b"sealed", expires_at=START),
        SignInRequest(email="ana@example.com", language="en", asked_at=START, try_at=START),
        a_programme(),
        StaffProgramme(staff_id=1, programme_id=1),
        ProgrammeQuestionnaires(
            programme_id=1, stage="kickoff", version=1, definition=None, changed_by="staff 1", changed_at=START
        ),
        StoredQuietTimes(programme_id=1, definition={}),
        RosterApproval(programme_id=1, changed_by=["staff 2"], digest=bytes(32), approved_by=1, approved_at=START),
        ProgrammeEnding(programme_id=1, ended_at=START, ended_by=1, purge_on=START.date()),
        a_person(),
        OptOut(digest=bytes(32), programme_id=1, wants_no_mail=True),
        a_wave(),
        MailOpening(wave_id=1, mail="invitation", language="en", sentence="Hello."),
        TrialMails(id=1, staff_id=1, wave_id=1, role="mentor", language="en", asked_at=START),
        StaffLetter(id=1, wave_id=1, kind="opened", staff_id=1, tell_at=START),
        WaveGroup(wave_id=1, position=0, name="mentor", role="mentor", cohorts=["x"], invited=12),
        WaveQuestionnaire(wave_id=1, role="mentor", definition="{}"),
        Moment(id=1, wave_id=1, kind="look", number=1, due_at=START, is_done=False),
        HistoryEntry(wave_id=1, group_name="mentor", person_digest=bytes(32)),
        Entitlement(digest=bytes(32), wave_id=1, role="mentor", group_name="mentor"),
        StoredResponse(response_key=bytes(32), wave_id=1, sealed=b"sealed"),
        StoredComment(id=bytes(16), wave_id=1, question="F2", sealed=b"s", decision="redacted", redacted=b"r"),
        CommentSummary(wave_id=1, question="F2", sealed=b"sealed"),
        CommentRelease(wave_id=1, document="{}", signature=bytes(64)),
        AddressNotice(participant_id=1, email="mia@example.org", tell_at=START),
        Batch(id=1, wave_id=1, kind="invitation", number=1, not_before_at=START),
        a_delivery(),
        RelayPace(id=1, free_at=START),
        KnownPepper(id=1, fingerprint=bytes(32)),
        a_report(),
        Notice(programme_id=1, help_contacts=""),
        SaidText(programme_id=1, language="en", text="Said"),
        SaidDraft(programme_id=1, language="en", text="Written"),
        CountedReceipt(digest=bytes(32), wave_id=1),
        ResultsPage(programme_id=1, digest=bytes(32)),
        SupportDesk(programme_id=1, handle=bytes(16), key_id=bytes(8), public_key=bytes(32), days=90),
        SupportRequest(id=bytes(16), programme_id=1, sealed=b"s", expires_on=START.date(), tell_at=None, is_done=False),
        LogEntry(id=1, at=START, actor="test", act="planned", subject="wave 1", organisation_id=1),
        ChainedEntry(entry_id=1, position=1, made_at=START, content=bytes(32), digest=bytes(32)),
        *(*hooks(), *steps_taken()),
    ]


def hooks() -> list[object]:
    return [
        WebHook(
            id=1,
            organisation_id=1,
            url="https://example.com/hook",
            events=["wave.opened"],
            sealed_secret=b"s",
            made_at=START,
            is_gone=False,
        ),
        HookDelivery(id=1, hook_id=1, message_id="msg_1", event="wave.opened", wave_id=1, happened_at=START),
    ]


def steps_taken() -> list[object]:
    return [Epoch(serial=1, value=bytes(16), act="opened", wave_id=1), JournalKey(id=1, public_key=bytes(32))]


def key_rows() -> list[object]:
    return [
        StoredKey(purpose="link", owner_id=1, key_id=bytes(8), master_key_id="0" * 16, wrapped=bytes(40)),
        MirroredEpoch(serial=1, value=bytes(16), act="opened", wave_id=1),
    ]


def insert(session: Session, rows: list[object]) -> None:
    for row in rows:
        session.add(row)
        session.flush()
    session.commit()


def empty_tables(session: Session, base: type[DeclarativeBase]) -> list[str]:
    """Names of the tables that hold no row."""
    counts = {t.name: session.scalar(select(func.count()).select_from(t)) for t in base.metadata.sorted_tables}
    return [name for name, count in counts.items() if not count]
