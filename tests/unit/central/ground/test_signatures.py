"""Signatures are those of the providers' own published examples."""

import hashlib

from central.adapters.notifiers import aliyun, tencent
from central.config import AliyunSection


def test_acs3_signs_as_aliyuns_own_example_does() -> None:
    fields = {"access_key_id": "YourAccessKeyId", "access_key_secret": "YourAccessKeySecret",
              "sign_name": "护校", "url": "https://ecs.cn-shanghai.aliyuncs.com",
              "templates": {"default": {"code": "SMS_1"}}}  # fmt: skip
    asked = {
        "RegionId": "cn-shanghai",
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
    }
    _, headers = aliyun.signed(
        AliyunSection.model_validate(fields),
        "RunInstances",
        asked,
        1_698_315_752,
        "3156853299f313e23d1673dc12e1703d",
        "2014-05-26",
    )
    assert headers["x-acs-date"] == "2023-10-26T10:22:32Z"
    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tc3_signs_as_tencents_own_example_does() -> None:
    body = (
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    )
    assert hashlib.sha256(body).hexdigest().startswith("35e9c5b0e3ae6753")
    signature, day = tencent.tc3(
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        "cvm",
        ("cvm.tencentcloudapi.com", "DescribeInstances"),
        body,
        1_551_113_065,
    )
    assert day == "2019-02-25"
    assert signature == "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"
