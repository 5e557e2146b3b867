"""All providers at once, and the settings by which a district reaches them."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from tests.servers import aliyun, mail, robots, tencent, zlb, zwdd
from tests.servers.aliyun import Aliyun
from tests.servers.hook import SECRET, Receiver, webhook_receiver
from tests.servers.longtail import Longtail
from tests.servers.mail import MailServer, mail_server
from tests.servers.provider import Provider, served
from tests.servers.robots import Dingtalk, Feishu, Wecom
from tests.servers.tencent import Tencent
from tests.servers.zlb import Zlb
from tests.servers.zwdd import Zwdd

HOOK_SECRET = "receipts-come-here-4711"  # noqa: S105 - opens nothing


@dataclass
class Providers:
    """Every provider that a district may have."""

    mail: MailServer
    hook: Receiver
    zwdd: Zwdd = field(default_factory=Zwdd)
    zlb: Zlb = field(default_factory=Zlb)
    aliyun: Aliyun = field(default_factory=Aliyun)
    tencent: Tencent = field(default_factory=Tencent)
    dingtalk: Dingtalk = field(default_factory=Dingtalk)
    wecom: Wecom = field(default_factory=Wecom)
    feishu: Feishu = field(default_factory=Feishu)
    longtail: Longtail = field(default_factory=Longtail)

    def over_http(self) -> tuple[Provider, ...]:
        return (
            self.zwdd, self.zlb, self.aliyun, self.tencent, self.dingtalk, self.wecom, self.feishu,
            self.longtail,
        )  # fmt: skip

    def texts_to(self, channel: str, address: str) -> list[str]:
        """Give what one recipient has got by a channel; robots and services are one each."""
        if channel == "email":
            return self.mail.texts_to(address)
        if channel == "webhook":
            return [json.dumps(event, ensure_ascii=False) for event in self.hook.got]
        if channel == "sms":
            return self.aliyun.texts_to(address) + self.tencent.texts_to(f"+86{address}")
        if channel == "apprise":
            return self.longtail.texts_to("service")
        one = {"zwdd": self.zwdd, "zlb": self.zlb}.get(channel)
        if one is not None:
            return one.texts_to(address)
        robots: dict[str, Provider] = {
            "dingtalk": self.dingtalk, "wecom": self.wecom, "feishu": self.feishu,
        }  # fmt: skip
        return robots[channel].texts_to("robot")

    def settings(
        self, sms: str = "aliyun", timeout_s: float = 10.0, keyword: str = "",
        hook_secret: str = HOOK_SECRET,
    ) -> str:  # fmt: skip
        """Give the channels' part of `central.toml`; `sms` is the provider of short messages."""
        by_sms = self._aliyun(timeout_s) if sms == "aliyun" else self._tencent(timeout_s)
        by_sms = by_sms.replace(HOOK_SECRET, hook_secret)
        return self._own(timeout_s) + by_sms + self._robots(timeout_s, keyword)

    def _own(self, timeout_s: float) -> str:
        return f"""
[email]
host = "127.0.0.1"
port = {self.mail.port}
sender = "huxiao@demo.invalid"
username = "{mail.USER}"
password = "{mail.PASSWORD}"
timeout_s = {timeout_s}

[[webhooks]]
name = "jczz"
url = "{self.hook.address}"
secret = "{SECRET}"
timeout_s = {timeout_s}

[zwdd]
url = "{self.zwdd.url}"
app_key = "{zwdd.APP_KEY}"
app_secret = "{zwdd.APP_SECRET}"
tenant_id = "{zwdd.TENANT}"
timeout_s = {timeout_s}

[zlb]
url = "{self.zlb.address}"
app_id = "{zlb.APP_ID}"
secret = "{zlb.SECRET}"
timeout_s = {timeout_s}
"""

    def _aliyun(self, timeout_s: float) -> str:
        return f"""
[sms.aliyun]
url = "{self.aliyun.url}"
access_key_id = "{aliyun.KEY_ID}"
access_key_secret = "{aliyun.KEY_SECRET}"
sign_name = "{aliyun.SIGN_NAME}"
hook_secret = "{HOOK_SECRET}"
timeout_s = {timeout_s}
[sms.aliyun.templates.default]
code = "SMS_100001"
params = {{ number = "number", place = "site_zh", what = "headline_zh" }}
[sms.aliyun.templates.over]
code = "SMS_100002"
params = {{ number = "number", place = "site_zh" }}
[sms.aliyun.templates.link]
code = "SMS_100003"
params = {{ number = "number", place = "site_zh", token = "link_token" }}
"""

    def _tencent(self, timeout_s: float) -> str:
        return f"""
[sms.tencent]
url = "{self.tencent.url}"
secret_id = "{tencent.SECRET_ID}"
secret_key = "{tencent.SECRET_KEY}"
sdk_app_id = "{tencent.SDK_APP_ID}"
sign_name = "{tencent.SIGN_NAME}"
hook_secret = "{HOOK_SECRET}"
timeout_s = {timeout_s}
[sms.tencent.templates.default]
id = "200001"
params = ["number", "site_zh", "headline_zh"]
[sms.tencent.templates.over]
id = "200002"
params = ["number", "site_zh"]
[sms.tencent.templates.link]
id = "200003"
params = ["number", "site_zh", "link_token"]
"""

    def _robots(self, timeout_s: float, keyword: str) -> str:
        return f"""
[[dingtalk]]
name = "值班群"
webhook = "{self.dingtalk.webhook}"
secret = "{robots.DING_SECRET}"
keyword = "{keyword}"
timeout_s = {timeout_s}

[[wecom]]
name = "学校群"
webhook = "{self.wecom.webhook}"
timeout_s = {timeout_s}

[[feishu]]
name = "信息群"
webhook = "{self.feishu.webhook}"
secret = "{robots.FEISHU_SECRET}"
keyword = "{keyword}"
timeout_s = {timeout_s}

[[apprise]]
name = "longtail"
apprise_url = "{self.longtail.address}"
"""


@contextmanager
def providers() -> Iterator[Providers]:
    """Put all of them up on loopback."""
    with mail_server() as by_mail, webhook_receiver() as hook, ExitStack() as stack:
        made = Providers(by_mail, hook)
        for one in made.over_http():
            stack.enter_context(served(one))
        yield made
