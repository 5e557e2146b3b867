"""The yearly audit pack on paper, to be signed."""

import html
from dataclasses import dataclass

from central.adapters.tables.cells import head, shown
from central.core.local_time import clock_of
from central.core.sheets import Sheet

_STYLE = """
@page { size: A4; margin: 18mm 15mm;
        @bottom-center { content: counter(page) " / " counter(pages); font-size: 9pt; } }
body { font-family: "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif;
       font-size: 9.5pt; line-height: 1.45; }
h1 { font-size: 18pt; text-align: center; }
h2 { font-size: 12pt; margin: 7mm 0 2mm; break-after: avoid; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 0.4pt solid #888; padding: 1.2mm 1.6mm; text-align: left;
         overflow-wrap: anywhere; }
th { background: #eef3f6; }
tr { break-inside: avoid; }
.sign { margin-top: 14mm; }
"""


@dataclass(frozen=True, slots=True)
class Pack:
    """What a pack is made of. `is_whole`: whether the audit chain is."""

    year: int
    made_at: int
    by: str
    sheets: tuple[Sheet, ...]
    is_whole: bool
    chain: tuple[int, str]
    """The last entry's number and seal."""


def paper(pack: Pack) -> str:
    """Give the paper as HTML."""
    state = "完整" if pack.is_whole else "不完整：请立即查明"
    number, seal = pack.chain
    tables = "".join(map(_table, pack.sheets))
    title = f"个人信息保护合规审计材料（{pack.year} 年）"
    made = f"生成时间：{clock_of(pack.made_at)}；生成人：{html.escape(pack.by)}。"
    chain = (
        f"审计链核对结果：<b>{state}</b>；本年最后一条记录：{number}，校验值 {html.escape(seal)}。"
    )
    more = "明细见随附 XLSX、CSV;SHA256SUMS 列出各文件的校验值。"
    sign = "个人信息保护负责人：________________  日期：________________"
    return (
        f'<!doctype html><html lang="zh-Hans-CN"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f"<h1>护校安园平台<br>{title}</h1><p>{made}{chain}{more}</p>"
        f'{tables}<p class="sign">{sign}</p></body></html>'
    )


def _table(sheet: Sheet) -> str:
    heads = "".join(f"<th>{html.escape(head(one, english=False))}</th>" for one in sheet.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(shown(cell, column, english=False))}</td>"
                         for cell, column in zip(row, sheet.columns, strict=True)) + "</tr>"
        for row in sheet.rows
    )  # fmt: skip
    if not sheet.rows:
        body = f'<tr><td colspan="{len(sheet.columns)}">无</td></tr>'
    title = html.escape(sheet.title[0])
    return f"<h2>{title}</h2><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
