"""The survey part by part: back and forth loses nothing, also what is incomplete; all is checked again at the end."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from werkzeug.test import TestResponse

from feedback.domain.links import page_key
from feedback.domain.survey.kinds import plain_code
from feedback.domain.survey.questionnaires import PREFER_NOT_TO_SAY, Condition, Question, Role
from feedback.web.participants.page_state import seal, unseal
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.promises.scanner import fingerprint
from tests.promises.visits import fill_in, secret_in
from tests.world import World, fields_of, hidden_value, part_filled

pytestmark = ON_SQLITE


def post(world: World, link: str, page: str, **fields: str) -> TestResponse:
    """Press a button on a part, with these fields filled in and nothing else."""
    hidden = fields_of(page).hidden
    return world.client().post(f"/s/{link}/questions", data={**hidden, "go": "next", **fields})


def open_link(world: World, **changes: object) -> str:
    return world.links(world.open_wave(12, 12, **changes), Role.MENTOR)[0]


def first_part(world: World, link: str) -> str:
    return world.client().get(f"/s/{link}/questions").text


def progress(page: str) -> str:
    found = re.search(r'class="progress">\s*(.*?)\s*</p>', page)
    return found[1] if found else ""


def chosen(page: str) -> Mapping[str, str]:
    """What is chosen on a page, by field."""
    boxes = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall(r"<input\b[^>]*checked[^>]*>", page)]
    said = {box["name"]: plain_code(box["value"]) for box in boxes if box["name"] != "F2-wish"}
    return {name: value for name, value in said.items() if value}


def test_progress_is_told_in_words(world: World) -> None:
    link = open_link(world)
    page, seen = first_part(world, link), []
    while progress(page):
        seen.append(progress(page))
        page = world.client().post(f"/s/{link}/questions", data=part_filled(page, world.chance)).text
    assert seen == ["Part 1 of 4", "Part 2 of 4", "Part 3 of 4", "Part 4 of 4"]


def test_going_back_and_on_keeps_what_was_chosen(world: World) -> None:
    link = open_link(world)
    filled = part_filled(first_part(world, link), world.chance)
    second = world.client().post(f"/s/{link}/questions", data=filled).text
    first = post(world, link, second, go="back").text
    assert progress(first) == "Part 1 of 4"
    assert chosen(first) == {name: plain_code(value[0]) for name, value in filled.items() if name in chosen(first)}
    assert len(chosen(first)) == 5


def test_going_back_keeps_what_is_incomplete_and_what_is_wrong(world: World) -> None:
    link = open_link(world)
    page = world.part_asking(link, "F2")
    long = "x" * 1500
    before = post(world, link, page, go="back", F2=long)
    assert before.status_code == 200
    assert progress(before.text) == "Part 3 of 4"
    again = world.client().post(f"/s/{link}/questions", data=part_filled(before.text, world.chance)).text
    assert long in again
    assert 'class="error"' not in again


def test_a_part_of_which_some_is_left_open_leads_on_without_a_word(world: World) -> None:
    link = open_link(world)
    page = post(world, link, first_part(world, link), C1="very")
    assert (page.status_code, progress(page.text)) == (200, "Part 2 of 4")
    before = post(world, link, page.text, go="back").text
    assert chosen(before) == {"C1": "very"}


def test_what_is_wrong_does_not_let_on(world: World) -> None:
    link = open_link(world)
    page = post(world, link, first_part(world, link), C1="very", C2="no such option")
    assert (page.status_code, progress(page.text)) == (422, "Part 1 of 4")
    assert chosen(page.text)["C1"] == "very"
    assert page.text.count('class="error"') == 1


def test_a_text_that_is_far_too_long_does_not_leave_its_page(world: World) -> None:
    link = open_link(world)
    page = post(world, link, world.part_asking(link, "F2"), go="back", F2="y" * 5000)
    assert page.status_code == 422
    assert "y" * 5000 in page.text
    assert progress(page.text) == "Part 4 of 4"


def test_the_promise_can_be_read_again_without_losing_anything(world: World) -> None:
    link = open_link(world)
    promise = post(world, link, first_part(world, link), go="back", C1="very").text
    assert 'data-page="promise"' in promise
    resumed = world.client().post(f"/s/{link}/questions", data={**fields_of(promise).hidden, "go": "resume"}).text
    assert chosen(resumed) == {"C1": "very"}
    assert 'class="error"' not in resumed


def test_asking_for_the_same_part_changes_nothing_and_blames_nobody(world: World) -> None:
    link = open_link(world)
    page = post(world, link, first_part(world, link), go="stay", C1="very")
    assert page.status_code == 200
    assert chosen(page.text) == {"C1": "very"}
    assert 'class="error"' not in page.text


def test_one_part_is_changed_from_the_last_look(world: World) -> None:
    link = open_link(world)
    check = world.fill_in(link, C1="very")
    state = hidden_value(check, "state")
    part = world.client().post(f"/s/{link}/questions", data={"state": state, "change": "learning"}).text
    assert "Back to all your answers" in part
    filled = part_filled(part, world.chance, chosen={"C1": "slightly"})
    again = world.client().post(f"/s/{link}/questions", data=filled).text
    assert 'data-page="check"' in again
    assert again.count("<dt>") == check.count("<dt>")


def test_whoever_wrote_what_may_tell_is_warned_before_sending(world: World) -> None:
    check = world.fill_in(open_link(world), texts=("My line manager Aisha <said> so on 12 March.",))
    assert re.findall(r"<q>(.*?)</q>", check) == ["My line manager", "Aisha", "12 March"]
    assert "You can change the text" in check


def test_nobody_is_warned_of_plain_words(world: World) -> None:
    check = world.fill_in(open_link(world), texts=("More time to talk would help.",))
    assert "<q>" not in check
    assert "may give away who wrote it" not in check


def test_nobody_is_warned_of_a_text_that_nobody_reads(world: World) -> None:
    check = world.fill_in(open_link(world), texts=("Aisha said so.",), **{"F2-wish": "count"})
    assert "Aisha said so." in check
    assert "<q>" not in check


def test_what_is_sent_is_checked_again_and_leads_to_the_first_part_that_was_not_seen(world: World) -> None:
    link = open_link(world)
    second = world.client().post(f"/s/{link}/questions", data=part_filled(first_part(world, link), world.chance)).text
    before = fingerprint(world)
    sent = world.client().post(f"/s/{link}/send", data={"state": hidden_value(second, "state"), "go": "send"})
    assert (sent.status_code, progress(sent.text)) == (422, "Part 2 of 4")
    assert fingerprint(world) == before


def test_nothing_filled_in_is_kept_on_the_server(world: World) -> None:
    link = open_link(world)
    before = fingerprint(world)
    state = hidden_value(world.fill_in(link), "state")
    world.client().post(f"/s/{link}/questions", data={"state": state, "go": "resume"})
    assert fingerprint(world) == before


@pytest.mark.parametrize("state", ["AAAA", "not base64!", "A" * 2000])
@pytest.mark.parametrize("path", ["questions", "send"])
def test_a_state_that_was_altered_begins_anew(world: World, path: str, state: str) -> None:
    page = world.client().post(f"/s/{open_link(world)}/{path}", data={"state": state, "part": "learning", "go": "send"})
    assert page.status_code == 422
    assert progress(page.text) == "Part 1 of 4"


@pytest.mark.parametrize("text", [[], ["\ud800"], ["a\u0301" * 9000], ["\x00\u202e<b>"], ["x"] * 200])
@pytest.mark.parametrize("path", ["questions", "send"])
def test_a_state_that_somebody_sealed_with_their_own_link_breaks_nothing(
    world: World, path: str, text: list[str]
) -> None:
    link = open_link(world)
    carried = unseal(page_key(secret_in(link)), fill_in(world, link))
    assert carried is not None
    draft = json.loads(carried)
    state = seal(page_key(secret_in(link)), json.dumps({**draft, "values": {**draft["values"], "F2": text}}).encode())
    before = fingerprint(world)
    page = world.client().post(f"/s/{link}/{path}", data={"state": state, "go": "resume"})
    assert page.status_code in {200, 400, 422}
    assert fingerprint(world) == before


def test_one_links_state_is_worth_nothing_behind_another(world: World) -> None:
    first, second = world.links(world.open_wave(12, 12), Role.MENTOR)[:2]
    page = post(world, first, first_part(world, first), go="stay", C1="very").text
    assert chosen(post(world, second, page, go="stay", C2="well").text) == {"C2": "well"}


LOST = "What you filled in on other parts could not be read."
ALL_LOST = "What you filled in could not be read, and nothing was sent."


@pytest.mark.parametrize("go", ["next", "back", "stay"])
def test_a_state_that_cannot_be_read_says_so_and_keeps_the_part_that_was_sent(world: World, go: str) -> None:
    link = open_link(world)
    filled = part_filled(world.part_asking(link, "F2"), world.chance, ("Half a sentence",))
    page = world.client().post(f"/s/{link}/questions", data={**filled, "state": "AAAA", "go": go})
    assert (page.status_code, progress(page.text), LOST in page.text) == (422, "Part 4 of 4", True)
    assert "Half a sentence</textarea>" in page.text
    again = {**filled, **fields_of(page.text).hidden, "go": "next"}
    first = world.client().post(f"/s/{link}/questions", data=again)
    assert (progress(first.text), LOST in first.text) == ("Part 1 of 4", False)


def test_a_state_that_cannot_be_read_at_the_check_says_so(world: World) -> None:
    page = world.client().post(f"/s/{open_link(world)}/send", data={"state": "AAAA", "go": "send"})
    assert (page.status_code, progress(page.text), ALL_LOST in page.text) == (422, "Part 1 of 4", True)
    assert LOST not in page.text


def test_a_state_that_can_be_read_says_nothing_of_a_loss(world: World) -> None:
    link = open_link(world)
    assert LOST not in post(world, link, first_part(world, link), C1="very").text


def conditional(world: World, answers: tuple[str, ...] = ("slightly",)) -> str:
    """A wave in which mentors are asked all of the second part but S1 only after C1 was answered so."""
    asked = pair("kickoff")
    mentor = asked[Role.MENTOR]
    changed = tuple(_hung(one, answers) if one.section == "organisation" else one for one in mentor.questions)
    return open_link(world, questionnaires={**asked, Role.MENTOR: replace(mentor, questions=changed)})


def _hung(question: Question, answers: tuple[str, ...]) -> Question:
    return replace(question, shown_when=Condition("C1", answers))


def start(world: World, link: str, said: str) -> str:
    filled = part_filled(first_part(world, link), world.chance, chosen={"C1": said})
    return world.client().post(f"/s/{link}/questions", data=filled).text


@pytest.mark.parametrize("said", ["slightly", "very", PREFER_NOT_TO_SAY])
def test_a_part_in_which_nothing_is_asked_says_so_and_leads_on(world: World, said: str) -> None:
    link = conditional(world)
    page = start(world, link, said)
    assert progress(page) == "Part 2 of 4"
    assert ("There is nothing to ask you here" in page) == (said != "slightly")
    assert ("<legend>" in page) == (said == "slightly")
    following = world.client().post(f"/s/{link}/questions", data=part_filled(page, world.chance)).text
    assert progress(following) == "Part 3 of 4"


def test_an_answer_whose_condition_is_gone_is_dropped_before_sending(world: World) -> None:
    link = conditional(world)
    check = world.fill_in(link, C1="slightly")
    assert check.count("<dt>") == 12
    part = world.client().post(
        f"/s/{link}/questions", data={"state": hidden_value(check, "state"), "change": "learning"}
    )
    filled = part_filled(part.text, world.chance, chosen={"C1": "very"})
    again = world.client().post(f"/s/{link}/questions", data=filled).text
    assert again.count("<dt>") == 9
    assert world.client().post(f"/s/{link}/send", data={**fields_of(again).hidden, "go": "send"}).status_code == 200


def test_a_change_that_asks_more_leads_to_what_is_asked(world: World) -> None:
    link = conditional(world)
    check = world.fill_in(link, C1="very")
    part = world.client().post(
        f"/s/{link}/questions", data={"state": hidden_value(check, "state"), "change": "learning"}
    )
    filled = part_filled(part.text, world.chance, chosen={"C1": "slightly"})
    asked = world.client().post(f"/s/{link}/questions", data=filled)
    assert (asked.status_code, progress(asked.text)) == (200, "Part 2 of 4")
    done = world.client().post(f"/s/{link}/questions", data=part_filled(asked.text, world.chance)).text
    assert 'data-page="check"' in done


def test_the_promise_names_what_is_asked_only_after_certain_answers(world: World) -> None:
    page = world.client().get(f"/s/{conditional(world)}").text
    assert page.count("Asked only after the answer Slightly to: How confident are you") == 3


def test_a_whole_wave_with_conditions_is_answered_and_reported(world: World) -> None:
    link = conditional(world, ("slightly", "very", "moderately"))
    wave = 1
    links = world.links(wave)
    assert link in links
    for one in links:
        assert world.answer(one).status_code == 200
    world.close(wave)


def test_the_first_part_speaks_of_no_answer_that_is_not_offered(world: World) -> None:
    """At the kick-off only mentors are asked what they may be unable to tell, and nothing that may not apply."""
    wave = world.open_wave()
    pages = [world.client().get(f"/s/{link}/questions").text for link in world.links(wave)]
    assert sum("“I cannot tell” is sent as the same, and neither is counted." in page for page in pages) == 14
    assert sum("“Prefer not to say” is always fine, and is not counted." in page for page in pages) == 13
    assert not any("Does not apply" in page for page in pages)
