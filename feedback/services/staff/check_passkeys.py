"""Ask a browser to make or use a passkey, and check what it answers, with the library `webauthn`.

Only what was made for this site, at this moment, by a device that knew its owner by more than a touch is taken.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import parse_authentication_credential_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from feedback.domain.errors import PasskeyRefused, sentence
from feedback.domain.passkeys import Claim, NewKey, Owner, PasskeySite

_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_MILLISECONDS = 120_000
_REFUSED = sentence("This passkey was not accepted. Try again, or use another one.")
_LONGEST_CREDENTIAL = 1023
"""Bytes: no device may use more."""
_Checked = TypeVar("_Checked")


def ask_to_make(site: PasskeySite, owner: Owner, known: Iterable[bytes], challenge: bytes) -> str:
    """Return, as JSON, what a browser needs to make a passkey on a device that holds none of `known`."""
    options = generate_registration_options(
        rp_id=site.domain,
        rp_name="Feedback",
        user_id=owner.handle,
        user_name=owner.address,
        user_display_name=owner.name,
        challenge=challenge,
        timeout=_MILLISECONDS,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        supported_pub_key_algs=_ALGORITHMS,
    )
    return options_to_json(options)


def ask_to_use(site: PasskeySite, known: Iterable[bytes], challenge: bytes) -> str:
    """Return, as JSON, what a browser needs to use one of `known`; if there are none, any that its owner chooses."""
    options = generate_authentication_options(
        rp_id=site.domain,
        challenge=challenge,
        timeout=_MILLISECONDS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def check_made(site: PasskeySite, challenge: bytes, sent: str) -> NewKey:
    """Return the passkey that a browser says was made; raise PasskeyRefused unless it was asked for just so."""
    found = _checked(
        lambda: verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
            supported_pub_key_algs=_ALGORITHMS,
        )
    )
    if len(found.credential_id) > _LONGEST_CREDENTIAL:
        raise PasskeyRefused(_REFUSED)
    return NewKey(found.credential_id, found.credential_public_key, found.sign_count)


def read_claim(sent: str) -> Claim:
    """Return what an answer says of itself; raise PasskeyRefused if it is none."""
    found = _checked(lambda: parse_authentication_credential_json(sent))
    return Claim(found.raw_id, found.response.user_handle)


def check_used(site: PasskeySite, challenge: bytes, sent: str, *, public_key: bytes, sign_count: int) -> int:
    """Return how far the device has counted; raise PasskeyRefused unless it signed just this, and has counted on."""
    found = _checked(
        lambda: verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    )
    return found.new_sign_count


def _checked(check: Callable[[], _Checked]) -> _Checked:
    try:
        return check()
    # Anybody sends these bytes, and the library and those that it reads with name no end of what they raise for them.
    except Exception:  # noqa: BLE001
        raise PasskeyRefused(_REFUSED) from None
