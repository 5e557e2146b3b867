"""Counts over all years are not counted without end."""

from central.web.totals import QUICK_S, REST, Counts, Totals


class _Clock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _counting(clock: _Clock, takes_s: float) -> tuple[Totals, list[float]]:
    totals, counted = Totals(clock), list[float]()

    def count() -> Counts:
        clock.now += takes_s
        counted.append(clock.now)
        return {"alerts": {"overstay": len(counted)}}

    totals.of(count)
    clock.now += 1.0
    totals.of(count)
    clock.now += takes_s * REST
    assert totals.of(count)["alerts"]["overstay"] == len(counted)
    return totals, counted


def test_what_is_counted_quickly_is_always_fresh() -> None:
    _, counted = _counting(_Clock(), QUICK_S / 2)
    assert len(counted) == 3


def test_what_takes_a_while_rests() -> None:
    _, counted = _counting(_Clock(), 2.0)
    assert len(counted) == 2
