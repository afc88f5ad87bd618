import pytest

from feedback.domain.languages import ENGLISH, LANGUAGE_CODES, LANGUAGES, languages_with, spoken_language


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("ES", "es"),
        ("ar_EG", "ar"),
        ("pt-BR", "en"),
        ("xx", "en"),
        ("", "en"),
    ],
)
def test_a_roster_language_is_spoken_without_its_country_or_in_english(tag: str, code: str) -> None:
    assert spoken_language(tag).code == code


def test_english_comes_first_and_no_language_twice() -> None:
    codes = [language.code for language in LANGUAGES]
    assert (codes[0], len(set(codes))) == ("en", len(codes))


def test_a_roster_may_name_every_language_that_is_spoken() -> None:
    assert {language.code for language in LANGUAGES} <= LANGUAGE_CODES


def test_languages_are_offered_in_the_same_order_everywhere() -> None:
    assert [language.code for language in languages_with({"cy", "en", "de"})] == ["en", "cy"]


def test_what_is_not_offered_is_said_in_english() -> None:
    assert spoken_language("fr", languages_with({"en", "es"})) == ENGLISH
