"""Questions that were left open: one prompt, then they count like "prefer not to say"; nothing at all is never sent."""

import json
import re

import pytest
from werkzeug.test import TestResponse

from feedback.domain.survey.kinds import filled_code
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Role
from forms.bank import STAGES, pair
from tests.databases import ON_SQLITE
from tests.promises.closing import stored_report
from tests.promises.scanner import Page, fingerprint
from tests.promises.visits import receipt_on
from tests.world import World, fields_of, part_filled

pytestmark = ON_SQLITE

SHORT = ("C2", "C4")


def open_link(world: World) -> str:
    return world.links(world.open_wave(12, 12), Role.MENTOR)[0]


def check_of(world: World, link: str, *left: str, text: str = "") -> str:
    """Go as far as the check, with some questions `left` open."""
    return world.fill_in(link, (text,), **dict.fromkeys(left, filled_code("")))


def check_of_nothing(world: World, link: str, **said: str) -> str:
    """Press the button on each part, as a program would."""
    page = world.client().get(f"/s/{link}/questions").text
    while 'data-page="questions"' in page:
        fields = {**fields_of(page).hidden, **said, "go": "next"}
        page = world.client().post(f"/s/{link}/questions", data=fields).text
    return page


def send(world: World, link: str, page: str, **pressed: str) -> TestResponse:
    return world.client().post(f"/s/{link}/send", data={**fields_of(page).hidden, "go": "send", **pressed})


def titles(page: str) -> list[str]:
    return [re.sub("<!--.*?-->", "", one).strip() for one in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)]


def ways(page: str) -> list[str]:
    return [code.rstrip(".") for code in re.findall(r'name="question"\s+value="([^"]+)"', page)]


@pytest.mark.parametrize(
    ("left", "said"), [(SHORT, "2 questions are left open."), (("C1",), "1 question is left open.")]
)
def test_what_is_left_open_gets_one_prompt_and_is_then_sent(world: World, left: tuple[str, ...], said: str) -> None:
    link = open_link(world)
    check = check_of(world, link, *left)
    assert check.count("Left open") == len(left)
    assert re.findall(r"<details (open)?", check) == ["open", "", "", ""]
    prompt = send(world, link, check)
    assert (prompt.status_code, titles(prompt.text)) == (200, [f"{said} Send all the same?"])
    assert ways(prompt.text) == list(left)
    assert 'data-page="thanks"' in send(world, link, prompt.text).text


def test_the_prompt_leads_to_each_question_and_from_there_back_to_the_check(world: World) -> None:
    link = open_link(world)
    prompt = send(world, link, check_of(world, link, *SHORT)).text
    pressed = {**fields_of(prompt).hidden, "question": filled_code("C4")}
    part = world.client().post(f"/s/{link}/questions", data=pressed).text
    assert re.findall(r'id="(\w+)"[^>]*autofocus', part) == ["C4"]
    filled = part_filled(part, world.chance, chosen={"C2": filled_code("")})
    check = world.client().post(f"/s/{link}/questions", data=filled).text
    assert check.count("Left open") == 1
    assert 'data-page="thanks"' in send(world, link, check).text


def test_the_prompt_can_be_read_in_another_language_and_left_for_the_check(world: World) -> None:
    link = open_link(world)
    prompt = send(world, link, check_of(world, link, *SHORT)).text
    french = world.client().post(f"/s/{link}/questions", data={**fields_of(prompt).hidden, "language": "fr"}).text
    assert titles(french) == ["2 questions sont restées sans réponse. Envoyer quand même\N{NO-BREAK SPACE}?"]
    back = world.client().post(f"/s/{link}/questions", data={**fields_of(french).hidden, "go": "resume"}).text
    assert 'data-page="check"' in back


def test_a_receipt_typed_before_the_prompt_is_not_lost(world: World) -> None:
    link = open_link(world)
    receipt = receipt_on(world.answer(link).text)
    prompt = send(world, link, check_of(world, link, *SHORT), receipt=receipt).text
    assert 'data-page="thanks"' in send(world, link, prompt).text
    wave = 1
    for one in world.links(wave):
        assert one == link or world.answer(one)
    world.close(wave)
    statements = json.loads(stored_report(world, wave).document)["statements"]
    assert [one["answered"] for one in statements if one["kind"] == "response-rate"] == [12, 12]


def test_a_program_that_presses_every_button_sends_nothing(world: World) -> None:
    link = open_link(world)
    before = fingerprint(world)
    page = send(world, link, check_of_nothing(world, link)).text
    assert titles(page) == ["Nothing is answered yet"]
    assert ("go", "send") not in [button for form in Page(page).forms for button in form.buttons]
    again = send(world, link, page).text
    assert titles(again) == titles(page)
    assert fingerprint(world) == before


@pytest.mark.parametrize("said", [{"F2": "More time."}, {"C1": PREFER_NOT_TO_SAY}])
def test_one_answer_is_enough_also_a_text_or_that_one_prefers_not_to_say(world: World, said: dict[str, str]) -> None:
    link = open_link(world)
    prompt = send(world, link, check_of_nothing(world, link, **said)).text
    assert 'data-page="thanks"' in send(world, link, prompt).text


@pytest.mark.parametrize("stage", STAGES)
def test_a_browser_sends_as_much_of_what_is_left_open_as_of_what_is_chosen(world: World, stage: str) -> None:
    link = world.links(world.open_wave(9, 9, questionnaires=pair(stage), stage=stage))[0]
    page = world.client().get(f"/s/{link}/questions").text
    while 'data-page="questions"' in page:
        form = next(form for form in Page(page).forms if form.name == "answers")
        filled = part_filled(page, world.chance, ("",))
        left = {name: len(value) for name, value in form.fields if name in fields_of(page).radios}
        assert left == {name: len(filled.get(name, [left[name] * "."])[0]) for name in fields_of(page).radios}
        page = world.client().post(f"/s/{link}/questions", data=filled).text
