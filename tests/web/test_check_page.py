"""The check before sending: parts are folded unless one needs a look, and a long one can be sent from its top too."""

import re

from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.world import World

pytestmark = ON_SQLITE
PLAIN, TELLING = ("More time to talk would help.",), ("My line manager Aisha said so.",)


def check(world: World, stage: str, texts: tuple[str, ...] = PLAIN) -> str:
    wave = world.open_wave(9, 9, questionnaires=pair(stage), stage=stage)
    return world.fill_in(world.links(wave)[0], texts)


def folds(page: str) -> dict[str, bool]:
    """The parts by their titles, and whether each is unfolded."""
    found = re.findall(r"<details\s+(open)?\s*>\s*<summary>(.*?)</summary>", page)
    return {title: bool(unfolded) for unfolded, title in found}


def sends(page: str) -> list[str]:
    """What sends the answers, in the order of the page."""
    return re.findall(r'<button class="(button|unseen)"\s+type="submit"\s+name="go"\s+value="send"', page)


def test_a_long_check_can_be_sent_from_its_top_and_its_end(world: World) -> None:
    page = check(world, "exit")
    assert sends(page) == ["button", "button"]
    assert page.index('value="send"') < page.index("<details") < page.rindex('value="send"')
    assert "type your receipt at the end first" in page


def test_a_short_check_has_one_button_and_the_enter_key_presses_it(world: World) -> None:
    page = check(world, "kickoff")
    assert sends(page) == ["unseen", "button"]
    assert page.index('value="send"') < page.index('name="change"')


def test_answered_parts_are_folded(world: World) -> None:
    found = folds(check(world, "exit"))
    assert len(found) == 5
    assert not any(found.values())


def test_a_part_with_a_text_that_may_tell_who_wrote_it_is_not(world: World) -> None:
    found = folds(check(world, "exit", TELLING))
    assert [title for title, unfolded in found.items() if unfolded] == ["This survey, and your ideas"]
