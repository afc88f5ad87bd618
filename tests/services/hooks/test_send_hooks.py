"""Web hooks: noted with what they tell of, sent at least once, tried for a day, and then no more."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update
from standardwebhooks import Webhook

from feedback.domain.errors import CallRefused, NotFound
from feedback.domain.hooks import KEPT_FOR, TO_CHOOSE, HookEvent, signature
from feedback.domain.waves.states import WaveState
from feedback.guarded_calls import GuardedCaller
from feedback.services.hooks.manage_hooks import (
    MOST_HOOKS,
    add_hook,
    end_former_secret,
    remove_hook,
    rotate_secret,
    switch_hook,
    try_hook,
)
from feedback.services.hooks.send_hooks import send_hooks
from feedback.services.hooks.show_hooks import show_hook, show_hooks
from feedback.services.programmes.create_organisation import create_organisation
from feedback.services.programmes.purge_names import _delete
from feedback.storage.programmes import Programme
from feedback.storage.web_hooks import WebHook
from feedback.worker.due import Chore, Due, what_is_due
from tests.databases import BOTH, ON_SQLITE
from tests.hooks import Receiver, add, administrator, messages, receiver, send
from tests.promises.closing import answered_wave
from tests.world import World, noted


@pytest.fixture
def found() -> Iterator[Receiver]:
    with receiver() as one:
        yield one


def act(world: World, what: Callable[..., object], hook: int, **more: object) -> object:
    with world.session() as session:
        return what(session, administrator(), hook, now=world.clock(), **more)


def test_opening_and_closing_are_told_with_ids_and_states_only(world: World, found: Receiver) -> None:
    programme = world.programme()
    _hook, secret = add(world, found)
    wave = world.open(world.planned_wave(programme))
    send(world, found)
    [(headers, body)] = found.came
    assert json.loads(body) == {
        "type": "wave.opened",
        "timestamp": f"{world.clock():%Y-%m-%dT%H:%M:%SZ}",
        "data": {"organisation": 1, "programme": programme, "wave": wave, "state": WaveState.OPEN},
    }
    assert headers["webhook-signature"] == signature(secret, headers["webhook-id"], world.clock(), body)


def test_a_close_tells_how_it_ends_at_the_next_quarter_of_an_hour(world: World, found: Receiver) -> None:
    wave = answered_wave(world)
    add(world, found)
    world.close(wave)
    send(world, found)
    assert [json.loads(body)["type"] for _headers, body in found.came] == ["wave.closed"]
    world.clock.pass_time(minutes=15)
    send(world, found)
    assert json.loads(found.came[-1][1])["type"] == "report.published"


@pytest.mark.parametrize("answer", [500, 302, 404])
def test_what_fails_is_sent_again_with_the_same_id_and_body(world: World, found: Receiver, answer: int) -> None:
    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    found.answers[:] = [answer, 204]
    send(world, found)
    send(world, found)
    assert len(found.came) == 1
    world.clock.pass_time(seconds=6)
    send(world, found)
    first, second = found.came
    assert (first[0]["webhook-id"], first[1]) == (second[0]["webhook-id"], second[1])
    assert first[0]["webhook-timestamp"] != second[0]["webhook-timestamp"]
    [message] = messages(world)
    assert (message.is_delivered, message.attempts, message.status, message.tell_at) == (True, 2, 204, None)


def test_after_a_day_it_is_given_up_and_later_forgotten(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    found.answers[:] = [503]
    act(world, try_hook, hook)
    for _turn in range(12):
        send(world, found)
        world.clock.pass_time(hours=9)
    [message] = messages(world)
    assert (message.attempts, len(found.came), message.tell_at, message.is_delivered) == (8, 8, None, False)
    world.clock.pass_time(days=KEPT_FOR.days)
    send(world, found)
    assert messages(world) == []


def test_an_address_that_is_gone_is_told_nothing_more(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    act(world, try_hook, hook)
    found.answers[:] = [410]
    send(world, found)
    world.clock.pass_time(days=1)
    send(world, found)
    assert len(found.came) == 1
    with world.session() as session:
        shown, _log = show_hook(session, 1, hook, now=world.clock())
    assert (shown.is_gone, shown.is_disabled) == (True, True)
    assert noted(world, f"disabled web hook {hook}: gone")


@BOTH
def test_whoever_dies_after_the_commit_has_it_sent_again(world: World, found: Receiver) -> None:
    class Killed(BaseException):
        pass

    class Dies(GuardedCaller):
        def call(self, *_what: object, **_more: object) -> None:  # type: ignore[override]
            raise Killed

    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    with world.session() as session, pytest.raises(Killed):
        send_hooks(session, world.keys, Dies(), hook, now=world.clock())
    send(world, found)
    assert found.came == []
    world.clock.pass_time(seconds=6)
    send(world, found)
    assert len(found.came) == 1


@BOTH
def test_two_workers_send_a_message_once(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    send(world, found)
    send(world, found)
    assert len(found.came) == 1


@BOTH
def test_what_is_rolled_back_is_never_told(world: World, found: Receiver) -> None:
    from feedback.services.hooks.announce import announce

    programme = world.programme()
    add(world, found)
    with world.session() as session:
        announce(session, HookEvent.APPROVAL, programme, now=world.clock())
        session.flush()
        session.rollback()
    assert messages(world) == []


def test_a_dead_address_waits_for_its_turn(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    found.answers[:] = [500]
    for _turn in range(3):
        act(world, try_hook, hook)
    send(world, found)
    assert len(found.came) == 1
    with world.session() as session:
        assert Due(Chore.CALL_HOOK, hook) in what_is_due(session, world.clock())


def test_both_secrets_sign_until_the_former_one_ends(world: World, found: Receiver) -> None:
    hook, former = add(world, found)
    with world.session() as session:
        new = rotate_secret(session, world.keys, administrator(), hook, now=world.clock())
        with pytest.raises(CallRefused):
            rotate_secret(session, world.keys, administrator(), hook, now=world.clock())
    act(world, try_hook, hook)
    send(world, found)
    act(world, end_former_secret, hook)
    act(world, try_hook, hook)
    send(world, found)
    (both, body), (alone, _body) = found.came
    signed = [signature(one, both["webhook-id"], world.clock(), body) for one in (new, former)]
    assert both["webhook-signature"].split() == signed
    assert len(alone["webhook-signature"].split()) == 1


def test_secrets_lie_sealed_in_the_database(world: World, found: Receiver) -> None:
    _hook, secret = add(world, found)
    with world.session() as session:
        [hook] = session.query(WebHook).all()
        assert secret.removeprefix("whsec_").encode() not in hook.sealed_secret
    assert Webhook(secret)


def test_what_is_switched_off_is_told_nothing(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    act(world, switch_hook, hook, is_on=False)
    send(world, found)
    with pytest.raises(NotFound):
        act(world, try_hook, hook)
    act(world, switch_hook, hook, is_on=True)
    act(world, try_hook, hook)
    send(world, found)
    assert len(found.came) == 1


def test_removing_forgets_the_log(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    act(world, remove_hook, hook)
    assert messages(world) == []
    with world.session() as session:
        assert show_hooks(session, 1) == ()


def test_of_another_programme_or_event_nothing_is_told(world: World, found: Receiver) -> None:
    first, second = world.programme(), world.programme(name="Another")
    add(world, found, programme=second)
    add(world, found, events=(HookEvent.HELD,))
    world.open(world.planned_wave(first))
    assert messages(world) == []


@BOTH
def test_all_goes_with_the_names_of_a_programme(world: World, found: Receiver) -> None:
    programme = world.programme()
    add(world, found)
    add(world, found, programme=programme)
    world.open(world.planned_wave(programme))
    assert len(messages(world)) == 2
    with world.session() as session:
        _delete(session, programme)
        session.commit()
        assert len(show_hooks(session, 1)) == 1
    assert messages(world) == []


def test_another_organisation_sees_and_changes_none(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    with world.session() as session:
        assert show_hooks(session, 2) == ()
        for what in (try_hook, remove_hook, end_former_secret):
            with pytest.raises(NotFound):
                what(session, administrator(2), hook, now=world.clock())
        session.rollback()
        with pytest.raises(NotFound):
            show_hook(session, 2, hook, now=world.clock())


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "ftp://example.com/", "https://", "https://ada:secret@example.com/", "no address"),
        *("https://10.0.0.1/", "https://169.254.169.254/", "https://[64:ff9b::a9fe:a9fe]/", "https://[2002:a00:1::]/"),
        *("https://224.0.0.1/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://example.com/#part"),
        "https://example.com/" + "x" * 500,
    ],
)
@ON_SQLITE
def test_addresses_that_must_not_be_called_are_refused(world: World, url: str) -> None:
    with world.session() as session, pytest.raises(CallRefused):
        add_hook(
            session,
            world.keys,
            GuardedCaller(),
            administrator(),
            url=url,
            events=TO_CHOOSE,
            programme_id=None,
            now=world.clock(),
        )


def test_a_name_that_leads_inside_is_not_called(world: World, found: Receiver) -> None:
    hook, _secret = add(world, found)
    act(world, try_hook, hook)
    with world.session() as session:
        send_hooks(session, world.keys, GuardedCaller(), hook, now=world.clock())
    assert found.came == []
    assert messages(world)[0].tell_at > world.clock() - timedelta(seconds=1)


def test_an_address_is_told_of_something_and_of_ones_own_programmes(world: World, found: Receiver) -> None:
    add(world, found)
    with world.session() as session:
        other = create_organisation(session, world.keys, "Another Organisation", now=world.clock(), actor="test")
        session.execute(update(Programme).values(organisation_id=other))
        session.commit()
    with pytest.raises(CallRefused, match="at least one event"):
        add(world, found, events=())
    with pytest.raises(NotFound, match="no such programme"):
        add(world, found, programme=1)


def test_an_organisation_has_only_so_many_addresses(world: World, found: Receiver) -> None:
    for _each in range(MOST_HOOKS):
        add(world, found)
    with pytest.raises(CallRefused, match="ten addresses"):
        add(world, found)
