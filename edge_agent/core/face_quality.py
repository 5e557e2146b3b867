"""Whether a face is good enough to be compared, and in plain words why not."""

from dataclasses import dataclass, field
from enum import StrEnum

from edge_agent.core.faces import Face


class Problem(StrEnum):
    """What is wrong with a photograph of somebody."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    BLURRED = "blurred"
    TURNED_ASIDE = "turned_aside"
    UNSURE = "unsure"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"


PROBLEMS: dict[Problem, tuple[str, str]] = {
    Problem.NO_FACE: ("没有找到人脸,请正对镜头,摘下口罩和帽子", "no face: look into the camera"),
    Problem.SEVERAL_FACES: ("照片里不止一张脸,请单独拍", "more than one face: alone, please"),
    Problem.TOO_SMALL: ("人脸太小,请靠近一些", "the face is too small: come closer"),
    Problem.BLURRED: ("照片模糊,请站稳再拍", "blurred: please stand still"),
    Problem.TURNED_ASIDE: ("脸转向一侧,请正对镜头", "turned aside: look into the camera"),
    Problem.UNSURE: ("人脸不清楚,可能被遮挡", "not clearly a face: is it covered?"),
    Problem.TOO_DARK: ("光线太暗,请到亮处拍", "too dark: find more light"),
    Problem.TOO_BRIGHT: ("光线太强,请避开直射光", "too bright: out of the glare"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A face with what was measured of it.

    `width_px`: of its box. `sharpness`: variance of the Laplacian on the aligned 112 px crop.
    `brightness`: mean of the crop, 0 to 1; None where nobody measured.
    """

    face: Face
    width_px: float
    sharpness: float
    brightness: float | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """What a face must be to be compared. The figures come from a study with degraded photos."""

    min_width_px: float = 40.0
    min_sharpness: float = 20.0
    min_score: float = 0.8
    max_turn: float = 0.25
    brightness: tuple[float, float] = field(default=(0.12, 0.92))

    def problems(self, measured: Measured) -> list[Problem]:
        """Name what is wrong with a face; nothing, if it may be compared."""
        dark, bright = self.brightness
        light = measured.brightness
        found = {
            Problem.TOO_SMALL: measured.width_px < self.min_width_px,
            Problem.UNSURE: measured.face.score < self.min_score,
            Problem.TURNED_ASIDE: turn_of(measured.face) > self.max_turn,
            Problem.BLURRED: measured.sharpness < self.min_sharpness,
            Problem.TOO_DARK: light is not None and light < dark,
            Problem.TOO_BRIGHT: light is not None and light > bright,
        }
        return [problem for problem, is_so in found.items() if is_so]


TO_MATCH = Gate()
TO_ENROL = Gate(min_width_px=60.0, min_sharpness=50.0)


def turn_of(face: Face) -> float:
    """Tell how far the nose is from the middle between the eyes, in shares of their distance.

    0 is straight ahead; beyond about a quarter a face is turned aside.
    """
    (x1, y1), (x2, y2), (x, y), *_ = face.landmarks
    width, height = x2 - x1, y2 - y1
    length_squared = width * width + height * height
    if length_squared <= 0.0:
        return 1.0
    along = ((x - x1) * width + (y - y1) * height) / length_squared
    return abs(along - 0.5)
