"""A programme's words in languages: what is missing in a language keeps participants from it, not from the survey."""

import pytest

from feedback.domain.errors import PlanRefused
from feedback.services.programmes.translate_words import translate_words
from feedback.services.waves.show_wave import show_wave
from feedback.storage.programmes import programme_by_id, words_of
from tests.databases import ON_SQLITE
from tests.world import World


def translate(world: World, programme: int, **translated: dict[str, str]) -> None:
    with world.session() as session:
        translate_words(session, programme, translated, now=world.clock(), actor="test")


def languages_of_a_new_wave(world: World, programme: int) -> tuple[str, ...]:
    wave = world.planned_wave(programme)
    with world.session() as session:
        return show_wave(session, wave, now=world.clock()).languages


def test_a_wave_is_asked_in_the_languages_that_the_programme_has_words_for(world: World) -> None:
    programme = world.programme(translated={})
    assert languages_of_a_new_wave(world, programme) == ("en",)
    translate(world, programme, fr={"focus": "le handicap", "word": "inversé"}, cy={"focus": "anabledd"})
    assert languages_of_a_new_wave(world, programme) == ("en", "fr")


def test_a_wave_that_is_planned_keeps_its_languages(world: World) -> None:
    programme = world.programme(translated={})
    wave = world.planned_wave(programme)
    translate(world, programme, fr={"focus": "le handicap", "word": "inversé"})
    with world.session() as session:
        assert show_wave(session, wave, now=world.clock()).languages == ("en",)


def test_words_are_added_to_those_that_are_there(world: World) -> None:
    programme = world.programme(translated={})
    translate(world, programme, fr={"focus": "le handicap"})
    translate(world, programme, fr={"word": "inversé"}, es={"word": "inversa"})
    with world.session() as session:
        words = words_of(programme_by_id(session, programme))
    assert words["fr"] == {"focus": "le handicap", "word": "inversé"}
    assert words["es"] == {"word": "inversa"}


@ON_SQLITE
@pytest.mark.parametrize(
    "translated",
    [{"de": {"focus": "Behinderung"}}, {"en": {"focus": "x"}}, {"fr": {"focus": " "}}, {"fr": {"word": "a\nb"}}],
)
def test_words_that_cannot_be_used_are_refused(world: World, translated: dict[str, dict[str, str]]) -> None:
    with pytest.raises(PlanRefused):
        translate(world, world.programme(), **translated)
