"""The storage's wear, and the radio's signal."""

from collections.abc import Iterator, Sequence

from edge_agent.adapters.wear import Signal, errors, signals, used_percent
from edge_agent.core.checks import Finding, State

WORN_PERCENT, DEAD_PERCENT = 70, 90
WEAK_DBM, LOST_DBM = -70.0, -80.0


def check_wear() -> Iterator[Finding]:
    """Say how the storage card does, where it tells."""
    yield from of_wear(used_percent(), errors())


def check_signal() -> Iterator[Finding]:
    """Say how well each radio hears; nothing on a wire."""
    yield from of_signals(signals())


def of_wear(percent: int | None, wrong: int) -> Iterator[Finding]:
    """Judge what the storage tells: `percent` of its life is used, so much was found `wrong`."""
    if wrong:
        advice = "存储卡可能将坏,请换卡 (the card may be failing: change it)"
        yield Finding("wear", "fail", f"文件系统发现 {wrong} 处错误 (errors found)", advice)
    elif percent is not None:
        state: State = "ok"
        if percent >= WORN_PERCENT:
            state = "fail" if percent >= DEAD_PERCENT else "warn"
        advice = "" if state == "ok" else "请安排换卡 (plan to change the card)"
        yield Finding("wear", state, f"寿命已用约 {percent} % (of its life is used)", advice)


def of_signals(heard: Sequence[Signal]) -> Iterator[Finding]:
    """Judge what each radio hears."""
    for one in heard:
        state: State = "ok"
        if one.dbm < WEAK_DBM:
            state = "fail" if one.dbm < LOST_DBM else "warn"
        advice = "" if state == "ok" else "请移近路由器或改用网线 (move nearer, or use a cable)"
        yield Finding(f"signal.{one.name}", state, f"{one.dbm:.0f} dBm", advice)
