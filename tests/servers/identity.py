"""A small identity provider: OpenID Connect with code and PKCE, as strict as a real one.

It takes only its own client, redirects only to the registered address, gives each code once and
only for the right verifier. `lies` makes its tokens wrong in one way at a time.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "huxiao", "a secret of the district"


@dataclass
class IdentityProvider:
    """Who is signed in there, and how its word goes wrong."""

    port: int
    back: str
    person: str | None = "zhiban"
    lies: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, auto_kid=True))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """Give its address."""
        return f"http://127.0.0.1:{self.port}"

    def metadata(self) -> dict[str, Any]:
        """Describe itself."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> tuple[int, str]:
        """Send a browser back with a code, or refuse to send it anywhere."""
        is_ours = asked.get("client_id") == CLIENT_ID and asked.get("redirect_uri") == self.back
        is_safe = asked.get("code_challenge_method") == "S256" and asked.get("code_challenge")
        if not (is_ours and is_safe and asked.get("response_type") == "code"):
            return 400, "refused"
        if self.person is None:
            said = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = asked
            said = {"code": code, "state": asked["state"], "iss": self.issuer}
        return 302, f"{self.back}?{urlencode(said)}"

    def token(self, form: dict[str, str], auth: str) -> tuple[int, dict[str, Any]]:
        """Trade a code, once."""
        given = base64.b64decode(auth.removeprefix("Basic ")).decode().split(":")
        if [unquote_plus(one) for one in given] != [CLIENT_ID, CLIENT_SECRET]:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or asked["code_challenge"] != challenge
            or form.get("redirect_uri") != self.back
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "access_token": secrets.token_urlsafe(16),
                     "id_token": self._id_token(asked)}  # fmt: skip

    def _id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": "u-1", "iat": now, "exp": now + 60,
            "nonce": asked["nonce"], "preferred_username": self.person,
        } | self.lies.get("claims", {})  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        key = self.lies.get("key", self.key)
        if self.lies.get("unsigned"):
            head = {"alg": "none"}
            parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
                     for one in (head, claims)]  # fmt: skip
            return ".".join([*parts, ""])
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key)


class Desk(BaseHTTPRequestHandler):
    """Its four pages."""

    provider: IdentityProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        pages: dict[str, Callable[[], tuple[int, object, str]]] = {
            "/.well-known/openid-configuration": lambda: (200, self.provider.metadata(), ""),
            "/keys": lambda: (200, {"keys": [self.provider.key.as_dict(private=False)]}, ""),
            "/authorize": lambda: self._sent_back(asked),
        }
        page = pages.get(parts.path, lambda: (404, {}, ""))
        self._say(*((503, {}, "") if self.provider.is_down else page()))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        if self.provider.is_down:
            self._say(503, {}, "")
            return
        status, said = self.provider.token(form, self.headers.get("Authorization", ""))
        self._say(status, said, "")

    def _sent_back(self, asked: dict[str, str]) -> tuple[int, object, str]:
        status, where = self.provider.authorize(asked)
        return status, {}, where if status == 302 else ""

    def _say(self, status: int, body: object, where: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        if where:
            self.send_header("Location", where)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def identity_provider(back: str) -> Iterator[IdentityProvider]:
    """Run one until the end of the block."""

    class ItsDesk(Desk):
        """The desk of this one."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), ItsDesk)
    provider = ItsDesk.provider = IdentityProvider(server.server_port, back)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
