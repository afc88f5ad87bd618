"""A question of a programme's own is written on a page, in some languages, and asked from then on."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feedback.domain.survey.questionnaires import Order, Question, Role, Theme
from feedback.services.waves.find_questionnaires import known_questions
from forms.bank import pair
from forms.own_questions import MOST_OF_A_QUESTION, MOST_OF_AN_ANSWER
from tests.databases import ON_SQLITE
from tests.web.test_question_pages import asked_at, plan
from tests.web.test_staff_pages import SITE, press, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

ADD = "/staff/programmes/1/questions/own?stage=kickoff"
LIST = "/staff/programmes/1/questions/change?stage=kickoff"
ALL_LOST = "fr,es,ar,cy"
DEGREE = "not-at-all/slightly/moderately/very/completely"
ROOMS = {
    "text": "How well do the step-free rooms suit you?",
    "roles": ["mentor", "mentee"],
    "kind": "one",
    "answers": "own",
    "options": "Badly\r\n\r\n So so \r\nWell",
    "order": "rising",
    "section": "programme",
    "theme": "support",
}


@pytest.fixture
def client(world: World) -> FlaskClient:
    world.programme()
    return signed_in(world)


def add(
    client: FlaskClient, version: int = 0, without: str = ALL_LOST, page: str = ADD, **changes: object
) -> TestResponse:
    return press(client, page, page, **{"version": str(version), "without": without, **ROOMS, **changes})


def known(world: World, code: str, stage: str = "kickoff") -> dict[Role, Question]:
    with world.session() as session:
        return known_questions(session, 1, pair(stage)).own.versions_of(code)


def languages_of(client: FlaskClient) -> str:
    return re.search(r"Offered in: ([^.]*?) Take a tick", see(client, LIST)).group(1)


def test_a_question_is_asked_of_both_from_then_on(world: World, client: FlaskClient) -> None:
    assert add(client).location == LIST
    question = known(world, "Y1")[Role.MENTOR]
    assert [option.text["en"] for option in question.options] == ["Badly", "So so", "Well"]
    assert (question.order, question.theme) == (Order.RISING, Theme.SUPPORT)
    assert known(world, "Y1")[Role.MENTEE] == question
    for codes in asked_at(world, plan(client)).values():
        assert codes[codes.index("P2") + 1] == "Y1"


def test_before_a_language_is_lost_the_page_says_which(world: World, client: FlaskClient) -> None:
    answer = add(client, without="")
    assert answer.status_code == 200
    assert "Nothing has been saved yet." in answer.text
    assert f'value="{ALL_LOST}"' in answer.text
    assert not known(world, "Y1")
    french = {"in_fr-text": "Les salles vous conviennent-elles ?", "in_fr-options": "Mal\nMoyen\nBien"}
    assert add(client, without="", **french).status_code == 200
    assert add(client, without="es,ar,cy", **french).status_code == 303
    assert "English , Français" in languages_of(client)
    assert "Translation missing Español , العربية , Cymraeg" in see(client, LIST)


def test_with_a_list_of_ours_only_the_question_is_to_be_translated(world: World, client: FlaskClient) -> None:
    texts = {f"in_{code}-text": f"{code}?" for code in ("fr", "es", "ar", "cy")}
    assert add(client, without="", answers=DEGREE, options="", **texts).status_code == 303
    assert "Cymraeg" in languages_of(client)
    assert known(world, "Y1")[Role.MENTOR].order is Order.RISING


def test_a_question_in_their_own_words_asks_to_leave_out_names(world: World, client: FlaskClient) -> None:
    add(client, kind="text", options="", theme="other")
    question = known(world, "Y1")[Role.MENTEE]
    assert (question.closed, question.required, question.max_chars) == (False, False, 1000)
    assert "leave out names" in question.hint["en"]


def test_many_answers_can_be_ticked_and_have_no_order(world: World, client: FlaskClient) -> None:
    add(client, kind="many", does_not_apply="y")
    question = known(world, "Y1")[Role.MENTEE]
    assert (question.kind.code, question.order, question.does_not_apply) == ("many", Order.NONE, False)


def test_asked_of_one_role_it_is_asked_of_that_role(world: World, client: FlaskClient) -> None:
    add(client, roles=["mentor"], cannot_tell="y")
    assert [*known(world, "Y1")] == [Role.MENTOR]
    assert known(world, "Y1")[Role.MENTOR].cannot_tell


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"text": "  "}, "Write the question in English."),
        ({"text": "x" * (MOST_OF_A_QUESTION + 1)}, "Write at most 300 characters."),
        ({"text": "Is it \u202eevil\u202c?"}, "There is a hidden character in it."),
        ({"text": "Is it {name}?"}, "Braces stand only for the words of your programme"),
        ({"options": "One"}, "Write at least two answers"),
        ({"options": "x" * (MOST_OF_AN_ANSWER + 1) + "\ny"}, "Write at most 100 characters."),
        ({"options": "\n".join(map(str, range(31)))}, "Write at most (30) answers."),
        ({"options": "Yes\nNo\n yes."}, "Two answers are the same."),
        ({"options": "Yes\nNo\nPrefer not to say"}, "is offered by itself where it fits"),
        ({"options": "Yes\nNo", "in_fr-options": "Oui"}, "Write as many answers as in English"),
        ({"options": "Yes\nNo", "in_fr-options": "Oui\nJe préfère ne pas répondre"}, "is offered by itself"),
        ({"in_cy-text": "a\u200bb"}, "There is a hidden character in it."),
        ({"roles": []}, "Tick at least one of the two."),
        ({"kind": "band"}, "Choose how it is answered."),
        ({"section": "nowhere"}, "Choose one of the list."),
        ({"answers": "nothing"}, "Choose one of the list."),
        ({"theme": "harm", "order": "none"}, "A question on harm is answered by one of three or four answers"),
        ({"theme": "harm", "kind": "many"}, "A question on harm is answered by one of three or four answers"),
        ({"theme": "harm", "answers": DEGREE}, "A question on harm is answered by one of three or four answers"),
        ({"theme": "harm", "options": "Bad\nBoth equally\nGood"}, "Of three answers the one in the middle"),
        ({"text": "How confident are you when you talk about {focus} at work!"}, "asks in nearly the same words as"),
    ],
)
def test_what_a_file_may_not_say_is_refused_at_its_field(
    world: World, client: FlaskClient, changes: dict[str, object], said: str
) -> None:
    answer = add(client, **changes)
    assert answer.status_code == 422
    assert said in re.sub(r"\s+", " ", answer.text)
    assert 'role="alert"' in answer.text
    assert not known(world, "Y1")


def test_a_question_on_harm_is_sensitive(world: World, client: FlaskClient) -> None:
    assert add(client, theme="harm", options="Yes\nA little\nNo").status_code == 303
    assert known(world, "Y1")[Role.MENTOR].sensitive


def test_ours_may_be_asked_in_other_words_once_it_is_switched_off(world: World, client: FlaskClient) -> None:
    codes = list(dict.fromkeys(one.code for asked in pair("kickoff").values() for one in asked.questions))
    press(client, LIST, LIST, version="0", shown=codes, asked=[code for code in codes if code != "C1"])
    alike = "How confident are you when you talk about {focus} at work!"
    assert add(client, 1, text=alike).status_code == 303
    answer = press(client, LIST, LIST, version="2", shown=codes, asked=codes)
    assert answer.status_code == 422
    assert "asks in nearly the same words as" in answer.text


def test_a_changed_answer_is_another_one_and_the_others_keep_their_codes(world: World, client: FlaskClient) -> None:
    add(client)
    page = "/staff/programmes/1/questions/own/1?stage=kickoff"
    assert ROOMS["text"] in client.get(page, base_url=SITE).text
    assert add(client, 1, page=page, options="Badly\nMiddling\nWell").location == LIST
    codes = {option.text["en"]: option.code for option in known(world, "Y1")[Role.MENTOR].options}
    assert codes == {"Badly": "a1", "Middling": "a4", "Well": "a3"}


def test_asked_at_several_surveys_it_is_one_question_and_changes_in_all(world: World, client: FlaskClient) -> None:
    add(client, also=["exit"])
    assert known(world, "Y1", "exit") == known(world, "Y1")
    assert not known(world, "Y1", "midpoint")
    page = "/staff/programmes/1/questions/own/1?stage=kickoff"
    add(client, 1, page=page, text="How do the rooms suit you?")
    assert known(world, "Y1", "exit")[Role.MENTOR].text["en"] == "How do the rooms suit you?"


def test_a_deleted_question_is_gone_here_and_its_code_is_not_given_again(world: World, client: FlaskClient) -> None:
    add(client, also=["exit"])
    plan(client)
    page = "/staff/programmes/1/questions/own/1?stage=kickoff"
    away = "/staff/programmes/1/questions/own/1/delete?stage=kickoff"
    assert press(client, page, away, version="1").status_code == 422
    assert press(client, page, away, version="1", sure="y").location == LIST
    assert not known(world, "Y1")
    assert known(world, "Y1", "exit")
    press(
        client, "/staff/programmes/1/questions/own/1?stage=exit", away.replace("kickoff", "exit"), version="1", sure="y"
    )
    add(client, 2)
    assert known(world, "Y2")
    assert client.get(page, base_url=SITE).status_code == 404


def test_questions_are_moved_within_their_page(world: World, client: FlaskClient) -> None:
    add(client)
    shown = client.get(LIST, base_url=SITE).text
    assert 'value="up-Y1"' in shown
    assert 'value="down-Y1"' not in shown
    codes = re.findall(r'name="shown" value="(\w+)"', shown)
    press(client, LIST, LIST, version="1", shown=codes, asked=codes, go="up-Y1")
    for asked in asked_at(world, plan(client)).values():
        assert asked[asked.index("Y1") + 1] == "P2"


def test_two_who_write_at_once_overwrite_nothing(world: World, client: FlaskClient) -> None:
    add(client)
    late = add(client, text="How far is it to the rooms?")
    assert late.status_code == 422
    assert "Somebody has changed these questions" in late.text
    assert "How far is it to the rooms?" in late.text
    assert not known(world, "Y2")


def test_a_mistake_does_not_hide_that_somebody_was_faster(world: World, client: FlaskClient) -> None:
    add(client)
    page = "/staff/programmes/1/questions/own/1?stage=kickoff"
    add(client, 1, page=page, text="What about the rooms?")
    wrong = add(client, 1, page=page, text="").text
    assert 'value="1"' in re.search(r'<input[^>]*name="version"[^>]*>', wrong).group(0)
    assert "Somebody has changed these questions" in add(client, 1, page=page, without="").text
    assert known(world, "Y1")[Role.MENTOR].text["en"] == "What about the rooms?"


def test_a_survey_has_room_for_twenty(world: World, client: FlaskClient) -> None:
    names = "abcdefghijklmnopqrst"
    for number, letter in enumerate(names):
        assert add(client, number, text=f"{letter * 9}?", kind="text").status_code == 303
    assert "room for 20 questions of your own" in add(client, 20, text="One more?").text
    assert "That is long." in see(client, LIST)


def test_doubts_are_said_beside_the_question(client: FlaskClient) -> None:
    add(client, text="Was nothing wrong?", options="Agree\nDisagree", order="none")
    shown = see(client, LIST)
    assert "It asks whether people agree" in shown
    assert "It has a negative in it" in shown


def test_what_is_too_like_another_question_is_said_at_the_words(client: FlaskClient) -> None:
    answer = add(client, text="How confident are you when you talk about {focus} at work!")
    assert 'id="text-error"' in answer.text
