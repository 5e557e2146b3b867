"""What central last wanted to be drawn, and what became of it: one small file, replaced whole."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Standing:
    """`seen`: the last revision that came; `taken`: the last in force; why `seen` was refused."""

    seen: int = 0
    taken: int = 0
    refused: str = ""


class DesiredBook:
    """Keeps a `Standing`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def standing(self) -> Standing:
        """Give what is kept; nothing yet where the file is not there or is damaged."""
        try:
            found = json.loads(self._path.read_bytes())
            return Standing(int(found["seen"]), int(found["taken"]), str(found["refused"]))
        except (OSError, ValueError, KeyError, TypeError):
            return Standing()

    def keep(self, standing: Standing) -> None:
        """Keep it, on the card when this returns.

        Raises:
            OSError: it cannot be written.
        """
        side = self._path.with_name(f".{self._path.name}.new")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with side.open("w", encoding="utf-8") as file:
            json.dump(asdict(standing), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        side.replace(self._path)
