"""A service of the long tail on loopback, as Apprise reaches it: JSON, a password, an errcode.

It refuses with HTTP 200 where robots do, which Apprise does not see.
"""

import base64
from dataclasses import dataclass

from tests.servers.provider import Asked, Provider, Said, Sent

USER, PASSWORD = "huxiao", "longtail-password"


@dataclass
class Longtail(Provider):
    """Keeps the messages that it took."""

    password: str = PASSWORD

    @property
    def address(self) -> str:
        return f"json://{USER}:{PASSWORD}@127.0.0.1:{self.port}/notify"

    def answer(self, asked: Asked) -> Said:
        right = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {right}":
            return Said({"error": "who are you"}, 401)
        fields = asked.fields()
        text = f"{fields.get('title', '')}\n{fields.get('message', '')}"
        if self.forbidden in text:
            return Said({"errcode": 310000, "errmsg": "content refused"})
        self.takes(Sent("service", text))
        return Said({"errcode": 0})
