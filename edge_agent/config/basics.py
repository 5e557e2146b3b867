"""What all sections of a config share: strict values, and places on a picture."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0.0, le=1.0)]
Place = Annotated[float, Field(ge=-0.5, le=1.5)]
"""In fractions of the frame; a drawing may reach beyond its edge, where a foot is cut off."""
Corner = tuple[Place, Place]
Seconds = Annotated[float, Field(gt=0.0, le=86_400.0)]


class Section(BaseModel):
    """What all sections share: strict, frozen, deaf to nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
