"""How fast units acknowledge and dispose: what one task adds, and what the sums say."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

_M, _H, _D = 60, 3600, 86_400
BOUNDS_S = (
    5, 10, 15, 20, 30, 45, _M, 90, 2 * _M, 3 * _M, 4 * _M, 5 * _M, 7 * _M, 10 * _M, 15 * _M,
    20 * _M, 30 * _M, 45 * _M, _H, 90 * _M, 2 * _H, 3 * _H, 4 * _H, 6 * _H, 8 * _H, 12 * _H,
    _D, 2 * _D, 3 * _D, 5 * _D, 7 * _D, 14 * _D, 30 * _D,
)  # fmt: skip
"""Upper bounds of the histograms' buckets; the last bucket has none."""
BUCKETS = len(BOUNDS_S) + 1

COUNTS = (
    "tasks", "acknowledged", "acknowledge_judged", "acknowledged_in_time", "disposed", "reported",
    "report_judged", "reported_in_time", "overdue", "returned", "urged", "supervised",
)  # fmt: skip
"""What is counted of each unit's tasks. *Judged*: done, or an escalation has come before."""


@dataclass(frozen=True, slots=True)
class Worked:
    """How one task went. Seconds; None: not done. `*_level`: escalations; None: no deadline."""

    unit_code: str
    acknowledged_s: int | None = None
    disposed_s: int | None = None
    """From acknowledging to disposing."""
    is_acknowledged: bool = False
    is_disposed: bool = False
    is_reported: bool = False
    acknowledge_level: int | None = None
    report_level: int | None = None
    close_level: int | None = None
    returned: int = 0
    urged: int = 0
    supervised: int = 0

    def measures(self) -> dict[str, int]:
        """Give what the task adds, by measure; those of 0 are left out."""
        acknowledge = _judged(self.is_acknowledged, self.acknowledge_level)
        report = _judged(self.is_reported, self.report_level)
        levels = (self.acknowledge_level, self.report_level, self.close_level)
        found = {
            "tasks": 1,
            "acknowledged": int(self.is_acknowledged),
            "acknowledge_judged": acknowledge[0],
            "acknowledged_in_time": acknowledge[1],
            "disposed": int(self.is_disposed),
            "reported": int(self.is_reported),
            "report_judged": report[0],
            "reported_in_time": report[1],
            "overdue": int(any(level for level in levels)),
            "returned": self.returned,
            "urged": self.urged,
            "supervised": self.supervised,
        }
        for name, took_s in (("a", self.acknowledged_s), ("d", self.disposed_s)):
            if took_s is not None:
                found[bucket_name(name, bucket_of(took_s))] = 1
        return {measure: count for measure, count in found.items() if count}


def _judged(is_done: bool, level: int | None) -> tuple[int, int]:
    """Tell whether a task counts for being in time, and whether it was."""
    if level is None:
        return 0, 0
    return int(is_done or level > 0), int(is_done and level == 0)


def bucket_of(took_s: int) -> int:
    """Give the bucket that a duration falls into."""
    return bisect_left(BOUNDS_S, took_s)


def bucket_name(histogram: str, bucket: int) -> str:
    """Name a bucket as a measure: `a07` of acknowledging, `d12` of disposing."""
    return f"{histogram}{bucket:02d}"


MEASURES = (*COUNTS, *(bucket_name(h, n) for h in "ad" for n in range(BUCKETS)))
"""All measures of a unit, in the order of their columns."""


def quantile(buckets: Sequence[int], share: float) -> float | None:
    """Give about the duration that a share of all stay below, in seconds; None of none.

    Within its bucket it is taken as spread evenly: off by less than the bucket is wide.
    """
    total = sum(buckets)
    if total == 0:
        return None
    wanted, below = share * total, 0
    for bucket, count in enumerate(buckets):
        if count and below + count >= wanted:
            low = BOUNDS_S[bucket - 1] if bucket else 0
            high = BOUNDS_S[min(bucket, len(BOUNDS_S) - 1)]
            return low + (high - low) * (wanted - below) / count
        below += count
    return float(BOUNDS_S[-1])


@dataclass(frozen=True, slots=True)
class Appraised:
    """One unit's line of the appraisal table."""

    unit_code: str
    sums: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, measure: str) -> int:
        return int(self.sums.get(measure, 0))

    def share(self, part: str, whole: str) -> float | None:
        """Give a share; None where nothing was judged."""
        return self[part] / self[whole] if self[whole] else None

    def took_s(self, histogram: str, share: float) -> float | None:
        """Give a quantile of acknowledging (`a`) or disposing (`d`), in seconds."""
        return quantile(list(self._buckets(histogram)), share)

    def _buckets(self, histogram: str) -> Iterator[int]:
        return (self[bucket_name(histogram, n)] for n in range(BUCKETS))
