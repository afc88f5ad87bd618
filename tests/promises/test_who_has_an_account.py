"""Nobody learns from the sign-in page whether an address has an account: not by its words, its sizes or its work."""

import re

import pytest
from sqlalchemy import select

from feedback.domain.staff import StaffRole
from feedback.storage.heartbeat import Heartbeat, record_heartbeat
from feedback.storage.sign_in_requests import SignInRequest
from tests.promises.listener import Listener
from tests.promises.listening import statements_heard
from tests.web.test_staff_pages import SITE, press, token_for
from tests.world import World

PAGE = "/staff/sign-in"
ADDRESSES = ("coordinator@example.com", "a-stranger-to-us@example.com")
"""An account's, and one as long that has none: tokens of links are drawn, so lengths can be compared."""


@pytest.fixture
def known(world: World) -> World:
    """Somebody with accounts in two organisations, and somebody else in one."""
    for organisation in ("Example Organisation", "Another Organisation"):
        token_for(world, organisation=organisation)
    token_for(world, StaffRole.REVIEWER)
    with world.session() as session:
        record_heartbeat(session, Heartbeat.TICK, world.clock())
        session.commit()
    return world


def asked(world: World, email: str) -> tuple[int, str, list[str]]:
    """What the page answers, without what is drawn at random and the address that it repeats; what it does for that."""
    client = world.client()
    client.get(PAGE, base_url=SITE)
    with statements_heard() as statements:
        answer = press(client, PAGE, PAGE, email=email)
    page = re.sub(r'value="[^"]*"', "", answer.text).replace(email, "…")
    # SQLite's driver tells values in the statement: addresses and moments.
    return answer.status_code, page, [re.sub(r"'[^']*'", "…", one) for one in statements]


def test_the_page_answers_and_does_the_same_for_whom_it_knows(known: World) -> None:
    answers = [asked(known, email) for email in (*ADDRESSES, "reviewer@example.com")]
    assert answers[0][0] == 200
    assert "If this address belongs to an account" in answers[0][1]
    assert answers[0] == answers[1] == answers[2]


def test_the_page_looks_into_no_table_of_accounts(known: World) -> None:
    statements = asked(known, ADDRESSES[0])[2]
    assert any("INTO sign_in_requests" in one for one in statements)
    assert [one for one in statements if re.search(r"\b(staff|sign_ins|staff_sessions)\b", one)] == []


def test_asking_twice_writes_twice_whether_or_not_the_first_still_waits(known: World) -> None:
    first = asked(known, ADDRESSES[0])
    known.clock.pass_time(seconds=1)
    assert asked(known, ADDRESSES[0]) == first
    with known.session() as session:
        assert session.scalars(select(SignInRequest.asked_at)).all() == [known.clock()]
    known.do_what_is_due()
    assert asked(known, ADDRESSES[0]) == first


def test_the_page_is_as_calm_where_too_many_wait(known: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from feedback.storage import sign_in_requests

    before = asked(known, ADDRESSES[0])
    monkeypatch.setattr(sign_in_requests, "MOST_WAITING", 1)
    assert [asked(known, email)[:2] for email in ADDRESSES] == [before[:2]] * 2


def test_no_log_and_no_row_remembers_whom_a_stranger_was_looking_for(known: World) -> None:
    with Listener("mail.log") as listener:
        for email in ADDRESSES:
            asked(known, email)
        known.do_what_is_due()
    assert [line for line in listener.lines if "coordinator@" in line or "a-stranger-to-us" in line] == []
    with known.session() as session:
        assert session.scalars(select(SignInRequest.email)).all() == []


def test_the_mail_goes_to_the_account_alone_and_its_link_survives_a_scanner(known: World) -> None:
    for email in ADDRESSES:
        asked(known, email)
    known.do_what_is_due()
    (serial,) = known.mailbox.serials()
    mail = known.mailbox.read(serial)
    assert mail["To"] == ADDRESSES[0]
    body = mail.get_body(("plain",))
    assert body is not None
    link, other = re.findall(rf"{SITE}(\S+)", body.get_content())
    client = known.client()
    for _scan in range(3):
        client.get(link, base_url=SITE)
        client.head(link, base_url=SITE)
    assert press(client, link, link).location.startswith("/staff/")
    assert press(known.client(), other, other).status_code == 303


def test_the_page_promises_no_mail_while_none_goes_out(known: World) -> None:
    known.clock.pass_time(hours=1)
    answers = [asked(known, email)[1] for email in ADDRESSES]
    assert "No emails go out at the moment." in answers[0]
    assert "on its way" not in answers[0]
    assert answers[0] == answers[1]


def test_a_link_that_is_refused_leads_to_another_one(known: World) -> None:
    client, page = known.client(), f"{PAGE}/{'A' * 43}"
    answer = press(client, page, page)
    assert answer.status_code == 403
    assert "Ask for a new one." in answer.text
    assert f'action="{PAGE}"' in answer.text
