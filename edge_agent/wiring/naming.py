"""Recognition on a live watch: the gallery, one recogniser a camera, and the names it lends."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from edge_agent.adapters.faces.recogniser import Recogniser
from edge_agent.adapters.faces.yunet import YuNet
from edge_agent.adapters.gallery import EncryptedGallery
from edge_agent.config import EdgeConfig
from edge_agent.core.face_quality import TO_MATCH
from edge_agent.core.faces import SCALES, Scale
from edge_agent.core.matching import Nearness
from edge_agent.core.naming import Addressee
from edge_agent.core.tracks import Track
from edge_agent.core.votes import Hint, Votes
from edge_agent.ports import Frame, GalleryError, ModelError
from edge_agent.wiring.galleries import open_gallery
from edge_agent.wiring.recognising import READERS

LOG = logging.getLogger("huxiao.gallery")


@dataclass(slots=True)
class Recognition:
    """Reads faces after the voice has had its turn; what it finds counts from the next frame on."""

    gallery: EncryptedGallery
    recognisers: Mapping[str, Recogniser]
    heard: dict[str, list[Hint]] = field(default_factory=dict)
    revision: int = -1

    def after(self, camera_id: str, frame: Frame, tracks: Sequence[Track]) -> list[Addressee]:
        """Look at some of those who are there; give those who may have to be spoken to."""
        hints = self.recognisers[camera_id].observe(frame.at, frame.image, tracks)
        self.heard.setdefault(camera_id, []).extend(hints)
        found = (self.gallery.spoken(hint.entry_id) for hint in hints)
        return [to for to in found if to is not None]

    def hints(self, camera_id: str) -> list[Hint]:
        """Give what has been found since the last frame."""
        return self.heard.pop(camera_id, [])

    def everybody_anew(self) -> list[Addressee] | None:
        """Give all who may be named, where the gallery has changed since the last time."""
        revision = self.gallery.templates().revision
        if revision == self.revision:
            return None
        self.revision = revision
        return self.gallery.everybody()


def open_recognition(config: EdgeConfig) -> Recognition | None:
    """Give recognition, or None where it is off or cannot be had: the site works without."""
    if not config.faces.enabled:
        return None
    try:
        gallery = open_gallery(config)
        made = {camera.camera_id: _recogniser(config, gallery) for camera in config.cameras}
    except (GalleryError, ModelError) as error:
        LOG.error("人脸识别不可用,其余照常 (no recognition, all else goes on): %s", error)  # noqa: TRY400 - one line in words
        return None
    return Recognition(gallery, made)


def _recogniser(config: EdgeConfig, gallery: EncryptedGallery) -> Recogniser:
    faces = config.faces
    own = faces.scale
    scale = SCALES[faces.backend] if own is None else Scale(own.middle, own.width)
    return Recogniser(
        YuNet(TO_MATCH.min_score),
        READERS[faces.backend](),
        gallery,
        Nearness(scale, faces.min_similarity, faces.margin),
        Votes(faces.votes, faces.of_last),
        most_a_frame=faces.most_a_frame,
    )
