"""`huxiao-central bulletin`: the month's figures as a document to print."""

import re
from pathlib import Path

import click

from central.adapters import calendars
from central.adapters.clock import now_ms
from central.adapters.store.figured import Reading
from central.adapters.store.statistics import Asked
from central.adapters.tables.making import bulletin as made
from central.commands.options import EXIT_CONFIG, Central, fail, opened
from central.core.access import OPEN
from central.core.counting import EVERYBODY, Scope
from central.core.four_hundred import Coaching
from central.core.people import Actor, Role
from central.core.sham import ShamLimits

CLI = Actor("cli", "cli", Role.DISTRICT_ADMIN, "edu")


@click.command()
@click.argument("month")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="写到哪个文件 / the file to write, e.g. bulletin.docx")  # fmt: skip
@click.option("--english", is_flag=True, help="英文 / in English")
@opened
def bulletin(central: Central, month: str, out: Path, *, english: bool) -> None:
    """月度通报(DOCX):MONTH 如 2026-11。 The month's bulletin as DOCX, MONTH e.g. 2026-11.

    全区数据,不含心灵关爱,不含任何个人信息。 The whole district; nothing of mind care or of persons.
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", month, re.ASCII) or month < "1971":
        fail(f"月份应如 2026-11 / a month like 2026-11 is wanted: {month!r}", EXIT_CONFIG)
    number = int(month[:4]) * 100 + int(month[5:])
    config = central.config
    limits = ShamLimits(config.statistics.sham_handled_s, config.statistics.sham_note_chars)
    agreed = Coaching(**config.coaching.model_dump())
    asked = Asked(Scope(EVERYBODY, OPEN), number, number)
    with central.store.reading() as connection:
        reading = Reading(connection, CLI, asked, now_ms(), limits, agreed,
                          calendars.current().drowning)  # fmt: skip
        body = made(reading, number, english=english)
    try:
        out.write_bytes(body)
    except OSError as error:
        fail(f"写不了 {out} / cannot write: {error.strerror}", EXIT_CONFIG)
    click.echo(f"已写 written: {out} ({len(body)} bytes)")
