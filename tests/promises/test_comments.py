"""Comments: enough of them or none, opened by the reviewer's key alone, released once, destroyed when time is up."""

import pytest

from feedback.domain.comments.review import read_comment
from feedback.domain.errors import SealBroken
from feedback.domain.sealing import open_comment
from feedback.domain.survey.questionnaires import Role
from feedback.storage.comments import StoredComment, comments_on, count_comments
from tests.answering import respond
from tests.promises.closing import COMMENTS, HOW_MANY, answered_wave, document_of, how_many, place_of, spread
from tests.world import World


def kept_comments(world: World, wave: int) -> set[str]:
    """What the comments in review say, opened with the comment key."""
    key, where = world.keys.comment_key(wave), place_of(world, wave)
    with world.session() as session:
        opened = [open_comment(sealed, key, where, "F2") for sealed in comments_on(session, wave, "F2")]
    return {read_comment(one).text for one in opened}


def test_kept_comments_open_with_the_comment_key(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    assert kept_comments(world, wave) == set(COMMENTS)


def test_a_kept_comment_opens_for_no_other_question(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    key, where = world.keys.comment_key(wave), place_of(world, wave)
    with world.session() as session:
        sealed = comments_on(session, wave, "F2")[0]
    with pytest.raises(SealBroken):
        open_comment(sealed, key, where, "F1")


def test_kept_comments_are_all_equally_long(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    with world.session() as session:
        assert len({len(sealed) for sealed in comments_on(session, wave, "F2")}) == 1


@pytest.mark.parametrize(("answers", "written", "kept"), [(10, 5, 5), (9, 5, 0), (10, 4, 0), (20, 4, 0)])
def test_comments_are_kept_only_if_enough_answered_and_enough_wrote(
    world: World, answers: int, written: int, kept: int
) -> None:
    wave = world.open_wave(mentors=21, mentees=0)
    respond(world, world.links(wave)[:answers], COMMENTS[:written])
    world.close(wave)
    with world.session() as session:
        assert count_comments(session, wave) == kept
    decisions = document_of(world, wave).comments
    assert [one.kept for one in decisions] == [kept > 0]


def test_comments_that_are_not_kept_leave_no_key(world: World) -> None:
    wave = world.open_wave()
    respond(world, spread(world, wave, HOW_MANY), COMMENTS[:4])
    world.close(wave)
    assert world.keys.purposes_held() == {}


def test_a_group_below_k_keeps_no_comment(world: World) -> None:
    wave = world.open_wave()
    respond(world, world.links(wave, Role.MENTOR)[:12], COMMENTS)
    respond(world, world.links(wave, Role.MENTEE)[:4], ["of a small group"] * 4)
    world.close(wave)
    assert kept_comments(world, wave) == set(COMMENTS)


def test_comments_and_their_key_are_destroyed_when_their_time_is_up(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    world.clock.pass_time(days=60)
    world.do_what_is_due()
    assert how_many(world, StoredComment.wave_id == wave) == 0
    assert world.keys.purposes_held() == {}


def test_comments_stay_until_their_time_is_up(world: World) -> None:
    wave = answered_wave(world)
    world.close(wave)
    world.clock.pass_time(days=59)
    world.do_what_is_due()
    assert kept_comments(world, wave) == set(COMMENTS)
