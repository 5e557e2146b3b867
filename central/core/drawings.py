"""What the district draws for a device's camera, and how it is taken back."""

from enum import StrEnum

from contract.drawing import CameraDrawing

KEYS = ("zones", "lines", "posts", "masks")


class DrawingState(StrEnum):
    """Where a drawing stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"


def undoing(before: CameraDrawing, drawn: CameraDrawing) -> CameraDrawing:
    """Give the drawing that leads back to `before`, once `drawn` is in force.

    `was` says where a thing stands now: what the district does not see of it stays as it is.
    """

    def back(key: str) -> list[object]:
        now = {row.was: at for at, row in enumerate(getattr(drawn, key)) if row.was is not None}
        return [row.model_copy(update={"was": now.get(row.was)}) for row in getattr(before, key)]

    return CameraDrawing.model_validate({key: back(key) for key in KEYS})


def state_of(taken_at: int | None, refused: str) -> DrawingState:
    """Tell where a drawing stands, by what the device has said."""
    if refused:
        return DrawingState.REFUSED
    return DrawingState.WAITING if taken_at is None else DrawingState.TAKEN
