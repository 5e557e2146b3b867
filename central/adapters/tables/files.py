"""A sheet as CSV or XLSX."""

import csv
import io

from central.adapters.tables.cells import head, value
from central.core.sheets import Sheet

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_of(sheet: Sheet, *, english: bool) -> bytes:
    """Give a sheet as CSV that a spreadsheet opens as it is."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([head(column, english=english) for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_blank(value(cell, column, english=english))
                         for cell, column in zip(row, sheet.columns, strict=True)])  # fmt: skip
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(sheets: list[Sheet], *, english: bool) -> bytes:
    """Give sheets as one workbook."""
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and seldom needed
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.title[1 if english else 0][:31].replace("/", " "))
        page.append([head(column, english=english) for column in sheet.columns])
        for row in sheet.rows:
            page.append([value(cell, column, english=english)
                         for cell, column in zip(row, sheet.columns, strict=True)])  # fmt: skip
        for place, column in enumerate(sheet.columns, 1):
            letter = get_column_letter(place)
            page.column_dimensions[letter].width = 22 if column.kind in {"words", "at"} else 12
            page[f"{letter}1"].font = Font(bold=True)
            if column.kind == "share":
                for line in range(2, len(sheet.rows) + 2):
                    page[f"{letter}{line}"].number_format = "0.0%"
        page.freeze_panes = "B2"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _blank(found: str | float | None) -> str | float:
    return "" if found is None else found
