"""What all sections of the settings share: strict, frozen, and secrets that may lie in a file."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, NoReturn

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

Port = Annotated[int, Field(ge=1, le=65_535)]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9一-鿿][A-Za-z0-9._一-鿿-]{0,62}$")]
Url = Annotated[str, Field(pattern=r"^https?://[^\s/?#]+", max_length=2000)]
Secret = Annotated[str, Field(min_length=1, max_length=4096, repr=False)]
TimeoutS = Annotated[float, Field(gt=0, le=25)]


class ConfigError(Exception):
    """A settings file that cannot be used; the text names file, key and what was expected."""


class Section(BaseModel):
    """What all sections share: strict and frozen.

    Each of a section's `SECRETS` may be given as `<name>_file` instead: a path, beside
    `central.toml` unless absolute, to a file that holds nothing else.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    SECRETS: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _secrets_from_files(cls, given: Any, info: ValidationInfo) -> Any:
        if not isinstance(given, dict):
            return given
        fields = dict(given)
        for name in cls.SECRETS:
            path = fields.pop(f"{name}_file", None)
            if path is None:
                continue
            if name in fields:
                refuse(f"{name} 和 {name}_file 只能写一个 / give one of the two")
            folder = (info.context or {}).get("folder", Path())
            fields[name] = _read(folder, path, f"{name}_file")
        return fields

    def secrets(self) -> tuple[str, ...]:
        """Give the values that no log, answer or page may show."""
        values = [getattr(self, name) for name in self.SECRETS]
        return tuple(value for value in values if value)


def _read(folder: Path, path: Any, key: str) -> str:
    if not isinstance(path, str) or not path:
        refuse(f"{key}: 应为文件路径 / the path of a file")
    try:
        secret = (folder / path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        refuse(f"{key}: 读不出 {path} / cannot be read: {type(error).__name__}")
    if not secret:
        refuse(f"{key}: {path} 是空的 / is empty")
    return secret


def refuse(words: str) -> NoReturn:
    """Refuse a section in words of our own."""
    kind, template = "refused", "{words}"
    raise PydanticCustomError(kind, template, {"words": words})
