"""Promise: a report gives nobody away together with the earlier ones of its programme, whatever was answered."""

from collections.abc import Iterable

import pytest

from feedback.domain.disclosure.statements import Distribution, DominanceBand, GroupStatement, Reason, Withheld
from feedback.domain.links import new_receipt
from feedback.domain.report.report import Report, Twin
from feedback.domain.survey.answers import Answer
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import Questionnaire, Role
from feedback.domain.waves.states import WaveState
from feedback.services.waves.submit_response import submit_response
from tests.answering import opened
from tests.auditor.histories import history
from tests.databases import first_of
from tests.promises.closing import document_of, state_of
from tests.promises.test_history import enrol, leave, programme_of, roster
from tests.world import World


def asking(role: Role, stage: str) -> Questionnaire:
    """Two questions, the first of which is asked at every stage."""
    options = ", ".join(f'{{ code = "{one}", text.en = "{one}" }}' for one in ("no", "so-so", "yes"))
    questions = "".join(
        f"""
        [[questions]]
        code = "{code}"
        section = "only"
        kind = "one"
        order = "rising"
        text.en = "{text}"
        options = [{options}]
        source = "own"
        licence = "CC0-1.0"
        """
        for code, text in (("A1", "Does it help you?"), ("B1", f"Something else altogether, at {stage * 3}?"))
    )
    text = f"""
        name = "{stage}-{role}"
        version = 1
        stage = "{stage}"
        role = "{role}"
        title.en = "Tiny"
        [[sections]]
        code = "only"
        title.en = "Only"
        {questions}
    """
    return read_questionnaire(text, f"{stage}-{role}.toml")


def asked(world: World, programme: int, stage: str, said: Iterable[str]) -> int:
    """A wave that has closed; people answer in the order of the roster, in these words, the same to all."""
    questionnaires = {role: asking(role, stage) for role in Role}
    wave = world.open(world.planned_wave(programme, stage=stage, questionnaires=questionnaires))
    for link, option in zip(world.links(wave), said, strict=True):
        with world.writing() as connection:
            submit_response(connection, opened(world, link), Answer({"A1": option, "B1": option}, {}), new_receipt())
    world.close(wave)
    return wave


def said_of(report: Report, code: str) -> list[object]:
    """What a report says of a question: kinds of statements, or why it says nothing."""
    about = [one for one in report.statements if isinstance(one, GroupStatement) and one.question == code]
    return [one.reason if isinstance(one, Withheld) else type(one) for one in about]


BEFORE = ["no"] * 4 + ["so-so"] * 6 + ["yes"] * 4


def test_ten_newcomers_who_agree_are_not_given_away_by_the_report_before(world: World) -> None:
    programme = programme_of(world, roster(range(14)))
    asked(world, programme, "kickoff", BEFORE)
    enrol(world, programme, roster(range(24)))
    wave = asked(world, programme, "exit", BEFORE + ["yes"] * 10)
    report = document_of(world, wave)
    assert report.twins == ()
    assert said_of(report, "A1") == [Reason.WITH_EARLIER]
    assert said_of(report, "B1") == [Distribution]
    assert state_of(world, wave) == WaveState.CLOSED


def test_newcomers_who_differ_take_nothing_from_a_report(world: World) -> None:
    programme = programme_of(world, roster(range(14)))
    asked(world, programme, "kickoff", BEFORE)
    enrol(world, programme, roster(range(24)))
    wave = asked(world, programme, "exit", [*BEFORE, *["yes", "no", "so-so"] * 3, "no"])
    assert said_of(document_of(world, wave), "A1") == [Distribution]


def test_what_the_label_names_is_shown(world: World) -> None:
    programme = programme_of(world, roster(range(14)))
    asked(world, programme, "kickoff", BEFORE)
    leave(world, programme, 3)
    report = document_of(world, asked(world, programme, "exit", BEFORE[:3] + BEFORE[4:]))
    assert report.twins == (Twin("mentor", "kickoff"),)
    assert said_of(report, "A1") == [Distribution]


def test_a_label_for_one_report_covers_no_other(world: World) -> None:
    programme = programme_of(world, roster(range(14)))
    asked(world, programme, "kickoff", BEFORE)
    enrol(world, programme, roster(range(26)))
    asked(world, programme, "midpoint", ["no"] * 9 + ["so-so"] * 8 + ["yes"] * 9)
    leave(world, programme, 25)
    report = document_of(world, asked(world, programme, "exit", [*BEFORE, *["yes"] * 11]))
    assert report.twins == (Twin("mentor", "midpoint"),)
    assert said_of(report, "A1") == [Reason.WITH_EARLIER]


WITH_TWO_LABELLED_CUTS = 63


@pytest.mark.parametrize("seed", first_of(1, [WITH_TWO_LABELLED_CUTS, 4, 7]))
def test_every_finding_of_an_organisation_names_what_to_withhold_and_nothing_is_left(seed: int) -> None:
    found = history(seed)
    assert {name for name in ("nameless", "left") if found[name]} == set()
    assert not any(name.startswith("alone") for name in found)


def test_one_labelled_group_leaves_the_questions_of_another_to_be_shown() -> None:
    assert history(WITH_TWO_LABELLED_CUTS)["withheld"] == 1


@pytest.mark.parametrize("groups", [1, 2])
def test_one_group_is_withheld_and_another_is_shown(world: World, groups: int) -> None:
    mentees = range(100, 112) if groups == 2 else ()
    programme = programme_of(world, roster(range(14), mentees))
    others = (["no"] * 4 + ["so-so"] * 4 + ["yes"] * 4)[: len(mentees)]
    asked(world, programme, "kickoff", BEFORE + others)
    enrol(world, programme, roster(range(24)))
    wave = asked(world, programme, "exit", BEFORE + others + ["yes"] * 10)
    said = said_of(document_of(world, wave), "A1")
    assert said.count(Reason.WITH_EARLIER) == 1
    assert said.count(Distribution) + said.count(DominanceBand) == groups - 1
