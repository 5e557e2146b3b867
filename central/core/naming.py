"""The words people read, Chinese first: one table for texts, timeline and refusals."""

from central.core.kinds import AnyKind, HandKind
from central.core.people import Role
from contract.scenarios import Duty, Fault, Kind, Scenario, Severity

Words = tuple[str, str]
"""Chinese, English."""

SCENARIOS: dict[Scenario, Words] = {
    Scenario.CAMPUS_FOUR_100: ("校园安全防范“4个100%”", "campus security, 4 x 100 %"),
    Scenario.PERSON_OF_CONCERN: ("风险人员处置", "person of concern"),
    Scenario.BOARDING_ABSENCE: ("校内住宿管理", "boarding absence"),
    Scenario.FOOD_SAFETY: ("食品安全监管", "food safety"),
    Scenario.DROWNING_RISK: ("溺水风险处置", "drowning risk"),
    Scenario.VENUE_MINOR: ("未成年人禁入场所处置", "minor in a barred venue"),
    Scenario.TRAFFIC_HAZARD: ("交通安全治理", "traffic hazard"),
    Scenario.MIND_CARE: ("心灵关爱", "mind care"),
    Scenario.LAW_EDUCATION: ("普法护苗", "law education"),
}

KINDS: dict[AnyKind, Words] = {
    Kind.LINE_CROSSED: ("越过警戒线", "line crossed"),
    Kind.OVERSTAY: ("长时间停留", "stayed too long"),
    Kind.MINOR_MATCH: ("疑似未成年人进入", "a minor may have entered"),
    Kind.PERSON_OF_CONCERN_MATCH: ("疑似需核实人员", "a person to be verified"),
    Kind.GATE_OPEN: ("校门未关闭", "gate open"),
    Kind.GUARD_ABSENT: ("保安不在岗", "guard not on post"),
    Kind.ESCORT_ABSENT: ("护学岗无人", "escort post unmanned"),
    Kind.ALARM_FAULT: ("一键报警故障", "alarm button faulty"),
    Kind.VIDEO_FAULT: ("视频故障", "video faulty"),
    Kind.BUTTON_PRESSED: ("一键报警", "alarm button pressed"),
    Kind.DEVICE_FAULT: ("设备故障", "device faulty"),
    HandKind.BACKGROUND_FINDING: ("背景审查有结果", "a finding in a background check"),
    HandKind.BOARDER_MISSING: ("未按时归寝", "a boarder is missing"),
    HandKind.DOOR_FAULT: ("门禁故障，需人工点名", "door control fault, roll call needed"),
    HandKind.FOOD_REPORTED: ("食品安全问题", "a food safety problem"),
    HandKind.HAZARD_REPORTED: ("交通安全隐患", "a traffic hazard"),
    HandKind.CONGESTION_REPORTED: ("校门口拥堵", "congestion at the gate"),
    HandKind.VENDOR_REPORTED: ("流动摊贩占道", "street vendors in the way"),
    HandKind.MANHOLE_REPORTED: ("窨井盖损坏", "a broken manhole cover"),
    HandKind.BILLBOARD_REPORTED: ("广告牌损坏", "a broken billboard"),
    HandKind.REPORTS_HELD: ("公众上报待核实", "reports to be checked"),
    HandKind.REFERRAL_GRADED: ("心灵关爱事项", "a mind care matter"),
    HandKind.COURSE_BOOKED: ("课程预约", "a course is booked"),
    HandKind.OTHER_REPORTED: ("其他安全问题", "another safety problem"),
}

FAULTS: dict[Fault, Words] = {
    Fault.LOST: ("没有画面", "no picture"),
    Fault.DARK: ("画面太暗", "too dark"),
    Fault.COVERED: ("镜头被遮挡", "covered"),
    Fault.FROZEN: ("画面冻结", "frozen"),
    Fault.MOVED: ("镜头被移动", "moved"),
    Fault.BLINDED: ("强光致盲", "blinded by light"),
    Fault.SLOW: ("帧率过低", "too few pictures a second"),
    Fault.BUTTON_STUCK: ("按钮卡住", "button stuck"),
    Fault.BUTTON_CUT: ("按钮断线", "button wire cut"),
    Fault.SPEAKER: ("喇叭故障", "speaker faulty"),
    Fault.HOT: ("设备过热", "too hot"),
    Fault.MEMORY: ("内存不足", "out of memory"),
    Fault.DISK: ("磁盘空间不足", "disk full"),
    Fault.CLOCK: ("时钟不准", "clock not set"),
}

DUTIES: dict[Duty, Words] = {
    Duty.CAMPUS_CLOSED: ("封闭化管理", "campus closed"),
    Duty.GUARD_ON_POST: ("专职保安在岗", "guard on post"),
    Duty.ESCORT_POST: ("护学岗", "escort post"),
    Duty.ALARM_WORKS: ("一键报警自检", "alarm self-test"),
    Duty.VIDEO_WORKS: ("视频监控", "video working"),
}

SEVERITIES: dict[Severity, Words] = {
    Severity.INFO: ("提示", "info"),
    Severity.WARNING: ("预警", "warning"),
    Severity.CRITICAL: ("紧急", "critical"),
}

ROLES: dict[Role, Words] = {
    Role.DUTY_OFFICER: ("值班员", "duty officer"),
    Role.DISTRICT_ADMIN: ("区管理员", "district administrator"),
    Role.WATER_WARDEN: ("水域巡查员", "water warden"),
    Role.SCHOOL_SAFETY_LEAD: ("学校安全负责人", "school safety lead"),
    Role.CLASS_TEACHER: ("班主任", "class teacher"),
    Role.GUARD: ("保安", "guard"),
    Role.STATION_OFFICER: ("派出所民警", "station officer"),
    Role.UNIT_OFFICER: ("部门经办人", "department officer"),
    Role.PSYCHOLOGIST: ("心理专员", "psychologist"),
    Role.AUDITOR: ("审计员", "auditor"),
    Role.DPO: ("个人信息保护负责人", "data protection officer"),
    Role.INSTALLER: ("安装员", "installer"),
}
