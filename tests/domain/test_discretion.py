"""Which names of programmes a subject line may show."""

import pytest

from feedback.domain.discretion import is_discreet

FOCUS = ("race and ethnicity", "l’origine ethnique", "العرق والإثنية")


@pytest.mark.parametrize("name", ["Leaders learn", "Pilot 2027", "Trace the path", "Spring cohort", "Embrace change"])
def test_a_name_that_says_nothing_may_be_shown(name: str) -> None:
    assert is_discreet(name, FOCUS)


@pytest.mark.parametrize(
    "name",
    [
        "Race at work",
        "RACE: a pilot",
        "Ethnicities",
        "Women in leadership",
        "LGBTQ+ mentoring",
        "Disability Network",
        "Inclusion pilot",
        "Diversité et nous",
        "L’égalité",
        "Mujeres líderes",
        "Programme ETHNIQUE",
        "برنامج العرق",
        "Cydraddoldeb",
    ],
)
def test_a_name_that_tells_the_focus_may_not(name: str) -> None:
    assert not is_discreet(name, FOCUS)


def test_a_word_that_is_the_focus_only_here_tells_it_as_well() -> None:
    assert is_discreet("Veterans of sales", FOCUS)
    assert not is_discreet("Veterans of sales", ("military veterans",))
