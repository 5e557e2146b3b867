"""Makes the month's bulletin from the figures."""

from dataclasses import replace

from central.adapters.store.figured import Reading, of_month
from central.adapters.store.statistics import Asked
from central.adapters.tables.bulletin import docx_of
from central.core.counting import months_from
from central.core.figure_sheets import month_words
from central.core.monthly import SECTIONS, month_of_rows, summary


def bulletin(reading: Reading, month: int, *, english: bool = False) -> bytes:
    """Give the bulletin of a month (`202611`) as DOCX."""
    whole = replace(reading.asked, first=months_from(month, -12), last=month)
    rows = _again(reading, whole).kinds
    of_now, before, year_ago = (
        month_of_rows(rows, months_from(month, back)) for back in (0, -1, -12)
    )
    mine = _again(reading, of_month(reading.asked, month))
    # what to do next summer is read from a whole year, not from one month
    for_patrols = _again(reading, whole)
    sections = [
        (words, [(for_patrols if name == "patrols" else mine).sheet(name) for name in names])
        for words, names in SECTIONS
    ]
    zh, en = month_words(month)
    title = (f"护校安园工作通报（{zh}）", f"Safe schools bulletin, {en}")
    return docx_of(title, summary(of_now, before, year_ago), sections, english=english)


def _again(reading: Reading, asked: Asked) -> Reading:
    return Reading(reading.connection, reading.actor, asked, reading.now_ms, reading.limits,
                   reading.agreed, reading.season)  # fmt: skip
