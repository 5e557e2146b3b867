"""How a process opens the device's gallery for matching, for names and for their sounds."""

from collections.abc import Callable

from edge_agent.adapters import model_store
from edge_agent.adapters.clock import SystemTime, boot_id
from edge_agent.adapters.gallery import EncryptedGallery, Terms
from edge_agent.config import EdgeConfig
from edge_agent.ports import ModelError, Timepiece
from edge_agent.wiring.gallery_delivery import gallery_file

DAY_S = 24 * 3600.0


def open_gallery(
    config: EdgeConfig, timepiece: Timepiece | None = None, boot: Callable[[], str] = boot_id
) -> EncryptedGallery:
    """Give a process its view of the gallery: for matching, for names and for their sounds."""
    backend = config.faces.backend
    max_silence_s = config.gallery.max_silence_days * DAY_S
    terms = Terms(backend, _weights_of(backend), max_silence_s, boot())
    return EncryptedGallery(gallery_file(config), terms, timepiece or SystemTime())


def _weights_of(backend: str) -> str:
    """Give the sha256 of the recogniser's weights; empty where they are none of ours (dlib)."""
    try:
        listed = model_store.listed()
    except ModelError:
        return ""
    return listed[backend].sha256 if backend in listed else ""
