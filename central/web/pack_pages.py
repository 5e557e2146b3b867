"""The yearly audit pack: what is in it, and the file."""

import re

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

from central.adapters.store import audit
from central.adapters.tables.audit_pack import gather, zipped
from central.adapters.tables.audit_sheets import ENDS
from central.core.consents_wanted import today_of
from central.core.processing import activities
from central.web import here
from central.web.desk import Answer, desk_places, sees
from central.web.sheets import Cell, Row, Sheet, Table, shown
from central.web.words import ROLES

pages = Blueprint("pack", __name__)
YEARS = 4


@pages.get("/registry/pack")
@sees("pack")
def packs() -> Answer:
    """Show the register of processing, and lead to the packs of the last years."""
    year = today_of(here.now_ms()).year
    table = Table(
        (("处理活动", "Activity"), ("信息主体", "Whose"), ("信息种类", "Data"), ("依据", "Ground"),
         ("保存期限", "Kept"), ("可查看者", "Seen by")),
        [Row([Cell(words=words) for words in (one.title, one.whose, one.data, one.ground, one.kept,
                                              one.seen_by)])
         for one in activities(here.settings().kept_days)],
        ("个人信息处理活动记录", "Register of processing"),
    )  # fmt: skip
    listed = "、".join(zh for zh, _en in ENDS.values())
    return shown(Sheet(
        ("年度审计材料", "Yearly audit pack"), "pack", desk_places(), tables=[table],
        links=[(f"/registry/pack/{one}.zip", (f"下载 {one} 年", f"Download {one}"))
               for one in range(year, year - YEARS, -1)],
        hint=(f"一个 ZIP：签字用 PDF、XLSX、CSV；含同意、按角色查阅次数、{listed}、审计链校验值。",
              "One ZIP: a PDF to sign, XLSX and CSV; with the seals of the audit chain."),
    ))  # fmt: skip


@pages.get("/registry/pack/<year>.zip")
@sees("pack")
def pack(year: str) -> Answer:
    """Give a year's pack; that it was taken is kept."""
    who, now_ms = here.actor(), here.now_ms()
    if not re.fullmatch(r"20[2-9]\d", year):
        raise NotFound
    with here.store().transaction() as connection:
        audit.append(connection, now_ms, who.actor_id, "audit.pack", f"year:{year}")
    with here.store().reading() as connection:
        made = gather(connection, int(year), here.settings().kept_days, who.name, now_ms, ROLES)
    head = {"Content-Disposition": f'attachment; filename="audit-pack-{year}.zip"'}
    return Response(zipped(made), mimetype="application/zip", headers=head)
