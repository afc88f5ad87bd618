"""Creating a programme: with the keys that it and its organisation need, and nothing that cannot be kept."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from feedback.domain.errors import PlanRefused
from feedback.services.programmes.create_programme import ProgrammeDraft, create_programme
from feedback.storage.organisations import Organisation
from feedback.storage.programmes import Programme, programme_by_id
from tests.databases import ON_SQLITE
from tests.world import CONTACT, REVIEWER, World

DRAFT = ProgrammeDraft(
    organisation="Example Organisation",
    name="Pilot",
    word="reverse",
    focus="race and ethnicity",
    minimum_group_size=5,
    time_zone="Europe/Paris",
    contact=CONTACT,
    reviewer=REVIEWER,
)
TEXTS = ("organisation", "name", "word", "focus")


def created(world: World, smallest: int = 5, **changes: object) -> int:
    with world.session() as session:
        return create_programme(
            session,
            world.keys,
            replace(DRAFT, **changes),
            smallest_group_size=smallest,
            now=world.clock(),
            actor="test",
        )


def test_a_programme_is_kept_as_it_was_asked_for(world: World) -> None:
    programme = created(world, minimum_group_size=8)
    with world.session() as session:
        row = programme_by_id(session, programme)
        kept = (row.name, row.word, row.focus, row.minimum_group_size, row.time_zone, row.contact_email)
    assert kept == ("Pilot", "reverse", "race and ethnicity", 8, "Europe/Paris", "contact@example.com")


def test_a_programme_has_an_opt_out_key_of_its_own(world: World) -> None:
    assert world.keys.opt_out_key(created(world)) != world.keys.opt_out_key(created(world, name="Roll-out"))


def test_an_organisation_publishes_the_half_of_the_key_it_signs_with(world: World) -> None:
    created(world)
    with world.session() as session:
        organisation = session.scalars(select(Organisation)).one()
        signing = world.keys.signing_key(organisation.id)
    assert organisation.signing_public_key == signing.public_key().public_bytes_raw()


def test_an_organisations_second_programme_keeps_its_signing_key(world: World) -> None:
    created(world)
    with world.session() as session:
        before = session.scalars(select(Organisation.signing_public_key)).one()
    created(world, name="Roll-out")
    with world.session() as session:
        assert session.scalars(select(Organisation.signing_public_key)).one() == before


def test_two_organisations_sign_with_different_keys(world: World) -> None:
    created(world)
    created(world, organisation="Another Organisation")
    with world.session() as session:
        assert len(set(session.scalars(select(Organisation.signing_public_key)))) == 2


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "a\x00b", "a\u202eb", "a" * 201])
@ON_SQLITE
def test_a_text_that_cannot_be_shown_is_refused_by_name(world: World, field: str, text: str) -> None:
    with pytest.raises(PlanRefused, match=field.replace("_", " ")):
        created(world, **{field: text})


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"minimum_group_size": 4}, "not below 5"),
        ({"time_zone": "Europe/Atlantis"}, "time zone"),
        ({"time_zone": "../../etc/passwd"}, "time zone"),
        ({"time_zone": ""}, "time zone"),
        ({"time_zone": "Europe"}, "time zone"),
    ],
)
@ON_SQLITE
def test_a_draft_that_cannot_be_is_refused(world: World, changes: dict[str, object], complaint: str) -> None:
    with pytest.raises(PlanRefused, match=complaint):
        created(world, **changes)


def test_the_service_may_ask_for_larger_groups(world: World) -> None:
    with pytest.raises(PlanRefused, match="not below 10"):
        created(world, smallest=10, minimum_group_size=9)


def test_a_refused_draft_leaves_nothing(world: World) -> None:
    with pytest.raises(PlanRefused):
        created(world, minimum_group_size=4)
    with world.session() as session:
        assert session.scalars(select(Programme)).all() == session.scalars(select(Organisation)).all() == []


def test_a_creation_leaves_no_transaction_behind_in_which_nothing_could_open(world: World) -> None:
    with world.session() as session:
        create_programme(session, world.keys, DRAFT, smallest_group_size=5, now=world.clock(), actor="test")
        assert not session.in_transaction()
