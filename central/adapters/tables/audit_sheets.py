"""The tables of the yearly audit pack."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from central.adapters.store import registers, year_figures
from central.adapters.store.year_figures import Span
from central.core.consents import WORDS, Consented
from central.core.filings import THRESHOLD
from central.core.processing import activities
from central.core.sheets import Cell, Column, Sheet, name

Rows = tuple[tuple[Cell, ...], ...]
_COUNTED = ("recorded", "ended", "living")

ENDS = {
    "pupil.withdraw": ("学生注销", "pupils withdrawn"),
    "pupil.key_destroyed": ("学生密钥销毁", "pupils' keys destroyed"),
    "consent.withdraw": ("同意终止", "consents ended"),
    "enrolment.withdraw": ("人脸登记注销", "enrolments withdrawn"),
    "enrolment.key_destroyed": ("人脸登记密钥销毁", "enrolments' keys destroyed"),
    "enrolment.unname": ("取消播报姓名", "names taken out"),
    "evidence.deleted": ("画面按期删除", "pictures deleted by age"),
    "background.erase": ("背景审查删除", "background checks erased"),
    "care.erase": ("心灵关爱记录销毁", "care records erased"),
}
TROUBLES = {
    "camera.refused": ("拒绝登记的摄像头", "cameras refused"),
    "passkey.refused": ("被拒绝的通行密钥", "passkeys refused"),
    "second.recovered": ("用恢复码登录", "sign-ins by recovery code"),
    "user.reset_factors": ("清除第二重验证", "second factors reset"),
    "user.password": ("管理员重置密码", "passwords set anew"),
    "unusual.ask": ("申请非常查阅", "unusual access asked for"),
    "unusual.grant": ("批准非常查阅", "unusual access granted"),
    "audit.export": ("导出审计", "audit exports"),
    "token.revoke": ("令牌作废", "tokens revoked"),
    "device.revoke": ("设备吊销", "devices revoked"),
}


def _words(title: str, zh: str, en: str) -> Column:
    return Column(title, (zh, en), "words")


def processing(days: Mapping[str, int]) -> Sheet:
    """Give the register of processing."""
    columns = (
        _words("activity", "处理活动", "activity"), _words("whose", "信息主体", "whose data"),
        _words("data", "信息种类", "data"), _words("ground", "依据", "ground"),
        _words("kept", "保存期限", "kept"), _words("seen_by", "可查看者", "seen by"),
    )  # fmt: skip
    rows = tuple((one.title, one.whose, one.data, one.ground, one.kept, one.seen_by)
                 for one in activities(days))  # fmt: skip
    return Sheet(
        "processing", name("个人信息处理活动记录", "Register of processing"), columns, rows
    )


def consents_of(connection: Connection, span: Span) -> Sheet:
    """Count consents."""
    found = year_figures.consents(connection, span)
    columns = (
        _words("what", "同意事项", "consent to"),
        Column("recorded", ("本年登记", "recorded")),
        Column("ended", ("本年终止", "ended")),
        Column("living", ("年末有效", "living")),
    )
    rows: Rows = tuple(
        (WORDS[what], *(found.get(what.value, {}).get(one, 0) for one in _COUNTED))
        for what in Consented
    )  # fmt: skip
    return Sheet("consents", name("同意", "Consents"), columns, rows)


def looks(found: Mapping[tuple[str, str], int], roles: Mapping[str, tuple[str, str]]) -> Sheet:
    """Count looks at personal data."""
    columns = (_words("role", "角色", "role"), _words("action", "查阅", "look"),
               Column("count", ("次数", "times")))  # fmt: skip
    rows = tuple(
        (roles.get(role, ("系统", "the machine")), name(action), count)
        for (role, action), count in sorted(found.items())
    )
    return Sheet("looks", name("查阅个人信息（按角色）", "Looks at personal data, by role"),
                 columns, rows)  # fmt: skip


def by_month(
    key: str, title: tuple[str, str], words: Mapping[str, tuple[str, str]],
    counts: Sequence[Mapping[str, int]],
) -> Sheet:  # fmt: skip
    """Count some of the audit log's actions by month."""
    columns = (_words("what", "事项", "what"),
               *(Column(f"m{n:02}", (f"{n} 月", f"{n:02}")) for n in range(1, 13)),
               Column("year", ("全年", "year")))  # fmt: skip
    rows: Rows = tuple(
        (said, *(month.get(action, 0) for month in counts),
         sum(month.get(action, 0) for month in counts))
        for action, said in words.items()
    )  # fmt: skip
    return Sheet(key, title, columns, rows)


