"""What codes about devices and their certificates are called."""

from collections.abc import Mapping

from central.core.claims import REFUSAL_WORDS, WORDS

CLAIM_STATES: Mapping[str, tuple[str, str]] = {
    "open": ("待使用", "not used yet"),
    "used": ("已领证书，等待上线", "certificate issued, not seen yet"),
    "online": ("已上线", "online"),
    "expired": ("已过期", "too old"),
    "withdrawn": ("已作废", "withdrawn"),
}
CLAIM_STEPS = {step.value: words for step, words in WORDS.items()}
CLAIM_REFUSALS = {code.value: words for code, words in REFUSAL_WORDS.items()}

ROLLOUT_STATES: Mapping[str, tuple[str, str]] = {
    "running": ("进行中", "running"),
    "paused": ("已暂停", "paused"),
    "done": ("已完成", "done"),
    "taken_back": ("已收回", "taken back"),
}
UPDATE_PHASES: Mapping[str, tuple[str, str]] = {
    "planned": ("未轮到", "not its turn yet"),
    "ordered": ("已通知", "ordered"),
    "waiting": ("等待时机", "waits for a good moment"),
    "fetching": ("下载中", "fetching"),
    "installing": ("安装中", "installing"),
    "trial": ("试运行", "on trial"),
    "confirmed": ("已更新", "updated"),
    "refused": ("拒绝安装", "refused"),
    "failed": ("安装失败", "failed"),
    "rolled_back": ("已自动退回", "went back by itself"),
    "returned": ("已退回", "returned"),
    "dropped": ("已取消", "dropped"),
}
