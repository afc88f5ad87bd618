"""Opening: keys first, rights in an order that says nothing, nobody joins later, never twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text

from feedback.domain.errors import PlanRefused, WaveNotReady
from feedback.domain.links import LinkSecret, entitlement_digest, from_address, proof
from feedback.domain.survey.questionnaires import Role
from feedback.domain.waves.states import WaveState
from feedback.services.mail.queue_mails import BATCH_SIZE
from feedback.services.roster.import_roster import import_roster
from feedback.services.waves.open_wave import Opening, open_wave
from feedback.services.waves.plan_wave import WavePlan, plan_wave
from feedback.storage.deliveries import Batch, Delivery, invited_to
from feedback.storage.entitlements import Entitlement, rights_of_wave
from feedback.storage.people import Participant, mark_left
from feedback.storage.waves import groups_of, wave_by_id
from forms.bank import pair
from tests.databases import ON_POSTGRESQL
from tests.world import World, entries_about, roster_csv


class Stopped(Exception):
    """The process died here."""


def opened(world: World, wave: int) -> Opening:
    with world.session() as session:
        return open_wave(session, world.keys, wave, now=world.clock(), actor="test")


def die_before_commit(world: World, wave: int, commit: int) -> None:
    """Open a wave in a process that dies just before its commit number `commit`."""
    commits = iter(range(1, commit + 1))

    def before_commit(_session: object) -> None:
        if next(commits) == commit:
            raise Stopped

    with world.session() as session:
        event.listen(session, "before_commit", before_commit)
        with pytest.raises(Stopped):
            open_wave(session, world.keys, wave, now=world.clock(), actor="test")


def digests_of_links(world: World, wave: int) -> set[bytes]:
    secrets = [LinkSecret(from_address(link) or b"") for link in world.links(wave)]
    return {entitlement_digest(proof(secret)) for secret in secrets}


def test_everybody_on_the_roster_gets_one_right(world: World) -> None:
    wave = world.open_new_wave(mentors=14, mentees=13)
    with world.session() as session:
        rights = rights_of_wave(session, wave)
    assert set(rights) == digests_of_links(world, wave)
    assert Counter(rights.values()) == {("mentor", "mentor"): 14, ("mentee", "mentee"): 13}


def test_an_opening_tells_how_many_are_invited_and_in_which_groups(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=14, mentees=13))
    opening = opened(world, wave)
    assert opening.invited == 27
    assert [(group.name, group.invited) for group in opening.groups] == [("mentor", 14), ("mentee", 13)]


def test_the_groups_are_kept_as_they_were_at_the_opening(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=24, mentees=12, cohorts=("North", "South")))
    opening = opened(world, wave)
    with world.session() as session:
        assert groups_of(session, wave) == opening.groups


def test_a_role_below_k_makes_one_group_of_all(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=20, mentees=4))
    assert [group.name for group in opened(world, wave).groups] == ["all"]


@pytest.mark.own_databases
@ON_POSTGRESQL
def test_rights_lie_in_the_order_of_their_digests(world: World) -> None:
    wave = world.open_new_wave()
    with world.session() as session:
        laid = session.scalars(select(Entitlement.digest).where(Entitlement.wave_id == wave).order_by(text("ctid")))
        digests = list(laid)
    assert digests == sorted(digests)


def test_a_wave_is_not_opened_twice(world: World) -> None:
    wave = world.open_new_wave()
    with pytest.raises(WaveNotReady, match="never opened"):
        opened(world, wave)


def test_of_two_openings_at_once_one_is_refused(world: World) -> None:
    wave = world.planned_wave(world.programme())

    def attempt(_turn: int) -> bool:
        try:
            opened(world, wave)
        except WaveNotReady:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert Counter(pool.map(attempt, range(4))) == {True: 1, False: 3}
    with world.session() as session:
        assert len(rights_of_wave(session, wave)) == 27


def test_a_programme_of_fewer_than_k_people_cannot_open(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=3, mentees=1))
    with pytest.raises(PlanRefused, match="has 4 people"):
        opened(world, wave)
    assert world.keys.purposes_held() == {}


def test_who_has_left_does_not_count_as_invited(world: World) -> None:
    wave = world.planned_wave(world.programme(mentors=5, mentees=0))
    with world.session() as session:
        mark_left(session, [session.scalars(select(Participant.id)).first()])
        session.commit()
    with pytest.raises(PlanRefused):
        opened(world, wave)


def test_a_wave_that_would_close_within_the_hour_does_not_open(world: World) -> None:
    wave = world.planned_wave(world.programme(), days=14)
    world.clock.pass_time(days=13, hours=23, minutes=1)
    with pytest.raises(WaveNotReady, match="within the hour"):
        opened(world, wave)


@pytest.mark.parametrize("commit", [1, 2])
def test_an_opening_that_dies_leaves_the_wave_unopened(world: World, commit: int) -> None:
    wave = world.planned_wave(world.programme())
    die_before_commit(world, wave, commit)
    with world.session() as session:
        assert wave_by_id(session, wave).state == WaveState.DRAFT
        assert rights_of_wave(session, wave) == {}
        assert session.scalars(select(Batch)).all() == []


def test_an_opening_that_died_after_the_keys_keeps_them(world: World) -> None:
    wave = world.planned_wave(world.programme())
    die_before_commit(world, wave, 2)
    before = world.keys.keys_for_opening(wave)
    opened(world, wave)
    with world.session() as session:
        assert wave_by_id(session, wave).response_key == before.response.public
    assert world.keys.link_key(wave) == before.link


def test_an_opening_that_dies_before_its_check_makes_no_keys(world: World) -> None:
    wave = world.planned_wave(world.programme())
    die_before_commit(world, wave, 1)
    assert world.keys.purposes_held() == {}


def test_the_wave_holds_public_keys_only(world: World) -> None:
    wave = world.open_new_wave()
    keys = world.keys.keys_for_opening(wave)
    with world.session() as session:
        row = wave_by_id(session, wave)
        stored = repr({name: getattr(row, name) for name in row.__table__.columns.keys()})  # noqa: SIM118
    assert not any(repr(raw) in stored for raw in (keys.link, keys.response.raw, keys.comment.raw))


def test_whoever_joins_an_open_wave_gets_no_right(world: World) -> None:
    wave = world.open_new_wave(mentors=14, mentees=13)
    with world.session() as session:
        import_roster(session, world.keys, 1, roster_csv(15, 14), now=world.clock(), actor="test")
        assert len(rights_of_wave(session, wave)) == 27
        assert wave_by_id(session, wave).invited == 27
    newcomer = world.links(wave, Role.MENTOR)[-1]
    assert world.client().get(f"/s/{newcomer}").status_code == 404


def test_whoever_joined_is_invited_to_the_next_wave(world: World) -> None:
    programme = world.programme(mentors=14, mentees=13)
    world.close(world.open(world.planned_wave(programme)))
    with world.session() as session:
        import_roster(session, world.keys, programme, roster_csv(15, 14), now=world.clock(), actor="test")
    assert opened(world, world.planned_wave(programme)).invited == 29


def test_who_left_during_a_wave_can_still_answer(world: World) -> None:
    wave = world.open_new_wave()
    link = world.links(wave)[0]
    with world.session() as session:
        mark_left(session, [1])
        session.commit()
    assert world.answer(link).status_code == 200


def test_invitations_are_queued_in_batches(world: World) -> None:
    wave = world.open_new_wave(mentors=BATCH_SIZE, mentees=20)
    with world.session() as session:
        assert len(invited_to(session, wave)) == BATCH_SIZE + 20
        sizes = Counter(session.scalars(select(Delivery.batch_id)))
    assert sorted(sizes.values()) == [20, BATCH_SIZE]


def test_the_opening_is_in_the_audit_log_with_who_did_it(world: World) -> None:
    wave = world.open_new_wave()
    with world.session() as session:
        acts = [(entry.actor, entry.act) for entry in entries_about(session, f"wave {wave}")]
    assert ("test", "opened") in acts


def test_a_body_fits_whatever_group_and_role_it_is_for(world: World) -> None:
    long = "Ж" * 40
    wave = world.open_new_wave(mentors=24, mentees=24, cohorts=(long, f"{long}+"))
    links = [links[0] for links in (world.links(wave, Role.MENTOR), world.links(wave, Role.MENTEE))]
    pages = [world.answer(link, texts=("𝕳" * 1000,)) for link in links]
    assert [page.status_code for page in pages] == [200, 200]


def test_all_sealed_responses_of_a_wave_are_equally_long(world: World) -> None:
    wave = world.open_new_wave()
    world.answer(world.links(wave)[0], texts=("",))
    world.answer(world.links(wave)[-1], texts=("x" * 1000,))
    with world.session() as session:
        lengths = session.scalars(text("SELECT DISTINCT length(sealed) FROM sealed_responses")).all()
    assert len(lengths) == 1


def test_a_wave_opens_in_the_session_that_planned_it(world: World) -> None:
    programme, opens_at = world.programme(), world.clock()
    plan = WavePlan(programme, "kickoff", pair("kickoff"), None, opens_at + timedelta(days=9))
    with world.session() as session:
        wave = plan_wave(session, world.keys, plan, key_backup_days=7, comment_days=60, now=opens_at, actor="test")
        assert open_wave(session, world.keys, wave, now=opens_at, actor="test").invited == 27
