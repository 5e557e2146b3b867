"""A place in a picture, in pixels or in fractions of the frame."""

Point = tuple[float, float]
"""x to the right, y downwards."""
