"""One device's settings: a TOML file, parsed strictly; every mistake is named at once."""

from edge_agent.config.reading import ConfigError, Problem, load_config, read_config
from edge_agent.config.sections import (
    BrokerConfig,
    ButtonConfig,
    CameraConfig,
    DetectorConfig,
    EdgeConfig,
    EvidenceConfig,
    LineConfig,
    VoiceConfig,
    WaterConfig,
    ZoneConfig,
)

__all__ = [
    "BrokerConfig",
    "ButtonConfig",
    "CameraConfig",
    "ConfigError",
    "DetectorConfig",
    "EdgeConfig",
    "EvidenceConfig",
    "LineConfig",
    "Problem",
    "VoiceConfig",
    "WaterConfig",
    "ZoneConfig",
    "load_config",
    "read_config",
]
