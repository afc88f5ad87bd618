"""One person at a time, by the rules of an import; nobody who can be reached is moved, by whatever door."""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from feedback.domain.errors import AddressRefused, FeedbackError, NotFound, PersonDoubtful, ResendRefused, RosterRefused
from feedback.services.mail.resend_invitation import mend_delivery
from feedback.services.roster.correct_address import correct_address
from feedback.services.roster.edit_person import add_person, correct_person, let_go
from feedback.services.roster.leave_programme import leave_programme
from feedback.storage.deliveries import Delivery
from feedback.storage.people import known_people
from tests.bouncing import FIRST_COPY, mail_states, mail_to
from tests.promises.visits import mailed_wave
from tests.services.mail.test_resend_invitation import link_to
from tests.world import World

MIA = {"name": "Mia Müller", "email": "mia@example.com", "role": "mentor", "cohort": "London", "language": "en"}
FIRST = {**MIA, "name": "Mentor Number 0", "email": "mentor.0@example.com", "cohort": ""}
NEW = "mia.new@example.com"


def add(world: World, programme: int, *, is_sure: bool = False, **changed: str) -> None:
    with world.session() as session:
        add_person(session, world.keys, programme, MIA | changed, now=world.clock(), actor="staff 1", is_sure=is_sure)


def correct(world: World, programme: int, number: int = 1, *, is_sure: bool = False, **changed: str) -> int:
    with world.session() as session:
        return correct_person(
            session, world.keys, programme, number, FIRST | changed, now=world.clock(), actor="staff 1", is_sure=is_sure
        )


def seats(world: World, programme: int) -> dict[tuple[str, str], tuple[str, str, bool]]:
    """Name, cohort and whether they have left, by address and role."""
    with world.session() as session:
        return {at: (one.name, one.cohort, one.has_left) for at, one in known_people(session, programme).items()}


def lose(world: World) -> None:
    with world.session() as session:
        session.execute(update(Delivery).where(Delivery.participant_id == 1).values(state="bounced"))
        session.commit()


def test_somebody_is_put_in_and_can_be_invited(world: World) -> None:
    programme = world.programme(6, 5)
    add(world, programme, role="mentee")
    assert seats(world, programme)["mia@example.com", "mentee"] == ("Mia Müller", "London", False)
    assert len(world.links(world.open(world.planned_wave(programme)))) == 12


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"email": "mia@"}, "email", "is not an email address"),
        ({"name": " "}, "name", "write the participant’s name"),
        ({"role": "boss"}, "role", "is not a role"),
        ({"language": "xx"}, "language", "is not a language"),
        ({"email": "mentor.0+x@example.com"}, "email", "two people would answer in each other’s name"),
        ({"email": "mentor.0@example.com", "name": "Mentor Number 0"}, "email", "has this role in the programme"),
    ],
)
def test_what_a_file_may_not_say_nobody_may_type(world: World, changed: dict[str, str], field: str, said: str) -> None:
    programme = world.programme(2, 0)
    before = seats(world, programme)
    with pytest.raises(RosterRefused) as refused:
        add(world, programme, **changed)
    assert [(one.field, said in one) for one in refused.value.problems] == [(field, True)]
    assert seats(world, programme) == before


def test_whoever_has_left_comes_back_only_if_somebody_is_sure(world: World) -> None:
    programme = world.programme(2, 0)
    add(world, programme)
    with world.session() as session:
        leave_programme(session, programme, "mia@example.com", now=world.clock(), actor="test")
    with pytest.raises(PersonDoubtful) as doubtful:
        add(world, programme)
    assert doubtful.value.has_left
    add(world, programme, is_sure=True)
    assert not seats(world, programme)["mia@example.com", "mentor"][2]


def test_a_namesake_and_a_new_name_are_asked_about(world: World) -> None:
    programme = world.programme(2, 0)
    with pytest.raises(PersonDoubtful, match="one person"):
        add(world, programme, name="Mentor Number 0")
    with pytest.raises(PersonDoubtful, match="one person"):
        correct(world, programme, name="Zoë")
    correct(world, programme, name="Zoë", cohort="York", is_sure=True)
    assert seats(world, programme)["mentor.0@example.com", "mentor"] == ("Zoë", "York", False)


def test_another_role_is_another_seat(world: World) -> None:
    programme = world.programme(2, 1)
    correct(world, programme, role="mentee")
    found = seats(world, programme)
    assert (found["mentor.0@example.com", "mentor"][2], found["mentor.0@example.com", "mentee"][2]) == (True, False)
    with pytest.raises(NotFound):
        correct(world, programme, role="mentor")


def test_an_address_changes_freely_while_no_survey_is_open(world: World) -> None:
    programme = world.programme(2, 0)
    assert correct(world, programme, email=NEW, cohort="York") == 0
    assert seats(world, programme)[NEW, "mentor"] == ("Mentor Number 0", "York", False)


def test_whoever_moves_while_a_survey_is_open_gets_the_same_invitation_again(world: World) -> None:
    mailed_wave(world, 3, 3)
    link = link_to(world, "mentor.0@example.com")
    world.clock.pass_time(hours=1)
    lose(world)
    assert correct(world, 1, email=NEW) == 1
    world.send_mails()
    assert (mail_states(world, FIRST_COPY), link_to(world, NEW)) == ({NEW: "accepted"}, link)
    assert mail_to(world, NEW)


def test_an_address_that_cannot_be_written_to_yet_does_not_change(world: World) -> None:
    mailed_wave(world, 3, 3)
    lose(world)
    before = seats(world, 1)
    with pytest.raises(ResendRefused):
        correct(world, 1, email=NEW, cohort="York")
    assert seats(world, 1) == before


def _by_correction(world: World) -> None:
    with world.session() as session:
        correct_address(session, 1, "mentor.0@example.com", NEW, now=world.clock(), actor="test")


def _by_lost_mail(world: World) -> None:
    with world.session() as session:
        mend_delivery(session, 1, 1, NEW, now=world.clock(), actor="test")


@pytest.mark.parametrize(
    ("door", "refusal"),
    [
        (lambda world: correct(world, 1, email=NEW), AddressRefused),
        (lambda world: correct(world, 1, email=NEW, role="mentee"), AddressRefused),
        (lambda world: correct(world, 1, email=NEW, is_sure=True), AddressRefused),
        (_by_correction, AddressRefused),
        (_by_lost_mail, NotFound),
    ],
)
def test_nobody_who_can_be_reached_is_moved_while_a_survey_is_open(
    world: World, door: Callable[[World], object], refusal: type[FeedbackError]
) -> None:
    mailed_wave(world, 3, 3)
    world.clock.pass_time(hours=1)
    before = seats(world, 1)
    with pytest.raises(refusal):
        door(world)
    assert seats(world, 1) == before


def test_somebody_is_let_go_in_one_role(world: World) -> None:
    programme = world.programme(2, 1)
    add(world, programme, email="mentor.0@example.com", name="Mentor Number 0", role="mentee")
    with world.session() as session:
        let_go(session, programme, 1, now=world.clock(), actor="staff 1")
    found = seats(world, programme)
    assert (found["mentor.0@example.com", "mentor"][2], found["mentor.0@example.com", "mentee"][2]) == (True, False)


@pytest.mark.parametrize("number", [0, 99, 2**40])
def test_people_of_other_programmes_are_nobody_here(world: World, number: int) -> None:
    world.programme(2, 0)
    second = world.programme(0, 0, name="Second")
    for one in (number, 1):
        with pytest.raises(NotFound), world.session() as session:
            let_go(session, second, one, now=world.clock(), actor="staff 1")
