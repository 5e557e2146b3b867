"""A place's QR code, as a drawing that prints at any size."""

from io import BytesIO

import segno


def drawn(address: str) -> bytes:
    """Give an SVG of an address, with a quarter of it to spare for dirt and rain."""
    out = BytesIO()
    segno.make(address, error="q", micro=False).save(
        out, kind="svg", scale=8, border=4, xmldecl=False, nl=False, omitsize=True
    )
    return out.getvalue()


def drawn_for_label(text: str) -> bytes:
    """Give an SVG of a text on white, without a size of its own, to stand within a page."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", scale=4, border=2, light="#fff", xmldecl=False, svgns=False, nl=False,
        omitsize=True,
    )  # fmt: skip
    return out.getvalue()
