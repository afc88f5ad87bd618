"""Messages of web hooks hold nothing that anybody has written, and receivers' own library believes their signatures."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from feedback.domain.hooks import (
    HookData,
    HookEvent,
    delay_after,
    new_hook_secret,
    new_message_id,
    payload,
    signature,
    state_after,
    told_at,
)
from feedback.domain.waves.states import WaveState

NUMBERS = st.integers(1, 2**31 - 1)
MOMENTS = st.integers(0, 10**15).map(lambda micros: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros))
BODY = payload(HookEvent.TEST, datetime(2027, 3, 1, tzinfo=UTC), HookData(1, None, None, None))


def headers(secret: str, now: datetime) -> dict[str, str]:
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(secret, "msg_1", now, BODY),
    }


def test_the_receivers_library_believes_what_is_signed() -> None:
    secret = new_hook_secret()
    assert Webhook(secret).verify(BODY, headers(secret, datetime.now(UTC))) == json.loads(BODY)


def test_two_signatures_are_believed_by_whoever_has_either_secret() -> None:
    new, former, now = new_hook_secret(), new_hook_secret(), datetime.now(UTC)
    signed = headers(new, now)
    signed["webhook-signature"] += " " + signature(former, "msg_1", now, BODY)
    assert Webhook(new).verify(BODY, signed) == Webhook(former).verify(BODY, signed)


@pytest.mark.parametrize("age", [timedelta(hours=1), timedelta(hours=-1)])
def test_the_receivers_library_refuses_what_is_replayed_later(age: timedelta) -> None:
    secret = new_hook_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, headers(secret, datetime.now(UTC) - age))


def test_another_secret_signs_otherwise() -> None:
    with pytest.raises(WebhookVerificationError):
        Webhook(new_hook_secret()).verify(BODY, headers(new_hook_secret(), datetime.now(UTC)))


@given(st.sampled_from(HookEvent), MOMENTS, NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS)
def test_a_message_holds_a_kind_a_moment_numbers_and_a_state(
    event: HookEvent, at: datetime, organisation: int, programme: int | None, wave: int | None
) -> None:
    told = json.loads(payload(event, at, HookData(organisation, programme, wave, state_after(event))))
    data = told.pop("data")
    assert set(told) == {"type", "timestamp"}
    assert set(data) == {"organisation", "programme", "wave", "state"}
    assert told["type"] in set(HookEvent)
    assert datetime.fromisoformat(told["timestamp"]) == at.replace(microsecond=0)
    assert data.pop("state") in {None, *WaveState}
    assert all(number is None or type(number) is int for number in data.values())


@given(st.sampled_from([HookEvent.PUBLISHED, HookEvent.HELD]), MOMENTS)
def test_how_a_close_ends_is_told_at_full_quarters_of_an_hour(event: HookEvent, now: datetime) -> None:
    at = told_at(event, now)
    assert timedelta(0) < at - now <= timedelta(minutes=15)
    assert (at.minute % 15, at.second, at.microsecond) == (0, 0, 0)


@given(st.binary().map(lambda _seed: new_message_id()))
def test_a_message_is_tried_for_a_day_at_growing_distances(message_id: str) -> None:
    delays = []
    while (delay := delay_after(len(delays) + 1, message_id)) is not None:
        delays.append(delay)
    assert len(delays) == 7
    assert delays[:6] == sorted(delays[:6])
    assert timedelta(hours=23) < sum(delays, timedelta()) < timedelta(hours=27)


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    assert len({delay_after(3, f"msg_{number}") for number in range(50)}) > 20


def test_ids_and_secrets_are_never_given_twice() -> None:
    assert len({new_message_id() for _ in range(100)} | {new_hook_secret() for _ in range(100)}) == 200
