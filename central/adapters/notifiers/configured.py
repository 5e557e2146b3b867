"""Which channels a district has: one table from its settings to the modules here."""

from central.adapters.notifiers.aliyun import AliyunSms
from central.adapters.notifiers.apprise import AppriseChannel
from central.adapters.notifiers.dingtalk import dingtalk_channel
from central.adapters.notifiers.email import EmailChannel
from central.adapters.notifiers.feishu import feishu_channel
from central.adapters.notifiers.tencent import TencentSms
from central.adapters.notifiers.webhook import WebhookChannel
from central.adapters.notifiers.wecom import wecom_channel
from central.adapters.notifiers.zlb import ZlbChannel
from central.adapters.notifiers.zwdd import ZwddChannel
from central.config import CentralConfig, SmsSection
from central.ports import Channel

NAMES = (
    "zwdd", "zlb", "sms", "email", "webhook", "dingtalk", "wecom", "feishu", "apprise",
)  # fmt: skip
"""All there are, configured or not."""


def configured(config: CentralConfig) -> dict[str, Channel]:
    """Make the channels that the settings name; nothing is connected yet."""
    found: dict[str, Channel | None] = {
        "zwdd": ZwddChannel(config.zwdd) if config.zwdd else None,
        "zlb": ZlbChannel(config.zlb) if config.zlb else None,
        "sms": _sms(config.sms) if config.sms else None,
        "email": EmailChannel(config.email, config.web.public_url) if config.email else None,
        "webhook": WebhookChannel(config.webhooks) if config.webhooks else None,
        "dingtalk": dingtalk_channel(config.dingtalk) if config.dingtalk else None,
        "wecom": wecom_channel(config.wecom) if config.wecom else None,
        "feishu": feishu_channel(config.feishu) if config.feishu else None,
        "apprise": AppriseChannel(config.apprise) if config.apprise else None,
    }
    return {name: channel for name, channel in found.items() if channel is not None}


def _sms(section: SmsSection) -> Channel | None:
    if section.aliyun:
        return AliyunSms(section.aliyun)
    return TencentSms(section.tencent) if section.tencent else None
