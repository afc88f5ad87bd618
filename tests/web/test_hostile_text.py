"""Hostile input at the edges: forged hosts, markup and control characters, caches."""

import re

from feedback.storage.programmes import programme_by_id
from feedback.storage.responses import count_responses
from forms.bank import pair
from tests.databases import ON_SQLITE
from tests.promises.visits import send
from tests.web.test_after_answering import ASKED, LINK, closed_wave, last_mail, results_address, support_address
from tests.world import World, hidden_value

pytestmark = ON_SQLITE

HOSTILE = "<img src=x onerror=alert(1)> \u202eevil\u202c & “quoted” {{ 7*7 }} %s"
SHOWN = "&lt;img src=x onerror=alert(1)&gt;"
# By another name in Host itself there is no page (test_hosts.py).
EVIL = {"X-Forwarded-Host": "evil.example.net", "Forwarded": "host=evil.example.net"}


def test_a_forged_host_reaches_no_page(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    for path in (f"/s/{link}", f"/s/{link}/questions", "/receipt", "/", "/s/x", support_address(world)):
        page = world.client().get(path, headers=EVIL)
        assert page.status_code != 421
        assert "evil.example.net" not in page.text + str(page.headers)


def test_a_forged_host_reaches_no_mail(world: World) -> None:
    world.client().get("/", headers=EVIL)
    world.client().post("/receipt", data={"receipt": "x"}, headers=EVIL)
    closed_wave(world)
    found = LINK.findall(last_mail(world))
    assert found
    assert [one for one in found if not one.startswith("https://feedback.example.com")] == []


def test_a_hostile_name_of_a_programme_is_harmless_everywhere(world: World) -> None:
    programme = world.programme(14, 0)
    with world.session() as session:
        programme_by_id(session, programme).name = HOSTILE.replace("\u202e", "").replace("\u202c", "")
        session.commit()
    wave = world.open(world.planned_wave(programme, questionnaires=pair("kickoff")))
    links = world.links(wave)
    pages = [world.client().get(f"/s/{links[0]}").text, world.client().get(support_address(world)).text]
    for link in links[:10]:
        world.answer(link)
    world.close(wave)
    world.do_what_is_due()
    pages.append(world.client().get(results_address(world)).text)
    for page in pages:
        assert SHOWN in page
        assert "<img" not in page
        assert "49" not in re.findall(r"quoted.{0,20}", page)[0]


def test_a_hostile_text_is_harmless_on_the_last_look(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    page = world.fill_in(link, texts=(HOSTILE,))
    assert SHOWN in page
    assert "\u202e" not in page
    assert "<img" not in page


def test_what_looks_like_a_stand_in_in_a_text_is_left_alone(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    assert "stand-in-0123 stays" in world.fill_in(link, texts=("stand-in-0123 stays",))
    assert "stand-in-" not in world.fill_in(link, texts=("",))


def test_a_hostile_request_for_support_is_harmless_in_the_command_line_and_page(world: World) -> None:
    world.open_wave(7, 7)
    page = world.client().post(support_address(world), data={**ASKED, "name": HOSTILE, "words": ""})
    assert page.status_code == 422
    assert "&lt;img src=x" in page.text
    assert "<img" not in page.text


def test_no_page_of_a_participant_may_be_stored_framed_or_referred(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    state = hidden_value(world.fill_in(link), "state")
    pages = [world.client().get(f"/s/{link}{path}") for path in ("", "/questions", "/withdraw")]
    pages += [send(world, link, state), world.client().get("/receipt"), world.client().get(support_address(world))]
    for page in pages:
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in page.headers


def test_scripts_may_run_on_the_question_pages_only(world: World) -> None:
    link = world.links(world.open_wave(7, 7))[0]
    allowed = {
        path: "script-src" in world.client().get(path).headers["Content-Security-Policy"]
        for path in (
            f"/s/{link}",
            f"/s/{link}/questions",
            f"/s/{link}/withdraw",
            "/s/nothing",
            "/nothing",
            "/receipt",
            "/",
            support_address(world),
        )
    }
    assert [path for path, scripts in allowed.items() if scripts] == [f"/s/{link}/questions", "/s/nothing"]


def test_the_same_answer_sent_again_and_again_is_one_answer(world: World) -> None:
    wave = world.open_wave(7, 7)
    link = world.links(wave)[0]
    state = hidden_value(world.fill_in(link), "state")
    pages = [send(world, link, state) for _ in range(5)]
    assert {page.status_code for page in pages} == {200}

    with world.session() as session:
        assert count_responses(session, wave) == 1
