"""What is agreed to, counted by school; what ends soon; what has its form at the school only."""

from typing import Any

from central.adapters.store import consents, plans, pupils, registers
from central.core.consents import SOON_DAYS, WORDS, Consented
from central.web import here
from central.web.consent_pages import DAY_MS, pages
from central.web.desk import Answer, desk_places, sees
from central.web.sheets import Cell, Figure, Note, Row, Sheet, Table, Words, shown

__all__ = ["overview", "pages"]


@pages.get("/registry/consents")
@sees("consents")
def overview() -> Answer:
    """Count what is agreed to, by school; what ends soon; what has no form in the registry."""
    who, now_ms = here.actor(), here.now_ms()
    own = who.unit_code if who.unit_code.startswith("school:") else None
    with here.store().reading() as connection:
        counts = consents.counts(connection, now_ms, now_ms + SOON_DAYS * DAY_MS, own)
        schools = [one for one in plans.schools(connection) if own in {None, one["code"]}]
        total = pupils.counts(connection)
        on_paper = registers.unlinked_consents(connection, own)
    columns: tuple[Words, ...] = (
        ("学校", "School"), ("学生", "Pupils"), *WORDS.values(), ("30 天内到期", "Ending soon"),
        ("有同意书照片", "Form on record"), ("已终止", "Ended"),
    )  # fmt: skip
    rows = [_school_row(one, counts, total) for one in schools]
    notes = []
    if on_paper:
        notes.append(Note((
            f"{on_paper} 个人脸登记的同意书只在学校纸面保存，未与本登记关联。",
            f"{on_paper} enrolments have their consent on paper at the school only.",
        ), "warning"))  # fmt: skip

    def sum_of(name: str, what: Consented | None = None) -> str:
        return f"{sum(n[name] for (_c, w), n in counts.items() if what in {None, w}):,}"

    return shown(Sheet(
        ("同意登记", "Consents"), "consents", desk_places(), notes=notes,
        figures=[
            *(Figure(sum_of("living", what), words) for what, words in WORDS.items()),
            Figure(sum_of("soon"), ("30 天内到期", "ending within 30 days"), "warning"),
        ],
        tables=[Table(columns, rows)],
        hint=("人脸比对与播报姓名分别同意；撤回立即生效并销毁模板。",
              "Matching and being named aloud are agreed to apart; a withdrawal counts at once."),
    ))  # fmt: skip


def _school_row(one: Any, counts: Any, total: dict[str, int]) -> Row:
    none = {"living": 0, "soon": 0, "shown": 0, "ended": 0}
    mine = {what: counts.get((one["code"], what.value), none) for what in Consented}

    def figure(count: int) -> Cell:
        return Cell(f"{count:,}", is_number=True)

    sums = [sum(n[name] for n in mine.values()) for name in ("soon", "shown", "ended")]
    return Row([
        Cell(words=(one["name_zh"], one["name_en"] or one["name_zh"]),
             link=f"/registry/pupils?unit={one['code']}"),
        figure(total.get(one["code"], 0)),
        *(figure(mine[what]["living"]) for what in Consented), *map(figure, sums),
    ], key=one["code"])  # fmt: skip
