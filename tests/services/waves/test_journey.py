"""The main path through the services, on both databases."""

from tests.world import World


def test_a_wave_goes_from_roster_to_report(world: World) -> None:
    wave = world.open_new_wave()
    world.send_mails()
    for link in world.links(wave)[:20]:
        assert world.answer(link).status_code == 200
    world.close(wave)
    assert world.mailbox.count() == 27
