"""Files that others see whole or not at all."""

import tempfile
from pathlib import Path

from edge_agent.ports import SpeakerError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that others see whole or not at all.

    Raises:
        SpeakerError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            file.write(content)
        Path(file.name).replace(path)
    except OSError as error:
        msg = f"无法写入声音文件 (cannot write the sound file) {path}: {error}"
        raise SpeakerError(msg) from error
