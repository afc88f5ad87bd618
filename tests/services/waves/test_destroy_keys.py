"""What destroys keys and rewrites files says so in the audit log, and never whose answer was among them."""

from datetime import timedelta

from feedback.services.waves.destroy_keys import destroy_spent_keys, rewrite_files
from tests.answering import respond
from tests.reviewing import wave_in_review
from tests.world import World, noted


def test_a_close_notes_which_keys_it_destroyed_and_which_files_it_rewrote(world: World) -> None:
    wave = world.open_new_wave()
    respond(world, world.links(wave)[:20])
    assert noted(world, "rewrote files") == []
    world.close(wave)
    assert noted(world, "destroyed keys: comment, link, response") == [("service", f"wave {wave}")]
    assert noted(world, "rewrote files") == [("service", "main database"), ("service", "key store")]


def test_a_comment_key_is_noted_when_its_time_is_up(world: World) -> None:
    wave = wave_in_review(world)
    assert noted(world, "destroyed keys: link, response") == [("service", f"wave {wave}")]
    with world.session() as session:
        destroy_spent_keys(session, world.keys, now=world.clock() + timedelta(days=61))
    assert noted(world, "destroyed keys: comment") == [("service", f"wave {wave}")]


def test_files_are_rewritten_and_noted_once_by_a_process_that_begins_and_destroys_nothing(world: World) -> None:
    world.open_new_wave()
    with world.session() as session:
        destroy_spent_keys(session, world.keys, now=world.clock())
        destroy_spent_keys(session, world.keys, now=world.clock())
    assert noted(world, "rewrote files") == [("service", "main database"), ("service", "key store")]


def test_files_rewritten_for_a_worker_that_died_are_noted(world: World) -> None:
    with world.session() as session:
        rewrite_files(session, world.keys, now=world.clock())
    assert noted(world, "rewrote files") == [("service", "main database"), ("service", "key store")]
