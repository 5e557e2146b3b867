"""Passkeys (WebAuthn): what browsers are asked, and whether the answer is right."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from central.core.naming import Words

LOCAL = frozenset({"localhost"})


class PasskeyError(Exception):
    """An answer that proves nothing, with what to say about it."""

    def __init__(self, words: Words) -> None:
        super().__init__(words[1])
        self.words = words


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new passkey as it is kept."""

    credential_id: str
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The district as passkeys know it: its host and the address that people type."""

    rp_id: str
    origin: str

    @classmethod
    def at(cls, public_url: str) -> "RelyingParty | None":
        """Give it for an address; None where no browser would do it: without HTTPS or a name."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        is_name = bool(host) and not host.replace(".", "").isdigit() and ":" not in host
        if not is_name or not (parts.scheme == "https" or host in LOCAL):
            return None
        return cls(host, f"{parts.scheme}://{parts.netloc}")

    def enrolling(
        self, user_id: bytes, username: str, name: str, known: Iterable[str]
    ) -> tuple[dict[str, Any], str]:
        """Give what a browser is asked in order to make a passkey, and the challenge in it."""
        options = generate_registration_options(
            rp_id=self.rp_id,
            rp_name="护校安园 huxiao",
            user_id=user_id,
            user_name=username,
            user_display_name=name,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_described(known),
        )
        return json.loads(options_to_json(options)), bytes_to_base64url(options.challenge)

    def enrolled(self, answer: dict[str, Any], challenge: str) -> Enrolled:
        """Read the new passkey from a browser's answer.

        Raises:
            PasskeyError: it answers another challenge, comes from elsewhere, or is damaged.
        """
        try:
            made = verify_registration_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise PasskeyError(_WRONG) from error
        credential_id = bytes_to_base64url(made.credential_id)
        return Enrolled(credential_id, made.credential_public_key, made.sign_count)

    def asking(self, known: Iterable[str], *, alone: bool) -> tuple[dict[str, Any], str]:
        """Give what a browser is asked in order to sign in; `alone`: nothing else is asked for."""
        wanted = UserVerificationRequirement.REQUIRED if alone else _PREFERRED
        options = generate_authentication_options(
            rp_id=self.rp_id, allow_credentials=_described(known), user_verification=wanted
        )
        return json.loads(options_to_json(options)), bytes_to_base64url(options.challenge)

    def answered(
        self, answer: dict[str, Any], challenge: str, key: Enrolled, *, alone: bool
    ) -> int:
        """Check an answer against the passkey that it names, and give the passkey's new count.

        Raises:
            PasskeyError: another key, challenge or place; or its count has gone back, as that of
                a copy does.
        """
        try:
            proved = verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.rp_id,
                expected_origin=self.origin,
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=alone,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise PasskeyError(_COPIED if "sign count" in str(error) else _WRONG) from error
        return proved.new_sign_count


_PREFERRED = UserVerificationRequirement.PREFERRED
_WRONG = ("通行密钥没有通过验证，请重试", "the passkey was not accepted, please try again")
_COPIED = (
    "这个通行密钥可能被复制过，已拒绝。请用其他方式登录，并移除它",
    "this passkey may have been copied and is refused: sign in another way, and remove it",
)


def _described(known: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]
