"""What a check is called on the page."""

from edge_agent.page.languages import text as _

_TITLES = {
    "config": "配置文件",
    "camera": "摄像头",
    "cameras": "摄像头",
    "link": "与平台的连接",
    "broker": "与平台的连接",
    "outbox": "待发预警",
    "disk": "存储空间",
    "clock": "时钟",
    "wear": "存储卡寿命",
    "signal": "无线信号",
    "temperature": "温度",
    "certificate": "证书",
    "voice": "喊话",
    "speaker": "扬声器",
    "models": "识别模型",
    "memory": "内存",
    "button": "报警按钮",
    "drill": "演练",
}


def title_of(check: str) -> str:
    """Give a check's name, with what it is about: `camera.cam1` is 摄像头 cam1."""
    part, _dot, rest = check.partition(".")
    if part not in _TITLES:
        return check
    return f"{_(_TITLES[part])} {rest}".rstrip()
