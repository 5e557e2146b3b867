"""The settings file: strict, secrets may lie beside it, and none of them is ever said."""

from pathlib import Path

import pytest

from central.config import ConfigError, DataDir, load_config
from central.config.map import MapSection

SECRET = "s3cret-of-the-district"  # noqa: S105 - opens nothing


def settings(folder: Path, text: str) -> DataDir:
    (folder / "central.toml").write_text(text, "utf-8")
    return DataDir(folder)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        load_config(settings(folder, text))
    return str(refused.value)


ZWDD = '[zwdd]\napp_key = "a"\ntenant_id = "1"\n'


def test_a_secret_may_lie_in_a_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "zwdd.secret").write_text(f"{SECRET}\n", "utf-8")
    config = load_config(settings(tmp_path, ZWDD + 'app_secret_file = "zwdd.secret"'))
    assert config.zwdd
    assert config.zwdd.app_secret == SECRET
    assert SECRET not in repr(config)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "zwdd.app_secret"),
        ('app_secret_file = "not there"', "读不出 not there"),
        ('app_secret_file = "."', "cannot be read"),
        ('app_secret_file = "empty"', "是空的"),
        ("app_secret_file = 7", "the path of a file"),
        (f'app_secret = "{SECRET}"\napp_secret_file = "empty"', "give one of the two"),
        (f'app_secret = "{SECRET}"\ncolour = "red"', "zwdd.colour"),
    ],
)
def test_a_wrong_secret_file_is_named_with_its_key(tmp_path: Path, given: str, words: str) -> None:
    (tmp_path / "empty").write_text("\n")
    said = refusal(tmp_path, ZWDD + given)
    assert words in said
    assert "zwdd" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    "text",
    [
        f'[[webhooks]]\nname = "a"\nurl = "https://a"\nsecret = ["{SECRET}"]',
        f'[[dingtalk]]\nname = "a"\nwebhook = "{SECRET}"',
        f'[[apprise]]\nname = "a"\napprise_url = "{SECRET}"',
        f'[email]\nhost = "a"\nsender = "a"\npassword = 7\nusername = ["{SECRET}"]',
        f'[sms.aliyun]\naccess_key_secret = "{SECRET}"\nhook_secret = "{SECRET}/"',
    ],
)
def test_what_is_wrong_with_a_secret_is_said_without_it(tmp_path: Path, text: str) -> None:
    assert SECRET not in refusal(tmp_path, text)


TEMPLATE = """
[sms.{0}.templates.{1}]
{2} = "1"
"""
ALIYUN = '[sms.aliyun]\naccess_key_id = "a"\naccess_key_secret = "b"\nsign_name = "c"\n'
TENCENT = ('[sms.tencent]\nsecret_id = "a"\nsecret_key = "b"\nsdk_app_id = "1"\n'
           'sign_name = "c"\n')  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ALIYUN + TEMPLATE.format("aliyun", "over", "code"), "templates.default"),
        (TENCENT + TEMPLATE.format("tencent", "over", "id"), "templates.default"),
        (
            ALIYUN
            + TEMPLATE.format("aliyun", "default", "code")
            + TENCENT
            + TEMPLATE.format("tencent", "default", "id"),
            "exactly one of the two",
        ),
        ("[sms]\n", "exactly one of the two"),
        ('[[wecom]]\nname = "a"\nwebhook = "https://a?key=1"\n' * 2, "name given twice: a"),
        ("[zwdd]\ntimeout_s = 30.0", "zwdd.timeout_s"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_at_once(
    tmp_path: Path, text: str, words: str
) -> None:
    assert words in refusal(tmp_path, text)


def test_the_district_s_bounds_are_four_degrees_in_order_and_china_s_where_nobody_says() -> None:
    bounds = MapSection(bounds=[121.1, 29.4, 121.8, 29.8]).area
    assert bounds.holds((121.4, 29.6))
    assert not bounds.holds((116.4, 39.9))
    assert MapSection().area.holds((116.4, 39.9))
    with pytest.raises(ValueError, match="west, south, east, north"):
        MapSection(bounds=[121.8, 29.4, 121.1, 29.8])
