"""When two questions ask the same."""

import pytest

from feedback.domain.survey.wording import are_nearly_equal, normalised
from forms.bank import available, load

ASKED = "Do you talk about race and ethnicity?"


@pytest.mark.parametrize(
    "said",
    [
        "do you talk about race and ethnicity",
        "DO YOU — talk, about “race” and ethnicity!",
        "Do you talk about race and ethnicities?",
        "Ｄo you talk about race and ethnicity?",
    ],
)
def test_the_same_words_are_known_whatever_surrounds_them(said: str) -> None:
    assert are_nearly_equal({"en": ASKED}, {"en": said})


@pytest.mark.parametrize("said", ["Do you talk about anything at all?", "Does your mentor listen?", ""])
def test_other_words_are_others(said: str) -> None:
    assert not are_nearly_equal({"en": ASKED}, {"en": said})


def test_one_language_suffices() -> None:
    assert are_nearly_equal({"en": ASKED, "fr": "Oui ?"}, {"en": "Something else entirely", "fr": "oui"})
    assert not are_nearly_equal({"fr": ASKED}, {"en": ASKED})


def test_a_long_text_is_not_compared_by_rare_letters_alone() -> None:
    text = f"{ASKED} " * 12
    assert are_nearly_equal({"en": text}, {"en": f"{text} ever"})


def test_normalised_words_are_letters_and_digits() -> None:
    assert normalised("Straße Nº 5, ﬁn.") == "strasseno5fin"


@pytest.mark.parametrize("name", available())
def test_no_questionnaire_that_ships_asks_the_same_twice(name: str) -> None:
    texts = [question.text for question in load(name).questions]
    assert not [one["en"] for at, one in enumerate(texts) if any(are_nearly_equal(one, other) for other in texts[:at])]
