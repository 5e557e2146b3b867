"""One device's settings: a TOML file, parsed strictly; every mistake is named at once."""

from edge_agent.config.broker import BrokerConfig
from edge_agent.config.button import ButtonConfig
from edge_agent.config.drawing import CameraConfig, LineConfig, MaskConfig, PostConfig, ZoneConfig
from edge_agent.config.evidence import EvidenceConfig
from edge_agent.config.reading import ConfigError, Problem, load_config, read_config
from edge_agent.config.rules import AlertsConfig, GateConfig, WaterConfig
from edge_agent.config.sections import EdgeConfig
from edge_agent.config.seeing import DetectorConfig
from edge_agent.config.voice import VoiceConfig

__all__ = [
    "AlertsConfig",
    "BrokerConfig",
    "ButtonConfig",
    "CameraConfig",
    "ConfigError",
    "DetectorConfig",
    "EdgeConfig",
    "EvidenceConfig",
    "GateConfig",
    "LineConfig",
    "MaskConfig",
    "PostConfig",
    "Problem",
    "VoiceConfig",
    "WaterConfig",
    "ZoneConfig",
    "load_config",
    "read_config",
]
