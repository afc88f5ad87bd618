"""What a device says is taken or refused, whatever it is."""

import json
from contextlib import suppress

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from feedback.domain.errors import PasskeyRefused
from feedback.domain.passkeys import Owner, PasskeySite, passkey_site
from feedback.services.staff.check_passkeys import ask_to_make, check_made, check_used, read_claim
from tests.passkeys import SITE, Device, eddsa
from tests.tried import tried


@given(data=st.data())
@tried(300)
def test_whatever_a_device_says_it_is_taken_or_refused_and_nothing_breaks(data: st.DataObject) -> None:
    device, site, challenge = Device(make_key=eddsa), PasskeySite("feedback.example.com", SITE), bytes(32)
    options = json.loads(ask_to_make(site, Owner(bytes(32), "a", "b"), [], challenge))
    sent = json.loads(device.made(options) if data.draw(st.booleans()) else device.used(options))
    name = data.draw(st.sampled_from(sorted(sent["response"])))
    whole = base64url_to_bytes(sent["response"][name])
    at, what = data.draw(st.integers(0, len(whole))), data.draw(st.binary(max_size=9))
    sent["response"][name] = bytes_to_base64url(whole[:at] + what + whole[at + data.draw(st.integers(0, 9)) :])
    text = json.dumps(sent)
    with suppress(PasskeyRefused):
        check_made(site, challenge, text)
    with suppress(PasskeyRefused):
        read_claim(text)
    with suppress(PasskeyRefused):
        check_used(site, challenge, text, public_key=cbor2.dumps(device.public), sign_count=0)


@pytest.mark.parametrize(
    ("base_url", "site"),
    [
        ("https://feedback.example.com", ("feedback.example.com", "https://feedback.example.com")),
        ("https://Feedback.Example.com:443/surveys", ("feedback.example.com", "https://feedback.example.com")),
        ("https://feedback.example.com:8443", ("feedback.example.com", "https://feedback.example.com:8443")),
        ("https://rückmeldung.example", ("xn--rckmeldung-9db.example", "https://xn--rckmeldung-9db.example")),
        ("http://localhost:8000", ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
        ("http://feedback.example.com", None),
    ],
)
def test_passkeys_belong_to_the_name_that_the_service_is_reached_at(
    base_url: str, site: tuple[str, str] | None
) -> None:
    assert passkey_site(base_url) == (site and PasskeySite(*site))
