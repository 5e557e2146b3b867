"""The Raspberry Pi's own camera, through picamera2 from Raspberry Pi OS."""

import importlib
import time
from collections.abc import Iterator

from edge_agent.ports import Frame, SourceError

SIZE = (1280, 720)


class PiCamera:
    """Frames of the ribbon-cable camera, by this machine's clock."""

    def __init__(self) -> None:
        self._closed = False

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            return
        try:
            library = importlib.import_module("picamera2")
        except ImportError as error:
            msg = "需要 picamera2 is missing: apt-get install python3-picamera2 (Raspberry Pi OS)"
            raise SourceError(msg, permanent=True) from error
        try:
            camera = library.Picamera2()
            settings = {"size": SIZE, "format": "RGB888"}  # its name for blue-green-red in memory
            camera.configure(camera.create_video_configuration(main=settings))
            camera.start()
        except (RuntimeError, IndexError) as error:
            msg = f"打不开树莓派摄像头 cannot open the Pi's camera: {error}"
            raise SourceError(msg) from error
        try:
            number = 0
            while not self._closed:
                number += 1
                yield Frame(time.monotonic(), camera.capture_array("main"), number)
        finally:
            camera.close()

    def close(self) -> None:
        """End an iteration under way at its next frame."""
        self._closed = True
