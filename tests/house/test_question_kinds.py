"""What a kind of question must bring, and that one which brings it goes all the way: asked, counted, read, drawn."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader
from werkzeug.test import TestResponse
from wtforms import StringField
from wtforms.validators import AnyOf

from feedback.auditor import audit
from feedback.domain.disclosure.counts import Count
from feedback.domain.errors import QuestionnaireRefused, ReportHeld
from feedback.domain.report.reading import report_questions
from feedback.domain.survey.kinds import KINDS
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Kind, Question, Questionnaire, Rating, Role
from feedback.reporting.likert import question_chart
from feedback.resources import templates_folder
from feedback.services.waves.close_wave import finish_closing
from forms.own_questions import OwnQuestionForm
from forms.questionnaire import FIELDS
from tests.databases import ON_SQLITE
from tests.promises.closing import begin, document_of
from tests.reporting.reports import facts, question, report
from tests.world import World, fields_of

DOCS = Path(__file__).parents[2] / "docs"


class Grade(Kind):
    """A kind for this test alone: a number that is typed."""

    code = "grade"
    file_rules = ((lambda q: len(q.options) != 3, "has other grades than three"),)

    def drafted(self, question: Question, sent: Sequence[str]) -> tuple[str, ...] | None:
        return tuple(sent)

    def read(self, question: Question, values: tuple[str, ...]) -> Rating:
        return values[0].strip()

    def misfit(self, question: Question, said: Rating) -> str | None:
        return None if said in (*question.option_codes, *self.asides) else "is no grade"

    def longest(self, question: Question) -> Rating:
        return PREFER_NOT_TO_SAY

    def seconds(self, question: Question) -> int:
        return 10

    def counted(self, said: Rating) -> tuple[str, ...] | None:
        return None if said == PREFER_NOT_TO_SAY else (str(said),)


def lacking(kind: Kind) -> list[str]:
    """Name everything that a kind needs besides its class and that is not there."""
    asked = {"options": 3} if kind.closed else {"options": 0, "max_chars": 9}
    read = audit(json.loads(report(facts(question(kind=kind, **asked))).json), None)
    schema = json.loads((DOCS / "report.schema.json").read_text())
    there = {
        "a field in forms.questionnaire": kind.code in FIELDS,
        "a choice in forms.own_questions": kind.code in {one.value for one in OwnQuestionForm.kind.kwargs["choices"]},
        "a template": (templates_folder() / f"participant/kinds/{kind.code}.html").is_file(),
        "the auditor": read.passed,
        "docs/questionnaires.md": f"`{kind.code}`" in (DOCS / "questionnaires.md").read_text(),
        "docs/report-format.md": f"`{kind.code}`" in (DOCS / "report-format.md").read_text(),
        "docs/report.schema.json": kind.code in _kinds_in(schema),
    }
    return [name for name, is_there in there.items() if not is_there]


def _kinds_in(schema: dict) -> list[str]:
    return schema["properties"]["document"]["properties"]["questions"]["items"]["properties"]["kind"]["enum"]


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_brings_all_that_a_kind_needs(code: str) -> None:
    assert KINDS[code].code == code
    assert lacking(KINDS[code]) == []


def test_no_field_or_template_is_left_of_a_kind_that_is_gone() -> None:
    assert FIELDS.keys() == KINDS.keys()
    assert {path.stem for path in (templates_folder() / "participant/kinds").iterdir()} == KINDS.keys()


def test_a_kind_that_brings_only_its_class_is_told_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "grade", Grade())
    assert len(lacking(KINDS["grade"])) == 7


def test_a_class_that_leaves_a_question_open_is_no_kind() -> None:
    with pytest.raises(TypeError, match="counted"):
        type("Half", (Grade,), {"counted": Kind.counted})()


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "grade", Grade())
    monkeypatch.setitem(
        FIELDS, "grade", lambda asked, label, _language: StringField(label, [AnyOf(asked.option_codes, "No grade.")])
    )


def asking(role: Role, grades: str = "123") -> Questionnaire:
    options = ", ".join(f'{{ code = "{one}", text.en = "Grade {one}" }}' for one in grades)
    text = f"""
        name = "tiny-{role}"
        version = 1
        stage = "tiny"
        role = "{role}"
        title.en = "Tiny"
        [[sections]]
        code = "only"
        title.en = "Only"
        [[questions]]
        code = "G1"
        section = "only"
        kind = "grade"
        text.en = "Which grade?"
        options = [{options}]
        order = "rising"
        source = "own"
        licence = "CC0-1.0"
    """
    return read_questionnaire(text, f"tiny-{role}.toml")


@pytest.fixture
def wave(world: World, graded: None) -> int:
    template = "{% macro asked(question) %}<b>{{ question.text }}</b>{{ question.fields[0]() }}{% endmacro %}"
    templates = DictLoader({"participant/kinds/grade.html": template})
    world.app.jinja_env.loader = ChoiceLoader([templates, world.app.jinja_env.loader])
    return world.open_wave(12, 12, questionnaires={role: asking(role) for role in Role}, stage="tiny")


def grade(world: World, link: str, typed: str) -> TestResponse:
    page = world.client().get(f"/s/{link}/questions").text
    assert "<b>Which grade?</b>" in page
    return world.client().post(f"/s/{link}/questions", data={**fields_of(page).hidden, "G1": typed, "go": "next"})


def test_a_file_says_only_what_the_kind_allows(graded: None) -> None:
    with pytest.raises(QuestionnaireRefused, match="G1: has other grades than three"):
        asking(Role.MENTOR, "1234")


@ON_SQLITE
def test_a_page_asks_in_the_kinds_own_way_and_refuses_what_does_not_fit(world: World, wave: int) -> None:
    refused = grade(world, world.links(wave)[0], "7")
    assert (refused.status_code, "No grade." in refused.text) == (422, True)


@ON_SQLITE
def test_what_is_answered_is_counted_published_read_back_and_drawn(world: World, wave: int) -> None:
    for link, typed in zip(world.links(wave, Role.MENTOR), "111222233333", strict=True):
        check = grade(world, link, f" {typed}").text
        assert f"Grade {typed}" in check
        assert world.client().post(f"/s/{link}/send", data={**fields_of(check).hidden, "go": "send"}).status_code == 200
    begin(world, wave)
    with world.session() as session:
        finish_closing(session, world.keys, wave, now=world.clock(), attack=lambda *_: ())
    (shown,) = report_questions(document_of(world, wave), "en")
    (result,) = [one for one in shown.results if one.bars]
    assert [(bar.texts, bar.count) for bar in result.bars] == [
        (("Grade 1",), Count(3, 3, 12)),
        (("Grade 2",), Count(4, 4, 12)),
        (("Grade 3",), Count(5, 5, 12)),
    ]
    with world.app.test_request_context():
        chart = question_chart(shown)
    assert chart is not None
    assert [part.label for part in chart.bars[0].parts] == ["Grade 1", "Grade 2", "Grade 3"]


@ON_SQLITE
def test_a_kind_that_the_auditor_does_not_know_is_not_published(world: World, wave: int) -> None:
    for link, typed in zip(world.links(wave, Role.MENTOR), "111222233333", strict=True):
        check = grade(world, link, typed).text
        world.client().post(f"/s/{link}/send", data={**fields_of(check).hidden, "go": "send"})
    begin(world, wave)
    with world.session() as session, pytest.raises(ReportHeld):
        finish_closing(session, world.keys, wave, now=world.clock())
