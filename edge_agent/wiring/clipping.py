"""Pictures that leave the device: clips for alerts, and who is hidden on them."""

import logging
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import cv2

from contract.messages import AlertBody
from contract.scenarios import Phase
from edge_agent.adapters.blur import FaceFinder, blurred
from edge_agent.adapters.clips.cameraman import Cameraman, Settings
from edge_agent.adapters.faces.yunet import YuNet
from edge_agent.adapters.snapshot import SnapshotError
from edge_agent.config import EdgeConfig
from edge_agent.config.evidence import EvidenceConfig
from edge_agent.core.heads import Person
from edge_agent.core.tracks import Track
from edge_agent.ports import EvidenceFile, Image, ModelError
from edge_agent.watch import Recorder, Sight

LOG = logging.getLogger("huxiao.watch")

CLIP_ROOM_BYTES = 256 * 1024 * 1024
"""With less free than this no clip is made: the alerts themselves go first."""
FINDER_PX = 640
FINDER_SCORE = 0.5
"""To hide one face too many costs nothing."""


class Veil:
    """Hides heads on snapshots; used by one thread."""

    def __init__(self, evidence: EvidenceConfig) -> None:
        self._evidence = evidence

    def over(self, image: Image, tracks: Sequence[Track], subject: Track | None) -> Image:
        """Give the picture as it may leave the device.

        Raises:
            SnapshotError: heads cannot be hidden: then no picture leaves.
        """
        if not self._evidence.blur:
            return image
        is_shown = subject is not None and not self._evidence.blur_subject
        shown = {subject.track_id} if subject is not None and is_shown else set[int]()
        try:
            return blurred(image, people_on(tracks), shown, self._finder)
        except cv2.error as error:
            msg = f"无法遮挡头部 (heads cannot be hidden): {error}"
            raise SnapshotError(msg) from error

    @cached_property
    def _finder(self) -> FaceFinder | None:
        try:
            return YuNet(FINDER_SCORE, FINDER_PX)
        except ModelError as error:
            LOG.error("只按人形遮挡头部 (heads are hidden by the boxes alone): %s", error)  # noqa: TRY400 - one line, no traceback
            return None


class Clips:
    """Has a clip made for each alert that starts; it follows as an update of the same alert."""

    def __init__(self, config: EdgeConfig, recorder: Recorder) -> None:
        self._recorder = recorder
        self._bodies: dict[str, AlertBody] = {}
        folder = config.data_dir
        self._cameraman = Cameraman(
            settings_of(config.evidence), self._follow, has_room=lambda: _has_room(folder)
        )

    def see(self, sight: Sight) -> None:
        """Keep what was seen, as far as a clip needs it."""
        frame = sight.frame
        self._cameraman.see(sight.view.camera_id, frame.at, frame.image, people_on(sight.tracks))

    def begin(self, body: AlertBody, at: float) -> None:
        """Begin the clip of an alert that starts now."""
        if body.camera_id is not None:
            self._bodies[body.alert_id] = body
            self._cameraman.begin(body.alert_id, body.camera_id, at, body.track_id)

    def close(self) -> None:
        """Have made what is still to be made, as far as there is time for it."""
        self._cameraman.close()

    def _follow(self, alert_id: str, files: Sequence[EvidenceFile]) -> None:
        body = self._bodies.pop(alert_id)
        if files:
            update = body.model_copy(update={"phase": Phase.UPDATE, "announcement": None})
            self._recorder.record([lambda: (update, files)])


def clips_of(config: EdgeConfig, recorder: Recorder) -> Clips | None:
    """Give what makes clips, where the config wants them."""
    return Clips(config, recorder) if config.evidence.clips else None


def settings_of(evidence: EvidenceConfig) -> Settings:
    """Give how the config wants clips to be made."""
    return Settings(
        before_s=evidence.pre_s,
        after_s=evidence.post_s,
        fps=evidence.clip_fps,
        calm_fps=min(2.0, evidence.clip_fps),
        width=evidence.clip_width,
        memory_bytes=evidence.clip_memory_bytes,
        clip_bytes=evidence.clip_max_bytes,
        snapshot_bytes=evidence.max_bytes,
        hides=evidence.blur,
        shows_subject=not evidence.blur_subject,
    )


def people_on(tracks: Sequence[Track]) -> tuple[Person, ...]:
    """Give those who are followed on a picture."""
    return tuple(Person(track.track_id, track.box) for track in tracks)


def _has_room(folder: Path) -> bool:
    there = next(one for one in (folder, *folder.parents) if one.exists())  # it may be yet to make
    try:
        return shutil.disk_usage(there).free > CLIP_ROOM_BYTES
    except OSError:
        return False
