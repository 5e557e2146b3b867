from collections.abc import Callable

import cv2
import numpy as np
import pytest

from contract.scenarios import Fault, Phase
from edge_agent.adapters.picture_stats import picture_stats
from edge_agent.core.blindness import Blindness
from edge_agent.core.eyesight import Eyesight, Limits
from edge_agent.core.findings import Finding
from edge_agent.core.life import AlertLife, Rhythm
from edge_agent.ports import Image

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
    blindness, life, found = Blindness(30.0), AlertLife(Rhythm(3600.0, 0.0)), list[Finding]()
    for second, now in enumerate(faults):
        blindness, verdict = blindness.observe(float(second), now)
        life, findings = life.observe(float(second), verdict.findings, verdict.going_on)
        found += findings
    return found


def test_blindness_is_reported_after_a_while_with_its_reason_and_so_is_its_end() -> None:
    [start, end] = reported([*([{Fault.LOST}] * 100), *([set[Fault]()] * 5)])
    assert (start.phase, end.phase) == (Phase.START, Phase.END)
    assert start.faults == ("lost",)
    assert start.dwell_s == 30.0


def test_a_short_blindness_troubles_nobody() -> None:
    assert reported([{Fault.DARK}] * 29 + [set()] * 9) == []


def test_another_reason_is_an_update() -> None:
    found = reported([{Fault.DARK}] * 40 + [{Fault.LOST}] * 5)
    assert [one.phase for one in found] == [Phase.START, Phase.UPDATE]
    assert found[1].faults == ("lost",)
