"""The appraisal table 考核表: how fast each unit acknowledges and disposes."""

from collections.abc import Mapping, Sequence

from central.core.naming import Words
from central.core.sheets import Column, Sheet
from central.core.timeliness import Appraised

_COLUMNS = (
    Column("unit", ("单位", "Unit"), "words"),
    Column("tasks", ("任务", "Tasks")),
    Column("acknowledged_in_time", ("签收及时率", "Acknowledged in time"), "share"),
    Column("acknowledge_median", ("签收中位时长", "Median to acknowledge"), "seconds"),
    Column("acknowledge_p90", ("签收90%时长", "90 % acknowledged within"), "seconds"),
    Column("dispose_median", ("处置中位时长", "Median to dispose"), "seconds"),
    Column("dispose_p90", ("处置90%时长", "90 % disposed within"), "seconds"),
    Column("reported_share", ("反馈率", "Reported back"), "share"),
    Column("reported_in_time", ("反馈及时率", "Reported in time"), "share"),
    Column("overdue", ("超时", "Overdue")),
    Column("returned", ("退回", "Returned")),
    Column("urged", ("催办", "Urged")),
    Column("supervised", ("督办", "Supervised")),
)
_NOTE = (
    (
        "及时：第一级超时提醒之前完成，分母为已完成或已超时的任务。"
        "时长由分档估算，误差不超过所在档位；处置时长自签收起算。误报的任务照常计入，演练不计。"
    ),
    (
        "In time: done before the first reminder; of tasks that are done or have been reminded. "
        "Durations are estimated from buckets, off by less than a bucket; disposing counts from "
        "acknowledging. Tasks of false alarms count, drills do not."
    ),
)


def appraisal(units: Sequence[Appraised], names: Mapping[str, Words]) -> Sheet:
    """Give one line a unit, those with the most tasks first."""
    lines = tuple(
        (
            names.get(one.unit_code, (one.unit_code, one.unit_code)),
            one["tasks"],
            one.share("acknowledged_in_time", "acknowledge_judged"),
            one.took_s("a", 0.5),
            one.took_s("a", 0.9),
            one.took_s("d", 0.5),
            one.took_s("d", 0.9),
            one.share("reported", "tasks"),
            one.share("reported_in_time", "report_judged"),
            one["overdue"],
            one["returned"],
            one["urged"],
            one["supervised"],
        )
        for one in sorted(units, key=lambda one: (-one["tasks"], one.unit_code))
    )
    return Sheet("units", ("各单位时效（考核表）", "How units work (appraisal)"), _COLUMNS, lines,
                 "bars", _NOTE, drawn=("acknowledged_in_time", "reported_in_time"))  # fmt: skip
