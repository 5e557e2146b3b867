"""How `huxiao-edge` ends: one exit code for each kind of failure, the same for every verb."""

from enum import IntEnum


class Exit(IntEnum):
    """What a script may rely on; every `--help` that can fail so names its codes."""

    OK = 0
    CHECKS_FAILED = 1
    USAGE = 2
    CAMERA = 3
    MODEL = 4
    VOICE = 5
    BROKER = 6
    OUTBOX = 7
    BUTTON = 8
    MEMORY = 9
    CLAIM = 10
    CENTRAL = 11


EXITS_HELP = """\b
退出码 (exit codes):
  0 正常 ok                  1 检查未通过 a check failed
  2 配置或用法 config, usage  3 摄像头 camera
  4 模型 model               5 语音 voice
  6 消息服务器 broker         7 待发箱 outbox
  8 报警按钮 button          9 内存超限 memory
  10 入网被拒 claim refused   11 连不上平台 central
"""
