"""The plan's four times 100 %: what a school gate's duties add up to. No figure is not 100 %.

(a) campus closed, (b) full-time guard on post, (c) one-key alarm and video working, (d) escort post
manned. (c) has two halves: it is as good as the worse of them, and unknown without one.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from central.core.naming import Words
from central.core.refusals import CaseError
from contract.scenarios import Duty

FOUR: dict[str, tuple[Duty, ...]] = {
    "campus_closed": (Duty.CAMPUS_CLOSED,),
    "guard_on_post": (Duty.GUARD_ON_POST,),
    "alarm_and_video": (Duty.ALARM_WORKS, Duty.VIDEO_WORKS),
    "escort_post": (Duty.ESCORT_POST,),
}
FOUR_WORDS: dict[str, Words] = {
    "campus_closed": ("封闭化管理", "campus closed"),
    "guard_on_post": ("专职保安员", "full-time guard"),
    "alarm_and_video": ("一键式紧急报警+视频监控", "one-key alarm and video"),
    "escort_post": ("护学岗", "escort post"),
}


class DaysError(CaseError):
    """Days that make no sense together."""


@dataclass(frozen=True, slots=True)
class Coaching:
    """When a school is listed for coaching: so many problems within so many days. Ours."""

    within_days: int = 30
    problems: int = 3


@dataclass(frozen=True, slots=True)
class Counted:
    """What one device said of one duty on one day: `numerator` of `denominator`."""

    school_code: str
    day: str
    duty: Duty
    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True)
class Part:
    """One duty's sum. `days` of `days_expected` have a figure; `share` is None without any."""

    duty: Duty
    numerator: float
    denominator: float
    days: int
    days_expected: int

    @property
    def share(self) -> float | None:
        """Give the share, None where nothing was counted."""
        return self.numerator / self.denominator if self.denominator > 0 else None


@dataclass(frozen=True, slots=True)
class Quarter:
    """One of the four, with its parts."""

    code: str
    parts: tuple[Part, ...]

    @property
    def share(self) -> float | None:
        """Give the worse part's share; None where a part is missing."""
        shares = [part.share for part in self.parts]
        known = [share for share in shares if share is not None]
        return min(known) if len(known) == len(shares) else None

    @property
    def is_complete(self) -> bool:
        """Tell whether every expected day has a figure."""
        return all(part.days >= part.days_expected for part in self.parts)

    @property
    def is_met(self) -> bool:
        """Tell whether it is 100 %, on every day that counts; what is missing never is."""
        return self.is_complete and self.share is not None and self.share >= 1.0


def quarters(counted: Iterable[Counted], days: Collection[str]) -> tuple[Quarter, ...]:
    """Give the four of one school over the days on which each is expected.

    What was counted on other days (a Sunday, a holiday) counts in the shares all the same.
    """
    by_duty: dict[Duty, list[Counted]] = {duty: [] for duty in Duty}
    for one in counted:
        by_duty[one.duty].append(one)
    return tuple(
        Quarter(code, tuple(_part(duty, by_duty[duty], days) for duty in duties))
        for code, duties in FOUR.items()
    )


def together(schools: Mapping[str, tuple[Quarter, ...]]) -> tuple[Quarter, ...]:
    """Add up schools to their district; a school without a figure makes it incomplete."""
    return tuple(
        Quarter(
            code,
            tuple(
                _sum(duty, [part for four in schools.values() for part in four[place].parts
                            if part.duty is duty])
                for duty in duties
            ),
        )
        for place, (code, duties) in enumerate(FOUR.items())
    )  # fmt: skip


def _part(duty: Duty, counted: list[Counted], days: Collection[str]) -> Part:
    with_figure = {one.day for one in counted if one.denominator > 0}
    return Part(
        duty,
        numerator=sum(one.numerator for one in counted),
        denominator=sum(one.denominator for one in counted),
        days=len(with_figure & set(days)),
        days_expected=len(set(days)),
    )


def _sum(duty: Duty, parts: list[Part]) -> Part:
    return Part(
        duty,
        numerator=sum(part.numerator for part in parts),
        denominator=sum(part.denominator for part in parts),
        days=sum(part.days for part in parts),
        days_expected=sum(part.days_expected for part in parts),
    )
