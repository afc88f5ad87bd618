"""Promise: nobody can see why somebody did not answer. Of every shipped question all reasons are one answer."""

from feedback.domain.survey.drafts import Draft, answer_in
from feedback.domain.survey.questionnaires import CANNOT_TELL, DOES_NOT_APPLY, PREFER_NOT_TO_SAY
from forms.bank import pair


def test_every_reason_not_to_answer_is_sent_as_the_same_answer() -> None:
    questionnaires = [one for stage in ("kickoff", "midpoint", "exit") for one in pair(stage).values()]
    tried = set()
    for questionnaire in questionnaires:
        first = next(one for one in questionnaire.questions if one.closed and one.kind.adds_up and not one.unsaid)
        said = {first.fields[0]: (first.option_codes[0],)}
        for question, reason in ((one, reason) for one in questionnaire.questions for reason in one.unsaid):
            given, silent = (dict.fromkeys(question.fields, (why,)) for why in (reason, PREFER_NOT_TO_SAY))
            sent = [answer_in(questionnaire, Draft({**said, **ratings})) for ratings in (given, silent, {})]
            assert sent[0] == sent[1] == sent[2], question.code
            tried.add(reason)
    assert tried == {CANNOT_TELL, DOES_NOT_APPLY}
