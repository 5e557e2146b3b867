"""Whether a warning names somebody, and the words it then has: the one place that decides it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Naming(StrEnum):
    """What a site may say of a person aloud; the person's own consent decides beside it."""

    NONE = "none"
    CLASS = "class"
    NAME_AND_CLASS = "name_and_class"


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody of the gallery to whom a phrase is said. Neither logs nor errors show who.

    `may_be_named` is the guardian's consent. `reading` is the name in pinyin with tone numbers
    (`zeng1 xiao3 ming2`), where the usual one is wrong.
    """

    entry_id: str
    name: str = field(default="", repr=False)
    class_name: str = field(default="", repr=False)
    may_be_named: bool = False
    reading: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what is said, with a sound of its own; `is_personal`: it tells of one person."""

    text: str
    is_personal: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said, piece by piece; `is_named`: a person's name is among it."""

    parts: tuple[Part, ...]
    is_named: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(part.text for part in self.parts)

    @property
    def is_personal(self) -> bool:
        """Tell whether any of it belongs to one person."""
        return any(part.is_personal for part in self.parts)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site speaks to people.

    `address` goes before a phrase (`{class}{name}同学,`); `named` are whole texts by phrase, in
    its place. `place` fills `{place}`.
    """

    naming: Naming = Naming.NONE
    address: str = "{class}{name}同学,"
    named: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    def wording(self, phrase_id: str, text: str, to: Addressee | None = None) -> Wording:
        """Give the words of a phrase for somebody; without consent always the plain ones."""
        plain = Part(_filled(text, {"place": self.place}))
        said = self._said_of(to)
        template = self.named.get(phrase_id, self.address)
        spoken = {key for key, value in said.items() if value and f"{{{key}}}" in template}
        if not spoken:
            return Wording((plain,))
        personal = Part(_filled(template, {"place": self.place, **said}), is_personal=True)
        parts = (personal,) if phrase_id in self.named else (personal, plain)
        return Wording(parts, is_named="name" in spoken)

    def _said_of(self, to: Addressee | None) -> dict[str, str]:
        if to is None or not to.may_be_named or self.naming is Naming.NONE:
            return {"name": "", "class": ""}
        name = to.name.strip() if self.naming is Naming.NAME_AND_CLASS else ""
        return {"name": name, "class": to.class_name.strip()}


_PLACEHOLDER = re.compile(r"\{(name|class|place)\}")


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Fill in once: what a name contains is never read as a placeholder again."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], ""), template)
