"""What a token may reach: its role says what that role may do, its scopes say where at all."""

from collections.abc import Iterable

ALL = "all"
"""The role's full reach; only where somebody has asked for it in so many words."""

AREAS: dict[str, str] = {
    "api_incidents": "incidents",
    "api_photos": "incidents",
    "api_enrolments": "enrolments",
    "api_pupils": "pupils",
    "api_subjects": "subjects",
    "api_things": "statistics",
    "api_maps": "map",
    "api_merging": "incidents",
    "api_reports": "incidents",
    "api_drills": "incidents",
    "api_unusual": "access",
    "api_four_hundred": "statistics",
    "api_statistics": "statistics",
    "api_dispositions": "dispositions",
    "api_backgrounds": "checks",
    "api_boarding": "boarding",
    "api_courses": "courses",
    "api_care": "care",
    "api_duty": "duty",
}
"""A blueprint's area, from which its routes' scopes are made: `:read` for GET, else `:write`."""

OWN: dict[str, str] = {
    "api_things.list_sites": "sites:read",
    "api_things.list_devices": "devices:read",
    "api_things.list_notifications": "notifications:read",
    "api_things.list_audit": "audit:read",
    "api_subjects.list_false_matches": "statistics:read",
    "api_subjects.list_repeat_venues": "statistics:read",
    "api_boarding.post_door_events": "doors:write",
}
"""Endpoints of another area than their blueprint's."""

SCOPES: dict[str, tuple[str, str]] = {
    "incidents:read": ("读取事件", "read incidents"),
    "incidents:write": ("上报和办理事件", "report incidents and take steps"),
    "enrolments:read": ("读取人脸登记", "read enrolments"),
    "enrolments:write": ("登记和撤销人脸", "enrol and withdraw"),
    "pupils:read": ("读取学生", "read pupils"),
    "pupils:write": ("登记和注销学生", "add and erase pupils"),
    "subjects:read": ("读取涉事人员", "read whom cases are about"),
    "subjects:write": ("指认和核实涉事人员", "name and verify whom cases are about"),
    "access:read": ("读取非常规访问", "read requests for unusual access"),
    "access:write": ("申请和批准非常规访问", "ask for and grant unusual access"),
    "boarding:read": ("读取归寝情况和请假", "read where boarders are and their leaves"),
    "boarding:write": ("点名、登记请假、设置宿舍", "call the roll, register leaves, set rules"),
    "courses:read": ("读取课程和预约", "read courses and bookings"),
    "courses:write": ("预约和反馈课程", "book courses and report back"),
    "care:read": ("读取心灵关爱转介", "read mind care referrals"),
    "care:write": ("登记转介、评估和干预", "refer, bring assessments, record help"),
    "duty:read": ("读取值班表", "read the duty roster"),
    "duty:write": ("排班、请假、交接班", "plan shifts, absences and hand-overs"),
    "doors:write": ("上报门禁事件", "report door events"),
    "dispositions:read": ("读取处置要求", "read dispositions"),
    "dispositions:write": ("接收和撤销处置要求", "take in and withdraw dispositions"),
    "checks:read": ("读取背景审查结果", "read background checks"),
    "checks:write": ("导入背景审查结果", "import background checks"),
    "devices:read": ("读取设备状态", "read devices"),
    "map:read": ("读取地图", "read the map"),
    "sites:read": ("读取场所", "read sites"),
    "notifications:read": ("读取通知", "read notifications"),
    "statistics:read": ("读取统计", "read statistics"),
    "audit:read": ("读取审计日志", "read the audit log"),
}
"""Every scope there is, in words."""


def needed(endpoint: str, method: str) -> str:
    """Give the scope that a route asks for; one of no known area is reached by `all` only."""
    if endpoint in OWN:
        return OWN[endpoint]
    blueprint = endpoint.partition(".")[0]
    area = AREAS.get(blueprint, blueprint)
    return f"{area}:{'read' if method in {'GET', 'HEAD', 'OPTIONS'} else 'write'}"


def covers(scopes: Iterable[str], wanted: str) -> bool:
    """Tell whether scopes reach as far as is wanted."""
    return bool({ALL, wanted} & set(scopes))
