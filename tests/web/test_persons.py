"""The pages of one person: put in, corrected, let go; what is wrong stands at its field."""

import html

from sqlalchemy import select

from feedback.storage.people import Participant
from tests.databases import ON_SQLITE
from tests.promises.visits import mailed_wave
from tests.web.test_staff_pages import SITE, SURE, press, see, signed_in
from tests.world import World

pytestmark = ON_SQLITE

MIA = {"name": "Mia", "email": "mia@example.com", "role": "mentor", "cohort": "London", "spoken": "fr"}


def people(world: World) -> dict[str, tuple[str, str, bool]]:
    with world.session() as session:
        return {one.email: (one.name, one.language, one.has_left) for one in session.scalars(select(Participant))}


def test_one_person_is_put_in_corrected_and_let_go(world: World) -> None:
    client, roster = signed_in(world), f"/staff/programmes/{world.programme(0, 0)}/roster"
    new, one = f"{roster}/people", f"{roster}/people/1"
    assert press(client, new, new, **MIA).status_code == 303
    assert "Mia mia@example.com Mentor London" in see(client, roster)
    assert press(client, one, one, **{**MIA, "name": "Mia Müller", "spoken": "en"}).status_code == 303
    assert people(world) == {"mia@example.com": ("Mia Müller", "en", False)}
    assert press(client, one, f"{one}/left").status_code == 422
    assert press(client, one, f"{one}/left", **SURE).status_code == 303
    assert people(world)["mia@example.com"][2]
    assert client.get(one, base_url=SITE).status_code == 404


def test_what_is_wrong_stands_at_its_field(world: World) -> None:
    client, new = signed_in(world), f"/staff/programmes/{world.programme(2, 0)}/roster/people"
    answer = press(client, new, new, **{**MIA, "email": "mentor.0@example.com"})
    assert answer.status_code == 422
    assert "has this role in the programme already" in answer.text.partition('id="email-error"')[2][:200]
    assert 'href="#email"' in answer.text
    assert "Choose a role." in press(client, new, new, **{**MIA, "role": "boss"}).text


def test_a_namesake_is_asked_about_and_saved_with_a_tick(world: World) -> None:
    client, new = signed_in(world), f"/staff/programmes/{world.programme(2, 0)}/roster/people"
    twin = {**MIA, "name": "Mentor Number 0"}
    answer = press(client, new, new, **twin)
    assert (answer.status_code, "Nothing was saved" in answer.text, 'name="sure"' in answer.text) == (422, True, True)
    assert press(client, new, new, **twin, **SURE).status_code == 303


def test_an_address_of_somebody_invited_stays(world: World) -> None:
    mailed_wave(world, 3, 3)
    client, one = signed_in(world), "/staff/programmes/1/roster/people/1"
    answer = press(client, one, one, **{**MIA, "name": "Mentor Number 0", "email": "new@example.com"})
    assert (answer.status_code, "no email to that person is known to be lost" in answer.text) == (422, True)
    assert "new@example.com" not in people(world)


def test_hostile_words_are_text(world: World) -> None:
    client, roster = signed_in(world), f"/staff/programmes/{world.programme(0, 0)}/roster"
    script = "<script>alert(1)</script>"
    press(client, f"{roster}/people", f"{roster}/people", **{**MIA, "name": script, "cohort": script})
    for page in (roster, f"{roster}/people/1", f"{roster}/people"):
        shown = client.get(page, base_url=SITE).text
        assert (script in shown, html.escape(script) in shown) == (False, True)


def test_people_of_another_programme_are_not_there(world: World) -> None:
    world.programme(2, 0)
    second = world.programme(0, 0, name="Second")
    client = signed_in(world)
    assert client.get(f"/staff/programmes/{second}/roster/people/1", base_url=SITE).status_code == 404
