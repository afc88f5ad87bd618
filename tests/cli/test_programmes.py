"""A programme on the command line: its words in other languages, what is set, what is shown."""

from tests.cli.test_commands import output, run
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE


def test_a_programme_is_given_its_words_in_other_languages(world: World) -> None:
    programme = str(world.programme())
    words = ("--focus-in", "fr", "le handicap", "--word-in", "fr", "inversé")
    told = output(world, "programme", "translate", programme, *words)
    assert "focus: le handicap, word: inversé" in told
    assert "le handicap" in output(world, "programme", "show", programme)


def test_a_call_that_asks_for_nothing_says_what_it_could_ask_for(world: World) -> None:
    programme = str(world.programme())
    for words, named in (("translate", "--focus-in"), ("set", "name an option")):
        told = run(world, "programme", words, programme)
        assert told.exit_code == 2
        assert named in told.output


def test_programmes_are_listed_and_each_shows_its_waves(world: World) -> None:
    wave = world.open_wave()
    assert output(world, "programme", "show") == "1  Pilot: 27 people, 1 wave\n"
    shown = output(world, "programme", "show", "1")
    assert f"wave {wave}: kickoff, open, opens 2027-03-01 10:00 CET, closes 2027-03-15 10:00 CET" in shown
