"""An empty roster, to be filled in: the columns, one example, and what each cell may hold."""

import csv
import io

from central.core.pupils import COLUMNS

EXAMPLE = {
    "unit_code": "school:shiyan", "class_code": "三年级二班", "school_no": "20230001",
    "name": "（示例，请删除本行）", "birth_year": "2017", "is_boarder": "否", "dormitory_room": "",
    "guardian_name": "张大明", "guardian_phone": "13800000000", "guardian_zlb": "",
    "guardian_relation": "父亲", "guardian_told_by_sms": "是", "guardian_told_by_zlb": "是",
    "consent_match_water": "", "consent_match_venue": "", "consent_named_aloud": "",
    "consent_form": "", "consent_given_on": "", "consent_expires_on": "",
}  # fmt: skip
NOTES = (
    ("学校", "学校编号或名称；学校自己导入时可不填", "必填"),
    ("班级", "三年级二班、3-2、初二3班 均可；单元格设为文本", "必填"),
    ("学号", "本校唯一，再次导入时按学号对应", "必填"),
    ("姓名", "加密保存，一名学生一把密钥", "必填"),
    ("出生年份", "如 2017；不填按未满十四周岁处理", ""),
    ("住校", "是 / 否", ""),
    ("寝室", "住校生填", ""),
    ("家长", "多名家长：同一学生连续写几行，最多 4 名", ""),
    ("家长手机", "收短信", ""),
    ("浙里办", "浙里办用户编号", ""),
    ("关系", "父亲、母亲…", ""),
    ("同意短信", "是 / 否，不填为是", ""),
    ("同意浙里办", "是 / 否，不填为是", ""),
    ("同意水边比对", "是 / 否：监护人单独同意水边设备比对人脸", ""),
    ("同意场馆比对", "是 / 否：监护人单独同意场馆设备比对人脸", ""),
    ("同意播报姓名", "是 / 否：监护人单独同意现场播报姓名班级", ""),
    ("同意书编号", "有同意时必填；撤回请在登记台办理，填“否”不会撤回", ""),
    ("同意日期", "如 2026-09-01", ""),
    ("同意到期", "不填为一年", ""),
)


def columns() -> list[str]:
    """Give the columns' Chinese names, in the table's order."""
    return [names[1] for names in COLUMNS.values()]


def template_of(is_xlsx: bool) -> bytes:
    """Give an empty roster as an XLSX with a page of explanations, or as a CSV for Excel."""
    example = [EXAMPLE[name] for name in COLUMNS]
    if not is_xlsx:
        text = io.StringIO()
        csv.writer(text).writerows([columns(), example])
        return text.getvalue().encode("utf-8-sig")
    return _xlsx(example)


def _xlsx(example: list[str]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - slow to load, and seldom needed
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "学生名册"
    sheet.append(columns())
    sheet.append(example)
    for place in range(1, len(COLUMNS) + 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 16
        sheet.column_dimensions[letter].number_format = "@"
        head = sheet[f"{letter}1"]
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="E3F0F5")
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("填写说明")
    for row in (("列", "怎么填", ""), *NOTES):
        notes.append(row)
    notes.column_dimensions["B"].width = 60
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
