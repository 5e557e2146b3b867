"""Settings of the channels: how people are reached, and by whose servers.

Every timeout is shorter than the 30 s after which nobody would still wait for an answer.
"""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Self, TypeVar

from pydantic import Field, model_validator

from central.config.section import Name, Port, Secret, Section, Text, TimeoutS, Url, refuse

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Field(strict=False)]
Quota = Annotated[int, Field(ge=1, le=1_000_000)]
DEFAULT = "default"


class EmailSection(Section):
    """The mail server that takes notifications."""

    SECRETS: ClassVar[tuple[str, ...]] = ("password",)

    host: Text
    port: Port = 25
    sender: Text
    username: str = ""
    password: Annotated[str, Field(repr=False)] = ""
    starttls: bool = False
    timeout_s: TimeoutS = 15.0


class WebhookSection(Section):
    """A receiver of signed CloudEvents, e.g. the city's governance application."""

    SECRETS: ClassVar[tuple[str, ...]] = ("secret",)

    name: Text
    url: Url
    secret: Annotated[Secret, Field(min_length=16)]
    timeout_s: TimeoutS = 15.0


class ZwddSection(Section):
    """浙政钉: the staff's messenger, a government DingTalk with hosts of its own."""

    SECRETS: ClassVar[tuple[str, ...]] = ("app_secret",)

    url: Url = "https://openplatform-pro.ding.zj.gov.cn"
    app_key: Text
    app_secret: Secret
    tenant_id: Text
    per_person_per_day: Quota = 100
    timeout_s: TimeoutS = 10.0


class ZlbFields(Section):
    """How the connector names what we send; an empty name leaves it out."""

    message_id: str = "messageId"
    person: str = "receiver"
    group: str = "group"
    title: str = "title"
    text: str = "content"
    moment: str = "type"
    data: str = ""


class ZlbAnswers(Section):
    """How the connector's answers are read; dots lead into objects."""

    code: Text = "code"
    good: Many[str] = ("0", "200", "success")
    message: Text = "message"
    message_id: Text = "data.messageId"


class ZlbSection(Section):
    """浙里办: the citizens' app, through the province's or city's message connector."""

    SECRETS: ClassVar[tuple[str, ...]] = ("secret",)

    url: Url
    app_id: Text
    secret: Annotated[Secret, Field(min_length=16)]
    fields: ZlbFields = ZlbFields()
    answers: ZlbAnswers = ZlbAnswers()
    groups: dict[str, str] = Field(default_factory=dict)
    """A unit's code to what the connector calls its families; the code itself where not named."""
    most_bytes: Quota = 4000
    per_minute: Quota | None = None
    timeout_s: TimeoutS = 10.0


class AliyunTemplate(Section):
    """A registered template: its variables, each with the fact that fills it."""

    code: Text
    params: dict[str, Text] = Field(default_factory=dict)


class TencentTemplate(Section):
    """A registered template: the facts that fill {1}, {2} and so on."""

    id: Text
    params: Many[Text] = ()


class _SmsProvider(Section):
    """What both providers need."""

    sign_name: Text
    hook_secret: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]{16,128})?$", repr=False)] = ""
    """The last part of the address to which the provider posts its receipts."""
    per_phone_per_minute: Quota | None = None
    per_phone_per_hour: Quota | None = None
    per_phone_per_day: Quota | None = 50
    timeout_s: TimeoutS = 10.0


class AliyunSection(_SmsProvider):
    """阿里云短信服务."""

    SECRETS: ClassVar[tuple[str, ...]] = ("access_key_secret", "hook_secret")

    access_key_id: Text
    access_key_secret: Secret
    url: Url = "https://dysmsapi.aliyuncs.com"
    templates: dict[str, AliyunTemplate]

    @model_validator(mode="after")
    def _has_a_default(self) -> Self:
        _needs_default(self.templates)
        return self


class TencentSection(_SmsProvider):
    """腾讯云短信."""

    SECRETS: ClassVar[tuple[str, ...]] = ("secret_key", "hook_secret")

    secret_id: Text
    secret_key: Secret
    sdk_app_id: Text
    region: Text = "ap-guangzhou"
    url: Url = "https://sms.tencentcloudapi.com"
    templates: dict[str, TencentTemplate]

    @model_validator(mode="after")
    def _has_a_default(self) -> Self:
        _needs_default(self.templates)
        return self


class SmsSection(Section):
    """The one provider of short messages."""

    aliyun: AliyunSection | None = None
    tencent: TencentSection | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.aliyun is None) == (self.tencent is None):
            refuse("写 [sms.aliyun] 或 [sms.tencent] 其中一个 / give exactly one of the two")
        return self


class _Robot(Section):
    """A robot in a group: its address as its page shows it, which is a secret."""

    SECRETS: ClassVar[tuple[str, ...]] = ("webhook",)

    name: Name
    webhook: Annotated[Secret, Field(pattern=r"^https?://")]
    keyword: str = ""
    timeout_s: TimeoutS = 10.0


class DingtalkSection(_Robot):
    """A DingTalk robot; `secret` where 加签 is on, `keyword` where 自定义关键词 is."""

    SECRETS: ClassVar[tuple[str, ...]] = ("webhook", "secret")

    secret: Annotated[str, Field(repr=False)] = ""


class WecomSection(_Robot):
    """A WeCom robot; it has no signature."""


class FeishuSection(_Robot):
    """A Feishu robot; `secret` where 签名校验 is on."""

    SECRETS: ClassVar[tuple[str, ...]] = ("webhook", "secret")

    secret: Annotated[str, Field(repr=False)] = ""


class AppriseSection(Section):
    """Any of the services that Apprise knows; what it says to us is never more than "sent"."""

    SECRETS: ClassVar[tuple[str, ...]] = ("apprise_url",)

    name: Name
    apprise_url: Annotated[Secret, Field(pattern=r"^[a-z0-9]+://")]


class ChannelsSection(Section):
    """All ways to reach people."""

    email: EmailSection | None = None
    zwdd: ZwddSection | None = None
    zlb: ZlbSection | None = None
    sms: SmsSection | None = None
    webhooks: Many[WebhookSection] = ()
    dingtalk: Many[DingtalkSection] = ()
    wecom: Many[WecomSection] = ()
    feishu: Many[FeishuSection] = ()
    apprise: Many[AppriseSection] = ()

    @model_validator(mode="after")
    def _names_are_apart(self) -> Self:
        lists: dict[str, Sequence[WebhookSection | _Robot | AppriseSection]] = {
            "webhooks": self.webhooks,
            "dingtalk": self.dingtalk,
            "wecom": self.wecom,
            "feishu": self.feishu,
            "apprise": self.apprise,
        }
        for channel, sections in lists.items():
            names = [section.name for section in sections]
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                refuse(f"[[{channel}]] 名称重复 / name given twice: {', '.join(twice)}")
        return self


SECRET_KEYS = frozenset(
    key
    for section in (
        EmailSection, WebhookSection, ZwddSection, ZlbSection, AliyunSection, TencentSection,
        DingtalkSection, WecomSection, FeishuSection, AppriseSection,
    )
    for key in section.SECRETS
)  # fmt: skip


def _needs_default(templates: dict[str, AliyunTemplate] | dict[str, TencentTemplate]) -> None:
    if DEFAULT not in templates:
        refuse("templates.default 必须有 / templates.default is needed")
