"""Who may do what on PostgreSQL: three group roles with no more than their process needs.

Operators make login roles and put each into one of these. Only the owner of the tables migrates.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum

from sqlalchemy import Connection, Engine, text

from feedback.storage.column_statistics import SAMPLES_LEFT
from feedback.storage.heartbeat import Heartbeat, WorkerMark
from feedback.storage.job_queue import PREFIX, TABLES
from feedback.storage.server_mark import SERVER_MARK


class GroupRole(StrEnum):
    """The three processes' roles."""

    PARTICIPANTS = "feedback_participants"
    STAFF = "feedback_staff"
    WORKER = "feedback_worker"


_READ = "SELECT"
_ADD = "SELECT, INSERT"
_EDIT = "SELECT, INSERT, UPDATE"
_SHARED = ("organisations", "programmes", "waves", "wave_groups", "wave_questionnaires", "alembic_version")

# The participants' process sees the terms of waves and rights to answer, and no person, no mail, no response.
_PARTICIPANTS: Mapping[str, str] = {
    **dict.fromkeys(_SHARED, _READ),
    "entitlements": _READ,
    "known_pepper": "SELECT, INSERT",
    "journal_key": _READ,
    "opt_outs": "SELECT (digest), UPDATE (wants_no_mail)",
    "notices": _READ,
    # What is published; never what is only written.
    "said_texts": _READ,
    "support_desks": _READ,
    # They submit requests for support, and read none back.
    "support_requests": "INSERT",
}
# Staff plan, read and review; they never reach entitlements or responses. The reviewer's page runs in their process,
# so it may read comments, decide on them and delete them once they are released, but make none. There are comments
# only after the close, when nothing is left to which one could be traced.
_STAFF: Mapping[str, str] = {
    "alembic_version": _READ,
    "organisations": _EDIT,
    "organisation_logos": "SELECT, INSERT, DELETE",
    # Never whether it is an example; see `feedback_delete_example`.
    "programmes": "SELECT, INSERT, UPDATE (name, word, focus, translated, announced_at, contact_id, contact_name,"
    " contact_email, reviewer_id, reviewer_name)",
    "quiet_times": _EDIT,
    # Never the address; see `feedback_correct_address`.
    "participants": "SELECT, INSERT, UPDATE (name, cohort, language, has_left, is_to_be_erased)",
    # Enrolled with the roster; who wants no mail is the worker's alone to see.
    "opt_outs": "INSERT",
    # Only what planning, postponing, extending and beginning to close need: never the keys that answers are sealed to.
    "waves": "SELECT, INSERT, UPDATE (state, opens_at, closes_at, closed_at, awaits_retry, was_extended, news,"
    " news_due_at, calendar_revision, calendar_changed_at, opening_was_refused, reviewer_id, reviewer_name,"
    " reviewer_left)",
    "wave_groups": _READ,
    "programme_questionnaires": _EDIT,
    "wave_questionnaires": _ADD,
    "wave_moments": _EDIT,
    # To note that a mail came back; see `_part_deliveries`. Copies of invitations come by `feedback_invite_again`.
    "mail_batches": _READ,
    "deliveries": "SELECT, UPDATE (state)",
    "roster_approvals": _EDIT,
    # They end programmes, and delete nothing: the worker does, on the day.
    "programme_endings": "SELECT, INSERT, UPDATE (ended_at, ended_by, purge_on, taken_back_at, held_at, held_by,"
    " held_because, tell_at, due_at, told_to)",
    "relay_pace": _READ,
    "history": _READ,
    "reports": _READ,
    "comments": "SELECT, DELETE, UPDATE (decision, redacted)",
    "comment_summaries": "SELECT, INSERT, DELETE",
    "comment_releases": _ADD,
    "notices": _EDIT,
    "said_texts": "SELECT, INSERT, DELETE",
    "said_drafts": "SELECT, INSERT, DELETE",
    "support_desks": _ADD,
    "support_requests": "SELECT, UPDATE (is_done)",
    # A fingerprint: that one is known at all is what `feedback status` asks.
    "known_pepper": _READ,
    "staff": _EDIT,
    "staff_programmes": "SELECT, INSERT, DELETE",
    "sign_ins": "SELECT, INSERT, DELETE",
    # An upsert reads what it may collide with, and a limit counts.
    "sign_in_requests": "SELECT (email), INSERT, UPDATE (language, asked_at)",
    "staff_sessions": "SELECT, INSERT, DELETE, UPDATE (seen_at)",
    "passkeys": "SELECT, INSERT, DELETE, UPDATE (sign_count, used_at)",
    "passkey_handles": "SELECT, INSERT, DELETE",
    "passkey_challenges": "SELECT, INSERT, DELETE",
    "passkey_letters": "SELECT, INSERT, DELETE",
    "sign_in_providers": "SELECT, INSERT, UPDATE, DELETE",
    "api_keys": "SELECT, INSERT, UPDATE (used_on, revoked_at)",
    "connected_identities": "SELECT, INSERT, DELETE",
    "waiting_connections": "SELECT, INSERT, DELETE",
    "kept_forms": "SELECT, INSERT, DELETE",
    "staff_invitations": "SELECT, INSERT, DELETE",
    # Who postpones has others told; what is released or done waits for nobody any more.
    "staff_letters": "SELECT (id, wave_id, programme_id, kind), INSERT, DELETE",
    "trial_mails": "SELECT, INSERT",
    "web_hooks": "SELECT, INSERT, UPDATE, DELETE",
    # What a message says stays as it was noted.
    "web_hook_deliveries": "SELECT, INSERT, DELETE, UPDATE (tell_at)",
    "mail_openings": "SELECT, INSERT, DELETE",
    # Nobody changes an entry. What is chained, the worker says, and it alone forgets what is old.
    "audit_log": _ADD,
    "audit_log_chain": _READ,
    "epochs": _READ,
    "journal_key": _READ,
}
# The worker opens, sends and closes, enrols nobody, and erases who asked for it. It mails links for signing in, whose
# digests it cannot read.
_WORKER: Mapping[str, str] = {
    **dict.fromkeys(_SHARED, _READ),
    "waves": "SELECT, UPDATE",
    "quiet_times": _READ,
    "wave_groups": _ADD,
    "wave_moments": "SELECT, UPDATE, DELETE",
    # Names, and what is known of mails to them, are deleted some time after a programme has ended.
    "programme_endings": _EDIT,
    "participants": "SELECT, UPDATE (name, email, cohort, language), DELETE, MAINTAIN",
    "roster_approvals": "SELECT, UPDATE (entries), DELETE, MAINTAIN",
    "opt_outs": "SELECT, DELETE, MAINTAIN",
    "entitlements": "SELECT, INSERT, DELETE, MAINTAIN",
    "sealed_responses": "SELECT, DELETE, MAINTAIN",
    "comments": "SELECT, INSERT, DELETE, MAINTAIN",
    "comment_summaries": "SELECT, DELETE, MAINTAIN",
    "history": "SELECT, INSERT, DELETE, MAINTAIN",
    "reports": _ADD,
    "counted_receipts": _ADD,
    "results_pages": _ADD,
    # To mail that something was done, and nothing of what.
    "notices": _READ,
    "said_texts": "SELECT (programme_id, language)",
    "support_desks": "SELECT, INSERT, DELETE, UPDATE (handle)",
    "support_requests": "SELECT, DELETE, UPDATE (tell_at), MAINTAIN",
    "mail_batches": f"{_EDIT}, DELETE, MAINTAIN",
    "deliveries": f"{_EDIT}, DELETE, MAINTAIN",
    "audit_log": "SELECT, INSERT, DELETE",
    "audit_log_chain": _ADD,
    "epochs": _ADD,
    "journal_key": "SELECT, INSERT, DELETE",
    # To tell staff what waits for them, and to mail links to whoever has an account.
    "staff": _READ,
    "staff_programmes": _READ,
    "sign_in_requests": "SELECT, DELETE, UPDATE (try_at)",
    "sign_ins": "SELECT (staff_id, expires_at), INSERT, DELETE",
    "staff_sessions": "SELECT (staff_id, begun_at, seen_at), DELETE",
    "passkey_challenges": "SELECT (expires_at), DELETE",
    "passkey_letters": "SELECT, DELETE, UPDATE (tell_at)",
    # To mail who is to answer, and where to; never what signs somebody in, nor the secret that is sealed.
    "sign_in_providers": "SELECT (organisation_id, issuer)",
    "waiting_connections": "SELECT (staff_id, issuer, language, tell_at, expires_at), DELETE, UPDATE (tell_at, digest)",
    # Those of one programme go with its names; never what a key is known by.
    "api_keys": "SELECT (id, organisation_id, programme_id), DELETE",
    "kept_forms": "SELECT (staff_id, expires_at), DELETE",
    "staff_invitations": "SELECT, DELETE, UPDATE (tell_at)",
    "staff_letters": "SELECT, INSERT, DELETE, UPDATE (tell_at, told_count)",
    "mail_openings": _READ,
    "trial_mails": "SELECT, DELETE, UPDATE (try_at, sent_count)",
    "web_hooks": "SELECT, UPDATE (disabled_at, is_gone), DELETE",
    "web_hook_deliveries": "SELECT, INSERT, DELETE, UPDATE (tell_at, tried_at, attempts, status, is_delivered)",
    "relay_pace": _EDIT,
    "known_pepper": _READ,
    "address_notices": "SELECT, UPDATE (tell_at), DELETE, MAINTAIN",
    **dict.fromkeys(TABLES, "SELECT, INSERT, UPDATE, DELETE"),
}
# Staff see when a worker last looked for what is due; workers write it.
_HEARTBEAT = {GroupRole.STAFF: _READ, GroupRole.WORKER: "SELECT, UPDATE"}
_ENGINE_FUNCTIONS = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE pronamespace = current_schema::regnamespace AND starts_with(proname, :prefix) ORDER BY 1
"""
_STAFF_FUNCTIONS = (
    "feedback_correct_address(integer, text, text, timestamptz, text)",
    "feedback_delete_example(integer)",
    "feedback_invite_again(integer, integer, timestamptz, text)",
)
_FUNCTIONS = (
    "feedback_put_response(bytea, integer, bytea, bytea, bytea)",
    "feedback_counted_in(bytea)",
    "feedback_results(bytea)",
)
_OWN_DATABASE = """
SELECT quote_ident(datname) FROM pg_database WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')
"""
_KEYS = {
    GroupRole.STAFF: {"keys": _ADD, "keys_held": _READ, "mirrored_epochs": _READ, "alembic_version": _READ},
    GroupRole.WORKER: {
        "keys": "SELECT, INSERT, DELETE, MAINTAIN",
        "keys_held": _READ,
        "mirrored_epochs": "SELECT, INSERT, DELETE",
        "alembic_version": _READ,
    },
}
# What a role may see of the keys, and what it may make. A comment key opens no response, and while a wave is open there
# is no comment that it could open; but staff must not make one, lest a wave be opened with a key of their choosing.
_SEEN_KEYS = {
    GroupRole.STAFF: "purpose IN ('opt-out', 'signing', 'comment', 'support', 'history', 'provider', 'hook')",
    GroupRole.WORKER: "true",
}
_MADE_KEYS = {
    GroupRole.STAFF: "purpose IN ('opt-out', 'signing', 'support', 'history', 'provider', 'hook')",
    GroupRole.WORKER: "true",
}
_MAIN = {GroupRole.PARTICIPANTS: _PARTICIPANTS, GroupRole.STAFF: _STAFF, GroupRole.WORKER: _WORKER}


def grant_main(engine: Engine) -> None:
    """Make the group roles, and give each exactly its rights on the main database."""
    with engine.begin() as connection:
        _make_roles(connection)
        _grant(connection, _MAIN)
        for function in _FUNCTIONS:
            connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {GroupRole.PARTICIPANTS}"))
        for function in _STAFF_FUNCTIONS:
            connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {GroupRole.STAFF}"))
        for role, rights in _HEARTBEAT.items():
            for sequence in (*Heartbeat, *WorkerMark):
                connection.execute(text(f"GRANT {rights} ON SEQUENCE {sequence} TO {role}"))
        _let_see(connection, SAMPLES_LEFT)
        _let_see(connection, SERVER_MARK)
        for function in connection.scalars(text(_ENGINE_FUNCTIONS), {"prefix": PREFIX}):
            connection.execute(text(f"GRANT EXECUTE ON FUNCTION {function} TO {GroupRole.WORKER}"))
        _part_deliveries(connection)
        _refuse_temporary(connection)


def grant_keys(engine: Engine) -> None:
    """Give staff and worker their rights on the key store; the participants' role gets none."""
    with engine.begin() as connection:
        _make_roles(connection)
        _grant(connection, _KEYS)
        _let_see(connection, SAMPLES_LEFT)
        _part_keys(connection)


