"""What is asked of a device's key and what its answer proves (W3C Web Authentication).

The only module that loads the library: it brings every attestation format with it, which costs each process a sixth of a
second and is needed by hardly any. `passkeys` loads it with the first key.
"""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import webauthn
from webauthn.helpers import options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

REQUIRED = UserVerificationRequirement.REQUIRED
UNSOUND = (WebAuthnException, ValueError, KeyError, TypeError)
"""What an answer raises that no key has given."""


def ask_to_enter(site: str, keys: Iterable[bytes]) -> tuple[bytes, str]:
    """The challenge and, as JSON, the options for one of `keys` to answer; any key of this site when there are none."""
    options = webauthn.generate_authentication_options(rp_id=site, user_verification=REQUIRED, allow_credentials=_named(keys))
    return options.challenge, options_to_json(options)


def ask_to_connect(site: str, agency: str, person: tuple[int, str, str], keys: Iterable[bytes]) -> tuple[bytes, str]:
    """The challenge and, as JSON, the options for a new key of `person` (id, e-mail, name), who has `keys` already."""
    id, email, name = person
    options = webauthn.generate_registration_options(
        rp_id=site, rp_name=agency, user_id=str(id).encode(), user_name=email, user_display_name=name, exclude_credentials=_named(keys),
        authenticator_selection=AuthenticatorSelectionCriteria(resident_key=ResidentKeyRequirement.PREFERRED, user_verification=REQUIRED),
    )  # fmt: skip
    return options.challenge, options_to_json(options)


def entering_count(place: tuple[str, str], challenge: bytes, credential: dict[str, Any], known: tuple[bytes, int]) -> int | None:
    """The key's new count of uses when it has proved itself; None when it has not. `place` is (site, origin), `known` the
    public key and the count so far."""
    with suppress(*UNSOUND):
        return webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=place[0], expected_origin=place[1],
            credential_public_key=known[0], credential_current_sign_count=known[1], require_user_verification=True,
        ).new_sign_count  # fmt: skip
    return None


def connected(place: tuple[str, str], challenge: bytes, credential: dict[str, Any]) -> tuple[bytes, bytes, int] | None:
    """Id, public key and count of a key that has answered for the first time; None when its answer does not hold."""
    with suppress(*UNSOUND):
        proof = webauthn.verify_registration_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=place[0], expected_origin=place[1],
            require_user_verification=True,
        )  # fmt: skip
        return proof.credential_id, proof.credential_public_key, proof.sign_count
    return None


def _named(keys: Iterable[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=key) for key in keys]
