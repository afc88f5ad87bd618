"""Staff's pages for those who cannot be reached, and for the approval of a roster."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from feedback.domain.staff import StaffRole
from feedback.services.programmes.set_organisation import set_approval
from feedback.services.roster.approve_roster import show_roster
from feedback.services.roster.import_roster import import_roster
from feedback.storage.deliveries import Batch, Delivery
from feedback.storage.staff import staff_of
from tests.bouncing import FIRST_COPY, mail_states
from tests.databases import ON_SQLITE
from tests.promises.visits import mailed_wave
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World, hidden_value, roster_csv

pytestmark = ON_SQLITE

MIA, NEW = "mentor.0@example.com", "mia.new@example.com"


@pytest.fixture
def wave(world: World) -> int:
    """An open wave in which the mail to the first mentor came back."""
    wave = mailed_wave(world, 6, 6)
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id == 1).values(state="bounced"))
        session.commit()
    world.clock.pass_time(hours=1)
    return wave


@pytest.fixture
def watched(world: World) -> int:
    """A programme with a roster, of an organisation that asks for approval."""
    programme = world.programme(6, 6)
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=world.clock(), actor="test")
    return programme


def mend(client: FlaskClient, wave: int, **fields: str):
    page = f"/staff/waves/{wave}/undeliverable"
    return press(client, page, page, **fields)


def test_a_wave_leads_to_those_who_cannot_be_reached(world: World, wave: int) -> None:
    client = signed_in(world)
    assert "1 person cannot be reached" in see(client, f"/staff/waves/{wave}")
    shown = see(client, f"/staff/waves/{wave}/undeliverable")
    assert f"Mentor Number 0 Mentor {MIA} Invitation: Came back, cannot be delivered" in shown
    assert "Mentor Number 1" not in shown


def test_a_corrected_address_is_mailed_again(world: World, wave: int) -> None:
    client = signed_in(world)
    assert mend(client, wave, participant="1", address=NEW).status_code == 303
    assert "Another email is on its way." in see(client, f"/staff/waves/{wave}/undeliverable")
    world.send_mails()
    assert mail_states(world, FIRST_COPY) == {NEW: "accepted"}


@pytest.mark.parametrize(
    ("address", "why"),
    [("", "Write the address"), ("nowhere", "cannot be used"), ("mentor.1@example.com", "Somebody else")],
)
def test_an_address_that_cannot_be_used_is_said_beside_the_field(
    world: World, wave: int, address: str, why: str
) -> None:
    answer = mend(signed_in(world), wave, participant="1", address=address)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert MIA in mail_states(world)


def test_a_coordinator_redirects_nobody_who_can_be_reached(world: World, wave: int) -> None:
    assert mend(signed_in(world), wave, participant="2", address=NEW).status_code == 422
    assert NEW not in mail_states(world)


def test_the_page_is_the_same_whether_they_have_answered_or_not(world: World, wave: int) -> None:
    client = signed_in(world)
    before = see(client, f"/staff/waves/{wave}/undeliverable")
    world.answer(world.links(wave)[0])
    assert see(client, f"/staff/waves/{wave}/undeliverable") == before


@pytest.mark.parametrize("page", ["waves/1/undeliverable", "programmes/1/roster", "programmes/1/roster/new"])
def test_reviewers_and_other_organisations_see_no_names(world: World, wave: int, page: str) -> None:
    assert signed_in(world, StaffRole.REVIEWER).get(f"/staff/{page}", base_url=SITE).status_code == 403
    stranger = signed_in(world, organisation="Another Organisation")
    assert stranger.get(f"/staff/{page}", base_url=SITE).status_code == 404


def test_one_button_sends_it_again_to_all_who_were_refused(world: World, wave: int) -> None:
    client, page = signed_in(world), f"/staff/waves/{wave}/undeliverable"
    assert "whose email was refused" not in see(client, page)
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id.in_((2, 3))).values(state="refused"))
        session.commit()
    assert "Send the invitation again to all 2 whose email was refused" in see(client, page)
    assert press(client, page, f"{page}/all").status_code == 303
    assert "whose email was refused" not in see(client, page)
    world.send_mails()
    assert mail_states(world, FIRST_COPY) == {f"mentor.{number}@example.com": "accepted" for number in (1, 2)}


def test_a_wave_says_that_the_relay_refuses_its_sender(world: World, wave: int) -> None:
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id == 2).values(state="queued"))
        session.execute(update(Batch).values(sender_refusals=1, refusal_code=550))
        session.commit()
    shown = see(signed_in(world), f"/staff/waves/{wave}")
    assert "takes no email of this service at the moment (550)." in shown
    assert "1 email waits, and goes out by itself." in shown


def test_a_wave_says_that_it_waits_for_approval(world: World, watched: int) -> None:
    wave = world.planned_wave(watched)
    assert "a second person, who had no hand in the roster, must approve it" in see(
        signed_in(world), f"/staff/waves/{wave}"
    )


def test_a_colleague_approves_the_roster_that_is_shown(world: World, watched: int) -> None:
    client, page = signed_in(world), f"/staff/programmes/{watched}/roster"
    shown = see(client, page)
    assert "Mentor Number 0 mentor.0@example.com Mentor –" in shown
    assert "Not approved" in shown
    with world.session() as session:
        digest = show_roster(session, watched).digest
    assert press(client, page, page, digest=digest, **SURE).status_code == 303
    assert "Approved by Ana on" in see(client, page)
    assert world.open(world.planned_wave(watched))


def test_approving_takes_a_tick(world: World, watched: int) -> None:
    client, page = signed_in(world), f"/staff/programmes/{watched}/roster"
    with world.session() as session:
        digest = show_roster(session, watched).digest
    answer = press(client, page, page, digest=digest)
    assert (answer.status_code, "Tick the box to approve" in answer.text) == (422, True)
    assert "Not approved" in see(client, page)


def test_who_changed_the_roster_sees_no_button_and_has_no_way(world: World, watched: int) -> None:
    client, page = signed_in(world), f"/staff/programmes/{watched}/roster"
    with world.session() as session:
        number, data = max(one.id for one in staff_of(session, 1)), roster_csv(7, 6)
        import_roster(session, world.keys, watched, data, now=world.clock(), actor=f"staff {number}")
        digest = show_roster(session, watched).digest
    assert "a colleague must approve it" in see(client, page)
    assert "Approve the roster" not in see(client, page)
    assert press(client, page, page, digest=digest, **SURE).status_code == 422


def test_an_older_roster_than_the_one_in_force_is_not_approved(world: World, watched: int) -> None:
    client, page = signed_in(world), f"/staff/programmes/{watched}/roster"
    assert press(client, page, page, digest="0" * 64, **SURE).status_code == 422


def crowd(world: World, mentors: int = 60) -> int:
    return world.programme(mentors, 2, name="Crowd")


def shown_names(page: str) -> int:
    return len(set(re.findall(r"Mentor Number \d+", page)))


def test_a_long_roster_comes_in_pages_and_is_searched_without_names_in_addresses(world: World) -> None:
    client, page = signed_in(world), f"/staff/programmes/{crowd(world)}/roster"
    assert (shown_names(see(client, page)), "1 to 50 of 62" in see(client, page)) == (48, True)
    assert shown_names(see(client, f"{page}?page=2")) == 12
    found = press(client, page, f"{page}/found", words="number 17")
    assert (found.status_code, shown_names(found.text)) == (200, 1)
    token = hidden_value(client.get(page, base_url=SITE).text, "csrf_token")
    turned = {"csrf_token": token, "words": "example.com", "page": "2"}
    second = client.post(f"{page}/found", data=turned, base_url=SITE)
    assert "51 to 62 of 62" in " ".join(second.text.split())
    assert "Nobody here has a name" in press(client, page, f"{page}/found", words="<script>").text


def test_whoever_approves_is_told_how_many_they_approve(world: World) -> None:
    programme = crowd(world)
    with world.session() as session:
        set_approval(session, "Example Organisation", approves_rosters=True, now=world.clock(), actor="test")
    assert "You approve the whole list: 62 people." in see(signed_in(world), f"/staff/programmes/{programme}/roster")


def test_an_empty_roster_says_what_to_do_and_gives_a_list_to_fill_in(world: World) -> None:
    client, page = signed_in(world), f"/staff/programmes/{world.programme(0, 0)}/roster"
    assert "Nobody is in the programme yet. Take an empty list, or one that you have: XLSX , CSV" in see(client, page)
    empty = client.get(f"{page}/empty.csv?language=fr", base_url=SITE)
    assert empty.get_data(as_text=True) == "\ufeffnom;courriel;rôle;cohorte;langue\r\n"
    assert client.get(f"{page}/empty.xlsx", base_url=SITE).data.startswith(b"PK")


def test_many_who_cannot_be_reached_come_in_pages_and_a_refused_address_stays_in_sight(world: World) -> None:
    wave = mailed_wave(world, 60, 6)
    with world.session() as session:
        session.execute(update(Delivery).values(state="bounced"))
        session.commit()
    client, page = signed_in(world), f"/staff/waves/{wave}/undeliverable"
    assert "Not reached: 66 people" in see(client, page)
    assert see(client, page).count("Came back") == 50
    assert see(client, f"{page}?page=2").count("Came back") == 16
    assert press(client, page, f"{page}/found", words="mentor.7@example.com").text.count("Came back") == 1
    rest = client.get(f"{page}?page=2", base_url=SITE).text
    last = max(int(number) for number in re.findall(r'id="person-(\d+)"', rest))
    answer = press(client, f"{page}?page=2", page, participant=str(last), address="nowhere")
    assert (answer.status_code, "cannot be used" in answer.text) == (422, True)
