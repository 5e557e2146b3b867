"""The month's bulletin as DOCX, in the type that Chinese offices use."""

import io
from collections.abc import Sequence
from typing import Any

from central.adapters.tables.cells import head, shown
from central.core.monthly import MOST_ROWS
from central.core.naming import Words
from central.core.sheets import Sheet

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BODY, _HEAD, _TITLE, _LATIN = "仿宋", "黑体", "小标宋体", "Times New Roman"
_WIDE = 9
"""A table with more columns stands in smaller type."""
MOST_COLUMNS = 14

Section = tuple[Words, Sequence[Sheet]]


def docx_of(title: Words, summary: Words, sections: Sequence[Section], *, english: bool) -> bytes:
    """Give a bulletin: title, what the month came to, and its tables."""
    from docx import Document  # noqa: PLC0415 - slow to load, and seldom needed
    from docx.shared import Cm  # noqa: PLC0415

    language = 1 if english else 0
    paper = Document()
    page = paper.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.top_margin, page.bottom_margin = Cm(3.0), Cm(2.6)
    page.left_margin, page.right_margin = Cm(2.4), Cm(2.2)
    _type(paper.styles["Normal"], _BODY, 14)
    _line(paper, title[language], _TITLE, 22, centred=True)
    _line(paper, summary[language], _BODY, 14, indented=not english)
    for words, sheets in sections:
        _line(paper, words[language], _HEAD, 15, heading=1)
        for sheet in sheets:
            _sheet(paper, sheet, english=english)
    file = io.BytesIO()
    paper.save(file)
    return file.getvalue()


def _type(style: Any, east: str, size: float) -> None:
    """Set both typefaces: a Chinese one for Chinese, a Latin one for figures."""
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    style.font.name = _LATIN
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), east)


def _line(  # noqa: PLR0913 - how a line stands on paper
    paper: Any,
    words: str,
    east: str,
    size: float,
    *,
    centred: bool = False,
    indented: bool = False,
    heading: int = 0,
) -> None:
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    line = paper.add_heading(level=heading) if heading else paper.add_paragraph()
    shape = line.paragraph_format
    shape.space_before = shape.space_after = Pt(6 if heading else 3)
    shape.line_spacing = 1.35
    shape.first_line_indent = Pt(size * 2) if indented else None
    shape.keep_with_next = bool(heading)
    line.alignment = 1 if centred else None
    run = line.add_run(words)
    _type_run(run, east, size)
    run.font.color.rgb = RGBColor(0, 0, 0)


def _type_run(run: Any, east: str, size: float) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Pt  # noqa: PLC0415

    run.font.name = _LATIN
    run.font.size = Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), east)  # noqa: SLF001 - python-docx has no other way to a Chinese typeface


def _sheet(paper: Any, sheet: Sheet, *, english: bool) -> None:
    language = 1 if english else 0
    _line(paper, sheet.title[language], _HEAD, 12)
    if sheet.is_empty:
        _line(paper, "Nothing this month." if english else "本月无。", _BODY, 12)
        return
    columns = _columns(sheet)
    size = 7.5 if len(columns) > _WIDE else 10.5
    table = paper.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.autofit = True
    for place, number in enumerate(columns):
        _cell(table.rows[0].cells[place], head(sheet.columns[number], english=english), size,
              is_head=True)  # fmt: skip
    _repeats(table.rows[0])
    for row in sheet.rows[:MOST_ROWS]:
        cells = table.add_row().cells
        for place, number in enumerate(columns):
            _cell(cells[place], shown(row[number], sheet.columns[number], english=english), size,
                  is_head=False)  # fmt: skip
    if len(sheet.rows) > MOST_ROWS:
        more = (f"仅列前 {MOST_ROWS} 行，共 {len(sheet.rows)} 行。",
                f"The first {MOST_ROWS} of {len(sheet.rows)} rows.")  # fmt: skip
        _line(paper, more[language], _BODY, 10.5)
    if sheet.note[language]:
        _line(paper, sheet.note[language], _BODY, 10.5)


def _columns(sheet: Sheet) -> list[int]:
    """Give the columns that fit on paper: of hours, those in which anything happened."""
    found = list(range(len(sheet.columns)))
    if len(found) > MOST_COLUMNS:
        found = [place for place in found
                 if place == 0 or any(row[place] for row in sheet.rows)][:24]  # fmt: skip
    return found


def _cell(cell: Any, words: str, size: float, *, is_head: bool) -> None:
    from docx.shared import Pt  # noqa: PLC0415

    line = cell.paragraphs[0]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(1)
    _type_run(line.add_run(words), _HEAD if is_head else _BODY, size)


def _repeats(row: Any) -> None:
    """Let a table's head stand on each page that it goes over."""
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no other way
