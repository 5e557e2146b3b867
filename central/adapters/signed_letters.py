"""What devices are told is signed at the last moment; what came of age meanwhile is not sent."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping

from central.adapters.galleries.keys import GalleryKeys
from central.adapters.galleries.letters import GalleryLetters
from central.adapters.store import directory
from contract.drawing import COMMAND_PURPOSE, DESIRED_PURPOSE, Command
from contract.signing import signed
from contract.topics import Down

PURPOSES = {Down.DESIRED: DESIRED_PURPOSE, Down.COMMAND: COMMAND_PURPOSE}
"""What is signed as it stands, and for which use."""


@dataclass(frozen=True, slots=True)
class SignedLetters:
    """Writes galleries, drawings and commands as devices believe them."""

    keys: GalleryKeys

    def written(self, connection: Connection, down: RowMapping, now_ms: int) -> bytes | None:
        """Give a queued message as it travels; None for what a device may not be told any more."""
        leaf = Down(down["leaf"])
        if leaf is Down.GALLERY:
            return GalleryLetters(self.keys).written(connection, down, now_ms)
        device = directory.device(connection, down["device_id"])
        if device is None or device["is_revoked"]:
            return None
        if leaf is Down.COMMAND:
            command = Command.model_validate_json(down["body"])
            if command.expires_at <= datetime.fromtimestamp(now_ms / 1000, UTC):
                return None
        return signed(json.loads(down["body"]), self.keys.signing_key, PURPOSES[leaf])
