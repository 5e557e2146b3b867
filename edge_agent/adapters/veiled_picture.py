"""One picture of a camera that may leave the device: `link` asks, `watch` hides heads and gives it.

Two files for each camera, beside the live pictures: `.asked`, which the link makes, and
`.veiled`, the JPEG that the watch leaves; the link takes it away.
"""

from contextlib import suppress
from pathlib import Path

from edge_agent.adapters.live_picture import file_name


class VeiledPicture:
    """The watch's side. Nothing here raises: a full disk must not stop a warning."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def is_asked(self, camera_id: str) -> bool:
        """Tell whether the link waits for a picture of this camera."""
        try:
            return (self._folder / f"{file_name(camera_id)}.asked").exists()
        except OSError:
            return False

    def put(self, camera_id: str, jpeg: bytes) -> None:
        """Leave the picture, and let nobody ask for it again."""
        name = file_name(camera_id)
        with suppress(OSError):
            side = self._folder / f"{name}.veiled.new"
            side.write_bytes(jpeg)
            side.replace(self._folder / f"{name}.veiled")
            (self._folder / f"{name}.asked").unlink(missing_ok=True)


class VeiledView:
    """The link's side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def ask(self, camera_id: str) -> None:
        """Ask for a picture; one that was left before is gone.

        Raises:
            OSError: the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        name = file_name(camera_id)
        (self._folder / f"{name}.veiled").unlink(missing_ok=True)
        (self._folder / f"{name}.asked").touch()

    def take(self, camera_id: str) -> bytes | None:
        """Give what was left, and take it away; None while there is none."""
        path = self._folder / f"{file_name(camera_id)}.veiled"
        try:
            content = path.read_bytes()
            path.unlink()
        except OSError:
            return None
        return content

    def give_up(self, camera_id: str) -> None:
        """Ask no longer."""
        with suppress(OSError):
            (self._folder / f"{file_name(camera_id)}.asked").unlink(missing_ok=True)
