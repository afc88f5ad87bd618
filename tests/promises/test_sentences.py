"""Promise: what pages, mails and documents say is so. Each sentence here stands beside what happens."""

import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from feedback.config import LONGEST_KEY_BACKUP_DAYS
from feedback.domain.disclosure.groups import Grouping
from feedback.domain.report.report import Outcome
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.calendar import keys_gone_by
from feedback.domain.waves.states import WaveState
from feedback.storage.responses import count_responses
from tests.answering import respond
from tests.databases import ON_SQLITE
from tests.promises.closing import answered_wave, begin, document_of, state_of
from tests.promises.test_held import hold
from tests.promises.test_people_not_rights import programme, roster
from tests.promises.visits import receipt_on
from tests.web.test_after_answering import last_mail, results_address
from tests.web.test_staff_pages import see, signed_in
from tests.world import World

pytestmark = ON_SQLITE
README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>|[\u2066-\u2069]", " ", unescape(html)).split())


def promise(world: World, wave: int) -> str:
    return plain(world.client().get(f"/s/{world.links(wave)[0]}").text)


def test_a_wave_of_contested_answers_alone_says_that_too_few_could_be_counted(world: World) -> None:
    wave = world.open_wave(10, 0)
    for seed in (1, 2):
        respond(world, world.links(wave)[:7], seed=seed)
    world.close(wave)
    world.do_what_is_due()
    world.send_mails()
    assert document_of(world, wave).outcome is Outcome.TOO_FEW
    told = (plain(world.client().get(results_address(world)).text), plain(last_mail(world)))
    assert [text.count("Fewer than 5 answers could be counted") for text in told] == [1, 1]
    # All seven were opened: nobody has read them, but that nothing was opened would be untrue.
    assert not any("opened" in text for text in told)


def test_answers_are_opened_if_k_links_were_used_however_many_are_taken_back(world: World) -> None:
    wave = world.open_wave(10, 0)
    links = world.links(wave)
    assert "only if at least 5 links have been used" in promise(world, wave)
    respond(world, links[:5])
    world.client().post(f"/s/{links[5]}/withdraw", data={"word": "withdraw"})
    with world.session() as session:
        assert count_responses(session, wave) == 6
    world.close(wave)
    assert [rate.answered for rate in document_of(world, wave).rates] == [5]


def test_a_group_hidden_for_its_contested_answers_is_not_said_to_have_been_silent(world: World) -> None:
    wave = world.open_wave(13, 10)
    respond(world, world.links(wave))
    respond(world, world.links(wave, Role.MENTOR)[:4], seed=2)
    world.close(wave)
    world.do_what_is_due()
    page = plain(world.client().get(results_address(world)).text)
    assert "Mentors: fewer than 5" in page
    assert "Answers counted" in page
    assert "Mentees: 10 of 10" in page


def test_the_least_number_of_a_group_counts_those_who_may_answer_twice(world: World) -> None:
    wave = world.open(world.planned_wave(programme(world, roster(2, 6, 6)), grouping=Grouping.TOGETHER))
    assert "If fewer than 7 answers of a group can be counted, the report says only that." in promise(world, wave)


@pytest.mark.parametrize("has_receipt", [True, False])
def test_after_a_withdrawal_a_new_answer_counts_only_with_the_right_receipt(world: World, has_receipt: bool) -> None:
    wave = world.open_wave(10, 0)
    links = world.links(wave)
    respond(world, links[1:6])
    shown = receipt_on(world.answer(links[0]).text) if has_receipt else ""
    if not has_receipt:
        world.answer(links[0])
    told = world.client().post(f"/s/{links[0]}/withdraw", data={"receipt": shown, "word": "withdraw"}).text
    assert "A new answer counts only if nothing had been sent with your link before" in plain(told)
    world.answer(links[0], typed=receipt_on(told))
    world.close(wave)
    assert [rate.answered for rate in document_of(world, wave).rates] == [6 if has_receipt else 5]


@pytest.mark.parametrize("late", [0, 6.5])
def test_a_held_wave_is_discarded_a_week_after_its_end_or_a_day_after_it_was_first_held(
    world: World, late: float
) -> None:
    wave = answered_wave(world)
    begin(world, wave)
    world.clock.pass_time(days=late)
    hold(world, wave)
    page = see(signed_in(world), f"/staff/waves/{wave}")
    assert "A week after the survey’s end, or a day after it was first held if that is later, it is discarded" in page
    days = max(7 - late, 1)
    for waited, state in ((days - 0.1, WaveState.HELD), (0.1, WaveState.CANCELLED)):
        world.clock.pass_time(days=waited)
        world.do_what_is_due()
        assert state_of(world, wave) == state


def test_the_readme_names_the_longest_time_that_a_backup_of_keys_may_live() -> None:
    closed_on = date(2027, 3, 15)
    days = (keys_gone_by(closed_on, LONGEST_KEY_BACKUP_DAYS) - closed_on).days
    assert f"at most {days} days after the closing day" in " ".join(README.split())
