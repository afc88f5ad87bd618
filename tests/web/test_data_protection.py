"""What is held, for how long and who reads it, said to everybody, with the numbers that are enforced."""

import re
from dataclasses import replace

import pytest

from feedback.app import create_app
from feedback.domain.languages import LANGUAGES
from tests.databases import ON_SQLITE
from tests.house.test_documents import ROOT
from tests.web.test_staff_pages import SITE, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

PAGE = "/staff/data-protection"


def test_it_is_read_without_signing_in_and_sets_no_cookie(world: World) -> None:
    answer = world.client().get(PAGE, base_url=SITE)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "sign-out" not in answer.text


@pytest.mark.parametrize("page", ["/", "/staff/sign-in"])
def test_the_way_to_it_is_on_pages_for_everybody(world: World, page: str) -> None:
    assert re.search(rf'href="[^"]*{PAGE}["?]', world.client().get(page, base_url=SITE).text)


def test_the_way_to_it_is_at_the_foot_of_every_staff_page(world: World) -> None:
    assert f'href="{PAGE}"' in signed_in(world).get("/staff/", base_url=SITE).text.partition("<footer")[2]


def test_its_numbers_are_those_that_are_set(world: World) -> None:
    settings = replace(
        world.tools.settings,
        minimum_group_size=7,
        comment_days=31,
        support_days=41,
        retention_days=401,
        audit_log_days=1111,
        key_backup_days=3,
    )
    page = see(create_app(settings).test_client(), PAGE)
    for words in (
        "7 people",
        "14 people",
        "31 days",
        "41 days",
        "401 days",
        "1,111 days",
        "3 days",
        "30 days",
        "180 days",
    ):
        assert words in page, words


@pytest.mark.parametrize("language", [one.code for one in LANGUAGES if one.code != "en"])
def test_it_is_there_in_every_language(world: World, language: str) -> None:
    page = see(world.client(), f"{PAGE}?language={language}")
    assert len(page) > 2000
    assert "Read by one person" not in page


def test_the_document_says_the_same_of_each_kind_of_data(world: World) -> None:
    document = (ROOT / "docs" / "data-protection.md").read_text(encoding="utf-8")
    kinds = re.findall(r"<h3>\s*(.*?)\s*</h3>", world.client().get(PAGE, base_url=SITE).text, re.DOTALL)
    assert len(kinds) == 7
    assert [kind for kind in kinds if kind.replace("\u2019", "'") not in document.replace("\u2019", "'")] == []
