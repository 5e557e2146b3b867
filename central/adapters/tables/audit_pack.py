"""The yearly audit pack: one ZIP with a paper to sign, the tables behind it, the chain's seals."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from central.adapters.printing import PrintingError, pdf
from central.adapters.store import audit, year_figures
from central.adapters.store.year_figures import Span
from central.adapters.tables import audit_sheets as made
from central.adapters.tables.audit_paper import Pack, paper
from central.adapters.tables.files import csv_of, xlsx_of
from central.core.local_time import ZONE, to_ms
from central.core.sheets import name


def gather(
    connection: Connection, year: int, days: Mapping[str, int], by: str, now_ms: int,
    roles: Mapping[str, tuple[str, str]],
) -> Pack:  # fmt: skip
    """Read what a year came to. The chain is walked as a whole: that takes its time."""
    months = [_span(year, month) for month in range(1, 13)]
    whole = months[0][0], months[-1][1]
    counts = [year_figures.actions(connection, span) for span in months]
    seals = year_figures.seals(connection, months)
    broken = audit.verify(connection)
    last = max(((one["last"] or 0, one["hash"]) for one in seals), default=(0, ""))
    sheets = (
        made.processing(days),
        made.consents_of(connection, whole),
        made.looks(year_figures.looks_by_role(connection, whole), roles),
        made.by_month("ends", name("撤回、注销与到期", "Withdrawals and ends"), made.ENDS, counts),
        made.by_month("troubles", name("数据安全事项", "Data safety"), made.TROUBLES, counts),
        made.held(connection, year),
        made.filings(connection),
        made.cameras(connection),
        made.backups(connection, whole),
        made.accounts(connection, roles),
        made.chain(seals),
    )
    return Pack(year, now_ms, by, sheets, broken is None, last)


def zipped(pack: Pack) -> bytes:
    """Give the pack as one ZIP, with the SHA-256 of each file in it.

    The paper is left out, and said so, where this machine cannot print.
    """
    files = {f"tables-{pack.year}.xlsx": xlsx_of(list(pack.sheets), english=False)}
    files |= {f"csv/{one.name}.csv": csv_of(one, english=False) for one in pack.sheets}
    try:
        files[f"audit-pack-{pack.year}.pdf"] = pdf(paper(pack))
    except PrintingError as error:
        files["NO-PDF.txt"] = str(error).encode()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {path}\n"
                   for path, content in sorted(files.items()))  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in (*sorted(files.items()), ("SHA256SUMS", sums.encode())):
            packed.writestr(path, content)
    return out.getvalue()


def _span(year: int, month: int) -> Span:
    after = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December
    begins, ends = datetime(year, month, 1, tzinfo=ZONE), datetime(*after, 1, tzinfo=ZONE)
    return to_ms(begins), to_ms(ends)
