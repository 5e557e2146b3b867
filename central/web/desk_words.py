"""What codes of the enrolment desk and the administration are called."""

from collections.abc import Mapping

Table = Mapping[str, tuple[str, str]]

ROSTER_STATES: Table = {
    "checking": ("正在检查", "being checked"),
    "faulty": ("有误", "has mistakes"),
    "ready": ("待确认", "to be confirmed"),
    "importing": ("正在导入", "being imported"),
    "done": ("已导入", "imported"),
    "cancelled": ("已取消", "cancelled"),
    "failed": ("失败", "failed"),
}

ROSTER_COLUMNS: Table = {
    "class_code": ("班级", "class"),
    "name": ("姓名", "name"),
    "birth_year": ("出生年份", "birth year"),
    "is_boarder": ("住校", "boarder"),
    "dormitory_room": ("寝室", "room"),
    "guardians": ("家长", "guardians"),
    "consents": ("同意", "consents"),
}
