"""`band` was a kind once, and a copy of `one`: what was stored under that name is still read, and means the same."""

import json
from pathlib import Path

import pytest

from feedback.auditor.auditing import audit
from feedback.domain.disclosure.statements import canonical_json
from feedback.domain.errors import QuestionnaireRefused
from feedback.domain.report.reading import report_questions
from feedback.domain.report.report import Report
from feedback.domain.survey.kinds import ONE, STORED_KINDS
from feedback.domain.survey.questionnaire_files import read_questionnaire
from feedback.domain.survey.questionnaire_json import dump_questionnaire, load_questionnaire
from feedback.domain.survey.questionnaires import wording
from forms.bank import load

REPORTS = Path(__file__).parents[3] / "examples/reports"
FILE = Path(__file__).parents[3] / "forms/questionnaires/exit-mentor.toml"


def stored_as_band(text: str) -> str:
    return text.replace('"kind":"one"', '"kind":"band"')


@pytest.fixture(scope="module")
def old_report() -> Report:
    document = json.loads((REPORTS / "27-people/exit.json").read_text())["document"]
    asked = [one | {"kind": "band"} if one["code"] == "O1" else one for one in document["questions"]]
    return Report.parse(canonical_json(document | {"questions": asked}))


def test_a_questionnaire_stored_with_bands_asks_the_same_question() -> None:
    now = load("exit-mentor")
    text = dump_questionnaire(now)
    assert load_questionnaire(stored_as_band(text)) == now
    assert [*map(wording, load_questionnaire(stored_as_band(text)).questions)] == [*map(wording, now.questions)]


def test_an_old_report_shows_its_bands_as_one_choice(old_report: Report) -> None:
    (asked,) = {one["code"] for one in json.loads(old_report.json)["questions"] if one["kind"] == "band"}
    shown = [question for question in report_questions(old_report, "en") if question.code == asked]
    assert shown
    for question in shown:
        assert question.kind is ONE
        assert all(result.bars for result in question.results)


def test_the_auditor_still_reads_an_old_report(old_report: Report) -> None:
    assert audit(json.loads(old_report.json), {("mentor", ""): 14, ("mentee", ""): 13}).passed


def test_a_file_can_no_longer_ask_for_bands() -> None:
    text = FILE.read_text().replace('kind = "one"', 'kind = "band"', 1)
    with pytest.raises(QuestionnaireRefused, match="unknown kind “band”; use one of one, many, text"):
        read_questionnaire(text, FILE.name)


def test_a_kind_that_never_was_is_refused() -> None:
    with pytest.raises(KeyError, match="bond"):
        STORED_KINDS["bond"]
