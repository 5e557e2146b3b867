from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scenarios import Fault, Phase
from edge_agent.adapters.picture_stats import picture_stats
from edge_agent.core.blindness import Blindness
from edge_agent.core.eyesight import Eyesight, Limits
from edge_agent.core.findings import Finding
from edge_agent.core.life import AlertLife, Rhythm
from edge_agent.core.pace import Pace
from edge_agent.ports import Image
from edge_agent.wiring.seeing import open_source

MEDIA = Path(__file__).resolve().parents[3] / "media"
CHANCE = np.random.default_rng(11)


def yard() -> Image:
    picture = np.full((144, 192, 3), 120, np.uint8)
    for _ in range(60):
        x, y = int(CHANCE.integers(0, 170)), int(CHANCE.integers(0, 125))
        colour = tuple(int(c) for c in CHANCE.integers(20, 230, 3))
        cv2.rectangle(picture, (x, y), (x + 20, y + 17), colour, -1)
    return picture


YARD = yard()
LIVE: Callable[[Image], Image] = lambda image: image  # noqa: E731 - a table's row


def noisy(image: Image) -> Image:
    return np.asarray(np.clip(image + CHANCE.normal(0, 2, image.shape), 0, 255), np.uint8)


def seen(
    spoil: Callable[[Image], Image], seconds: int, *, noise: bool = True, calm_s: int = 30
) -> list[frozenset[Fault]]:
    """The yard for half a minute, then spoiled for a while, then the yard again."""
    eyes, faults = Eyesight(), list[frozenset[Fault]]()
    for second in range(calm_s + seconds + 20):
        is_spoiled = calm_s <= second < calm_s + seconds
        picture = spoil(YARD) if is_spoiled else YARD
        picture = noisy(picture) if noise or not is_spoiled else picture
        eyes, now = eyes.observe(float(second), picture_stats(picture))
        faults.append(now)
    return faults


def dark(image: Image) -> Image:
    return np.asarray(image * 0.02, np.uint8)


def cloth(image: Image) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 30) // 2, np.uint8)


def glare(image: Image) -> Image:
    return np.asarray(np.clip(image.astype(np.float32) * 8, 0, 255), np.uint8)


def turned(image: Image) -> Image:
    return np.ascontiguousarray(image[::-1, ::-1])


@pytest.mark.parametrize(
    ("spoil", "fault", "after_s"),
    [
        (dark, Fault.DARK, 10),
        (cloth, Fault.COVERED, 10),
        (glare, Fault.BLINDED, 20),
        (turned, Fault.MOVED, 180),
    ],
)
def test_a_camera_that_cannot_see_says_why_after_a_while_and_recovers(
    spoil: Callable[[Image], Image], fault: Fault, after_s: int
) -> None:
    faults = seen(spoil, after_s + 20)
    assert faults[30 + after_s - 1] == frozenset()
    assert faults[30 + after_s + 1] == {fault}
    assert faults[-1] == frozenset()


def test_a_frozen_picture_is_one_that_is_the_same_to_the_bit() -> None:
    assert seen(LIVE, 80, noise=False)[30 + 65] == {Fault.FROZEN}
    assert not any(seen(LIVE, 80, noise=True))


@pytest.mark.parametrize("share", [0.35, 0.6, 1.4])
def test_dusk_dawn_and_the_exposure_are_no_fault(share: float) -> None:
    assert not any(seen(lambda image: np.asarray(np.clip(image * share, 0, 255), np.uint8), 240))


def test_somebody_before_the_lens_for_a_moment_is_no_fault() -> None:
    assert not any(seen(cloth, 6))


def test_a_crowd_is_not_another_view() -> None:
    def crowded(image: Image) -> Image:
        picture = image.copy()
        for x in range(0, 190, 16):
            y = 75 + int(CHANCE.integers(0, 20))
            cv2.rectangle(picture, (x, y), (x + 9, y + 35), (40, 40, 60), -1)
        return picture

    assert not any(seen(crowded, 240))


def test_a_camera_that_was_moved_on_purpose_learns_its_new_view() -> None:
    eyes = Eyesight(Limits())
    for second in range(300):
        picture = YARD if second < 30 else turned(YARD)
        eyes, faults = eyes.observe(float(second), picture_stats(noisy(picture)))
    assert faults == {Fault.MOVED}
    eyes, faults = eyes.relearned().observe(301.0, picture_stats(noisy(turned(YARD))))
    assert faults == frozenset()


def reported(faults: list[set[Fault]]) -> list[Finding]:
    blindness, life, found = Blindness(30.0, 20.0), AlertLife(Rhythm(3600.0, 0.0)), list[Finding]()
    for second, now in enumerate(faults):
        blindness, verdict = blindness.observe(float(second), now)
        life, findings = life.observe(float(second), verdict.findings, verdict.going_on)
        found += findings
    return found


def test_blindness_is_reported_after_a_while_with_its_reason_and_so_is_its_end() -> None:
    [start, end] = reported([*([{Fault.LOST}] * 100), *([set[Fault]()] * 25)])
    assert (start.phase, end.phase) == (Phase.START, Phase.END)
    assert start.faults == ("lost",)
    assert start.dwell_s == 30.0


def test_a_short_blindness_troubles_nobody() -> None:
    assert reported([{Fault.DARK}] * 29 + [set()] * 9) == []


def test_another_reason_is_an_update_and_an_old_one_is_none() -> None:
    found = reported([{Fault.DARK}] * 40 + [{Fault.LOST}, {Fault.DARK}] * 20)
    assert [one.phase for one in found] == [Phase.START, Phase.UPDATE]
    assert found[1].faults == ("lost",)


