"""Files on a boot partition, without mounting it and without root."""

from firmware_config.core.fat.geometry import FatError
from firmware_config.core.fat.volume import FatVolume, Patch

__all__ = ["FatError", "FatVolume", "Patch"]
