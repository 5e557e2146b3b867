"""Signing in at the district's own identity provider: OpenID Connect, code with PKCE.

It tells who somebody is; accounts are made here and only matched.
"""

import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from central.config import ConfigError, OidcSection
from central.core.naming import Words

TIMEOUT_S = 10.0
KNOWN_FOR_S = 3600
LEEWAY_S = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signatures only: never `none`, never a shared secret."""


class OidcError(Exception):
    """A provider that is away, or an answer that proves nothing; with what to say about it."""

    def __init__(self, words: Words, why: str) -> None:
        super().__init__(why)
        self.words = words


@dataclass(frozen=True, slots=True)
class Client:
    """How this district is known at its provider."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str
    scope: str
    back: str
    """Where the provider sends people back to."""
    label: str = ""
    counts_as_second: bool = False


def provider_of(section: OidcSection | None, folder: Path, public_url: str) -> "Provider | None":
    """Give a district's provider as its settings name it.

    Raises:
        ConfigError: it has no address to come back to, or its secret's file is not there.
    """
    if section is None:
        return None
    if not public_url:
        msg = "[oidc]: 请先设置 [web] public_url / set [web] public_url first"
        raise ConfigError(msg)
    secret = section.client_secret
    if section.client_secret_file:
        try:
            secret = (folder / section.client_secret_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            msg = f"[oidc] client_secret_file: {error}"
            raise ConfigError(msg) from error
    back = f"{public_url.rstrip('/')}/sign-in/oidc/back"
    return Provider(
        Client(
            section.issuer, section.client_id, secret, section.claim, section.scope, back,
            section.label, section.counts_as_second,
        )
    )  # fmt: skip


@dataclass
class Provider:
    """The provider, as it describes itself; asked again after an hour."""

    client: Client
    _known: dict[str, Any] = field(default_factory=dict)
    _known_at: float = 0.0

    @property
    def label(self) -> str:
        """Give what people call it."""
        return self.client.label

    def address(self, state: str, nonce: str, verifier: str) -> str:
        """Give where to send a browser.

        Raises:
            OidcError: the provider is away.
        """
        client, where = self.client, self._endpoint("authorization_endpoint")
        asked = {
            "response_type": "code", "client_id": client.client_id, "redirect_uri": client.back,
            "scope": client.scope, "state": state, "nonce": nonce,
            "code_challenge": create_s256_code_challenge(verifier),
            "code_challenge_method": "S256",
        }  # fmt: skip
        return f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"

    def account(self, code: str, nonce: str, verifier: str) -> str:
        """Trade a code for who this is: the value of the claim that names the account.

        Raises:
            OidcError: the provider is away, or refuses, or its word is not to be trusted.
        """
        claims = self._claims(self._token(code, verifier), nonce)
        named = claims.get(self.client.claim)
        if not isinstance(named, str) or not named:
            zh = f"身份平台没有给出 {self.client.claim}，请联系管理员"
            en = f"the provider does not tell {self.client.claim}: ask your administrator"
            raise OidcError((zh, en), f"no claim {self.client.claim}")
        return named

    def _token(self, code: str, verifier: str) -> str:
        client, where = self.client, self._endpoint("token_endpoint")
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": client.back,
                "code_verifier": verifier}  # fmt: skip
        if not client.client_secret:
            form["client_id"] = client.client_id
        named = (quote_plus(client.client_id), quote_plus(client.client_secret))  # RFC 6749, 2.3.1
        known = httpx.BasicAuth(*named)
        auth = known if client.client_secret else None
        try:
            answer = httpx.post(where, data=form, auth=auth, timeout=TIMEOUT_S, trust_env=False)
            given = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise OidcError(_AWAY, f"{where}: {type(error).__name__}: {error}") from error
        if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise OidcError(_AWAY, f"{where}: {answer.status_code}")
        if answer.status_code != HTTPStatus.OK:
            raise OidcError(_REFUSED, f"{where}: {answer.status_code} {answer.text[:100]}")
        token = given.get("id_token") if isinstance(given, dict) else None
        if not isinstance(token, str):
            raise OidcError(_UNTRUSTED, "no id_token in the answer")
        return token

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """Hold the token to its signature, whom it comes from and is for, when, and the nonce."""
        wanted = {
            "iss": {"essential": True, "value": self._metadata()["issuer"]},
            "aud": {"essential": True, "value": self.client.client_id},
        }
        asked = {"nonce": nonce, "client_id": self.client.client_id}
        try:
            read = jwt.decode(token, self._keys(), algorithms=ALGORITHMS)
            claims = CodeIDToken(read.claims, read.header, wanted, asked)
            claims.validate(now=int(time.time()), leeway=LEEWAY_S)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise OidcError(_UNTRUSTED, f"id_token: {error}") from error
        return dict(claims)

    def _keys(self) -> KeySet:
        return KeySet.import_key_set(self._fetched(self._endpoint("jwks_uri")))  # type: ignore[arg-type]

    def _endpoint(self, name: str) -> str:
        found = self._metadata().get(name)
        if not isinstance(found, str):
            raise OidcError(_AWAY, f"{self.client.issuer}: no {name}")
        return found

    def _metadata(self) -> dict[str, Any]:
        if not self._known or time.monotonic() - self._known_at > KNOWN_FOR_S:
            issuer = self.client.issuer.rstrip("/")
            found = self._fetched(f"{issuer}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != issuer:
                raise OidcError(_UNTRUSTED, f"{issuer} calls itself {found.get('issuer')!r}")
            self._known, self._known_at = found, time.monotonic()
        return self._known

    def _fetched(self, where: str) -> dict[str, Any]:
        try:
            answer = httpx.get(where, timeout=TIMEOUT_S, trust_env=False)
            answer.raise_for_status()
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise OidcError(_AWAY, f"{where}: {type(error).__name__}: {error}") from error
        if not isinstance(found, dict):
            raise OidcError(_AWAY, f"{where}: not an object")
        return found


_AWAY = (
    "统一身份平台暂时连不上。请稍后再试，或用用户名和密码登录",
    "the identity provider cannot be reached: try again later, or sign in with your password",
)
_REFUSED = (
    "统一身份平台没有确认这次登录。请重新开始",
    "the identity provider did not confirm this sign-in: please begin again",
)
_UNTRUSTED = (
    "统一身份平台的答复无法核对，已拒绝。请联系管理员",
    "the identity provider's answer could not be verified and is refused: ask your administrator",
)
