"""The district's settings: `central.toml` in the data folder; an unknown key is an error."""

from central.config.channels import (
    AliyunSection,
    AppriseSection,
    ChannelsSection,
    DingtalkSection,
    EmailSection,
    FeishuSection,
    SmsSection,
    TencentSection,
    WebhookSection,
    WecomSection,
    ZlbSection,
    ZwddSection,
)
from central.config.duty import DutySection
from central.config.identity import OidcSection, SignInSection
from central.config.section import ConfigError, Section
from central.config.settings import (
    BrokerSection,
    CentralConfig,
    DatabaseSection,
    DataDir,
    RetentionSection,
    WebSection,
    load_config,
)

__all__ = [
    "AliyunSection",
    "AppriseSection",
    "BrokerSection",
    "CentralConfig",
    "ChannelsSection",
    "ConfigError",
    "DataDir",
    "DatabaseSection",
    "DingtalkSection",
    "DutySection",
    "EmailSection",
    "FeishuSection",
    "OidcSection",
    "RetentionSection",
    "Section",
    "SignInSection",
    "SmsSection",
    "TencentSection",
    "WebSection",
    "WebhookSection",
    "WecomSection",
    "ZlbSection",
    "ZwddSection",
    "load_config",
]
