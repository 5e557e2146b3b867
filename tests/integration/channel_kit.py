"""Letters, and the channels of a district whose providers are on loopback."""

import json
import tomllib
from typing import Any

from central.adapters.notifiers.configured import configured
from central.config import CentralConfig
from central.ports import Channel, Letter
from tests.servers.providers import Providers

PHONE = "13800000001"
ADDRESSES = {
    "zwdd": "1234567",
    "zlb": "guardian-1",
    "sms": PHONE,
    "email": "zhenshui@demo.invalid",
    "webhook": "jczz",
    "dingtalk": "值班群",
    "wecom": "学校群",
    "feishu": "信息群",
    "apprise": "longtail",
}
FACTS = {
    "number": "HX20261130-0001",
    "moment": "dispatched",
    "scenario": "drowning_risk",
    "kind": "overstay",
    "severity": "critical",
    "site_zh": "月湖",
    "site_en": "Moon Lake",
}


def channels_of(providers: Providers, **how: Any) -> dict[str, Channel]:
    """Give the channels as the settings file makes them."""
    fields = tomllib.loads(providers.settings(**how))
    return configured(CentralConfig.model_validate(fields))


def a_letter(channel: str, **changes: Any) -> Letter:
    """Give a letter to that channel's usual recipient."""
    data = json.dumps(FACTS, ensure_ascii=False)
    fields: dict[str, Any] = {
        "letter_id": "0190-0001",
        "incident_id": "0190-case",
        "moment": "dispatched",
        "address": ADDRESSES[channel],
        "subject": "【溺水风险处置】HX20261130-0001 月湖：请立即签收并处置",
        "text": data if channel == "webhook" else "地点：月湖\n\nPlace: Moon Lake\n",
        "created_at": 1_795_406_400_000,
        "data": data,
    }
    return Letter(**fields | changes)