def held(connection: Connection, year: int) -> Sheet:
    """Give of how many persons face data were kept, by month."""
    most: dict[int, int] = {}
    for day, persons in registers.holdings(connection).items():
        if day.year == year:
            most[day.month] = max(most.get(day.month, 0), persons)
    columns = (_words("month", "月份", "month"), Column("most", ("最多人数", "most persons")),
               Column("threshold", ("备案人数", "threshold")))  # fmt: skip
    rows: Rows = tuple((name(f"{year}-{month:02}"), count, THRESHOLD)
                       for month, count in sorted(most.items()))  # fmt: skip
    return Sheet("holding", name("存有人脸信息的人数", "Persons whose face data are kept"),
                 columns, rows)  # fmt: skip


def filings(connection: Connection) -> Sheet:
    """List the filings."""
    columns = (
        _words("on", "日期", "on"), _words("with", "机关", "with"),
        _words("number", "备案号", "number"), Column("persons", ("人数", "persons")),
    )  # fmt: skip
    rows: Rows = tuple(
        (name(row["filed_on"]), name(row["authority"]), name(row["number"]), row["persons"])
        for row in registers.filings(connection)
    )
    return Sheet("filings", name("人脸信息备案", "Filings"), columns, rows)


def cameras(connection: Connection) -> Sheet:
    """List the cameras with their signs."""
    columns = (
        _words("lens", "摄像头", "camera"), _words("place", "场所", "place"),
        _words("spot", "位置", "spot"), _words("purpose", "用途", "purpose"),
        _words("faces", "人脸比对", "matches faces"), _words("sign", "提示牌", "sign"),
        _words("state", "状态", "state"),
    )  # fmt: skip
    rows: Rows = tuple(map(_camera, registers.cameras(connection)))
    return Sheet("cameras", name("摄像头与提示牌", "Cameras and signs"), columns, rows)


def _camera(row: Any) -> tuple[Cell, ...]:
    faces = ("是", "yes") if row["matches_faces"] else ("否", "no")
    state = ("已移除", "removed") if row["removed_at"] else ("在用", "in use")
    return (name(row["lens"]), name(row["site_zh"], row["site_en"]), name(row["spot_text"]),
            name(row["purpose"]), faces, name(row["sign_text"]), state)  # fmt: skip


def backups(connection: Connection, span: Span) -> Sheet:
    """Count backups and drills."""
    kinds = {"backup": ("备份", "backup"), "check": ("核对", "check"), "drill": ("演练", "drill")}
    columns = (_words("kind", "种类", "kind"), Column("good", ("成功", "well")),
               Column("bad", ("失败", "failed")))  # fmt: skip
    rows: Rows = tuple((kinds[kind], good, bad)
                       for kind, good, bad in year_figures.backups(connection, span))  # fmt: skip
    return Sheet("backups", name("备份与恢复演练", "Backups and drills"), columns, rows)


def accounts(connection: Connection, roles: Mapping[str, tuple[str, str]]) -> Sheet:
    """Count accounts."""
    columns = (_words("role", "角色", "role"), Column("active", ("在用", "in use")),
               Column("closed", ("停用", "closed")))  # fmt: skip
    rows: Rows = tuple((roles.get(role, name(role)), active, closed)
                       for role, active, closed in year_figures.accounts(connection))  # fmt: skip
    return Sheet("accounts", name("账号", "Accounts"), columns, rows)


def chain(seals: Sequence[Mapping[str, Any]]) -> Sheet:
    """Give the chain's seals by month."""
    columns = (_words("month", "月份", "month"), Column("count", ("记录数", "entries")),
               Column("first", ("首条", "first")), Column("last", ("末条", "last")),
               _words("hash", "末条校验值", "seal of the last"))  # fmt: skip
    rows: Rows = tuple(
        (name(f"{number:02}"), one["count"], one["first"], one["last"], name(one["hash"] or "—"))
        for number, one in enumerate(seals, 1)
    )
    return Sheet("chain", name("审计链校验值", "Seals of the audit chain"), columns, rows)