def test_a_camera_that_comes_and_goes_is_reported_once() -> None:
    found = reported(([{Fault.LOST}] * 12 + [set[Fault]()] * 8) * 20)
    assert [one.phase for one in found] == [Phase.START]


def test_zones_are_blind_only_while_a_fault_is_on() -> None:
    blindness, _ = Blindness().observe(0.0, {Fault.LOST})
    assert blindness.is_blind
    blindness, _ = blindness.observe(1.0, ())
    assert not blindness.is_blind


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=12))
def test_every_start_has_its_end_once_the_camera_sees_again(turns: list[tuple[bool, int]]) -> None:
    now = [{Fault.LOST} if is_blind else set[Fault]() for is_blind, s in turns for _ in range(s)]
    phases = [one.phase for one in reported([*now, *([set[Fault]()] * 80)])]
    told = [phase for phase in phases if phase is not Phase.UPDATE]
    assert told == [Phase.START, Phase.END] * (len(told) // 2)


@given(st.integers(31, 200), st.integers(0, 60))
def test_no_long_blindness_is_kept_silent(blind_s: int, before_s: int) -> None:
    found = reported([set[Fault]()] * before_s + [{Fault.DARK}] * blind_s)
    assert [one.phase for one in found] == [Phase.START]


def moved(across: float, down: float) -> Callable[[Image], Image]:
    def shift(image: Image) -> Image:
        by = np.array([[1, 0, across * image.shape[1]], [0, 1, down * image.shape[0]]], np.float32)
        size = (image.shape[1], image.shape[0])
        return np.asarray(cv2.warpAffine(image, by, size, borderMode=cv2.BORDER_REFLECT), np.uint8)

    return shift


def plaza_with(spoil: Callable[[Image], Image], seconds: int = 260) -> set[Fault]:
    """The real square for as long as it is recorded, again and again, spoiled after the first."""
    eyes, believed = Eyesight(), set[Fault]()
    for second in range(seconds):
        image = PLAZA[second % len(PLAZA)]
        stats = picture_stats(noisy(image if second < len(PLAZA) else spoil(image)))
        eyes, faults = eyes.observe(float(second), stats)
        believed |= faults
    return believed


PLAZA = [
    np.asarray(cv2.resize(frame.image, (192, 144), interpolation=cv2.INTER_AREA), np.uint8)
    for frame in open_source(str(MEDIA / "plaza.mp4"), every=10)
]


@pytest.mark.parametrize("by", [(0.05, 0.0), (-0.05, 0.0), (0.0, 0.06), (0.3, 0.1)])
def test_a_camera_that_was_pushed_a_little_is_noticed(by: tuple[float, float]) -> None:
    assert plaza_with(moved(*by)) == {Fault.MOVED}


def infrared(image: Image) -> Image:
    return np.repeat(image[:, :, 2:], 3, axis=2)


def at_night(image: Image) -> Image:
    return np.asarray(255 * (image / 255.0) ** 1.5 * 0.35, np.uint8)


def hazy(image: Image) -> Image:
    return np.asarray(image * 0.4 + 100, np.uint8)


@pytest.mark.parametrize("spoil", [LIVE, infrared, at_night, hazy])
def test_people_night_infrared_light_and_haze_are_no_fault(spoil: Callable[[Image], Image]) -> None:
    assert plaza_with(spoil) == set()


def test_a_new_view_that_nobody_minds_is_learned_in_the_end() -> None:
    eyes = Eyesight(Limits(relearn_s=600.0))
    faults = frozenset[Fault]()
    for second in range(1200):
        picture = YARD if second < 30 else turned(YARD)
        eyes, faults = eyes.observe(float(second), picture_stats(noisy(picture)))
        assert second < 220 or second > 620 or faults == {Fault.MOVED}
    assert faults == frozenset()


def test_a_frozen_picture_sent_on_encoded_anew_comes_round_with_each_group_of_frames() -> None:
    group, eyes, faults = [noisy(YARD) for _ in range(7)], Eyesight(), frozenset[Fault]()
    for second in range(80):
        eyes, faults = eyes.observe(float(second), picture_stats(group[second % 7]))
    assert faults == {Fault.FROZEN}


def test_a_black_picture_is_dark_rather_than_frozen() -> None:
    assert seen(np.zeros_like, 80, noise=False)[105] == {Fault.DARK}


def test_a_long_gap_is_no_proof_that_a_fault_lasted() -> None:
    black, eyes = picture_stats(np.zeros_like(YARD)), Eyesight()
    eyes, _ = eyes.observe(0.0, black)
    eyes, faults = eyes.observe(300.0, black)
    assert faults == frozenset()


def test_what_is_switched_off_is_not_looked_for() -> None:
    eyes, faults = Eyesight(Limits(believe_s={Fault.FROZEN: 5.0})), frozenset[Fault]()
    for second in range(60):
        eyes, faults = eyes.observe(float(second), picture_stats(noisy(dark(YARD))))
    assert faults == frozenset()


def slow_at(rates: list[tuple[int, int]]) -> list[bool]:
    """Pictures looked at in each second, for so many seconds each."""
    pace, count, said, second = Pace(), 0, list[bool](), 0
    for per_s, seconds in rates:
        for _ in range(seconds):
            pace, is_slow = pace.observe(float(second), count)
            said.append(is_slow)
            count, second = count + per_s, second + 1
    return said


def test_too_few_pictures_for_the_rules_are_a_fault_after_a_while_and_over_sooner() -> None:
    said = slow_at([(5, 60), (1, 60), (5, 30)])
    assert (said.index(True) - 60, said[60 + 60 :].index(False)) == (27, 2)


@given(st.lists(st.tuples(st.integers(2, 30), st.integers(1, 40)), max_size=6))
def test_enough_pictures_are_never_slow(rates: list[tuple[int, int]]) -> None:
    assert not any(slow_at(rates))
