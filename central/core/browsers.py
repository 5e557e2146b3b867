"""A browser in words that its owner recognises: `Chrome · Windows`."""

from collections.abc import Sequence

from central.core.naming import Words

UNKNOWN: Words = ("未知浏览器", "unknown browser")

_PROGRAMS: Sequence[tuple[str, Words]] = (
    ("MicroMessenger", ("微信", "WeChat")),
    ("DingTalk", ("钉钉", "DingTalk")),
    ("AliApp", ("支付宝", "Alipay")),
    ("HuaweiBrowser", ("华为浏览器", "Huawei Browser")),
    ("MiuiBrowser", ("小米浏览器", "Mi Browser")),
    ("UCBrowser", ("UC 浏览器", "UC Browser")),
    ("MQQBrowser", ("QQ 浏览器", "QQ Browser")),
    ("QQBrowser", ("QQ 浏览器", "QQ Browser")),
    ("QIHU", ("360 浏览器", "360 Browser")),
    ("360SE", ("360 浏览器", "360 Browser")),
    ("Edg", ("Edge", "Edge")),
    ("OPR/", ("Opera", "Opera")),
    ("Firefox/", ("Firefox", "Firefox")),
    ("FxiOS", ("Firefox", "Firefox")),
    ("CriOS", ("Chrome", "Chrome")),
    ("Chrome/", ("Chrome", "Chrome")),
    ("Safari/", ("Safari", "Safari")),
)
_SYSTEMS: Sequence[tuple[str, Words]] = (
    ("OpenHarmony", ("鸿蒙", "HarmonyOS")),
    ("HarmonyOS", ("鸿蒙", "HarmonyOS")),
    ("Android", ("安卓", "Android")),
    ("iPhone", ("iPhone", "iPhone")),
    ("iPad", ("iPad", "iPad")),
    ("Windows", ("Windows", "Windows")),
    ("Mac OS X", ("Mac", "Mac")),
    ("Linux", ("Linux", "Linux")),
)


def in_words(user_agent: str) -> Words:
    """Name program and system; the more particular names go before what they claim to be."""
    program, system = _first(_PROGRAMS, user_agent), _first(_SYSTEMS, user_agent)
    found = [one for one in (program, system) if one]
    if not found:
        return UNKNOWN
    return " · ".join(one[0] for one in found), " · ".join(one[1] for one in found)


def _first(table: Sequence[tuple[str, Words]], text: str) -> Words | None:
    return next((words for mark, words in table if mark in text), None)