# Temporary tables would be a place that no close rewrites. The owner of the database may refuse them to everybody, a
# mere owner of its tables may not; `feedback status --check` says so.
def _refuse_temporary(connection: Connection) -> None:
    name = connection.scalar(text(_OWN_DATABASE))
    if name is not None:
        connection.execute(text(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC"))


# Whether an earlier version's samples are left, and where the database lay, where that was noted.
def _let_see(connection: Connection, sequence: str) -> None:
    if connection.scalar(text(f"SELECT to_regclass('{sequence}')")) is not None:
        connection.execute(text(f"GRANT SELECT ON SEQUENCE {sequence} TO {GroupRole.STAFF}, {GroupRole.WORKER}"))


# Staff mark as bounced what was accepted; they can neither queue a mail nor send a settled one again. The worker does
# all of it.
_STAFF_DELIVERIES = {
    "reads": "FOR SELECT TO {role} USING (true)",
    "notes_bounces": "FOR UPDATE TO {role} USING (state = 'accepted') WITH CHECK (state = 'bounced')",
}


def _part_deliveries(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY"))
    policies = {
        f"{GroupRole.STAFF}_{name}": rule.format(role=GroupRole.STAFF) for name, rule in _STAFF_DELIVERIES.items()
    }
    policies[GroupRole.WORKER] = f"FOR ALL TO {GroupRole.WORKER} USING (true) WITH CHECK (true)"
    for name, rule in policies.items():
        connection.execute(text(f"DROP POLICY IF EXISTS {name} ON deliveries"))
        connection.execute(text(f"CREATE POLICY {name} ON deliveries {rule}"))


# Staff make programmes, whose keys they need, and open comments; links and responses are the worker's alone.
def _part_keys(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE keys ENABLE ROW LEVEL SECURITY"))
    for role, seen in _SEEN_KEYS.items():
        for policy in (f"{role}", f"{role}_makes", f"{role}_destroys"):
            connection.execute(text(f"DROP POLICY IF EXISTS {policy} ON keys"))
        made = _MADE_KEYS[role]
        connection.execute(text(f"CREATE POLICY {role} ON keys FOR SELECT TO {role} USING ({seen})"))
        connection.execute(text(f"CREATE POLICY {role}_makes ON keys FOR INSERT TO {role} WITH CHECK ({made})"))
        connection.execute(text(f"CREATE POLICY {role}_destroys ON keys FOR DELETE TO {role} USING ({made})"))


def _make_roles(connection: Connection) -> None:
    known = set(connection.scalars(text("SELECT rolname FROM pg_roles WHERE rolname LIKE 'feedback\\_%'")))
    for role in GroupRole:
        if role not in known:
            connection.execute(text(f"CREATE ROLE {role} NOLOGIN"))


def _grant(connection: Connection, rights: Mapping[GroupRole, Mapping[str, str]]) -> None:
    for role in GroupRole:
        connection.execute(text(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"))
        connection.execute(text(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}"))
        for statement in _statements(connection, role, rights.get(role, {})):
            connection.execute(text(statement))


def _statements(connection: Connection, role: GroupRole, tables: Mapping[str, str]) -> Iterator[str]:
    if not tables:
        return
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    for table, privileges in tables.items():
        yield f"GRANT {privileges} ON {table} TO {role}"
        if "INSERT" in privileges and _has_sequence(connection, table):
            yield f"GRANT USAGE ON SEQUENCE {table}_id_seq TO {role}"


def _has_sequence(connection: Connection, table: str) -> bool:
    return connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"public.{table}_id_seq"}) is not None
