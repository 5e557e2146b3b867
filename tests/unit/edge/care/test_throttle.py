"""A warm device looks more seldom, step by step, and never so seldom that it would miss people."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.core.throttle import LAST, MOST_FPS, Throttle
from edge_agent.ports import Frame
from edge_agent.simulated import ManualTime
from edge_agent.wiring.cooling import Cooling
from tests.unit.edge.sending.sending_kit import an_outbox

SLOW_FPS = 1.5  # below, a camera counts as too slow for the rules


def after(throttle: Throttle, *warmths: float | None, every_s: float = 10.0) -> Throttle:
    for number, warmth in enumerate(warmths):
        throttle = throttle.observe(number * every_s, warmth)
    return throttle


def test_a_cool_device_looks_at_every_picture() -> None:
    assert after(Throttle(), 45.0, 60.0, 74.9).most_fps is None


def test_warmth_takes_a_step_at_a_time_and_heat_all_of_them() -> None:
    assert after(Throttle(), 76.0).step == 1
    assert after(Throttle(), 76.0, 76.0).step == 2
    assert after(Throttle(), 83.0).step == LAST


def test_it_does_not_flutter_about_the_limit() -> None:
    wavering = after(Throttle(), *[75.5, 74.5] * 10)
    assert wavering.step == LAST
    assert after(wavering, *[73.0] * 30).step == LAST


def test_it_recovers_a_step_a_minute_once_it_is_clearly_cooler() -> None:
    hot = after(Throttle(), 83.0)
    assert after(hot, *[65.0] * 7).step == LAST - 1
    assert after(hot, *[65.0] * 30).step == 0


def test_without_a_sensor_nothing_is_throttled() -> None:
    assert after(Throttle(step=LAST), None).most_fps is None


@given(st.lists(st.floats(-20, 130) | st.none(), max_size=200))
def test_it_never_looks_too_seldom_for_the_rules(warmths: list[float | None]) -> None:
    throttle = Throttle()
    for number, warmth in enumerate(warmths):
        throttle = throttle.observe(number * 10.0, warmth)
        assert throttle.most_fps is None or throttle.most_fps > SLOW_FPS
        assert 0 <= throttle.step <= LAST


def pictures(fps: float, seconds: float) -> Iterator[Mapping[str, Frame]]:
    image = np.zeros((4, 4, 3), np.uint8)
    for number in range(int(fps * seconds)):
        frame = Frame(number / fps, image, number + 1)
        yield {"cam1": frame, "cam2": frame}


def test_each_camera_keeps_its_share_of_what_a_hot_device_can_bear(tmp_path: Path) -> None:
    with an_outbox(tmp_path, ManualTime()) as box:
        cooling = Cooling(Throttle(), box, lambda: 90.0, lambda: 0.0)
        batches = list(cooling.thinned(pictures(25, 10)))
        assert box.health()["cooling"].body["step"] == LAST
    seen = [sum(camera in batch for batch in batches) for camera in ("cam1", "cam2")]
    most = MOST_FPS[LAST]
    assert most is not None
    assert all(abs(count - most * 10) <= 3 for count in seen)
    assert len(batches) == 250  # time goes on, also where nothing is looked at
    assert cooling.looks_once()


def test_a_camera_whose_clock_begins_anew_is_looked_at(tmp_path: Path) -> None:
    with an_outbox(tmp_path, ManualTime()) as box:
        cooling = Cooling(Throttle(), box, lambda: 90.0, lambda: 0.0)
        again = [*pictures(25, 4), *pictures(25, 4)]
        kept = [batch for batch in cooling.thinned(iter(again)) if "cam1" in batch]
    assert len(kept) >= 18
