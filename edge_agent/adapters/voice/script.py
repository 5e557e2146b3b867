"""What is to be read aloud, and how: text, the site's corrections, and whose name is in it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge_agent.adapters.voice.readings import LETTERS, SURNAMES

_RULES = "2"
"""Changes whenever the same text is read in another way, beside the tables of `readings`."""


@dataclass(frozen=True, slots=True)
class Script:
    """A text; `readings` gives the pinyin of words that are misread, `name` is read as a name."""

    text: str = field(repr=False)
    readings: Mapping[str, str] = field(default_factory=dict, repr=False)
    name: str = field(default="", repr=False)

    @property
    def key(self) -> str:
        """Name it by all that decides how it is read; it cannot be read back from that."""
        read = {word: self.readings[word] for word in sorted(self.readings)}
        whole = [_RULES, self.text, read, self.name, dict(SURNAMES), dict(LETTERS)]
        return hashlib.sha256(json.dumps(whole, ensure_ascii=False).encode()).hexdigest()


ReadAloud = Callable[[Script], str]
"""Gives the pinyin of a script; raises `SpeakerError` where that cannot be done."""
