"""What codes are called, Chinese first; the case's own words come from the core."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from central.core.courses import years
from central.core.fleet import HEALTH_WORDS
from central.core.labels import LABELS
from central.core.naming import DUTIES, FAULTS, KINDS, SCENARIOS, SEVERITIES
from central.core.naming import ROLES as ROLE_WORDS
from central.core.subjects import CERTAINTIES, FINDINGS
from central.core.workflow import STATUS_WORDS, STEP_WORDS
from central.web import desk_words, device_words
from central.web.languages import say

Table = Mapping[str, tuple[str, str]]
SCENARIO_WORDS: Table = {str(code): words for code, words in SCENARIOS.items()}
ROLES: Table = {str(code): words for code, words in ROLE_WORDS.items()}

PARTS: Table = {"lead": ("主办", "lead"), "joint": ("协办", "joint")}

EVENTS: Table = {
    "alert": ("设备预警", "alert"),
    "opened": ("立案", "opened"),
    "alert_end": ("现场结束", "over on the spot"),
    "notified": ("通知", "notified"),
    "drill": ("演练", "drill"),
    "suggested": ("反馈设备", "fed back"),
    "stale": ("迟到预警", "late alert"),
    "evidence": ("现场图片", "picture"),
    "reported": ("人工上报", "reported by hand"),
    "referred": ("转介", "referred"),
    "booked": ("课程预约", "course booked"),
    "moved": ("改期", "moved"),
    "cancelled": ("取消", "cancelled"),
    "heard": ("群众上报", "reported by the public"),
    "joined": ("并入", "joined"),
    "held": ("暂缓派发", "held"),
    "decided": ("核实", "decided"),
    "notice_out": ("通知已发出", "notice out"),
    "notice_failed": ("通知未送达", "notice not delivered"),
    "late_note": ("办结后的消息", "late note"),
    "suggested_merge": ("建议并案", "merge suggested"),
    "refers": ("关联旧案", "refers to"),
    "merged_away": ("并案", "merged away"),
    "merged_in": ("并案", "merged in"),
    "unmerged": ("撤销并案", "merge undone"),
    "dismissed": ("不并案", "not merged"),
    "duty": ("值班", "duty"),
    "handover": ("交接班", "hand-over"),
    "subject_named": ("指认", "named"),
    "subject_verified": ("核实", "verified"),
    "undone": ("撤销", "taken back"),
    "silent": ("设备失联", "device silent"),
    "heard_again": ("设备恢复", "device back"),
    "stood_in": ("转告", "told instead"),
    "ring": ("距离核对", "distance checked"),
    "boarder_missing": ("未按时归寝", "boarder missing"),
    "boarder_in": ("已归寝", "boarder is in"),
    "door_fault": ("门禁故障", "door control fault"),
}

STATES: Table = {
    "pending": ("待发送", "pending"),
    "sending": ("发送中", "sending"),
    "sent": ("已发出", "sent"),
    "accepted": ("对方已接收", "accepted"),
    "delivered": ("已送达", "delivered"),
    "read": ("已读", "read"),
    "bundled": ("已并入汇总", "within a bundle"),
    "failed": ("未送达", "failed"),
    "superseded": ("已被取代", "superseded"),
}

CHANNELS: Table = {
    "page": ("页面", "on the page"),
    "email": ("邮件", "e-mail"),
    "sms": ("短信", "short message"),
    "zwdd": ("浙政钉", "Zhezhengding"),
    "zlb": ("浙里办", "Zheliban"),
    "dingtalk": ("钉钉", "DingTalk"),
    "wecom": ("企业微信", "WeCom"),
    "feishu": ("飞书", "Feishu"),
    "webhook": ("平台推送", "webhook"),
    "apprise": ("其他渠道", "another channel"),
}

MOMENTS: Table = {
    "dispatched": ("下达", "dispatched"),
    "copied": ("抄送", "copy"),
    "transferred": ("流转", "transferred"),
    "returned": ("退回", "returned"),
    "reopened": ("重开", "reopened"),
    "urged": ("催办", "urged"),
    "supervised": ("督办", "supervised"),
    "overdue": ("超时", "overdue"),
    "unreachable": ("联系不到", "unreachable"),
    "over": ("办结", "over"),
    "false_alarm": ("误报", "false alarm"),
    "notice": ("知会", "notice"),
    "unusual": ("非常查阅", "unusual access"),
    "merged": ("并案", "merged"),
    "unmerged": ("撤销并案", "merge undone"),
    "duty_gap": ("值班缺口", "duty gap"),
    "reachability": ("可达性", "reachability"),
    "changed": ("变更", "changed"),
}

PROOFS: Table = {
    "password": ("密码", "password"),
    "code": ("验证器", "authenticator"),
    "recovery": ("恢复码", "recovery code"),
    "passkey": ("通行密钥", "passkey"),
    "oidc": ("统一身份", "identity provider"),
}

CAMERA_STATES: Table = {
    "starting": ("启动中", "starting"),
    "running": ("正常", "running"),
    "stalled": ("卡住", "stalled"),
    "failed": ("故障", "failed"),
    "ended": ("已结束", "ended"),
}

ACCESS_STATES: Table = {
    "asked": ("待审批", "to be decided"),
    "granted": ("已开放", "open"),
    "refused": ("未同意", "refused"),
    "over": ("已到期", "over"),
    "ended": ("已结束", "ended"),
    "lapsed": ("已过期", "lapsed"),
}

PROFILES: Table = {
    "water": ("水域", "water"),
    "gate": ("校门", "gate"),
    "venue": ("场所", "venue"),
    "door": ("门禁", "door"),
}

SITE_KINDS: Table = {
    "water": ("水域", "water"),
    "gate": ("校门", "school gate"),
    "venue": ("场馆", "venue"),
    "dormitory": ("宿舍", "dormitory"),
}

MAP_MARKS: Table = {"water": ("水", "W"), "gate": ("校", "S"), "venue": ("馆", "V")}
"""One character that stands for a kind of place on a map."""

DUTY_DAYS: Table = {
    "all": ("每天", "every day"),
    "work": ("工作日", "working days"),
    "rest": ("休息日", "days off"),
    "school": ("上学日", "days of school"),
}

COMMISSIONED: Table = {
    "picture": ("画面清楚", "clear picture"),
    "drawn": ("区域和警戒线正确", "zones and lines right"),
    "voice": ("喊话听得清", "voice heard"),
    "siren": ("警笛响", "siren sounds"),
    "lamp": ("警灯亮", "lamp lights"),
    "button": ("按钮演练到平台", "button drill reached central"),
    "network": ("与平台连接", "connected to central"),
    "clock": ("时间正确", "clock right"),
    "light": ("傍晚照度", "light at dusk"),
}


def _named(table: Table) -> Callable[[str | None], str]:
    def name_of(code: str | None) -> str:
        name = say(table.get(code or "", ("", ""))) or code or "—"
        return name[0].upper() + name[1:]  # within a sentence a template writes `|lower`

    return name_of


def _codes(table: Mapping[Any, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {str(code): pair for code, pair in table.items()}


def _proof(how: str | None) -> str:
    """Name the proofs of a sign-in: `password+code`."""
    return " + ".join(say(PROOFS.get(one, (one, one))) for one in (how or "").split("+"))


HOWS: Table = {
    "device_match": ("设备比对", "a device's match"),
    "named_by_person": ("人工指认", "named by a person"),
}


def _years(for_zh: str | None) -> str:
    """Say which years a course is for."""
    return say(years(for_zh or ""))


DAYS: Table = {
    "1": ("一", "Mon"),
    "2": ("二", "Tue"),
    "3": ("三", "Wed"),
    "4": ("四", "Thu"),
    "5": ("五", "Fri"),
    "6": ("六", "Sat"),
    "7": ("日", "Sun"),
}


def weekdays(chosen: Iterable[int]) -> str:
    """Say days of the week, 1 for Monday: 周一至周五 where they follow each other."""
    days = sorted(chosen)
    names = [say(DAYS[str(day)]) for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004 - two are no span
        return say((f"周{names[0]}至周{names[-1]}", f"{names[0]} to {names[-1]}"))
    return say((f"周{'、'.join(names)}", ", ".join(names)))


NAMES: dict[str, Callable[[str | None], str]] = {
    "years": _years,
    "role": _named(ROLES),
    "part": _named(PARTS),
    "proof": _proof,
    "state": _named(STATES),
    "channel": _named(CHANNELS),
    "moment": _named(MOMENTS),
    "camera_state": _named(CAMERA_STATES),
    "profile": _named(PROFILES),
    "site_kind": _named(SITE_KINDS),
    "map_mark": lambda kind: say(MAP_MARKS.get(kind or "", ("·", "·"))),
    "health": _named(_codes(HEALTH_WORDS)),
    "duty_days": _named(DUTY_DAYS),
    "access_state": _named(ACCESS_STATES),
    "commissioned": _named(COMMISSIONED),
    "scenario": _named(_codes(SCENARIOS)),
    "kind": _named(_codes(KINDS)),
    "severity": _named(_codes(SEVERITIES)),
    "status": _named(_codes(STATUS_WORDS)),
    "step": _named(_codes(STEP_WORDS)),
    "duty": _named(_codes(DUTIES)),
    "fault": _named(_codes(FAULTS)),
    "label": _named(_codes(LABELS)),
    "how": _named(HOWS),
    "certainty": _named(_codes(CERTAINTIES)),
    "finding": _named(_codes(FINDINGS)),
    "roster_state": _named(desk_words.ROSTER_STATES),
    "roster_column": _named(desk_words.ROSTER_COLUMNS),
    "rollout_state": _named(device_words.ROLLOUT_STATES),
    "update_phase": _named(device_words.UPDATE_PHASES),
    "claim_state": _named(device_words.CLAIM_STATES),
    "claim_step": _named(device_words.CLAIM_STEPS),
    "claim_refusal": _named(device_words.CLAIM_REFUSALS),
    "event": _named({**EVENTS, **_codes(STEP_WORDS)}),
}
"""What a template's filter of that name calls a code."""
