"""`feedback questionnaire`: what ships, as it is asked in each language, and an organisation's own."""

from pathlib import Path

import pytest

from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.languages import LANGUAGES
from feedback.domain.survey.questionnaires import text_in
from forms.bank import available, load
from tests.cli.test_commands import output, refusal
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE
OWN = """
name = "pulse-mentor"
version = 1
stage = "pulse"
role = "mentor"
title.en = "A short look"

[[sections]]
code = "one"
title.en = "You"

[[sections]]
code = "two"
title.en = "More"

[[questions]]
code = "C1"
section = "one"
kind = "one"
order = "rising"
source = "ours"
licence = "any"
text.en = "How sure are you about {focus}?"
hint.en = "Think of the last month."
options = [{code = "no", text.en = "Not"}, {code = "yes", text.en = "Very"}]

[[questions]]
code = "C2"
section = "two"
kind = "many"
source = "ours"
licence = "any"
text.en = "What would help?"
shown_when = {question = "C1", answers = ["no"]}
options = [{code = "a", text.en = "Time"}, {code = "b", text.en = "Money"}]
"""


@pytest.mark.parametrize("language", [one.code for one in LANGUAGES])
def test_every_question_that_ships_is_shown_in_every_language(world: World, language: str) -> None:
    for name in available():
        shown = output(world, "questionnaire", "show", name, "--language", language)
        for question in load(name).questions:
            assert all(text_in(option.text, language) in shown for option in question.options)
            assert question.code in shown
        assert "{" not in shown


def test_words_of_the_programme_stand_in_the_questions(world: World) -> None:
    assert "you talk about age" in output(world, "questionnaire", "show", "kickoff-mentor", "--focus", "age")


def test_a_file_is_shown_as_it_is_asked(world: World, tmp_path: Path) -> None:
    file = tmp_path / "pulse-mentor.toml"
    file.write_text(OWN)
    assert output(world, "questionnaire", "show", str(file)) == (
        "A short look\n\nYou\n\n"
        "  C1  How sure are you about race and ethnicity?\n      Think of the last month.\n"
        "      · Not\n      · Very\n      / Prefer not to say\n\nMore\n\n"
        "  C2  What would help?\n      (C1: Not)\n"
        "      · Time\n      · Money\n      / None of these\n      / Prefer not to say\n"
    )


def test_what_is_asked_twice_says_so(world: World) -> None:
    shown = output(world, "questionnaire", "show", "exit-mentor", "--language", "en")
    assert "      – Before the programme\n      – Now\n" in shown


def test_a_language_in_which_it_is_not_whole_is_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "pulse-mentor.toml"
    file.write_text(OWN)
    error = refusal(world, "questionnaire", "show", str(file), "--language", "fr")
    assert isinstance(error, QuestionnaireRefused)
    assert "use one of en" in str(error)


def test_an_own_questionnaire_starts_as_a_copy_without_what_is_switched_off(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "own"
    copy = ("questionnaire", "copy", "exit-mentor", str(folder), "--without", "V2", "--without", "C5")
    assert "feedback questionnaire check" in output(world, *copy)
    shown = output(world, "questionnaire", "show", str(folder / "exit-mentor.toml"))
    assert ("  C1  " in shown, "  V2  " in shown, "  C5  " in shown) == (True, False, False)
    assert "doubtful" not in output(world, "questionnaire", "check", str(folder / "exit-mentor.toml"))
    assert "is there already" in str(refusal(world, *copy))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("exit-boss",), "no such questionnaire"), (("exit-mentor", "--without", "Z1"), "has no question Z1")],
)
def test_a_copy_that_cannot_be_is_refused(world: World, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    name, *more = arguments
    assert said in str(refusal(world, "questionnaire", "copy", name, str(tmp_path / "own"), *more))
    assert not (tmp_path / "own").exists()


def test_a_check_doubts_a_questionnaire_of_which_nothing_can_be_listed_to_act_on(world: World, tmp_path: Path) -> None:
    file = tmp_path / "pulse-mentor.toml"
    file.write_text(OWN)
    said = output(world, "questionnaire", "check", str(file))
    assert "good, 2 questions" in said
    assert "doubtful: no question has a theme" in said
