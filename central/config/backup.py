"""Section of `central.toml` about backups. Where none is set up, the pages say so."""

from typing import Annotated, ClassVar

from pydantic import Field

from central.config.section import Section


class BackupSection(Section):
    """Where backups go, how often, how many are kept; the passphrase lies in a file of its own."""

    SECRETS: ClassVar[tuple[str, ...]] = ("passphrase",)

    folder: str = ""
    passphrase: Annotated[str, Field(max_length=4096, repr=False)] = ""
    every_hours: Annotated[int, Field(ge=1, le=720)] = 24
    keep: Annotated[int, Field(ge=1, le=365)] = 14
