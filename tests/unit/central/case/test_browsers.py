"""A browser is told by name, not by its hundred-letter string."""

import pytest

from central.core.browsers import UNKNOWN, in_words

CHROME = ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
          "Chrome/142.0.0.0 Safari/537.36")  # fmt: skip
PHONE = ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
         "(KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50")  # fmt: skip
HARMONY = ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) "
           "Chrome/114.0.0.0 Safari/537.36 HuaweiBrowser/5.0")  # fmt: skip


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (CHROME, "Chrome · Windows", "Chrome · Windows"),
        (f"{CHROME} Edg/142.0", "Edge · Windows", "Edge · Windows"),
        (PHONE, "微信 · iPhone", "WeChat · iPhone"),
        (HARMONY, "华为浏览器 · 鸿蒙", "Huawei Browser · HarmonyOS"),
        ("", *UNKNOWN),
        ("curl/8.5", *UNKNOWN),
    ],
)
def test_a_browser_is_named_as_its_owner_calls_it(said: str, chinese: str, english: str) -> None:
    assert in_words(said) == (chinese, english)
