"""A device's whole config, with its defaults. Unknown keys are errors.

Every limit and time here is district configuration; the defaults are ours, the plan names none.
Each section has a file of its own.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from contract.messages import DeviceId
from edge_agent.config.basics import Section
from edge_agent.config.broker import BrokerConfig
from edge_agent.config.button import ButtonConfig
from edge_agent.config.care import CareConfig
from edge_agent.config.drawing import CameraConfig
from edge_agent.config.evidence import EvidenceConfig
from edge_agent.config.faces import FacesConfig
from edge_agent.config.gallery import GalleryConfig
from edge_agent.config.page import PageConfig
from edge_agent.config.places import PlacedPath
from edge_agent.config.rules import AlertsConfig, GateConfig, WaterConfig
from edge_agent.config.seeing import DetectorConfig, EyesightConfig
from edge_agent.config.storage import StorageConfig
from edge_agent.config.update import UpdateConfig
from edge_agent.config.voice import VoiceConfig


class EdgeConfig(Section):
    """Everything that a device needs to know about itself."""

    device_id: DeviceId = Field(description="设备编号 / the device's id")
    profile: Literal["gate", "water", "venue"] = Field(description="设备类型 / kind of box")
    site_name: str = Field(default="", max_length=100, description="安装地点 / where it stands")
    data_dir: PlacedPath = Field(
        default=Path("/var/lib/huxiao"), description="数据目录 / where it keeps its data"
    )
    detector: DetectorConfig = Field(default_factory=DetectorConfig)
    eyesight: EyesightConfig = Field(default_factory=EyesightConfig)
    water: WaterConfig = Field(default_factory=WaterConfig)
    alerts: AlertsConfig = Field(default_factory=AlertsConfig)
    gate: GateConfig = Field(default_factory=GateConfig)
    voice: VoiceConfig = Field(default_factory=VoiceConfig)
    broker: BrokerConfig = Field(default_factory=BrokerConfig)
    button: ButtonConfig = Field(default_factory=ButtonConfig)
    evidence: EvidenceConfig = Field(default_factory=EvidenceConfig)
    storage: StorageConfig = Field(default_factory=StorageConfig)
    care: CareConfig = Field(default_factory=CareConfig)
    faces: FacesConfig = Field(default_factory=FacesConfig)
    gallery: GalleryConfig = Field(default_factory=GalleryConfig)
    page: PageConfig = Field(default_factory=PageConfig)
    update: UpdateConfig = Field(default_factory=UpdateConfig)
    cameras: Annotated[tuple[CameraConfig, ...], Field(max_length=32)] = ()
