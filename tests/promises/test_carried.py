"""Promise: what a page carries opens behind its own link and for its own purpose only, and nobody gets another's page.

Pages that are the same for everybody are rendered once and kept; here people take turns in them, in two languages.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import zip_longest

import pytest

from feedback.domain.links import draft_name, opt_out_token, to_address
from feedback.domain.survey.questionnaires import Condition, Question, Role
from feedback.services.waves.submit_response import read_link
from feedback.storage.responses import sealed_responses
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.promises.scanner import fingerprint
from tests.promises.visits import fill_in, link_of, send
from tests.world import World, fields_of, hidden_value, part_filled

LANGUAGES = ("en", "cy", "ar")
TEXTS = ("Only the first wrote this.", "Only the second wrote that.", "Only the third wrote it.")
LONGEST = "\N{GRINNING FACE}" * 1000


@ON_SQLITE
def test_a_draft_of_one_wave_is_worth_nothing_in_the_next(world: World) -> None:
    programme = world.programme(7, 7)
    first, second = (world.open(world.planned_wave(programme, stage=stage)) for stage in ("kickoff", "midpoint"))
    state = fill_in(world, link_of(world, first, 1))
    before = fingerprint(world)
    page = world.client().post(f"/s/{link_of(world, second, 1)}/send", data={"state": state, "go": "send"})
    assert page.status_code == 422
    assert fingerprint(world) == before


@ON_SQLITE
def test_what_was_sealed_for_one_purpose_is_worth_nothing_for_another(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    state = fill_in(world, link)
    thanks = send(world, link, state).text
    receipt = hidden_value(thanks, "sent")
    before = fingerprint(world)
    as_draft = world.client().post(f"/s/{link}/send", data={"state": receipt, "go": "send"})
    as_receipt = world.client().post(f"/s/{link}/send", data={"sent": state, "language": "en"})
    assert as_draft.status_code == 422
    assert 'data-page="thanks"' not in as_receipt.text
    assert fingerprint(world) == before


def visit(world: World, link: str, language: str, text: str) -> Iterator[str]:
    """Every page of a visit, from the promise to the withdrawal, each part gone back from once."""
    client, at = world.client(), partial("/s/{}{}?language={}".format, link)
    yield client.get(at("", language)).text
    page = client.get(at("/questions", language)).text
    while 'data-page="questions"' in page:
        yield page
        yield client.post(at("/questions", language), data={**fields_of(page).hidden, "go": "back"}).text
        page = client.post(at("/questions", language), data=part_filled(page, world.chance, (text,))).text
    yield page
    yield client.post(at("/send", language), data={"state": hidden_value(page, "state"), "go": "send"}).text
    yield client.get(at("/withdraw", language)).text


def in_turns(world: World, links: list[str]) -> list[list[str]]:
    """What three people see who visit page by page in turns, each in another language."""
    visits = [visit(world, *one) for one in zip(links, LANGUAGES, TEXTS, strict=True)]
    rounds = list(zip_longest(*visits, fillvalue=""))
    return [[page for page in pages if page] for pages in zip(*rounds, strict=True)]


@ON_SQLITE
@pytest.mark.parametrize("kept_before", [False, True])
def test_nobody_sees_anything_of_others_however_pages_are_kept(world: World, kept_before: bool) -> None:
    wave = world.open_wave(7, 7)
    mine = [*world.links(wave, Role.MENTOR)[:2], world.links(wave, Role.MENTEE)[0]]
    earlier = world.links(wave, Role.MENTOR)[2:5]
    strange = [mark for link in earlier for mark in (link, draft_name(read_link(link)))]
    if kept_before:
        in_turns(world, earlier)
    marks = [(link, draft_name(read_link(link)), text) for link, text in zip(mine, TEXTS, strict=True)]
    for number, pages in enumerate(in_turns(world, mine)):
        everything = "".join(pages)
        assert [mark in everything for mark in marks[number]] == [True, True, True]
        assert [mark for other in marks[:number] + marks[number + 1 :] for mark in other if mark in everything] == []
        assert [mark for mark in strange if mark in everything] == []
        assert set(re.findall(r"/s/([^/?\"]{43})", everything)) == {mine[number]}
        assert "stand-in-" not in everything
        assert {re.findall(r"<html lang=\"(..)\"", page)[0] for page in pages} == {LANGUAGES[number]}


def hung(question: Question) -> Question:
    return (
        replace(question, shown_when=Condition("C1", ("slightly",))) if question.section == "organisation" else question
    )


def test_an_answer_is_equally_long_whatever_was_asked_in_whatever_language(world: World) -> None:
    asked = pair("kickoff")
    mentor = asked[Role.MENTOR]
    changed = replace(mentor, questions=tuple(map(hung, mentor.questions)))
    wave = world.open_wave(7, 7, questionnaires={**asked, Role.MENTOR: changed})
    said = (
        ("very", ""),
        ("slightly", ""),
        ("slightly", LONGEST),
        ("very", "Mae’n dda."),
        ("slightly", "\u0627" * 1000),
    )
    for link, (first, text) in zip(world.links(wave, Role.MENTOR), said, strict=False):
        assert world.answer(link, (text,), C1=first).status_code == 200
    with world.session() as session:
        rows = list(sealed_responses(session, wave))
    assert len(rows) == len(said)
    assert len({len(sealed) for _key, _lock, sealed in rows}) == 1


@ON_SQLITE
def test_the_heads_of_a_persons_mails_say_nothing_of_their_links(world: World) -> None:
    programme, heads, links = world.programme(3, 3), [], []
    for stage in ("kickoff", "midpoint"):
        wave = world.open(world.planned_wave(programme, stage=stage))
        links.append(link_of(world, wave, 1))
        before = world.mailbox.count()
        world.send_mails()
        mails = [world.mailbox.read(serial) for serial in world.mailbox.serials()[before:]]
        heads += [mail["List-Unsubscribe"] for mail in mails if mail["To"] and "mentor.0@" in mail["To"]]
    token = to_address(opt_out_token(world.keys.opt_out_key(programme), 1))
    assert links[0] != links[1]
    assert [head.count(f"/o/{token}") for head in heads] == [1, 1]
    assert world.client().get(f"/s/{token}").status_code == 404
