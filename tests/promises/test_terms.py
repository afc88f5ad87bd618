"""Promise: what was fixed at the opening stays fixed, even against somebody who can write to the main database.

He can add rights to answer (and know the answers he then gives), or have answers sealed to a key of his own. Either
way the close opens nothing.
"""

import secrets

import pytest
from sqlalchemy import text

from feedback.domain.errors import TermsAltered
from feedback.domain.sealing import new_private_key
from feedback.domain.waves.states import WaveState
from tests.answering import respond
from tests.promises.closing import answered_wave, begin, finish, rows_left, state_of
from tests.world import World


def alter(world: World, statement: str, **values: object) -> None:
    with world.session() as session:
        session.execute(text(statement), values)
        session.commit()


def assert_nothing_is_opened(world: World, wave: int) -> None:
    begin(world, wave)
    with pytest.raises(TermsAltered):
        finish(world, wave)
    assert state_of(world, wave) == WaveState.CLOSING


def test_invented_rights_to_answer_keep_the_wave_shut(world: World) -> None:
    wave = answered_wave(world)
    alter(
        world,
        "INSERT INTO entitlements (digest, wave_id, role, group_name) VALUES (:digest, :wave, 'mentor', 'mentor')",
        digest=secrets.token_bytes(32),
        wave=wave,
    )
    assert_nothing_is_opened(world, wave)


def test_answers_sealed_to_another_key_keep_the_wave_shut(world: World) -> None:
    wave = answered_wave(world)
    mine = new_private_key().public
    alter(world, "UPDATE waves SET response_public_key = :raw WHERE id = :wave", raw=mine.raw, wave=wave)
    respond(world, world.links(wave)[:2])
    assert_nothing_is_opened(world, wave)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE waves SET minimum_group_size = 9",
        "UPDATE wave_groups SET invited = 99",
        "UPDATE wave_groups SET name = 'x', role = NULL WHERE position = 0",
        "UPDATE wave_questionnaires SET definition = replace(definition, 'Slightly', 'Hardly') WHERE role = 'mentor'",
        "DELETE FROM entitlements WHERE digest = (SELECT min(digest) FROM entitlements)",
        "UPDATE entitlements SET group_name = 'mentee', role = 'mentee' WHERE role = 'mentor'",
    ],
)
def test_altered_terms_keep_the_wave_shut(world: World, statement: str) -> None:
    if "min(digest)" in statement and world.kind == "postgresql":
        statement = "DELETE FROM entitlements WHERE digest = (SELECT digest FROM entitlements LIMIT 1)"
    wave = answered_wave(world)
    alter(world, statement)
    assert_nothing_is_opened(world, wave)


def test_a_wave_that_cannot_close_is_discarded_unread_after_a_week(world: World) -> None:
    wave = answered_wave(world)
    alter(world, "UPDATE waves SET minimum_group_size = 9")
    begin(world, wave)
    with pytest.raises(TermsAltered):
        world.do_what_is_due()
    world.clock.pass_time(days=7)
    world.do_what_is_due()
    assert state_of(world, wave) == WaveState.CANCELLED
    assert rows_left(world, wave) == (0, 0)
    assert world.keys.purposes_held() == {}
