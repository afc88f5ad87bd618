"""Promise: what is deleted is in no file of either database, whatever table it was in.

Whatever any column of bytes has held at any moment of several waves' lives is searched for once its row is gone: a new
table is held to that as well. PostgreSQL's log is read until it is recycled, which is said (docs/deployment.md).
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import LargeBinary, select

from feedback.domain.links import to_address
from feedback.domain.support import Request
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.approve_roster import approve_roster, show_roster
from feedback.services.support.ask_for_support import ask_for_support
from feedback.services.waves.cancel_wave import cancel_wave
from feedback.services.waves.fill_history import unite_domains
from feedback.storage.grants import _KEYS, _MAIN
from feedback.storage.history import drop_history
from feedback.storage.job_queue import TABLES
from feedback.storage.keys import StoredKey
from feedback.storage.pepper import KnownPepper
from feedback.storage.scrubbing import AT_A_PURGE, AT_ANY_TIME, AT_THE_END
from feedback.storage.support import desk_of
from feedback.storage.tables import Base, KeyBase
from tests.answering import respond
from tests.databases import IN_TURN
from tests.ending import end, planner
from tests.promises.evidence import found, stored_bytes
from tests.promises.visits import engine_of, keys_engine_of
from tests.reviewing import newly_reviewed_wave, release
from tests.world import World

MAY_STAY = {
    **dict.fromkeys(TABLES, "numbers of jobs, waves and batches"),
    "wave_moments": "dates of a calendar that everybody was told",
    "sign_ins": "a digest of what was drawn at random, and good for one sign-in",
    "kept_forms": "sealed to a secret of one browser of staff, who can send the same at any time",
    "sign_in_requests": "an address that somebody has typed to sign in; nothing was promised of it",
    "staff_sessions": "a digest of what was drawn at random, of staff, and opens nothing once its row is gone",
    "staff_invitations": "numbers of accounts",
    "passkeys": "of staff: a public half, which opens nothing, under a name that they chose",
    "passkey_handles": "what was drawn at random for an account of staff",
    "passkey_challenges": "what was drawn at random, and is good once, for minutes",
    "passkey_letters": "numbers of accounts",
    "sign_in_providers": "of an organisation: an address, and what is sealed with a key of the key store",
    "connected_identities": "of staff: an address and a number at a provider, which open nothing here without it",
    "waiting_connections": "the same, and digests of what was drawn at random",
    "staff_programmes": "numbers of accounts and of programmes",
    "staff_letters": "numbers of accounts, surveys and programmes, and what staff are told of these",
    "api_keys": "of an organisation: a digest of what was drawn at random, and what staff call the key's purpose",
    "web_hooks": "of an organisation: an address, and what is sealed with a key of the key store",
    "web_hook_deliveries": "numbers of surveys and programmes, and what other systems are told of these",
    "support_desks": "an address that everybody was mailed, and a public key",
    "said_texts": "what everybody who was invited may read",
    "said_drafts": "what coordinators write to be read by everybody who was invited",
    "audit_log": "what staff and the service did, by number, and never what a participant did",
    "mail_openings": "sentences that everybody who was invited was written",
    "trial_mails": "numbers of accounts and of surveys whose emails staff had sent to themselves",
    "organisation_logos": "a picture that everybody is shown",
    "known_pepper": "a fingerprint that is no secret",
    "mirrored_epochs": "which survey was opened, closed or cancelled, and what was drawn at random",
    "journal_key": "a public key",
}
"""Tables whose deleted rows no rewrite follows, and why their bytes do not matter."""
SHORTEST = 16
"""Bytes: what is shorter says too little to be found, such as the number of a key."""
BEGINNING = 48
"""Bytes of a value that are searched for: a long one is cut up in the files, and its beginning is random enough."""
NAMES_ALONE = {"participants", "mail_batches", "address_notices"}
"""Rewritten tables without bytes of their own: see test_ended_programmes.py."""
Held = dict[str, set[bytes]]


def everything(world: World) -> Held:
    """What every column of bytes holds now, by table."""
    held: Held = {}
    for engine, base in ((engine_of(world), Base), (keys_engine_of(world), KeyBase)):
        with engine.connect() as connection:
            for table in base.metadata.sorted_tables:
                for column in table.columns:
                    if isinstance(column.type, LargeBinary):
                        values = connection.scalars(select(column)).all()
                        held.setdefault(table.name, set()).update(bytes(one) for one in values if one)
    return {name: {one for one in values if len(one) >= SHORTEST} for name, values in held.items()}


def in_files(world: World, values: dict[str, bytes]) -> set[str]:
    """The tables whose values lie in some file."""
    return {name.split()[0] for _file, raw in stored_bytes(world) for name in found(values, raw)}


def few_answer(world: World) -> Iterator[None]:
    wave = world.open_new_wave()
    respond(world, world.links(wave)[:4])
    yield
    world.close(wave)


def cancelled(world: World) -> Iterator[None]:
    wave = world.open_new_wave()
    respond(world, world.links(wave)[:9])
    yield
    with world.session() as session:
        cancel_wave(session, world.keys, wave, now=world.clock(), actor="test")


def comments_released(world: World) -> Iterator[None]:
    wave = newly_reviewed_wave(world)
    yield
    release(world, wave)
    world.do_what_is_due()


def support_given(world: World) -> Iterator[None]:
    world.open_new_wave()
    with world.session() as session:
        desk = desk_of(session, 1)
        assert desk is not None
        ask_for_support(session, to_address(desk.handle), Request("Mia", "at home", "Help."), now=world.clock())
    yield
    world.clock.pass_time(days=200)
    world.do_what_is_due()


def domains_united(world: World) -> Iterator[None]:
    world.open_new_wave()
    yield
    alike = ("example.com", "a.example")
    with world.session() as session:
        unite_domains(session, world.keys, "Example Organisation", alike, now=world.clock(), actor="test")


def history_dropped_by_an_upgrade(world: World) -> Iterator[None]:
    wave = world.open_new_wave()
    yield
    with world.session() as session:
        drop_history(session, wave)
        session.commit()
    world.do_what_is_due()


def names_deleted(world: World) -> Iterator[None]:
    programme = world.programme(7, 6)
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=world.clock(), actor="test")
        seen = show_roster(session, programme).digest
        approve_roster(session, programme, seen, staff_id=planner(world), now=world.clock())
    wave = world.open(world.planned_wave(programme))
    world.send_mails()
    world.close(wave)
    world.do_what_is_due()
    world.do_what_is_due()
    end(world, programme)
    yield
    for days in (29, 1):
        world.clock.pass_time(days=days, hours=1)
        world.do_what_is_due()


LIVES = {
    few_answer: {"history", "entitlements", "sealed_responses", "keys"},
    cancelled: {"history", "entitlements", "sealed_responses", "keys"},
    comments_released: {"comments", "comment_summaries", "keys"},
    support_given: {"support_requests"},
    domains_united: {"history"},
    history_dropped_by_an_upgrade: {"history"},
    names_deleted: {"opt_outs", "roster_approvals", "deliveries", "keys"},
}
"""How rows come to be deleted, and from which tables at least."""


@IN_TURN
@pytest.mark.own_databases
@pytest.mark.parametrize("life", LIVES)
def test_what_no_row_holds_any_more_is_in_no_file(world: World, life) -> None:
    living = life(world)
    next(living)
    before = everything(world)
    values = {f"{name} {one.hex()}": one[:BEGINNING] for name, held in before.items() for one in held}
    assert in_files(world, values) >= LIVES[life]
    next(living, None)
    still = set[bytes]().union(*everything(world).values())
    gone = {name: one for name, one in values.items() if bytes.fromhex(name.split()[1]) not in still}
    assert {name.split()[0] for name in gone} >= LIVES[life]
    assert in_files(world, gone) - set(MAY_STAY) == set()


def deleted_from() -> set[str]:
    """The tables from which some process may delete, and the one from which the owner does."""
    rights = (one for roles in (_MAIN, _KEYS) for tables in roles.values() for one in tables.items())
    return {name for name, privileges in rights if "DELETE" in privileges} | {KnownPepper.__tablename__}


def test_every_table_that_rows_are_deleted_from_is_rewritten_or_says_why_not() -> None:
    rewritten = {*AT_THE_END, *AT_ANY_TIME, *AT_A_PURGE, StoredKey.__tablename__}
    assert deleted_from() - rewritten == set(MAY_STAY)
    assert set().union(*LIVES.values()) == rewritten - NAMES_ALONE
