from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from contract.scenarios import Kind, Phase
from edge_agent.core.findings import Episode, Finding, State
from edge_agent.core.life import AlertLife, Rhythm

STAY = Finding(Kind.OVERSTAY, "pond", people=1, dwell_s=8.0, subject="7")
EPISODE = STAY.episode


def lived(steps: Sequence[tuple[list[Finding], dict[Episode, State]]]) -> list[Finding]:
    life, reports = AlertLife(Rhythm(update_s=60.0, end_after_s=5.0)), list[Finding]()
    for second, (found, going_on) in enumerate(steps):
        life, new = life.observe(float(second), found, going_on)
        reports += new
    return reports


def staying(seconds: int, people: int = 1) -> list[tuple[list[Finding], dict[Episode, State]]]:
    return [([], {EPISODE: State(people, 8.0 + i)}) for i in range(1, seconds + 1)]


def test_what_goes_on_starts_once_and_ends_once_it_is_over() -> None:
    over: list[tuple[list[Finding], dict[Episode, State]]] = [([], {})] * 10
    reports = lived([([STAY], {}), *staying(20), *over])
    assert [report.phase for report in reports] == [Phase.START, Phase.END]
    assert reports[-1].dwell_s == 28.0


def test_a_pause_shorter_than_allowed_ends_nothing() -> None:
    pause: list[tuple[list[Finding], dict[Episode, State]]] = [([], {})] * 5
    reports = lived([([STAY], {}), *staying(5), *pause, *staying(5)])
    assert [report.phase for report in reports] == [Phase.START]


def test_what_goes_on_long_is_told_again_every_minute() -> None:
    reports = lived([([STAY], {}), *staying(130)])
    assert [report.phase for report in reports] == [Phase.START, Phase.UPDATE, Phase.UPDATE]
    assert reports[1].dwell_s == 68.0


def test_more_people_are_news_at_once() -> None:
    reports = lived([([STAY], {}), *staying(3), *staying(3, people=3)])
    assert [(report.phase, report.people) for report in reports] == [
        (Phase.START, 1),
        (Phase.UPDATE, 3),
    ]


def test_a_second_start_of_what_goes_on_is_an_update() -> None:
    reports = lived([([STAY], {}), ([STAY], {EPISODE: State(1, 9.0)})])
    assert [report.phase for report in reports] == [Phase.START, Phase.UPDATE]


@given(
    st.lists(
        st.tuples(st.booleans(), st.booleans(), st.integers(min_value=0, max_value=5)),
        max_size=80,
    )
)
def test_an_end_always_follows_a_start_and_no_alert_starts_twice_without_ending(
    steps: list[tuple[bool, bool, int]],
) -> None:
    reports = lived(
        [
            ([STAY] if is_found else [], {EPISODE: State(people, 9.0)} if is_on else {})
            for is_found, is_on, people in steps
        ]
    )
    is_open = False
    for report in reports:
        assert is_open != (report.phase is Phase.START)
        is_open = report.phase is not Phase.END
