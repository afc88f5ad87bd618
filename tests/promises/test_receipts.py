"""Promise: a visit has one receipt, from its first page to its thanks and into a change; no other visit has it."""

import re

import pytest

from tests.databases import ON_SQLITE
from tests.promises.closing import document_of
from tests.promises.visits import fill_in, receipt_on, send
from tests.world import World, hidden_value

pytestmark = ON_SQLITE


def test_two_visits_never_share_a_receipt(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    assert len({receipt_on(world.answer(link).text) for _visit in range(3)}) == 3


def test_sending_again_and_reloading_the_thanks_keep_the_receipt(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    state = fill_in(world, link)
    assert len({receipt_on(send(world, link, state).text) for _time in range(3)}) == 1


def test_a_change_from_the_thanks_keeps_the_receipt_and_begins_empty(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    thanks = world.answer(link).text
    again = world.client().post(f"/s/{link}/questions", data={"state": hidden_value(thanks, "state"), "go": "resume"})
    assert again.status_code == 200
    # What is chosen beforehand says nothing: "Leave open".
    assert not re.findall(r'<label class="choice">\s*<input[^>]*\schecked', again.text)
    assert 'class="choice left"' in again.text
    assert receipt_on(world.answer(link, after=thanks).text) == receipt_on(thanks)


def test_thanks_in_another_language_show_the_same_receipt(world: World) -> None:
    link = world.links(world.open_wave(10, 0))[0]
    thanks = world.answer(link).text
    french = world.client().post(f"/s/{link}/send", data={"sent": hidden_value(thanks, "sent"), "language": "fr"})
    assert receipt_on(french.text) == receipt_on(thanks)


@pytest.mark.parametrize("pasted", [" {}", "{}\n", "\t {}  "])
def test_no_blank_around_a_pasted_receipt_makes_an_answer_contested(world: World, pasted: str) -> None:
    wave = world.open_wave(10, 0)
    links = world.links(wave)
    shown = [receipt_on(world.answer(link).text) for link in links]
    for link, receipt in zip(links, shown, strict=True):
        world.answer(link, typed=pasted.format(f"  {receipt}".replace("-", " - ")))
    world.close(wave)
    assert len(document_of(world, wave).receipts) == 10


def damaged(state: str) -> str:
    sealed, dot, visit = state.partition(".")
    return f"{sealed[:-8]}{'A' * 8}{dot}{visit}"


def test_a_withdrawal_whose_page_cannot_be_read_is_asked_for_again_and_contests_nothing(world: World) -> None:
    wave = world.open_wave(10, 0)
    links = world.links(wave)
    thanks = [world.answer(link).text for link in links]
    sent = {"state": damaged(hidden_value(thanks[0], "state")), "word": "withdraw"}
    asked = world.client().post(f"/s/{links[0]}/withdraw", data=sent)
    assert (asked.status_code, "Type the receipt if you noted it" in asked.text) == (422, True)
    assert 'value="withdraw"' in asked.text
    world.close(wave)
    assert len(document_of(world, wave).receipts) == 10


def test_a_receipt_typed_on_a_page_that_cannot_be_read_is_not_lost(world: World) -> None:
    wave = world.open_wave(10, 0)
    links = world.links(wave)
    receipts = [receipt_on(world.answer(link).text) for link in links]
    unread = {"state": damaged(fill_in(world, links[0])), "receipt": receipts[0]}
    page = world.client().post(f"/s/{links[0]}/send", data={**unread, "go": "send"})
    assert "nothing was sent. Please fill it in once more." in page.text
    assert "is still here" not in page.text
    state = hidden_value(page.text, "state")
    told = world.client().post(f"/s/{links[0]}/withdraw", data={"state": state, "word": "withdraw"})
    world.answer(links[0], typed=receipt_on(told.text))
    world.close(wave)
    assert len(document_of(world, wave).receipts) == 10
